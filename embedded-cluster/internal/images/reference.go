// Package images finds the folder that stands for a container image.
package images

import (
	"fmt"

	"github.com/distribution/reference"
)

// Normalize writes a reference in the one form in which references are compared, by the rules of container tools:
// "nginx" is "docker.io/library/nginx:latest", and a digest outweighs a tag beside it.
func Normalize(ref string) (string, error) {
	named, err := reference.ParseNormalizedNamed(ref)
	if err != nil {
		return "", fmt.Errorf("couldn't parse image name %q: %w", ref, err)
	}
	if digested, ok := named.(reference.Digested); ok {
		return named.Name() + "@" + digested.Digest().String(), nil
	}
	return reference.TagNameOnly(named).String(), nil
}
