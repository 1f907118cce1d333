package node

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	v1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"
)

// makeVolumes makes the pod's volumes, and waits for what they are made of. It returns false when the pod is to end before.
//
// What a volume shows is what its objects hold when the pod starts; a later change of them is not followed.
func (p *pod) makeVolumes() bool {
	var statuses []*v1.ContainerStatus
	for i := range p.status.ContainerStatuses {
		statuses = append(statuses, &p.status.ContainerStatuses[i])
	}
	waiting := p.status.ContainerStatuses[0].State.Waiting.Reason
	made := p.await(func() *hindrance {
		if err := p.dir.create(); err != nil {
			return hinder(waiting, err)
		}
		for i := range p.api.Spec.Volumes {
			v := &p.api.Spec.Volumes[i]
			dir, err := p.makeVolume(v)
			if err != nil {
				return hinder(waiting, fmt.Errorf("volume %q: %w", v.Name, err))
			}
			p.volumes[v.Name] = dir
		}
		return nil
	}, statuses...)
	if made {
		p.renewTokens()
	}
	return made
}

// makeVolume returns where the volume lies.
func (p *pod) makeVolume(v *v1.Volume) (string, error) {
	dir := p.dir.volume(v.Name)
	switch {
	case v.EmptyDir != nil:
		return p.makeEmpty(dir, v)
	case v.HostPath != nil:
		return v.HostPath.Path, checkHostPath(v.HostPath.Path, ptr.Deref(v.HostPath.Type, v1.HostPathUnset))
	}
	content, err := p.contentOf(v)
	if err != nil {
		return "", err
	}
	return dir, content.write(dir)
}

// makeEmpty makes a directory that every user may write, as in a kubelet.
func (p *pod) makeEmpty(dir string, v *v1.Volume) (string, error) {
	if v.EmptyDir.Medium == v1.StorageMediumMemory {
		if memory, ok := memoryDir(p.dir, v.Name); ok {
			if err := makePrivate(memoryOf(p.dir)); err != nil {
				return "", err
			}
			dir = memory
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	return dir, os.Chmod(dir, 0o777)
}

// makePrivate makes a directory that no other user of the machine may enter: what is kept in memory is often secret.
func makePrivate(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return os.Chmod(dir, 0o700)
}

// sharedMemory is the tmpfs that Linux has for everybody. The directories in it are removed with the pod's volumes.
const sharedMemory = "/dev/shm"

// memoryDir returns false if the machine has no such file system; then memory is a directory like any other.
func memoryDir(d podDir, volume string) (string, bool) {
	if info, err := os.Stat(sharedMemory); err != nil || !info.IsDir() {
		return "", false
	}
	return filepath.Join(memoryOf(d), volume), true
}

func memoryOf(d podDir) string {
	return filepath.Join(sharedMemory, "embedded-cluster-"+filepath.Base(string(d)))
}

func removeMemory(d podDir) error { return os.RemoveAll(memoryOf(d)) }

var fileTypes = map[v1.HostPathType]fs.FileMode{
	v1.HostPathDirectory: fs.ModeDir, v1.HostPathDirectoryOrCreate: fs.ModeDir, v1.HostPathFile: 0, v1.HostPathFileOrCreate: 0,
	v1.HostPathSocket: fs.ModeSocket, v1.HostPathCharDev: fs.ModeDevice | fs.ModeCharDevice, v1.HostPathBlockDev: fs.ModeDevice,
}

// checkHostPath makes what the type says to make. Without a type the path must exist: some container runtimes make a
// directory then, which on somebody's own machine is hardly what was meant.
func checkHostPath(path string, t v1.HostPathType) error {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		switch t {
		case v1.HostPathDirectoryOrCreate:
			return os.MkdirAll(path, 0o755)
		case v1.HostPathFileOrCreate:
			return os.WriteFile(path, nil, 0o644)
		}
	}
	if err != nil || t == v1.HostPathUnset {
		return err
	}
	want, known := fileTypes[t]
	if !known || info.Mode().Type() != want {
		return fmt.Errorf("hostPath type check failed: %s is not a %s", path, t)
	}
	return nil
}
