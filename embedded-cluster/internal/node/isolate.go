package node

import (
	"fmt"
	"path/filepath"
	"slices"

	"embedded-cluster.towpath.dev/internal/mountplan"
	"embedded-cluster.towpath.dev/internal/shim"
)

// imageRoot is where a container sees its image's folder.
const imageRoot = "/image"

// isolate prepares a container that has a root directory of its own: the machine's folders, a /tmp that it shares with
// nobody but its pod, its image, and what the manifest mounts.
func (p *pod) isolate(r containerRun, spec *shim.Spec) error {
	mounts, err := p.mounts(r)
	if err != nil {
		return err
	}
	image := mountplan.Mount{Source: r.image.Dir, Target: imageRoot, ReadOnly: true} // as for everybody who uses it
	for _, own := range []mountplan.Mount{{Source: p.dir.tmp(), Target: "/tmp"}, image} {
		taken := slices.ContainsFunc(mounts, func(m mountplan.Mount) bool { return m.Target == own.Target })
		if !taken {
			mounts = append(mounts, own)
		}
	}
	for i, m := range mounts {
		// It must not be reached through a link: seen from the container, a link leads elsewhere.
		if mounts[i].Source, err = filepath.EvalSymlinks(m.Source); err != nil {
			return fmt.Errorf("mount %s: %w", m.Target, err)
		}
	}
	spec.Mounts = mounts
	spec.Dir = r.workingDir(imageRoot, "/")
	spec.Env = r.environ(map[string]string{"PATH": imageRoot + "/bin:" + searchPath(), "HOME": "/tmp", "HOSTNAME": p.hostname()})
	return nil
}
