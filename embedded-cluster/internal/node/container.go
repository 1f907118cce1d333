package node

import (
	"fmt"
	"time"

	v1 "k8s.io/api/core/v1"

	"embedded-cluster.towpath.dev/internal/launch"
)

const (
	firstBackOff = 10 * time.Second
	lastBackOff  = 5 * time.Minute
)

// runContainer runs a container, again and again if the restart policy wants it, and says whether it succeeded in the end.
func (p *pod) runContainer(c *v1.Container, status *v1.ContainerStatus) bool {
	backOff := firstBackOff
	for run := int32(0); ; run++ {
		var command launch.Command
		if !p.await(p.preparation(c, run, status, &command), status) {
			return false
		}
		end := p.runOnce(c, status, command, run)
		if end == nil {
			return p.interrupt()
		}
		if !p.isToRestart(c.Name, end.ExitCode) {
			return end.ExitCode == 0
		}
		if p.isStopping() {
			return p.interrupt()
		}
		p.change(func(*v1.PodStatus) {
			status.LastTerminationState = v1.ContainerState{Terminated: end}
			status.RestartCount = run + 1
			status.State = v1.ContainerState{Waiting: &v1.ContainerStateWaiting{Reason: "CrashLoopBackOff",
				Message: fmt.Sprintf("back-off %s restarting failed container=%s", backOff, c.Name)}}
		})
		p.publish()
		select {
		case <-p.stop:
			p.change(func(*v1.PodStatus) { status.State = v1.ContainerState{Terminated: end} })
			return p.interrupt()
		case <-time.After(backOff):
		}
		backOff = min(2*backOff, lastBackOff)
	}
}

// isToRestart follows the restart policy. An init container that has succeeded is never run again.
func (p *pod) isToRestart(container string, exitCode int32) bool {
	switch p.api.Spec.RestartPolicy {
	case v1.RestartPolicyNever:
		return false
	case v1.RestartPolicyOnFailure:
		return exitCode != 0
	}
	for i := range p.api.Spec.InitContainers {
		if p.api.Spec.InitContainers[i].Name == container {
			return exitCode != 0
		}
	}
	return true
}

// preparation returns an attempt to find out all that a container needs, and to put it into command.
func (p *pod) preparation(c *v1.Container, run int32, status *v1.ContainerStatus, command *launch.Command) func() *hindrance {
	failures := 0
	return func() *hindrance {
		if c.RestartPolicy != nil && *c.RestartPolicy == v1.ContainerRestartPolicyAlways {
			return &hindrance{"CreateContainerConfigError", "the process node does not run sidecar containers"}
		}
		image, h := p.findImage(c, failures)
		if h != nil {
			failures++
			return h
		}
		env, err := p.environment(c)
		if err != nil {
			return hinder("CreateContainerConfigError", err)
		}
		*command, err = p.command(containerRun{c, run, image, env})
		if err != nil {
			return hinder("CreateContainerError", err)
		}
		p.change(func(*v1.PodStatus) { status.ImageID = "folder://" + image.Dir })
		return nil
	}
}
