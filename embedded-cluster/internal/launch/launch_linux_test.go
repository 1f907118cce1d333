package launch

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"embedded-cluster.towpath.dev/internal/process"
	"embedded-cluster.towpath.dev/internal/shim"
)

// This test binary holds the shim, so it is started again as such, just as the cluster is.

// result is what a finished container left.
type result struct {
	stdout, stderr string
	exit           Exit
	record         process.Record
}

// run runs a container to its end. A start that fails is returned.
func run(t *testing.T, i Isolation, spec shim.Spec) (result, error) {
	t.Helper()
	scratch := t.TempDir()
	open := func(name string) *os.File {
		f, err := os.Create(filepath.Join(scratch, name))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		return f
	}
	if spec.Env == nil {
		spec.Env = []string{"PATH=" + os.Getenv("PATH")}
	}
	if spec.Dir == "" {
		spec.Dir = "/"
	}
	stdout, stderr := open("stdout"), open("stderr")
	p, err := Command{Spec: spec, Isolation: i, Stdout: stdout, Stderr: stderr, Record: filepath.Join(scratch, "record")}.Start()
	if err != nil {
		t.Fatal(err)
	}
	failure := p.Release()
	exit, err := p.Wait(func() error { return p.Signal(syscall.SIGKILL) })
	if err != nil {
		t.Fatal(err)
	}
	read := func(f *os.File) string {
		b, err := os.ReadFile(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	record, err := process.ReadRecord(filepath.Join(scratch, "record"))
	if err != nil {
		t.Fatal(err)
	}
	return result{read(stdout), read(stderr), exit, record}, failure
}

func shell(script string) []string { return []string{"sh", "-c", script} }

// mustRun runs a script that has to succeed, and returns what it printed.
func mustRun(t *testing.T, i Isolation, spec shim.Spec) string {
	t.Helper()
	r, err := run(t, i, spec)
	if err != nil || r.exit.Code != 0 {
		t.Fatalf("%v, exit %+v, stderr %s", err, r.exit, r.stderr)
	}
	return r.stdout
}

// possible lists the isolations that this user can have. It fails if there is none, because then nothing would be tested.
func possible(t *testing.T) []Isolation {
	t.Helper()
	best, err := Probe(filepath.Join(t.TempDir(), "probe"))
	if best == None {
		t.Fatalf("mount namespaces are impossible here, so this cannot be tested: %v", err)
	}
	if best == UserNamespace {
		return []Isolation{UserNamespace}
	}
	if err := try(UserNamespace, filepath.Join(t.TempDir(), "probe")); err != nil {
		t.Logf("NOT TESTED: user namespaces are impossible here: %v", err)
		return []Isolation{MountNamespace}
	}
	return []Isolation{MountNamespace, UserNamespace}
}

func eachIsolation(t *testing.T, test func(*testing.T, Isolation)) {
	for _, i := range possible(t) {
		t.Run(i.String(), func(t *testing.T) { test(t, i) })
	}
}

func TestTheProgramIsTheProcessThatWasStarted(t *testing.T) {
	for _, i := range append(possible(t), None) {
		t.Run(i.String(), func(t *testing.T) {
			script := `read -r pid name state ppid group session rest < /proc/self/stat; echo $$ $ppid $group $session`
			r, err := run(t, i, shim.Spec{Argv: shell("exec sh -c '" + script + "'")})
			if err != nil {
				t.Fatal(err)
			}
			pid := r.record.PID
			if want := fmt.Sprintf("%d %d %d %d\n", pid, os.Getpid(), pid, pid); r.stdout != want {
				t.Errorf("pid, parent, group and session: got %q; want %q; stderr %s", r.stdout, want, r.stderr)
			}
			if isolated := r.record.MountNamespace != ""; isolated != (i != None) || r.record.StartTime == "" {
				t.Errorf("record %+v", r.record)
			}
		})
	}
}

func TestTheProgramGetsItsOwnArgumentsEnvironmentAndFilesOnly(t *testing.T) {
	eachIsolation(t, func(t *testing.T, i Isolation) {
		env := []string{"PATH=" + os.Getenv("PATH"), "GODEBUG=inittrace=1", "A=a b\nc"}
		r, err := run(t, i, shim.Spec{Env: env, Argv: []string{"sh", "-c", `printf '%s|' "$0" "$@"; env -0 | tr '\0' '|'; umask`, "x", "", "$y"}})
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"x||$y|", "A=a b\nc|", "GODEBUG=inittrace=1|"} {
			if !strings.Contains(r.stdout, want) {
				t.Errorf("%q is missing in %q", want, r.stdout)
			}
		}
		if !strings.HasSuffix(r.stdout, "|0022\n") {
			t.Errorf("umask at the end of %q", r.stdout)
		}
		if r.stderr != "" {
			t.Errorf("the shim wrote to the program's stderr: %s", r.stderr)
		}
		// The fourth is the folder that ls reads.
		if files := mustRun(t, i, shim.Spec{Argv: []string{"ls", "/proc/self/fd"}}); files != "0\n1\n2\n3\n" {
			t.Errorf("open files %q", files)
		}
	})
}

func TestExitCodesAndSignals(t *testing.T) {
	for _, row := range []struct {
		script string
		want   Exit
	}{
		{"exit 0", Exit{}}, {"exit 7", Exit{Code: 7}}, {"exit 255", Exit{Code: 255}},
		{"kill -TERM $$", Exit{Code: 143, Signal: 15}}, {"kill -KILL $$", Exit{Code: 137, Signal: 9}},
	} {
		r, err := run(t, possible(t)[0], shim.Spec{Argv: shell(row.script)})
		if err != nil || r.exit != row.want {
			t.Errorf("%s: got %+v, %v; want %+v", row.script, r.exit, err, row.want)
		}
	}
}

func TestAProgramThatCannotRunIsReported(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "data"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	path := []string{"PATH=" + dir}
	for _, row := range []struct {
		spec shim.Spec
		want string
	}{
		{shim.Spec{Argv: []string{"no-such-program"}}, `exec: "no-such-program": executable file not found in $PATH`},
		{shim.Spec{Argv: []string{"/no/such"}}, `exec: "/no/such": no such file or directory`},
		{shim.Spec{Argv: []string{"data"}, Env: path}, `exec: "data": permission denied`},
		{shim.Spec{Argv: []string{"sh"}, Env: []string{}}, `exec: "sh": executable file not found in $PATH`},
		{shim.Spec{Argv: shell("true"), Dir: "/no/such/dir"}, "chdir /no/such/dir: no such file or directory"},
	} {
		r, err := run(t, None, row.spec)
		if err == nil || err.Error() != row.want || r.exit.Code == 0 {
			t.Errorf("%v: got %v, exit %+v; want %s", row.spec.Argv, err, r.exit, row.want)
		}
	}
}

func TestWaitHoldsTheNumberUntilTheGroupIsEnded(t *testing.T) {
	out := filepath.Join(t.TempDir(), "child")
	p, err := Command{Spec: shim.Spec{Argv: shell("sleep 1000 & echo $! > " + out), Env: []string{"PATH=" + os.Getenv("PATH")}, Dir: "/"},
		Record: out + ".record"}.Start()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Release(); err != nil {
		t.Fatal(err)
	}
	called := false
	if _, err := p.Wait(func() error {
		called = true
		if group, err := syscall.Getpgid(p.PID); err != nil || group != p.PID {
			t.Errorf("group %d, %v; want %d", group, err, p.PID)
		}
		return p.Signal(syscall.SIGKILL)
	}); err != nil || !called {
		t.Fatal(err, called)
	}
	var child int
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Sscan(string(b), &child); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(5 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		if _, err := process.StartTime(child); err != nil {
			return
		}
		if time.Now().After(end) {
			t.Fatal("the child of the ended program runs on")
		}
	}
}

func TestWithoutReleaseThereIsNoProgram(t *testing.T) {
	eachIsolation(t, func(t *testing.T, i Isolation) {
		record := filepath.Join(t.TempDir(), "record")
		command := Command{Isolation: i, Record: record}
		command.Spec = shim.Spec{Argv: shell("true"), Env: []string{"PATH=" + os.Getenv("PATH")}, Dir: "/"}
		p, err := command.Start()
		if err != nil {
			t.Fatal(err)
		}
		exit, err := p.Wait(func() error { return nil }) // closes the pipe, as the death of the cluster does
		if err != nil || exit.Code != 1 {
			t.Errorf("exit %+v, %v", exit, err)
		}
		if r, err := process.ReadRecord(record); err != nil || r.PID != p.PID || r.Alive() {
			t.Errorf("record %+v, %v", r, err)
		}
	})
}
