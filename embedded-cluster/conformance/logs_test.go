package conformance

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"testing"

	batchv1 "k8s.io/api/batch/v1"
	v1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"
)

func TestConformanceLogFollow(t *testing.T) {
	w := parallel(t)
	// The program goes on only when the test has read what it wrote.
	out := t.TempDir()
	w.create(newJob("talk", shell(`echo up; echo also on stderr >&2; while [ ! -f /out/read ]; do sleep .05; done; echo last`),
		volume("out", "/out", hostPath(out))))
	p := w.runs("talk")
	stream, err := w.client.CoreV1().Pods(w.ns).GetLogs(p.Name, &v1.PodLogOptions{Follow: true}).Stream(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	lines := bufio.NewReader(stream)
	seen := map[string]bool{}
	for range 2 {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		seen[line] = true
	}
	if !seen["up\n"] || !seen["also on stderr\n"] {
		t.Errorf("got %v", seen)
	}
	touch(t, out+"/read")
	rest, err := io.ReadAll(lines)
	if err != nil || string(rest) != "last\n" {
		t.Errorf("then %q, %v", rest, err)
	}
}

func TestConformanceLongLogIsComplete(t *testing.T) {
	w := parallel(t)
	const count = 200_000
	w.create(newJob("long", shell(fmt.Sprintf(`seq %d`, count))))
	w.ends("long", batchv1.JobComplete)
	next := 1
	for line := range strings.Lines(w.logs("long")) {
		if line != fmt.Sprintln(next) {
			t.Fatalf("line %d is %q", next, line)
		}
		next++
	}
	expect(t, "lines", next-1, count)
	p := w.thePod("long").Name
	tail, err := w.logOf(p, &v1.PodLogOptions{TailLines: ptr.To[int64](2), Timestamps: true})
	fields := strings.Fields(tail)
	if err != nil || len(fields) != 4 || fields[1] != "199999" || fields[3] != "200000" || !strings.HasSuffix(fields[0], "Z") {
		t.Errorf("the end with times is %q, %v", tail, err)
	}
	head, err := w.logOf(p, &v1.PodLogOptions{LimitBytes: ptr.To[int64](4)})
	if err != nil || head != "1\n2\n" {
		t.Errorf("the first four bytes are %q, %v", head, err)
	}
}

func TestConformanceFollowSeesTheEndOfALongLog(t *testing.T) {
	w := parallel(t)
	out := t.TempDir()
	w.create(newJob("burst", shell(`echo 0; while [ ! -f /out/go ]; do sleep .05; done; seq 20000`), volume("out", "/out", hostPath(out))))
	p := w.runs("burst")
	stream, err := w.client.CoreV1().Pods(w.ns).GetLogs(p.Name, &v1.PodLogOptions{Follow: true}).Stream(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	touch(t, out+"/go")
	text, err := io.ReadAll(stream)
	if err != nil || strings.Count(string(text), "\n") != 20001 || !strings.HasSuffix(string(text), "\n20000\n") {
		t.Errorf("%d bytes, %v", len(text), err)
	}
}

func TestConformanceLogOfAContainerThatWaits(t *testing.T) {
	w := parallel(t)
	main := shell("true")
	main.Image = "nobody/knows:1"
	w.create(newJob("wait", main))
	p := w.until("wait", "waits", func(p v1.Pod) error { return waitsFor(p, "ErrImagePull", "ImagePullBackOff") })
	if text, err := w.logOf(p.Name, &v1.PodLogOptions{}); err == nil || !strings.Contains(err.Error(), "is waiting to start") {
		t.Errorf("got %q, %v", text, err)
	}
}
