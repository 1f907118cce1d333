package node

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/klog/v2"

	"embedded-cluster.towpath.dev/internal/atomicfile"
)

// A podDir is the directory of a pod. Its name is the pod's uid, which nothing else on the machine has.
type podDir string

func (n *Node) dirOf(uid types.UID) podDir { return podDir(filepath.Join(n.Dir, string(uid))) }

func (d podDir) path(elements ...string) string {
	return filepath.Join(append([]string{string(d)}, elements...)...)
}

// mark is a piece of every path in the directory and of no other.
func (d podDir) mark() string { return "/" + filepath.Base(string(d)) + "/" }

func (d podDir) tmp() string                        { return d.path("tmp") }
func (d podDir) volume(name string) string          { return d.path("volumes", name) }
func (d podDir) container(name string) string       { return d.path("containers", name) }
func (d podDir) record(name string) string          { return d.path("containers", name, "process") }
func (d podDir) log(name string, run int32) string  { return d.numbered(name, run, "log") }
func (d podDir) said(name string, run int32) string { return d.numbered(name, run, "message") }

// root is $POD_ROOT, where a container finds its volumes if it has no root of its own.
func (d podDir) root(name string) string { return d.path("containers", name, "root") }

func (d podDir) numbered(container string, run int32, kind string) string {
	return d.path("containers", container, fmt.Sprintf("%d.%s", run, kind))
}

func (d podDir) create() error {
	if err := os.MkdirAll(d.tmp(), 0o700); err != nil {
		return err
	}
	return os.Chmod(d.tmp(), 0o777|fs.ModeSticky)
}

// markStarted notes, so that no crash can undo it, that from now on a program of the pod may have run.
func (d podDir) markStarted() error {
	return atomicfile.Mark(d.path("started"))
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// saveOutcome keeps the final status until the API has it: a crash in between must not turn a result into a loss.
func (d podDir) saveOutcome(s *v1.PodStatus) error {
	data, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return atomicfile.Replace(d.path("outcome.json"), data, 0o600)
}

// outcome returns the final status if the pod had come to it, and nil if not.
func (d podDir) outcome() (*v1.PodStatus, error) {
	data, err := os.ReadFile(d.path("outcome.json"))
	if err != nil {
		return nil, ignoreMissing(err)
	}
	status := &v1.PodStatus{}
	return status, json.Unmarshal(data, status)
}

// removeVolumes leaves the logs: they are read until the pod's object is gone. Secrets do not stay on the disk longer than needed.
func (d podDir) removeVolumes() error {
	return errors.Join(removeMemory(d), os.RemoveAll(d.path("volumes")), os.RemoveAll(d.tmp()))
}

func (p *pod) removeDir() {
	if err := errors.Join(p.dir.removeVolumes(), os.RemoveAll(string(p.dir))); err != nil {
		klog.ErrorS(err, "A pod's directory cannot be removed", "pod", klog.KObj(p.api))
	}
}
