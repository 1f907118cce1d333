package node

import (
	"errors"
	"os"
	"sync"
	"time"

	"embedded-cluster.towpath.dev/internal/crilog"
)

// streams carry what a program writes to its log.
type streams struct {
	stdout, stderr *os.File // the program's ends
	readers        []*os.File
	log            *os.File
	copying        sync.WaitGroup
	mu             sync.Mutex
	failures       []error
}

func openStreams(logFile string) (*streams, error) {
	log, err := os.OpenFile(logFile, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	s := &streams{log: log}
	writer := crilog.NewWriter(log)
	for name, end := range map[string]**os.File{"stdout": &s.stdout, "stderr": &s.stderr} {
		reader, w, err := os.Pipe()
		if err != nil {
			s.handOver()
			return nil, errors.Join(err, s.drain(0))
		}
		*end = w
		s.readers = append(s.readers, reader)
		s.copying.Go(func() { s.note(writer.Copy(name, reader)) })
	}
	return s, nil
}

func (s *streams) note(err error) {
	if err == nil || errors.Is(err, os.ErrClosed) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failures = append(s.failures, err)
}

// handOver closes our copies of the program's ends, so that the readers see an end when the program's are closed.
func (s *streams) handOver() {
	for _, end := range []*os.File{s.stdout, s.stderr} {
		if end != nil {
			s.note(end.Close())
		}
	}
}

// drain returns when the log is complete. Somebody whom we could not end may hold a pipe open; patience is the limit then.
func (s *streams) drain(patience time.Duration) error {
	complete := make(chan struct{})
	go func() { s.copying.Wait(); close(complete) }()
	select {
	case <-complete:
	case <-time.After(patience):
		s.note(errors.New("something outside of the container holds its output open"))
	}
	for _, r := range s.readers {
		s.note(r.Close())
	}
	<-complete
	s.note(s.log.Close())
	s.mu.Lock()
	defer s.mu.Unlock()
	return errors.Join(s.failures...)
}
