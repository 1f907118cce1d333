package images

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
)

// A Store is the list of registered images: a JSON file {"images": {"<reference>": {"dir": "/absolute/folder"}}}.
// It is read anew at each look-up, so that a registration acts at once. An empty File is a store without images.
type Store struct{ File string }

// ErrUnknown is the cause of a look-up that failed because nobody has registered the image.
var ErrUnknown = errors.New("not registered")

// ErrName is the cause of a look-up that failed because the reference is none.
var ErrName = errors.New("invalid image name")

// Find returns the image that was registered under the reference, or under another spelling of it.
func (s Store) Find(ref string) (Image, error) {
	name, err := Normalize(ref)
	if err != nil {
		return Image{}, fmt.Errorf("%w: %w", ErrName, err)
	}
	registered, err := s.read()
	if err != nil {
		return Image{}, err
	}
	dir, ok := registered.find(ref, name)
	if !ok {
		return Image{}, fmt.Errorf(`image %q is %w on this machine; register a folder as this image with "towpath images add %s DIR"`, ref, ErrUnknown, ref)
	}
	image, err := open(dir)
	if err != nil {
		return Image{}, fmt.Errorf("image %q: %w", ref, err)
	}
	image.Name = name
	return image, nil
}

type entries map[string]struct {
	Dir string `json:"dir"`
}

func (s Store) read() (entries, error) {
	if s.File == "" {
		return nil, nil
	}
	data, err := os.ReadFile(s.File)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list of images: %w", err)
	}
	var file struct {
		Images entries `json:"images"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, fmt.Errorf("list of images: %s: %w", s.File, err)
	}
	return file.Images, nil
}

// find prefers the very spelling; of several others the first in alphabetical order, so that the answer never varies.
func (e entries) find(ref, name string) (string, bool) {
	if exact, ok := e[ref]; ok {
		return exact.Dir, true
	}
	var same []string
	for other := range e {
		if n, err := Normalize(other); err == nil && n == name { // what is no reference matches none
			same = append(same, other)
		}
	}
	if len(same) == 0 {
		return "", false
	}
	sort.Strings(same)
	return e[same[0]].Dir, true
}

func open(dir string) (Image, error) {
	if !filepath.IsAbs(dir) {
		return Image{}, fmt.Errorf("its folder %q is not an absolute path", dir)
	}
	info, err := os.Stat(dir)
	if err != nil {
		return Image{}, err
	}
	if !info.IsDir() {
		return Image{}, fmt.Errorf("%s is not a folder", dir)
	}
	image := Image{Dir: dir}
	if image.Defaults, err = readDefaults(filepath.Join(dir, "image.json")); err != nil {
		return image, err
	}
	return image, image.checkWorkingDir()
}
