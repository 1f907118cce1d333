package node

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"embedded-cluster.towpath.dev/internal/shim"
)

// expose prepares a container that sees the machine as it is, because the system has no mount namespaces or does not let us
// have them. Its volumes are symbolic links under $POD_ROOT, and so is what else it would have to itself.
func (p *pod) expose(r containerRun, spec *shim.Spec) error {
	mounts, err := p.mounts(r)
	if err != nil {
		return err
	}
	name := r.container.Name
	root := p.dir.root(name)
	for _, m := range mounts {
		if err := link(m.Source, filepath.Join(root, m.Target)); err != nil {
			return err
		}
	}
	spec.Dir = r.workingDir(r.image.Dir, root)
	if info, err := os.Stat(spec.Dir); err != nil || !info.IsDir() { // not a folder of the machine, so one of the pod
		spec.Dir = filepath.Join(root, spec.Dir)
	}
	spec.Env = r.environ(map[string]string{
		"PATH": filepath.Join(r.image.Dir, "bin") + ":" + searchPath(), "HOME": p.dir.tmp(), "TMPDIR": p.dir.tmp(),
		"HOSTNAME": p.hostname(), "POD_ROOT": root, "TERMINATION_LOG": p.dir.said(name, r.run)})
	return os.MkdirAll(spec.Dir, 0o755)
}

// link makes a symbolic link, also in place of one from an earlier run.
func link(target, at string) error {
	if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
		return err
	}
	if err := os.Remove(at); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.Symlink(target, at)
}
