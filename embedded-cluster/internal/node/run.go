package node

import (
	"errors"
	"fmt"
	"syscall"
	"time"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/klog/v2"

	"embedded-cluster.towpath.dev/internal/launch"
	"embedded-cluster.towpath.dev/internal/process"
)

// showAfter is how long a program runs before the API is told: most of those that end sooner would be news of the past, and each
// report delays the next.
const showAfter = 5 * time.Millisecond

// runOnce runs a container's program to its end. It returns nil if the pod was to end before the program began.
func (p *pod) runOnce(c *v1.Container, status *v1.ContainerStatus, command launch.Command, run int32) *v1.ContainerStateTerminated {
	id := fmt.Sprintf("process://%s/%s/%d", p.api.UID, c.Name, run)
	streams, err := openStreams(p.dir.log(c.Name, run))
	if err != nil {
		return p.failedToStart(status, id, err)
	}
	command.Stdout, command.Stderr = streams.stdout, streams.stderr
	running, err := p.begins(c.Name, command)
	streams.handOver()
	if running == nil {
		p.endLog(c.Name, streams)
		if err != nil {
			return p.failedToStart(status, id, err)
		}
		return nil
	}
	started := metav1.Now()
	p.change(func(*v1.PodStatus) { status.ContainerID = id })
	p.setState(status, v1.ContainerState{Running: &v1.ContainerStateRunning{StartedAt: started}})
	showing := time.AfterFunc(showAfter, func() { p.publish() })
	exit, err := p.wait(c.Name, running)
	if err != nil {
		klog.ErrorS(err, "Not everything of a container could be ended", "pod", klog.KObj(p.api), "container", c.Name)
	}
	p.endLog(c.Name, streams)
	showing.Stop()
	end := &v1.ContainerStateTerminated{ExitCode: exit.Code, Signal: exit.Signal, Reason: "Completed",
		StartedAt: started, FinishedAt: metav1.Now(), ContainerID: id}
	if exit.Code != 0 {
		end.Reason = "Error"
	}
	end.Message = p.terminationMessage(c, run, end)
	p.conclude(status, end)
	return end
}

// begins starts a container and returns when its program runs. It returns nil if it does not, with an error or because the
// pod is to end.
func (p *pod) begins(container string, command launch.Command) (*launch.Process, error) {
	begun, err := p.start(container, command)
	if begun == nil {
		return nil, err
	}
	noted := false
	if err == nil {
		noted, err = p.noteStart() // meanwhile the shim makes the container's root
	}
	if noted {
		if err = begun.Release(); err == nil {
			return begun, nil
		}
	}
	_, waited := p.wait(container, begun)
	if waited != nil {
		klog.ErrorS(waited, "A container that did not start cannot be ended", "pod", klog.KObj(p.api), "container", container)
	}
	return nil, err
}

// noteStart notes that from now on programs of the pod may have run: the disk gets a marker, the API the start time. It returns
// false if the pod is to end instead.
func (p *pod) noteStart() (bool, error) {
	p.marking.Lock()
	defer p.marking.Unlock()
	p.mu.Lock()
	first := !p.started
	if first && p.stopping {
		p.mu.Unlock()
		return false, nil
	}
	p.started = true // before the marker: a shutdown that comes now must not leave the pod to the next instance
	p.mu.Unlock()
	if first {
		if err := p.dir.markStarted(); err != nil {
			return false, err
		}
	}
	<-p.announced
	return !p.isStopping(), nil
}

// wait returns when the program and everything that it has started have ended.
func (p *pod) wait(container string, running *launch.Process) (launch.Exit, error) {
	return running.Wait(func() error {
		p.mu.Lock()
		delete(p.processes, container) // from here on its number may soon be another's
		p.interrupted = p.interrupted || p.stopping
		p.mu.Unlock()
		signalled := running.Signal(syscall.SIGKILL)
		record, err := process.ReadRecord(p.dir.record(container))
		if err == nil {
			err = record.End(p.dir.mark())
		}
		return errors.Join(signalled, err)
	})
}

func (p *pod) endLog(container string, streams *streams) {
	if err := streams.drain(time.Second); err != nil {
		klog.ErrorS(err, "A container's log is not complete", "pod", klog.KObj(p.api), "container", container)
	}
	p.mu.Lock()
	delete(p.logging, container)
	p.mu.Unlock()
}

// conclude shows the end of a program. If that is the end of the pod, finish shows both at once.
func (p *pod) conclude(status *v1.ContainerStatus, end *v1.ContainerStateTerminated) {
	p.setState(status, v1.ContainerState{Terminated: end})
	alone := len(p.api.Spec.Containers)+len(p.api.Spec.InitContainers) == 1
	if !alone || p.api.Spec.RestartPolicy != v1.RestartPolicyNever {
		p.publish()
	}
}

// failedToStart is the end of a program that never ran, as container runtimes report it.
func (p *pod) failedToStart(status *v1.ContainerStatus, id string, cause error) *v1.ContainerStateTerminated {
	end := &v1.ContainerStateTerminated{ExitCode: 128, Reason: "StartError", Message: cause.Error(),
		FinishedAt: metav1.Now(), ContainerID: id}
	p.change(func(*v1.PodStatus) { status.ContainerID = id })
	p.conclude(status, end)
	return end
}
