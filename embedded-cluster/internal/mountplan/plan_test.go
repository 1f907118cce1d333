package mountplan

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// machine makes a host root: "name/" is a directory, "name -> target" a symbolic link, anything else a file.
func machine(t *testing.T, entries ...string) string {
	t.Helper()
	host := t.TempDir()
	for _, e := range append([]string{"dev/null", "etc/passwd", "tmp/secret-of-the-host", "usr/bin/", "bin -> usr/bin"}, entries...) {
		name, target, isLink := strings.Cut(e, " -> ")
		p := filepath.Join(host, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		var err error
		switch {
		case isLink:
			err = os.Symlink(target, p)
		case strings.HasSuffix(name, "/"):
			err = os.MkdirAll(p, 0o755)
		default:
			err = os.WriteFile(p, nil, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return host
}

// show writes a step as people read it.
func show(s Step) string {
	switch s.Op {
	case Bind:
		return fmt.Sprintf("bind %s at %s", s.Source, s.Path)
	case MakeLink:
		return fmt.Sprintf("symlink %s to %s", s.Path, s.Source)
	}
	return fmt.Sprintf("%s %s", s.Op, s.Path)
}

// planOf says how a plan differs from the one of a container without mounts.
func planOf(t *testing.T, host string, mounts []Mount, dirs ...string) []string {
	t.Helper()
	base, err := Make(host, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	steps, err := Make(host, mounts, dirs)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, s := range base {
		if !slices.Contains(steps, s) {
			lines = append(lines, "no "+show(s))
		}
	}
	for _, s := range steps {
		if !slices.Contains(base, s) {
			lines = append(lines, show(s))
		}
	}
	return lines
}

func TestMakeShowsTheMachineExceptWhatIsTheContainersOwn(t *testing.T) {
	host := machine(t, "swapfile", "dev/kvm", "dev/pts/ptmx", "dev/shm/")
	steps, err := Make(host, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range steps {
		got = append(got, show(s))
	}
	want := []string{
		"symlink /bin to usr/bin", "mkdir /dev", "mkdir /etc", "bind /etc at /etc", "touch /swapfile", "bind /swapfile at /swapfile",
		"mkdir /tmp", "mkdir /usr", "bind /usr at /usr",
		"symlink /dev/fd to /proc/self/fd", "touch /dev/null", "bind /dev/null at /dev/null", "symlink /dev/ptmx to pts/ptmx",
		"mkdir /dev/pts", "bind /dev/pts at /dev/pts", "mkdir /dev/shm", "bind /dev/shm at /dev/shm",
		"symlink /dev/stderr to /proc/self/fd/2", "symlink /dev/stdin to /proc/self/fd/0", "symlink /dev/stdout to /proc/self/fd/1",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestMake(t *testing.T) {
	for _, row := range []struct {
		name   string
		host   []string
		mounts []Mount
		dirs   []string
		want   string
	}{
		{"a mount point that the machine does not have", []string{"pod/v/"},
			[]Mount{{"/pod/v", "/towpath", false}}, nil,
			"mkdir /towpath; bind /pod/v at /towpath"},
		{"a deep one", []string{"pod/v/"},
			[]Mount{{"/pod/v", "/a/b/c", false}}, nil,
			"mkdir /a; mkdir /a/b; mkdir /a/b/c; bind /pod/v at /a/b/c"},
		{"over a folder of the machine", []string{"pod/v/", "usr/share/doc/"},
			[]Mount{{"/pod/v", "/usr/share", false}}, nil,
			"bind /pod/v at /usr/share"},
		{"over a top-level folder of the machine", []string{"pod/v/", "home/me/"},
			[]Mount{{"/pod/v", "/home", false}}, nil,
			"no bind /home at /home; bind /pod/v at /home"},
		{"inside what another volume hides", []string{"pod/v/", "pod/w/", "home/me/"},
			[]Mount{{"/pod/w", "/home/me", false}, {"/pod/v", "/home", false}}, nil,
			"no bind /home at /home; bind /pod/v at /home; mkdir /home/me; bind /pod/w at /home/me"},
		{"in a folder of the machine, which is mirrored", []string{"pod/v/", "etc/ssl/certs/", "etc/mtab -> ../proc/mounts"},
			[]Mount{{"/pod/v", "/etc/app", true}}, nil,
			"no bind /etc at /etc; mkdir /etc/app; bind /pod/v at /etc/app; read-only /etc/app; " +
				"symlink /etc/mtab to ../proc/mounts; touch /etc/passwd; bind /etc/passwd at /etc/passwd; mkdir /etc/ssl; bind /etc/ssl at /etc/ssl"},
		{"in a folder below another, and both are mirrored", []string{"pod/v/", "usr/local/lib/", "usr/local/x"},
			[]Mount{{"/pod/v", "/usr/local/app", false}}, nil,
			"no bind /usr at /usr; mkdir /usr/bin; bind /usr/bin at /usr/bin; mkdir /usr/local; mkdir /usr/local/app; bind /pod/v at /usr/local/app; " +
				"mkdir /usr/local/lib; bind /usr/local/lib at /usr/local/lib; touch /usr/local/x; bind /usr/local/x at /usr/local/x"},
		{"two in a mirrored folder, one of them on an entry of the machine", []string{"pod/v/", "pod/f"},
			[]Mount{{"/pod/f", "/etc/passwd", false}, {"/pod/v", "/etc/new", false}}, nil,
			"no bind /etc at /etc; mkdir /etc/new; bind /pod/v at /etc/new; touch /etc/passwd; bind /pod/f at /etc/passwd"},
		{"through a symbolic link of the machine", []string{"pod/v/", "run/lock/", "var/run -> /run"},
			[]Mount{{"/pod/v", "/var/run/secrets/kubernetes.io/serviceaccount", true}}, nil,
			"no bind /run at /run; mkdir /run/lock; bind /run/lock at /run/lock; mkdir /run/secrets; mkdir /run/secrets/kubernetes.io; " +
				"mkdir /run/secrets/kubernetes.io/serviceaccount; bind /pod/v at /run/secrets/kubernetes.io/serviceaccount; " +
				"read-only /run/secrets/kubernetes.io/serviceaccount"},
		{"a volume in a volume, whichever the manifest names first", []string{"pod/a/", "pod/b/"},
			[]Mount{{"/pod/b", "/work/in/side", false}, {"/pod/a", "/work", false}}, nil,
			"mkdir /work; bind /pod/a at /work; mkdir /work/in; mkdir /work/in/side; bind /pod/b at /work/in/side"},
		{"a mount point that the volume has", []string{"pod/a/sub/", "pod/b/"},
			[]Mount{{"/pod/a", "/work", true}, {"/pod/b", "/work/sub", false}}, nil,
			"mkdir /work; bind /pod/a at /work; read-only /work; bind /pod/b at /work/sub"},
		{"a link in a volume leads to the container's path, not the machine's", []string{"pod/a/out -> /data", "pod/b/"},
			[]Mount{{"/pod/a", "/work", false}, {"/pod/b", "/work/out/x", false}}, nil,
			"mkdir /data; mkdir /work; bind /pod/a at /work; mkdir /data/x; bind /pod/b at /data/x"},
		{"a file", []string{"pod/log"},
			[]Mount{{"/pod/log", "/dev/termination-log", false}}, nil,
			"touch /dev/termination-log; bind /pod/log at /dev/termination-log"},
		{"a file in a volume", []string{"pod/log", "pod/v/"},
			[]Mount{{"/pod/v", "/towpath", false}, {"/pod/log", "/towpath/result.json", false}}, nil,
			"mkdir /towpath; bind /pod/v at /towpath; touch /towpath/result.json; bind /pod/log at /towpath/result.json"},
		{"a folder where the machine has a file", []string{"pod/v/"},
			[]Mount{{"/pod/v", "/etc/passwd", false}}, nil,
			"no bind /etc at /etc; mkdir /etc/passwd; bind /pod/v at /etc/passwd"},
		{"the container's own /tmp", []string{"pod/tmp/"},
			[]Mount{{"/pod/tmp", "/tmp", false}}, nil,
			"bind /pod/tmp at /tmp"},
		{"dots and slashes", []string{"pod/v/"},
			[]Mount{{"/pod/v", "//x/../../y/./z/", false}}, nil,
			"mkdir /y; mkdir /y/z; bind /pod/v at /y/z"},
		{"a working directory that is not there", nil, nil, []string{"/srv/app", "/usr/bin"},
			"mkdir /srv; mkdir /srv/app"},
		{"a working directory in a volume", []string{"pod/v/"},
			[]Mount{{"/pod/v", "/work", false}}, []string{"/work/sub"},
			"mkdir /work; bind /pod/v at /work; mkdir /work/sub"},
	} {
		t.Run(row.name, func(t *testing.T) {
			host := machine(t, row.host...)
			if got := strings.Join(planOf(t, host, row.mounts, row.dirs...), "; "); got != row.want {
				t.Errorf("got\n  %s\nwant\n  %s", strings.ReplaceAll(got, "; ", "\n  "), strings.ReplaceAll(row.want, "; ", "\n  "))
			}
		})
	}
}

func TestMakeSaysWhatCannotBeMounted(t *testing.T) {
	host := machine(t, "pod/v/", "pod/v/file", "pod/w/", "loop -> loop")
	for _, row := range []struct {
		mounts []Mount
		want   string
	}{
		{[]Mount{{"/pod/none", "/x", false}}, "mounting at /x: /pod/none does not exist"},
		{[]Mount{{"/pod/v", "/", false}}, "mounting at /: a volume cannot take the place of the whole root"},
		{[]Mount{{"/pod/v", "/loop/x", false}}, "mounting at /loop/x: too many symbolic links in /loop/x"},
		{[]Mount{{"/pod/v", "/w", true}, {"/pod/w", "/w/new", false}}, "mounting at /w/new: /w/new does not exist in the volume that is mounted above it, and that is read-only"},
		{[]Mount{{"/pod/v", "/w", false}, {"/pod/w", "/w/file", false}}, "mounting at /w/file: /w/file is something else in the volume that is mounted above it"},
	} {
		if _, err := Make(host, row.mounts, nil); err == nil || err.Error() != row.want {
			t.Errorf("got %v; want %s", err, row.want)
		}
	}
}

func TestMakeLeavesTheMachineAlone(t *testing.T) {
	host := machine(t, "pod/v/", "pod/w/")
	list := func() (names []string) {
		err := filepath.WalkDir(host, func(p string, _ os.DirEntry, err error) error { names = append(names, p); return err })
		if err != nil {
			t.Fatal(err)
		}
		return names
	}
	before := list()
	mounts := []Mount{{"/pod/v", "/a/b", false}, {"/pod/w", "/a/b/c", true}, {"/pod/w", "/etc/x/y", false}}
	if _, err := Make(host, mounts, []string{"/srv/none"}); err != nil {
		t.Fatal(err)
	}
	if after := list(); !slices.Equal(before, after) {
		t.Errorf("before %v\nafter %v", before, after)
	}
}
