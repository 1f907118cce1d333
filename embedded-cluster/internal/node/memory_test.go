package node

import (
	"os"
	"path/filepath"
	"testing"

	v1 "k8s.io/api/core/v1"
)

func TestVolumesInMemoryAreOfNoOtherUser(t *testing.T) {
	p := newTestPod(t, newAPI("a-pod", ""))
	if _, ok := memoryDir(p.dir, "v"); !ok {
		t.Skip("this machine has no " + sharedMemory)
	}
	t.Cleanup(func() { _ = removeMemory(p.dir) })
	volume := &v1.Volume{Name: "v", VolumeSource: v1.VolumeSource{EmptyDir: &v1.EmptyDirVolumeSource{Medium: v1.StorageMediumMemory}}}
	dir, err := p.makeEmpty(filepath.Join(t.TempDir(), "v"), volume)
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[string]os.FileMode{filepath.Dir(dir): 0o700, dir: 0o777} {
		info, err := os.Stat(at)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has mode %o; want %o", at, got, want)
		}
	}
}
