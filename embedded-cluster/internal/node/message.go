package node

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"

	v1 "k8s.io/api/core/v1"
	"k8s.io/cri-client/pkg/logs"
	"k8s.io/utils/ptr"
)

// Limits of Kubernetes.
const (
	maxMessage       = 4096
	maxFallbackLines = 80
	maxFallback      = 2048
)

// terminationMessage is the end of the file that the container has at its terminationMessagePath. If the container failed
// without a word, and wishes it so, it is the end of the log.
func (p *pod) terminationMessage(c *v1.Container, run int32, end *v1.ContainerStateTerminated) string {
	said, err := readTail(p.dir.said(c.Name, run), maxMessage)
	if err != nil {
		return fmt.Sprintf("Error on reading termination log: %v", err)
	}
	if said != "" || c.TerminationMessagePolicy != v1.TerminationMessageFallbackToLogsOnError || end.ExitCode == 0 {
		return said
	}
	var out bytes.Buffer
	options := &logs.LogOptions{TailLines: ptr.To[int64](maxFallbackLines)}
	if err := logs.ReadLogs(context.Background(), p.dir.log(c.Name, run), end.ContainerID, options, ended{}, &out, &out); err != nil {
		return fmt.Sprintf("Error on reading termination message from logs: %v", err)
	}
	return string(out.Bytes()[max(0, out.Len()-maxFallback):])
}

func readTail(name string, limit int64) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	size, err := f.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = f.Seek(max(0, size-limit), io.SeekStart)
	}
	if err != nil {
		return "", err
	}
	data, err := io.ReadAll(io.LimitReader(f, limit))
	return string(data), err
}
