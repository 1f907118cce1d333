package node

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	v1 "k8s.io/api/core/v1"
	"k8s.io/kubernetes/third_party/forked/golang/expansion"

	"embedded-cluster.towpath.dev/internal/mountplan"
)

// mounts lists what the manifest mounts in a container, and the file for its termination message.
func (p *pod) mounts(r containerRun) ([]mountplan.Mount, error) {
	if len(r.container.VolumeDevices) > 0 {
		return nil, errors.New("the process node has no block devices to offer")
	}
	var all []mountplan.Mount
	for _, m := range r.container.VolumeMounts {
		source, err := p.sourceOf(m, r.env)
		if err != nil {
			return nil, fmt.Errorf("mount %s: %w", m.MountPath, err)
		}
		all = append(all, mountplan.Mount{Source: source, Target: absolute(m.MountPath), ReadOnly: m.ReadOnly})
	}
	if at := r.container.TerminationMessagePath; at != "" {
		all = append(all, mountplan.Mount{Source: p.dir.said(r.container.Name, r.run), Target: absolute(at)})
	}
	return all, nil
}

// absolute reads a relative path as a kubelet does, from the root.
func absolute(path string) string { return filepath.Join("/", path) }

// sourceOf finds a volume or a part of it. A part that is not there is made, as a directory.
func (p *pod) sourceOf(m v1.VolumeMount, env map[string]string) (string, error) {
	volume, ok := p.volumes[m.Name]
	if !ok {
		return "", fmt.Errorf("no volume %q", m.Name)
	}
	part := m.SubPath
	if m.SubPathExpr != "" {
		part = expansion.Expand(m.SubPathExpr, expansion.MappingFuncFor(env))
	}
	if part == "" {
		return volume, nil
	}
	if !filepath.IsLocal(part) {
		return "", fmt.Errorf("%q leads out of the volume", part)
	}
	source := filepath.Join(volume, part)
	if _, err := os.Stat(source); errors.Is(err, fs.ErrNotExist) {
		return source, os.MkdirAll(source, 0o755)
	}
	return source, nil
}
