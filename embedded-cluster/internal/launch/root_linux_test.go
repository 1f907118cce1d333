package launch

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"embedded-cluster.towpath.dev/internal/mountplan"
	"embedded-cluster.towpath.dev/internal/shim"
)

// This test binary holds the shim, so it is started again as such, just as the cluster is.

func TestTheRootShowsTheMachineAndTheVolumes(t *testing.T) {
	before := names(t, "/")
	eachIsolation(t, func(t *testing.T, i Isolation) {
		dir := t.TempDir()
		mounts := []mountplan.Mount{}
		mount := func(source, target string, readOnly bool) {
			p := filepath.Join(dir, source)
			if err := os.MkdirAll(p, 0o777); err != nil {
				t.Fatal(err)
			}
			mounts = append(mounts, mountplan.Mount{Source: p, Target: target, ReadOnly: readOnly})
		}
		mount("tmp", "/tmp", false)
		mount("result", "/towpath", false)
		mount("config", "/etc/app/config", true)
		mount("token", "/var/run/secrets/kubernetes.io/serviceaccount", true)
		mount("inner", "/towpath/inner", true)
		message := filepath.Join(dir, "message")
		for _, p := range []string{message, filepath.Join(dir, "config/k"), filepath.Join(dir, "token/token")} {
			if err := os.WriteFile(p, []byte("from the host\n"), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		mounts = append(mounts, mountplan.Mount{Source: message, Target: "/towpath/result.json"})
		script := `set -e
			pwd; cat /etc/app/config/k /var/run/secrets/kubernetes.io/serviceaccount/token
			test -s /etc/passwd; test -d /proc/self; test -d /sys/kernel; test -x /usr/bin/env
			: > /dev/null; head -c 1 /dev/urandom | wc -c; cat /dev/stdin < /etc/hostname > /dev/full && exit 1
			echo '{"ok":true}' > /towpath/result.json; echo new > /towpath/other
			if touch /etc/app/config/x 2>/dev/null || touch /towpath/inner/x 2>/dev/null; then echo read-only mounts are writable; exit 1; fi
			touch /made-in-the-root /tmp/made-in-tmp; ls /tmp; if [ -e ` + dir + ` ]; then echo the host\'s /tmp is visible; exit 1; fi`
		got := mustRun(t, i, shim.Spec{Argv: shell(script), Mounts: mounts, Dir: "/srv/no/such/dir"})
		if want := "/srv/no/such/dir\nfrom the host\nfrom the host\n1\nmade-in-tmp\n"; got != want {
			t.Errorf("got %q; want %q", got, want)
		}
		if b, err := os.ReadFile(message); err != nil || string(b) != "{\"ok\":true}\n" {
			t.Errorf("the file under the volume holds %q, %v", b, err)
		}
		if b, err := os.ReadFile(filepath.Join(dir, "result/other")); err != nil || string(b) != "new\n" {
			t.Errorf("the volume holds %q, %v", b, err)
		}
	})
	if after := names(t, "/"); !slices.Equal(before, after) {
		t.Errorf("the machine's root was %v and is %v", before, after)
	}
	for _, p := range []string{"/towpath", "/etc/app", "/run/secrets/kubernetes.io", "/srv/no"} {
		if _, err := os.Lstat(p); err == nil {
			t.Errorf("%s was made on the machine", p)
		}
	}
}

func names(t *testing.T, dir string) (all []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

func TestMountsAreGoneWithTheContainer(t *testing.T) {
	before, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		t.Fatal(err)
	}
	eachIsolation(t, func(t *testing.T, i Isolation) { mustRun(t, i, shim.Spec{Argv: shell("true")}) })
	after, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil || string(after) != string(before) {
		t.Errorf("%v\nbefore %s\nafter %s", err, before, after)
	}
}

func TestTheUIDStaysAndNoCapabilityIsLeft(t *testing.T) {
	if os.Geteuid() == 0 {
		asNobody(t)
		return
	}
	got := mustRun(t, UserNamespace, shim.Spec{Argv: shell("id -u; id -g; grep CapEff /proc/self/status; grep CapAmb /proc/self/status")})
	want := fmt.Sprintf("%d\n%d\nCapEff:\t0000000000000000\nCapAmb:\t0000000000000000\n", os.Getuid(), os.Getgid())
	if got != want {
		t.Errorf("got %q; want %q", got, want)
	}
}

// asNobody runs the tests of this package that need no rights again, as the user who has none.
func asNobody(t *testing.T) {
	t.Helper()
	dir, err := os.MkdirTemp("", "nobody-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chown(dir, 65534, 65534); err != nil {
		t.Fatal(err)
	}
	self := &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	again := exec.Command("/proc/self/exe", "-test.v", "-test.run=^(TestTheUID|TestTheRoot|TestTheProgram|TestMountsAre)")
	again.SysProcAttr, again.Env, again.Dir = self, append(os.Environ(), "TMPDIR="+dir), dir
	out, err := again.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: TestTheUIDStaysAndNoCapabilityIsLeft") {
		t.Errorf("as nobody: %v\n%s", err, out)
	}
}
