package node

import (
	"sync"
	"time"

	v1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"

	"embedded-cluster.towpath.dev/internal/launch"
)

// A pod is one pod of the API while this node has to do with it.
type pod struct {
	node *Node
	api  *v1.Pod // as it was first seen; what counts here never changes
	dir  podDir

	stop chan struct{} // closed when the pod shall end
	done chan struct{} // closed when all has ended and is reported

	mu        sync.Mutex
	status    v1.PodStatus
	processes map[string]*launch.Process // by container, while they may be signalled
	logging   map[string]bool            // containers whose logs are not complete yet
	started   bool                       // the marker is being written or has been
	stopping  bool
	grace     time.Duration // the shortest that anybody gave, once stopping
	why       ending
	// interrupted is true once the wish to end the pod has come before the end of one of its programs. Without it, how they ended
	// is how the pod ended, also if the wish has come by now.
	interrupted bool
	deleted     bool // the API asked for deletion: the object goes when the pod has ended
	abandoned   bool // left to the next instance: see Shutdown

	publishing sync.Mutex
	published  v1.PodStatus  // what the API has; guarded by publishing
	announced  chan struct{} // closed when the API has the start time
	marking    sync.Mutex    // held while the marker is written

	volumes map[string]string // where each volume lies; written before containers run
}

// An ending says why a pod ends before its programs do. Deletion needs no words.
type ending struct {
	reason, message string
	// disruption is the reason of the condition DisruptionTarget; empty if it is the pod's own fault or its owner's wish.
	disruption string
}

var (
	deadlineExceeded = ending{reason: "DeadlineExceeded", message: "Pod was active on the node longer than the specified deadline"}
	nodeShutdown     = ending{reason: "NodeShutdown", message: "The embedded cluster was stopped while the pod ran", disruption: "NodeShutdown"}
	nodeLost         = ending{reason: "NodeLost", message: "The embedded cluster was killed while the pod ran", disruption: v1.PodReasonTerminationByKubelet}
)

func newPod(n *Node, api *v1.Pod) *pod {
	return &pod{node: n, api: api, dir: n.dirOf(api.UID), status: *api.Status.DeepCopy(), published: *api.Status.DeepCopy(),
		processes: map[string]*launch.Process{}, logging: map[string]bool{}, volumes: map[string]string{},
		stop: make(chan struct{}), done: make(chan struct{}), announced: make(chan struct{})}
}

// run takes the pod from its beginning to its end.
func (p *pod) run() {
	_ = p.dir.create() // before the start is announced: see wasStarted. A failure is found, shown and mended by makeVolumes
	p.begin()
	go func() {
		if !p.publish() {
			p.terminate(0, ending{}) // nobody wants the pod any more
		}
		close(p.announced)
	}()
	if d := p.api.Spec.ActiveDeadlineSeconds; d != nil {
		deadline := p.status.StartTime.Add(time.Duration(*d) * time.Second)
		defer time.AfterFunc(time.Until(deadline), func() { p.terminate(p.ownGrace(), deadlineExceeded) }).Stop()
	}
	p.finish(p.makeVolumes() && p.runInit() && p.runMain())
}

// runInit runs the init containers one after the other and says whether all have succeeded.
func (p *pod) runInit() bool {
	for i := range p.api.Spec.InitContainers {
		if !p.runContainer(&p.api.Spec.InitContainers[i], &p.status.InitContainerStatuses[i]) {
			return false
		}
	}
	p.change(func(s *v1.PodStatus) { setCondition(s, v1.PodInitialized, true, "") })
	return true
}

// runMain runs the other containers side by side.
func (p *pod) runMain() bool {
	var all sync.WaitGroup
	succeeded := make([]bool, len(p.api.Spec.Containers))
	for i := range p.api.Spec.Containers {
		all.Go(func() { succeeded[i] = p.runContainer(&p.api.Spec.Containers[i], &p.status.ContainerStatuses[i]) })
	}
	all.Wait()
	for _, s := range succeeded {
		if !s {
			return false
		}
	}
	return true
}

func (p *pod) ownGrace() time.Duration {
	return time.Duration(ptr.Deref(p.api.Spec.TerminationGracePeriodSeconds, 30)) * time.Second
}

// interrupt notes that a program does not run, or not again, because the pod is to end. It always returns false: it did not succeed.
func (p *pod) interrupt() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.interrupted = true
	return false
}

func (p *pod) isStopping() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stopping
}
