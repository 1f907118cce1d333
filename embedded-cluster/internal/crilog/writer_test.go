package crilog

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"time"
)

func newTestWriter(out io.Writer) *Writer {
	w := NewWriter(out)
	w.now = func() time.Time { return time.Date(2026, 3, 4, 5, 6, 7, 80, time.UTC) }
	return w
}

func TestCopyWritesOneRecordPerLine(t *testing.T) {
	const at = "2026-03-04T05:06:07.000000080Z"
	long := strings.Repeat("x", maxPiece)
	for _, row := range []struct{ name, in, want string }{
		{"nothing", "", ""},
		{"a line", "hello\n", at + " stdout F hello\n"},
		{"an empty line", "\n", at + " stdout F \n"},
		{"an end without a newline", "a\nb", at + " stdout F a\n" + at + " stdout P b\n"},
		{"a long line in pieces", long + "y\n", at + " stdout P " + long + "\n" + at + " stdout F y\n"},
		{"a line that just fits", long[1:] + "\n", at + " stdout F " + long[1:] + "\n"},
	} {
		t.Run(row.name, func(t *testing.T) {
			var out bytes.Buffer
			if err := newTestWriter(&out).Copy("stdout", strings.NewReader(row.in)); err != nil {
				t.Fatal(err)
			}
			if out.String() != row.want {
				t.Errorf("got %q\nwant %q", out.String(), row.want)
			}
		})
	}
}

func TestCopyShowsALineBeforeTheNextComes(t *testing.T) {
	records := make(chan string, 1)
	r, program := io.Pipe()
	done := make(chan error, 1)
	go func() { done <- NewWriter(writerFunc(func(b []byte) { records <- string(b) })).Copy("stdout", r) }()
	for _, line := range []string{"one\n", "two\n"} {
		if _, err := io.WriteString(program, line); err != nil {
			t.Fatal(err)
		}
		select {
		case got := <-records:
			if !strings.HasSuffix(got, " stdout F "+line) {
				t.Errorf("got %q", got)
			}
		case <-time.After(5 * time.Second):
			t.Fatalf("%q was held back", line)
		}
	}
	program.Close()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestCopyNeverMixesTwoStreamsInARecord(t *testing.T) {
	var out bytes.Buffer
	w := NewWriter(&out)
	const lines = 5000
	var wg sync.WaitGroup
	for _, stream := range []string{"stdout", "stderr"} {
		wg.Go(func() {
			if err := w.Copy(stream, strings.NewReader(strings.Repeat(stream+"\n", lines))); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	count := map[string]int{}
	for record := range strings.Lines(out.String()) {
		_, rest, _ := strings.Cut(record, " ")
		count[rest]++
	}
	if count["stdout F stdout\n"] != lines || count["stderr F stderr\n"] != lines || len(count) != 2 {
		t.Errorf("got %v", count)
	}
}

func TestCopyDrainsTheProgramWhenTheDiskIsFull(t *testing.T) {
	full := errors.New("no space left on device")
	in := strings.NewReader(strings.Repeat("line\n", 100_000))
	err := NewWriter(failing{full}).Copy("stdout", in)
	if !errors.Is(err, full) || in.Len() != 0 {
		t.Errorf("got %v with %d bytes unread", err, in.Len())
	}
}

type writerFunc func([]byte)

func (f writerFunc) Write(b []byte) (int, error) { f(b); return len(b), nil }

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }
