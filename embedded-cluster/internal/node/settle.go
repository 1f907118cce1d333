package node

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/klog/v2"

	"embedded-cluster.towpath.dev/internal/process"
)

// wasStarted says whether an earlier instance may have run a program of the pod. Its own marker decides. If the directory is
// gone, the API has to be asked, and a pod that had a start time counts as started: no program is ever run twice.
func (p *pod) wasStarted() bool {
	if _, err := os.Stat(string(p.dir)); errors.Is(err, fs.ErrNotExist) {
		return p.api.Status.StartTime != nil
	}
	_, err := os.Stat(p.dir.path("started"))
	return !errors.Is(err, fs.ErrNotExist)
}

// settle ends what is left of a pod of an earlier instance, and then reports it: how it ended, if that had been
// decided already, and otherwise as lost.
func (p *pod) settle() {
	if err := errors.Join(p.dir.create(), p.dir.endLeftovers()); err != nil {
		klog.ErrorS(err, "What is left of a pod cannot be ended", "pod", klog.KObj(p.api))
	}
	final, err := p.dir.outcome()
	if err != nil {
		klog.ErrorS(err, "A pod's outcome cannot be read, so it is lost", "pod", klog.KObj(p.api))
	}
	if err != nil || final == nil {
		p.mu.Lock()
		p.why, p.interrupted = nodeLost, true
		p.mu.Unlock()
		p.finish(false)
		return
	}
	p.mu.Lock()
	p.status = *final
	p.mu.Unlock()
	p.report()
}

// endLeftovers kills what an instance that did not stop cleanly has left running.
func (d podDir) endLeftovers() error {
	records, err := filepath.Glob(d.record("*"))
	if err != nil {
		return err
	}
	var failures []error
	for _, name := range records {
		record, err := process.ReadRecord(name)
		if err == nil {
			err = record.End(d.mark())
		}
		failures = append(failures, err)
	}
	return errors.Join(failures...)
}

// sweep removes the directories of pods that the API no longer has. One that cannot be removed is no reason not to start.
func (n *Node) sweep() error {
	entries, err := os.ReadDir(n.Dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		n.mu.Lock()
		_, known := n.pods[types.UID(e.Name())]
		n.mu.Unlock()
		if known {
			continue
		}
		dir := n.dirOf(types.UID(e.Name()))
		if err := errors.Join(dir.endLeftovers(), dir.removeVolumes(), os.RemoveAll(string(dir))); err != nil {
			klog.ErrorS(err, "What an earlier instance has left cannot be removed")
		}
	}
	return nil
}
