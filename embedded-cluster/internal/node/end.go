package node

import (
	"syscall"
	"time"

	v1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/klog/v2"
	"k8s.io/utils/ptr"

	"embedded-cluster.towpath.dev/internal/launch"
)

// terminate asks every program of the pod to end, and ends it after the grace period. The first call decides why; a later
// one may only shorten the grace period.
func (p *pod) terminate(grace time.Duration, why ending) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.stopping {
		p.stopping, p.why = true, why
		close(p.stop)
	} else if grace >= p.grace {
		return
	}
	p.grace = grace
	if grace > 0 {
		p.signal(syscall.SIGTERM)
	}
	time.AfterFunc(grace, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.signal(syscall.SIGKILL)
	})
}

// signal needs the lock: a process that is reaped is taken off the list under it.
func (p *pod) signal(s syscall.Signal) {
	for container, process := range p.processes {
		if err := process.Signal(s); err != nil {
			klog.ErrorS(err, "A container cannot be signalled", "pod", klog.KObj(p.api), "container", container)
		}
	}
}

// start begins a container unless the pod is to end; it returns nil in that case.
func (p *pod) start(container string, command launch.Command) (*launch.Process, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stopping {
		return nil, nil
	}
	process, err := command.Start()
	if process != nil {
		p.processes[container] = process
		p.logging[container] = true
	}
	return process, err
}

// delete follows the API's wish to delete the pod.
func (p *pod) delete(api *v1.Pod) {
	p.mu.Lock()
	first := !p.deleted
	p.deleted = true
	p.mu.Unlock()
	select {
	case <-p.done: // only the object is left
		if first {
			go p.deleteObject()
		}
	default:
		p.terminate(time.Duration(ptr.Deref(api.DeletionGracePeriodSeconds, 30))*time.Second, ending{})
	}
}

// finish reports how the pod ended.
func (p *pod) finish(succeeded bool) {
	p.mu.Lock()
	if p.abandoned {
		close(p.done)
		p.mu.Unlock()
		return
	}
	why := p.why
	if !p.interrupted {
		why = ending{}
	}
	concludeStatus(&p.status, succeeded, why)
	final := *p.status.DeepCopy()
	p.mu.Unlock()
	if err := p.dir.saveOutcome(&final); err != nil {
		klog.ErrorS(err, "A pod's outcome cannot be saved; after a crash it would count as lost", "pod", klog.KObj(p.api))
	}
	p.report()
}

// report brings the final status to the API and closes the pod's books.
func (p *pod) report() {
	p.publish()
	if err := p.dir.removeVolumes(); err != nil {
		klog.ErrorS(err, "A pod's volumes cannot be removed", "pod", klog.KObj(p.api))
	}
	p.mu.Lock()
	close(p.done)
	deleted := p.deleted
	p.mu.Unlock()
	if deleted {
		p.deleteObject()
	}
}

// concludeStatus gives a status its terminal phase. A pod that was made to end has failed, whatever its programs said,
// unless it was deleted: then they had their say, as in a kubelet.
func concludeStatus(s *v1.PodStatus, succeeded bool, why ending) {
	s.Phase = v1.PodFailed
	if succeeded && why.reason == "" {
		s.Phase = v1.PodSucceeded
	}
	s.Reason, s.Message = why.reason, why.message
	if why.disruption != "" {
		putCondition(s, v1.PodCondition{Type: v1.DisruptionTarget, Status: v1.ConditionTrue, Reason: why.disruption,
			Message: why.message, LastTransitionTime: metav1.Now()})
	}
	if s.Phase == v1.PodSucceeded {
		setReady(s, false, "PodCompleted")
		return
	}
	setReady(s, false, "PodFailed")
	loseContainers(s)
}

// loseContainers concludes containers of which no end is known, as a kubelet does: once the pod has been initialized, all
// of its main containers; before, the init containers up to the last of which anything is known, and at least one.
func loseContainers(s *v1.PodStatus) {
	if isInitialized(s) {
		for i := range s.ContainerStatuses {
			loseContainer(&s.ContainerStatuses[i])
		}
	}
	known := min(1, len(s.InitContainerStatuses))
	for i, c := range s.InitContainerStatuses {
		if hasRun(c) {
			known = i + 1
		}
	}
	for i := range known {
		loseContainer(&s.InitContainerStatuses[i])
	}
}

func isInitialized(s *v1.PodStatus) bool {
	for _, c := range s.ContainerStatuses {
		if hasRun(c) {
			return true
		}
	}
	count := len(s.InitContainerStatuses)
	if count == 0 {
		return true
	}
	last := s.InitContainerStatuses[count-1].State.Terminated
	return last != nil && last.ExitCode == 0
}

func hasRun(c v1.ContainerStatus) bool {
	return c.State.Waiting == nil || c.LastTerminationState.Terminated != nil
}

func loseContainer(c *v1.ContainerStatus) {
	c.Ready, c.Started = false, ptr.To(false)
	if c.State.Terminated != nil {
		return
	}
	lost := &v1.ContainerStateTerminated{ExitCode: 137, Reason: "ContainerStatusUnknown",
		Message: "The container could not be located when the pod was terminated", ContainerID: c.ContainerID}
	if c.State.Running != nil {
		lost.StartedAt, lost.FinishedAt = c.State.Running.StartedAt, metav1.Now()
	}
	c.State = v1.ContainerState{Terminated: lost}
}

// deleteObject removes the pod from the API, which a node does once it has nothing of the pod any more.
func (p *pod) deleteObject() {
	now := metav1.DeleteOptions{GracePeriodSeconds: ptr.To[int64](0), Preconditions: metav1.NewUIDPreconditions(string(p.api.UID))}
	for delay := 50 * time.Millisecond; ; delay = min(2*delay, 2*time.Second) {
		err := p.node.Client.CoreV1().Pods(p.api.Namespace).Delete(p.node.ctx, p.api.Name, now)
		if err == nil || apierrors.IsNotFound(err) || apierrors.IsConflict(err) || p.node.ctx.Err() != nil {
			return
		}
		klog.ErrorS(err, "A pod's object cannot be deleted; trying again", "pod", klog.KObj(p.api))
		select {
		case <-p.node.ctx.Done():
			return
		case <-time.After(delay):
		}
	}
}
