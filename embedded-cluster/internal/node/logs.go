package node

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"

	internalapi "k8s.io/cri-api/pkg/apis"
	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
	"k8s.io/cri-client/pkg/logs"
	"k8s.io/klog/v2"
)

// serveLogs serves the part of a kubelet's API that is behind the "log" subresource of pods, to the API server only, and
// returns the port that the API server is to ask at.
func (n *Node) serveLogs() (int, error) {
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", n.LogPort))
	if err != nil {
		return 0, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /containerLogs/{namespace}/{pod}/{container}", n.serveLog)
	server := &http.Server{Handler: mux}
	go func() {
		if err := server.Serve(tls.NewListener(listener, n.TLS)); !errors.Is(err, http.ErrServerClosed) {
			klog.ErrorS(err, "The log server has stopped")
		}
	}()
	context.AfterFunc(n.ctx, func() { _ = server.Close() }) // whoever still follows a log is cut off; an error could only say so
	if n.AnnouncedLogPort != 0 {
		return n.AnnouncedLogPort, nil
	}
	return listener.Addr().(*net.TCPAddr).Port, nil
}

func (n *Node) serveLog(w http.ResponseWriter, r *http.Request) {
	query, err := parseLogQuery(r.URL.Query())
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	p, container := n.find(r.PathValue("namespace"), r.PathValue("pod")), r.PathValue("container")
	if p == nil && !n.hasListed() {
		// What earlier instances have logged is there: nobody may take it for lost.
		http.Error(w, "this node has not read its pods yet", http.StatusServiceUnavailable)
		return
	}
	if p == nil {
		http.Error(w, "this node has no such pod", http.StatusNotFound)
		return
	}
	file, ok := p.logFile(container, query.previous)
	if !ok {
		http.Error(w, fmt.Sprintf("container %q in pod %q is waiting to start or has no such log", container, p.api.Name), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "text/plain")
	stdout, stderr := query.choose(flusher{w})
	err = logs.ReadLogs(r.Context(), file, container, query.options, follower{p: p, container: container}, stdout, stderr)
	if err != nil && r.Context().Err() == nil {
		klog.ErrorS(err, "A log cannot be read to its end", "pod", klog.KObj(p.api), "container", container)
		fmt.Fprintf(w, "failed to read the log: %v", err)
	}
}

// logFile returns the log of the container's last run, or of the one before.
func (p *pod) logFile(container string, previous bool) (string, bool) {
	run := int32(-1)
	for {
		if _, err := os.Stat(p.dir.log(container, run+1)); err != nil {
			break
		}
		run++
	}
	if previous {
		run--
	}
	return p.dir.log(container, run), run >= 0
}

// flusher brings each line to a follower at once.
type flusher struct{ w http.ResponseWriter }

func (f flusher) Write(b []byte) (int, error) {
	n, err := f.w.Write(b)
	if err == nil {
		err = http.NewResponseController(f.w).Flush()
	}
	return n, err
}

var _ io.Writer = flusher{}

// ended and follower answer the one question that the log reader asks of a container runtime: will more come?
type ended struct{ internalapi.RuntimeService }

func (ended) ContainerStatus(context.Context, string, bool) (*runtimeapi.ContainerStatusResponse, error) {
	return stateResponse(runtimeapi.ContainerState_CONTAINER_EXITED), nil
}

type follower struct {
	internalapi.RuntimeService
	p         *pod
	container string
}

func (f follower) ContainerStatus(context.Context, string, bool) (*runtimeapi.ContainerStatusResponse, error) {
	f.p.mu.Lock()
	defer f.p.mu.Unlock()
	if f.p.logging[f.container] {
		return stateResponse(runtimeapi.ContainerState_CONTAINER_RUNNING), nil
	}
	return stateResponse(runtimeapi.ContainerState_CONTAINER_EXITED), nil
}

func stateResponse(s runtimeapi.ContainerState) *runtimeapi.ContainerStatusResponse {
	return &runtimeapi.ContainerStatusResponse{Status: &runtimeapi.ContainerStatus{State: s}}
}
