package mountplan

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
	"syscall"
)

type kind int

const (
	none kind = iota
	dirEntry
	fileEntry // anything that is neither a directory nor a symbolic link
	linkEntry
)

// An entry is what lies at a path.
type entry struct {
	kind kind
	link string // what a symbolic link says
	mode fs.FileMode
}

// A layer is what is mounted at a path: something of the machine, or one of the pod's volumes.
type layer struct {
	source   string
	volume   bool
	readOnly bool
}

// A tree is the new root as far as it is planned. Its keys are clean, absolute paths without symbolic links.
type tree struct {
	host   string
	own    map[string]entry // made by us: directories of the new root, and mount points
	mounts map[string]layer // on top of own at the same path
}

func newTree(host string) *tree {
	return &tree{host: host, own: map[string]entry{"/": {kind: dirEntry}}, mounts: map[string]layer{}}
}

// lookup says what lies at a path whose parents are no symbolic links.
func (t *tree) lookup(p string) (entry, error) {
	for at, rest := p, ""; ; at, rest = path.Dir(at), path.Join("/", path.Base(at), rest) {
		if m, ok := t.mounts[at]; ok {
			return t.stat(path.Join(m.source, rest))
		}
		if e, ok := t.own[at]; ok {
			if rest == "" {
				return e, nil
			}
			return entry{}, nil
		}
	}
}

// stat looks at a path of the machine. What may not be looked at counts as missing: it cannot be used either.
func (t *tree) stat(source string) (entry, error) {
	name := path.Join(t.host, source)
	info, err := os.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) || errors.Is(err, fs.ErrPermission) {
		return entry{}, nil
	}
	if err != nil {
		return entry{}, err
	}
	switch info.Mode().Type() {
	case fs.ModeDir:
		return entry{kind: dirEntry, mode: info.Mode()}, nil
	case fs.ModeSymlink:
		link, err := os.Readlink(name)
		return entry{kind: linkEntry, link: link}, err
	}
	return entry{kind: fileEntry}, nil
}

func (t *tree) kindOf(source string) (kind, error) {
	e, err := t.stat(source)
	if err != nil {
		return none, err
	}
	if e.kind == none {
		return none, fmt.Errorf("%s does not exist", source)
	}
	return e.kind, nil
}

// resolve follows symbolic links as far as the path exists. A path that leads out of the root stays in it.
func (t *tree) resolve(p string) (string, error) {
	at, parts, links := "/", strings.Split(p, "/"), 0
	for len(parts) > 0 {
		part := parts[0]
		parts = parts[1:]
		if part == "" || part == "." {
			continue
		}
		if part == ".." {
			at = path.Dir(at)
			continue
		}
		next := path.Join(at, part)
		e, err := t.lookup(next)
		if err != nil {
			return "", err
		}
		if e.kind != linkEntry {
			at = next
			continue
		}
		if links++; links > 40 {
			return "", fmt.Errorf("too many symbolic links in %s", p)
		}
		if strings.HasPrefix(e.link, "/") {
			at = "/"
		}
		parts = append(strings.Split(e.link, "/"), parts...)
	}
	return at, nil
}

// place sees to it that something of the kind lies at the path, and returns the path without symbolic links.
func (t *tree) place(p string, want kind) (string, error) {
	p, err := t.resolve(p)
	if err != nil {
		return "", err
	}
	for i := 1; i <= len(p); i++ {
		if i < len(p) && p[i] != '/' || p == "/" {
			continue
		}
		kind := dirEntry
		if i == len(p) {
			kind = want
		}
		if err := t.ensure(p[:i], kind); err != nil {
			return "", err
		}
	}
	return p, nil
}

// ensure makes a path of the kind, whose parent is there, unless it exists already.
func (t *tree) ensure(p string, want kind) error {
	e, err := t.lookup(p)
	if err != nil || e.kind == want {
		return err
	}
	parent := path.Dir(p)
	switch owner, ok := t.owner(parent); {
	case ok && owner.volume && e.kind != none:
		return fmt.Errorf("%s is something else in the volume that is mounted above it", p)
	case ok && owner.readOnly:
		return fmt.Errorf("%s does not exist in the volume that is mounted above it, and that is read-only", p)
	case ok && !owner.volume:
		if err := t.mirror(parent); err != nil {
			return err
		}
	}
	t.forgetBelow(p)
	delete(t.mounts, p)
	t.own[p] = entry{kind: want, mode: 0o755}
	return nil
}

// owner returns the layer that an entry made in the directory would belong to; none if the directory is ours.
func (t *tree) owner(dir string) (layer, bool) {
	for {
		if m, ok := t.mounts[dir]; ok {
			return m, true
		}
		if _, ok := t.own[dir]; ok {
			return layer{}, false
		}
		dir = path.Dir(dir)
	}
}

func (t *tree) forgetBelow(dir string) {
	for p := range t.own {
		if strings.HasPrefix(p, dir+"/") {
			delete(t.own, p)
		}
	}
	for p := range t.mounts {
		if strings.HasPrefix(p, dir+"/") {
			delete(t.mounts, p)
		}
	}
}
