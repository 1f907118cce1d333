package process

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestParseStatCountsFromTheEndOfTheName(t *testing.T) {
	const rest = " S 1 42 42 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 987654 1000 10"
	for _, name := range []string{"sh", "a b", "evil) R 1 2 3", "((("} {
		got, err := parseStat("7 (" + name + ")" + rest)
		if want := (stat{state: "S", group: 42, startTime: "987654"}); err != nil || got != want {
			t.Errorf("%q: got %+v, %v; want %+v", name, got, err, want)
		}
	}
	if _, err := parseStat("7 (sh) S 1"); err == nil {
		t.Error("a short line is accepted")
	}
}

func TestRecordIsReadAsItWasWritten(t *testing.T) {
	name := filepath.Join(t.TempDir(), "process")
	observed, err := Observe(os.Getpid(), true)
	if err != nil {
		t.Fatal(err)
	}
	if err := observed.Write(name); err != nil {
		t.Fatal(err)
	}
	r, err := ReadRecord(name)
	if err != nil || r != observed || r.PID != os.Getpid() || !r.Alive() || !strings.HasPrefix(r.MountNamespace, "mnt:[") {
		t.Errorf("got %+v, %v", r, err)
	}
	if r.PID, r.StartTime = 0, ""; r.Alive() || r.End("/x/") != nil {
		t.Error("no process is taken for one")
	}
	if _, err := ReadRecord(name + "none"); err == nil {
		t.Error("no error where there is no record")
	}
}

// startGroup runs a script as the leader of a session of its own, and returns when it has said that it is up.
func startGroup(t *testing.T, attr *syscall.SysProcAttr, script string) (*exec.Cmd, string) {
	t.Helper()
	cmd := exec.Command("sh", "-c", script)
	attr.Setsid = true
	cmd.SysProcAttr = attr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	reaped := make(chan struct{})
	go func() { _ = cmd.Wait(); close(reaped) }() // says how it was killed
	t.Cleanup(func() {
		select {
		case <-reaped: // its number may be another's
		default:
			_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // an error says that it has just ended
			<-reaped
		}
	})
	return cmd, strings.TrimSpace(line)
}

func recordOf(t *testing.T, pid int) Record {
	t.Helper()
	start, err := StartTime(pid)
	if err != nil {
		t.Fatal(err)
	}
	return Record{PID: pid, StartTime: start}
}

func ended(pid int) bool {
	_, err := readStat(pid)
	return err != nil
}

func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for end := time.Now().Add(5 * time.Second); !condition(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within 5 s: %s", what)
		}
	}
}

func TestEndKillsTheGroup(t *testing.T) {
	cmd, child := startGroup(t, &syscall.SysProcAttr{}, "sleep 1000 & echo $!; wait")
	if err := recordOf(t, cmd.Process.Pid).End("/none/"); err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(child)
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the leader ends", func() bool { return ended(cmd.Process.Pid) })
	eventually(t, "its child ends", func() bool { return ended(pid) })
}

func TestEndLeavesAGroupWhoseNumberIsNewlyUsed(t *testing.T) {
	cmd, _ := startGroup(t, &syscall.SysProcAttr{}, "echo up; exec sleep 1000")
	r := recordOf(t, cmd.Process.Pid)
	r.StartTime += "0"
	if err := r.End("/none/"); err != nil {
		t.Fatal(err)
	}
	if ended(cmd.Process.Pid) {
		t.Error("another process with the number was killed")
	}
}

func TestEndFindsWhoLeftTheSessionByTheMountNamespace(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root for a mount namespace; TestConformanceNonRoot covers user namespaces")
	}
	dir := filepath.Join(t.TempDir(), "3c1a-pod")
	if err := os.MkdirAll(filepath.Join(dir, "tmp"), 0o700); err != nil {
		t.Fatal(err)
	}
	script := "mount --make-rprivate / && mount --bind " + dir + "/tmp /mnt && { setsid sh -c 'echo $$; exec sleep 1000' & } ; wait"
	cmd, daemon := startGroup(t, &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}, script)
	pid, err := strconv.Atoi(daemon)
	if err != nil {
		t.Fatal(err)
	}
	r := recordOf(t, cmd.Process.Pid)
	if r.MountNamespace, err = mountNamespace(cmd.Process.Pid); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Kill(); err != nil { // only the leader: its daemon is in another session
		t.Fatal(err)
	}
	eventually(t, "the leader ends", func() bool { return ended(cmd.Process.Pid) })
	if err := r.End("/another-pod/"); err != nil {
		t.Fatal(err)
	}
	if ended(pid) {
		t.Fatal("a process of another pod was killed")
	}
	if err := r.End("/3c1a-pod/"); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the daemon ends", func() bool { return ended(pid) })
}
