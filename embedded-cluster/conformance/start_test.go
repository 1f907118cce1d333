package conformance

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	v1 "k8s.io/api/core/v1"
	"k8s.io/client-go/tools/clientcmd"
)

func TestConformanceWhatIsSaidAtTheStart(t *testing.T) {
	const warning = "pods run with the rights of whoever started this cluster; nothing isolates the file system, the network or the use of resources"
	expect(t, "warnings", strings.Count(shared.log(), warning), 1)
	if !strings.Contains(shared.log(), "isolation of containers: a mount namespace") {
		t.Errorf("MOUNT NAMESPACES ARE IMPOSSIBLE HERE, so most of this cannot be tested:\n%s", shared.log())
	}
}

func TestConformanceKubeconfig(t *testing.T) {
	config, err := clientcmd.LoadFromFile(shared.kubeconfig())
	if err != nil {
		t.Fatal(err)
	}
	here := config.Contexts[config.CurrentContext]
	if config.CurrentContext != "towpath" || here == nil || here.Cluster != "towpath" || here.AuthInfo != "towpath" || len(config.Contexts) != 1 {
		t.Errorf("context %q is %+v", config.CurrentContext, here)
	}
	for _, secret := range []string{"kubeconfig", "tokens.csv", "sa.key", "serving.key", "port"} {
		if info, err := os.Stat(shared.path("state/" + secret)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", secret, info, err)
		}
	}
}

// The shim must have become the program before anything of Kubernetes is initialized: see internal/shim.
func TestConformanceTheShimComesFirst(t *testing.T) {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	shim := exec.Command(binary, "container-shim")
	shim.Env = []string{"GODEBUG=inittrace=1"}
	shim.ExtraFiles = []*os.File{null, null}
	out, err := shim.CombinedOutput()
	if shim.ProcessState == nil || shim.ProcessState.ExitCode() != 1 {
		t.Fatalf("%v: %s", err, out)
	}
	if !strings.Contains(string(out), "init encoding/json ") {
		t.Errorf("this is not the trace of initializations, so it shows nothing: %s", out)
	}
	// A few small packages, which import next to nothing, are ready earlier; these are what costs.
	for _, large := range []string{"k8s.io/api/", "k8s.io/client-go/kubernetes", "k8s.io/component-base/", "go.etcd.io/etcd/server/",
		"google.golang.org/protobuf/types/", "github.com/prometheus/"} {
		if strings.Contains(string(out), "init "+large) {
			t.Errorf("%s is initialized before the shim: %s", large, out)
		}
	}
}

// nobody returns a cluster that a user without any rights runs. Whoever runs the tests without rights has tested that already.
func nobody(t *testing.T, args ...string) *cluster {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("these tests run without the rights of root, so all the others show this")
	}
	c := lifecycle(t, args...)
	c.owner = &syscall.Credential{Uid: 65534, Gid: 65534}
	for _, dir := range []string{".", "state", "out"} {
		if err := os.MkdirAll(c.path(dir), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Chown(c.path(dir), 65534, 65534); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(c.path(dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// readable makes the binary one that everybody may run: folders above it may be closed to others.
func readable(t *testing.T) {
	t.Helper()
	public, err := os.MkdirTemp("", "ec-bin-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(public, 0o755); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(binary)
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(public, "embedded-cluster")
	write(t, copied, string(data), 0o755)
	original := binary
	binary = copied
	t.Cleanup(func() { binary = original; os.RemoveAll(public) })
}

func TestConformanceNonRoot(t *testing.T) {
	c := nobody(t)
	readable(t)
	before := entries(t, "/")
	if err := c.start(); err != nil {
		t.Fatal(err)
	}
	w := c.world(t)
	w.secret("sec", map[string]string{"password": "p"})
	w.configMap("cm", map[string]string{"k": "v"})
	main := shell(`set -e; id -u; grep CapEff /proc/self/status | cut -f2; cat /etc/towpath-test/password /etc/hostname-of-test; echo
		printf '{"by":"nobody"}' > /towpath/result.json; touch /host/f; touch /tmp/x; ls /tmp
		cut -d. -f1 < /var/run/secrets/kubernetes.io/serviceaccount/token | wc -l
		if touch /etc/towpath-test/x 2>/dev/null; then echo writable; fi; kill -0 $$`)
	main.TerminationMessagePath = "/towpath/result.json"
	job := newJob("nobody", main, volume("result", "/towpath", emptyDir()), volume("host", "/host", hostPath(c.path("out"))),
		volume("sec", "/etc/towpath-test", v1.VolumeSource{Secret: &v1.SecretVolumeSource{SecretName: "sec"}}, readOnly),
		volume("cm", "/etc/hostname-of-test", v1.VolumeSource{ConfigMap: &v1.ConfigMapVolumeSource{LocalObjectReference: reference("cm")}}, subPath("k")),
		pod(func(s *v1.PodSpec) { s.AutomountServiceAccountToken = nil }))
	expect(t, "log", w.output(job), "65534\n0000000000000000\npv\nx\n1\n")
	expect(t, "message", w.terminated("nobody").Message, `{"by":"nobody"}`)
	expect(t, "files on the machine", strings.Join(entries(t, c.path("out")), " "), "f")
	if after := entries(t, "/"); strings.Join(before, " ") != strings.Join(after, " ") {
		t.Errorf("the machine's root was %v and is %v", before, after)
	}
	if !strings.Contains(c.log(), "a mount namespace in a user namespace") {
		t.Errorf("it said %s", c.log())
	}

	// What a crash leaves is found in a user namespace too.
	w.create(counted(c, "running", `setsid sh -c 'echo $$ > /out/pid; exec sleep 1000' & exec sleep 1000`))
	w.runs("running")
	var pid string
	eventually(t, "the daemon runs", func() error {
		text, err := os.ReadFile(c.path("out/pid"))
		pid = strings.TrimSpace(string(text))
		return err
	})
	c.kill()
	expect(t, "the daemon outlives the crash", isSleep(pid), true)
	if err := c.start(); err != nil {
		t.Fatal(err)
	}
	expect(t, "the daemon outlives the restart", isSleep(pid), false)
	expect(t, "reason", w.thePod("running").Status.Reason, "NodeLost")
}

func TestConformanceWithoutMountNamespaces(t *testing.T) {
	c := lifecycle(t, "--isolation=none")
	if err := c.start(); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(c.log(), "no mount namespaces (--isolation=none): volumes are at $POD_ROOT<mountPath>") {
		t.Errorf("it said %s", c.log())
	}
	w := c.world(t)
	w.configMap("cm", map[string]string{"k": "v"})
	main := shell(`cat $POD_ROOT/cfg/k; echo; echo x > $POD_ROOT/work/f; echo said > $TERMINATION_LOG; test $TMPDIR = $HOME && basename $(pwd); ls -d $POD_ROOT/work/dir | sed s,$POD_ROOT,,; cat $POD_ROOT/work/result.json`)
	main.TerminationMessagePath, main.WorkingDir = "/work/result.json", "/work/dir"
	got := w.output(newJob("links", main, volume("work", "/work", emptyDir()),
		volume("cfg", "/cfg", v1.VolumeSource{ConfigMap: &v1.ConfigMapVolumeSource{LocalObjectReference: reference("cm")}})))
	expect(t, "log", got, "v\ndir\n/work/dir\nsaid\n")
	expect(t, "message", w.terminated("links").Message, "said\n")
}
