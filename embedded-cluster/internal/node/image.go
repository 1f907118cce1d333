package node

import (
	"errors"
	"fmt"

	v1 "k8s.io/api/core/v1"

	"embedded-cluster.towpath.dev/internal/images"
)

// findImage finds the folder that a container's image is, or says in a kubelet's words why it cannot be had. failures is how
// often that has been said already.
func (p *pod) findImage(c *v1.Container, failures int) (images.Image, *hindrance) {
	image, err := p.node.Images.Find(c.Image)
	switch {
	case err == nil:
		return image, nil
	case errors.Is(err, images.ErrName):
		return image, &hindrance{"InvalidImageName", err.Error()}
	case errors.Is(err, images.ErrUnknown) && c.ImagePullPolicy == v1.PullNever:
		return image, &hindrance{"ErrImageNeverPull", err.Error()}
	case failures == 0:
		return image, &hindrance{"ErrImagePull", err.Error()}
	}
	return image, &hindrance{"ImagePullBackOff", fmt.Sprintf("Back-off pulling image %q: ErrImagePull: %v", c.Image, err)}
}
