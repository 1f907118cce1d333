package node

import (
	"time"

	"k8s.io/klog/v2"
)

// Shutdown ends all pods: each gets its grace period, but no more than limit, and is reported as disrupted. Pods that have not
// started a program yet are left to the next instance. No pod is started any more.
func (n *Node) Shutdown(limit time.Duration) {
	n.mu.Lock()
	n.draining = true
	all := make([]*pod, 0, len(n.pods))
	for _, p := range n.pods {
		all = append(all, p)
	}
	n.mu.Unlock()
	for _, p := range all {
		p.shutdown(limit)
	}
	const report = 3 * time.Second // for the last signal to be obeyed and the end to be reported
	timeout := time.After(limit + report)
	for _, p := range all {
		select {
		case <-p.done:
		case <-timeout:
			klog.Error("Not all pods have ended in time; they will count as lost")
			n.cancel()
			return
		}
	}
	n.cancel()
}

func (p *pod) shutdown(limit time.Duration) {
	p.mu.Lock()
	if !p.started && !p.stopping {
		p.stopping, p.abandoned = true, true
		close(p.stop)
	}
	p.mu.Unlock()
	p.terminate(min(limit, p.ownGrace()), nodeShutdown)
}
