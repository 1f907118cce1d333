// Package crilog writes container logs in the format of the container runtime interface, which the kubelet's own
// reader understands: one record per line, "<time> <stream> F|P <text>", where P marks a piece of a line.
package crilog

import (
	"bufio"
	"errors"
	"io"
	"sync"
	"time"
)

const (
	timeFormat = "2006-01-02T15:04:05.000000000Z07:00"
	// maxPiece is where a container runtime splits a line.
	maxPiece = 16 << 10
	// flushAt bounds what is held back while a program writes faster than we do.
	flushAt = 64 << 10
)

// A Writer joins the streams of one container in one file.
type Writer struct {
	mu  sync.Mutex
	out io.Writer
	now func() time.Time
}

// NewWriter writes records to out, each Write a whole number of them.
func NewWriter(out io.Writer) *Writer {
	return &Writer{out: out, now: time.Now}
}

// Copy writes what comes from r until its end. When out fails, it reads on, so that the program does not block on
// a full pipe, and returns the first failure at the end.
func (w *Writer) Copy(stream string, r io.Reader) error {
	in := bufio.NewReaderSize(r, maxPiece)
	var pending []byte
	var failed error
	for {
		piece, err := in.ReadSlice('\n')
		if len(piece) > 0 {
			pending = w.appendRecord(pending, stream, piece)
		}
		ended := err != nil && !errors.Is(err, bufio.ErrBufferFull)
		// A record waits only while more is at hand: a follower sees each line at once.
		if len(pending) > 0 && (ended || in.Buffered() == 0 || len(pending) >= flushAt) {
			if failed == nil {
				failed = w.write(pending)
			}
			pending = pending[:0]
		}
		if ended {
			return failed
		}
	}
}

func (w *Writer) appendRecord(to []byte, stream string, piece []byte) []byte {
	tag := " P "
	if piece[len(piece)-1] == '\n' {
		tag, piece = " F ", piece[:len(piece)-1]
	}
	to = w.now().UTC().AppendFormat(to, timeFormat)
	to = append(to, ' ')
	to = append(to, stream...)
	to = append(to, tag...)
	to = append(to, piece...)
	return append(to, '\n')
}

func (w *Writer) write(records []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, err := w.out.Write(records)
	return err
}
