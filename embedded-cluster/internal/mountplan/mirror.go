package mountplan

import (
	"errors"
	"io/fs"
	"os"
	"path"
)

// mirror turns a directory of the machine into one of ours which shows the same entries, so that more can be added
// without a trace on the machine. The directories above it are mirrored as well.
func (t *tree) mirror(dir string) error {
	if dir != "/" {
		if _, isMachine := t.owner(path.Dir(dir)); isMachine {
			if err := t.mirror(path.Dir(dir)); err != nil {
				return err
			}
		}
	}
	source := t.mounts[dir].source
	self, err := t.stat(source)
	if err != nil {
		return err
	}
	entries, err := os.ReadDir(path.Join(t.host, source))
	if err != nil && !errors.Is(err, fs.ErrPermission) { // what we may not read would be of no use in the container either
		return err
	}
	delete(t.mounts, dir)
	t.own[dir] = entry{kind: dirEntry, mode: self.mode}
	for _, e := range entries {
		p := path.Join(dir, e.Name())
		if _, taken := t.own[p]; taken {
			continue
		}
		if err := t.show(p, path.Join(source, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// show makes an entry of the machine visible at the path, or what has been mounted on it.
func (t *tree) show(p, source string) error {
	e, err := t.stat(source)
	if err != nil || e.kind == none {
		return err
	}
	t.own[p] = e
	if _, mounted := t.mounts[p]; !mounted && e.kind != linkEntry {
		t.mounts[p] = layer{source: source}
	}
	return nil
}
