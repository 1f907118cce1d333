package node

import (
	"context"
	"encoding/json"
	"time"

	v1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"k8s.io/client-go/kubernetes"
	"k8s.io/klog/v2"
	"k8s.io/utils/ptr"
)

// begin gives the pod the status of one that is about to start. A start time that the API has already stays.
func (p *pod) begin() {
	spec := p.api.Spec
	p.change(func(s *v1.PodStatus) {
		if s.StartTime == nil {
			s.StartTime = ptr.To(metav1.Now())
		}
		s.Phase = v1.PodPending
		s.HostIP, s.PodIP = "127.0.0.1", "127.0.0.1"
		s.HostIPs, s.PodIPs = []v1.HostIP{{IP: "127.0.0.1"}}, []v1.PodIP{{IP: "127.0.0.1"}}
		reason := "ContainerCreating"
		if len(spec.InitContainers) > 0 {
			reason = "PodInitializing"
		}
		s.InitContainerStatuses = waitingStatuses(spec.InitContainers, "PodInitializing")
		s.ContainerStatuses = waitingStatuses(spec.Containers, reason)
		setCondition(s, v1.PodInitialized, len(spec.InitContainers) == 0, "ContainersNotInitialized")
		setReady(s, false, "ContainersNotReady")
	})
}

func waitingStatuses(containers []v1.Container, reason string) []v1.ContainerStatus {
	var all []v1.ContainerStatus
	for _, c := range containers {
		all = append(all, v1.ContainerStatus{Name: c.Name, Image: c.Image, Started: ptr.To(false),
			State: v1.ContainerState{Waiting: &v1.ContainerStateWaiting{Reason: reason}}})
	}
	return all
}

// setCondition keeps the time of the last transition unless there is one. A reason explains only what is false.
func setCondition(s *v1.PodStatus, t v1.PodConditionType, value bool, reason string) {
	c := v1.PodCondition{Type: t, Status: v1.ConditionTrue, LastTransitionTime: metav1.Now()}
	if !value {
		c.Status, c.Reason = v1.ConditionFalse, reason
	}
	putCondition(s, c)
}

func putCondition(s *v1.PodStatus, c v1.PodCondition) {
	for i := range s.Conditions {
		if old := &s.Conditions[i]; old.Type == c.Type {
			if old.Status == c.Status {
				c.LastTransitionTime = old.LastTransitionTime
			}
			*old = c
			return
		}
	}
	s.Conditions = append(s.Conditions, c)
}

func setReady(s *v1.PodStatus, ready bool, reason string) {
	setCondition(s, v1.ContainersReady, ready, reason)
	setCondition(s, v1.PodReady, ready, reason)
}

// change is the only way to the status once the pod runs.
func (p *pod) change(f func(*v1.PodStatus)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f(&p.status)
}

// setState changes the state of one container. The pod is ready while all its containers run.
func (p *pod) setState(c *v1.ContainerStatus, state v1.ContainerState) {
	p.change(func(s *v1.PodStatus) {
		c.State = state
		c.Ready, c.Started = state.Running != nil, ptr.To(state.Running != nil)
		ready := true
		for i := range s.ContainerStatuses {
			running := s.ContainerStatuses[i].State.Running != nil
			if ready = ready && running; running {
				s.Phase = v1.PodRunning
			}
		}
		setReady(s, ready, "ContainersNotReady")
	})
}

// publish brings the present status to the API. It returns false if nobody is there to take it: the pod is gone, or the node has
// stopped.
func (p *pod) publish() bool {
	p.publishing.Lock()
	defer p.publishing.Unlock()
	for delay := 50 * time.Millisecond; ; delay = min(2*delay, 2*time.Second) {
		p.mu.Lock()
		want := *p.status.DeepCopy()
		p.mu.Unlock()
		err := patchStatus(p.node.ctx, p.node.Client, p.api, p.published, want)
		if err == nil {
			p.published = want
			return true
		}
		if apierrors.IsNotFound(err) || apierrors.IsConflict(err) || p.node.ctx.Err() != nil { // a conflict is another pod of the name
			return false
		}
		klog.ErrorS(err, "A pod's status cannot be reported; trying again", "pod", klog.KObj(p.api))
		select {
		case <-p.node.ctx.Done():
			return false
		case <-time.After(delay):
		}
	}
}

// patchStatus sends the difference between two statuses, on condition that the name still belongs to the very pod.
func patchStatus(ctx context.Context, client kubernetes.Interface, api *v1.Pod, from, to v1.PodStatus) error {
	before, err := json.Marshal(v1.Pod{Status: from})
	if err != nil {
		return err
	}
	after, err := json.Marshal(v1.Pod{ObjectMeta: metav1.ObjectMeta{UID: api.UID}, Status: to})
	if err != nil {
		return err
	}
	unchanged, err := json.Marshal(v1.Pod{ObjectMeta: metav1.ObjectMeta{UID: api.UID}, Status: from})
	if err != nil || string(unchanged) == string(after) {
		return err
	}
	patch, err := strategicpatch.CreateTwoWayMergePatch(before, after, v1.Pod{})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	_, err = client.CoreV1().Pods(api.Namespace).Patch(ctx, api.Name, types.StrategicMergePatchType, patch, metav1.PatchOptions{}, "status")
	return err
}
