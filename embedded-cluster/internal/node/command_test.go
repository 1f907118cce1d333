package node

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	v1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"

	"embedded-cluster.towpath.dev/internal/images"
	"embedded-cluster.towpath.dev/internal/launch"
)

func TestWhyAnImageCannotBeHad(t *testing.T) {
	for _, row := range []struct {
		image    string
		policy   v1.PullPolicy
		failures int
		want     string
	}{
		{"me/app:1", "", 0, `ErrImagePull: image "me/app:1" is not registered on this machine; register a folder as this image with "towpath images add me/app:1 DIR"`},
		{"me/app:1", v1.PullAlways, 3, `ImagePullBackOff: Back-off pulling image "me/app:1": ErrImagePull: image "me/app:1" is not registered`},
		{"me/app:1", v1.PullNever, 0, `ErrImageNeverPull: image "me/app:1" is not registered`},
		{"No Image", "", 0, "InvalidImageName: invalid image name: couldn't parse image name"},
	} {
		p := newTestPod(t, newAPI("a", ""))
		_, h := p.findImage(&v1.Container{Image: row.image, ImagePullPolicy: row.policy}, row.failures)
		if h == nil || !strings.HasPrefix(h.reason+": "+h.message, row.want) {
			t.Errorf("%s, %s, %d: got %+v; want %s", row.image, row.policy, row.failures, h, row.want)
		}
	}
}

func TestRestartPolicies(t *testing.T) {
	for _, row := range []struct {
		policy    v1.RestartPolicy
		container string
		exitCode  int32
		want      bool
	}{
		{v1.RestartPolicyNever, "main", 1, false}, {v1.RestartPolicyOnFailure, "main", 0, false}, {v1.RestartPolicyOnFailure, "main", 1, true},
		{v1.RestartPolicyAlways, "main", 0, true}, {v1.RestartPolicyAlways, "init", 0, false}, {v1.RestartPolicyAlways, "init", 1, true},
	} {
		p := newTestPod(t, newAPI("a", "", func(p *v1.Pod) {
			p.Spec.RestartPolicy, p.Spec.InitContainers = row.policy, []v1.Container{{Name: "init"}}
		}))
		if got := p.isToRestart(row.container, row.exitCode); got != row.want {
			t.Errorf("%+v: got %t", row, got)
		}
	}
}

// newRun is of a container with a volume, in a pod whose image has defaults.
func newRun(t *testing.T, isolation launch.Isolation) (*pod, containerRun) {
	t.Helper()
	p := newTestPod(t, newAPI("a-pod", ""))
	p.node.Isolation = isolation
	p.volumes["v"] = t.TempDir()
	image := t.TempDir()
	if err := os.Mkdir(filepath.Join(image, "app"), 0o700); err != nil {
		t.Fatal(err)
	}
	return p, containerRun{
		container: &v1.Container{Name: "main", Args: []string{"$(A)", "$(B)"}, TerminationMessagePath: "/dev/termination-log",
			VolumeMounts: []v1.VolumeMount{{Name: "v", MountPath: "work/", ReadOnly: true}}},
		image: images.Image{Dir: image, Defaults: images.Defaults{Command: []string{"run"}, Args: []string{"not", "used"},
			Env: map[string]string{"A": "image", "B": "image", "PATH_OF": "image"}, WorkingDir: "app"}},
		env: map[string]string{"A": "pod"},
	}
}

func TestCommandWithARootOfItsOwn(t *testing.T) {
	p, r := newRun(t, launch.MountNamespace)
	command, err := p.command(r)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"run", "pod", "$(B)"}; !slices.Equal(command.Spec.Argv, want) {
		t.Errorf("arguments %q; want %q", command.Spec.Argv, want)
	}
	want := []string{"A=pod", "B=image", "HOME=/tmp", "HOSTNAME=a-pod", "PATH=/image/bin:" + os.Getenv("PATH"), "PATH_OF=image"}
	if !slices.Equal(command.Spec.Env, want) {
		t.Errorf("environment %q; want %q", command.Spec.Env, want)
	}
	if command.Spec.Dir != "/image/app" {
		t.Errorf("working directory %s", command.Spec.Dir)
	}
	var mounts []string
	for _, m := range command.Spec.Mounts {
		mounts = append(mounts, m.Target)
		if m.ReadOnly != (m.Target == "/work" || m.Target == imageRoot) {
			t.Errorf("read-only: %+v", m)
		}
	}
	if want := []string{"/work", "/dev/termination-log", "/tmp", "/image"}; !slices.Equal(mounts, want) {
		t.Errorf("mounts %q; want %q", mounts, want)
	}
}

func TestAVolumeMayTakeThePlaceOfTmpAndOfTheImage(t *testing.T) {
	p, r := newRun(t, launch.MountNamespace)
	r.container.VolumeMounts = []v1.VolumeMount{{Name: "v", MountPath: "/tmp/"}, {Name: "v", MountPath: imageRoot}}
	command, err := p.command(r)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range command.Spec.Mounts[:2] {
		if m.Source != p.volumes["v"] {
			t.Errorf("%+v", m)
		}
	}
	if len(command.Spec.Mounts) != 3 {
		t.Errorf("%+v", command.Spec.Mounts)
	}
}

func TestCommandWithoutIsolation(t *testing.T) {
	p, r := newRun(t, launch.None)
	for range 2 { // links of an earlier run are replaced
		command, err := p.command(r)
		if err != nil {
			t.Fatal(err)
		}
		root := p.dir.root("main")
		for _, want := range []string{"POD_ROOT=" + root, "TERMINATION_LOG=" + p.dir.said("main", 0), "TMPDIR=" + p.dir.tmp(),
			"PATH=" + r.image.Dir + "/bin:" + os.Getenv("PATH")} {
			if !slices.Contains(command.Spec.Env, want) {
				t.Errorf("%s is not in %q", want, command.Spec.Env)
			}
		}
		if target, err := os.Readlink(filepath.Join(root, "work")); err != nil || target != p.volumes["v"] {
			t.Errorf("the volume is at %s, %v", target, err)
		}
		if len(command.Spec.Mounts) != 0 || command.Spec.Dir != filepath.Join(r.image.Dir, "app") {
			t.Errorf("%+v", command.Spec)
		}
	}
}

func TestASidecarIsNotRun(t *testing.T) {
	p := newTestPod(t, newAPI("a", ""))
	var command launch.Command
	c := &v1.Container{Name: "side", Image: tools, RestartPolicy: ptr.To(v1.ContainerRestartPolicyAlways)}
	if h := p.preparation(c, 0, &v1.ContainerStatus{}, &command)(); h == nil || h.message != "the process node does not run sidecar containers" {
		t.Errorf("got %+v", h)
	}
}
