package node

import (
	"fmt"
	"strings"
	"testing"
	"time"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestAConditionKeepsItsTimeUntilItChanges(t *testing.T) {
	long := metav1.NewTime(time.Now().Add(-time.Hour))
	s := &v1.PodStatus{Conditions: []v1.PodCondition{{Type: v1.PodReady, Status: v1.ConditionFalse, Reason: "Old", LastTransitionTime: long}}}
	setCondition(s, v1.PodReady, false, "New")
	if c := s.Conditions[0]; !c.LastTransitionTime.Equal(&long) || c.Reason != "New" {
		t.Errorf("unchanged: %+v", c)
	}
	setCondition(s, v1.PodReady, true, "Whatever")
	if c := s.Conditions[0]; c.LastTransitionTime.Equal(&long) || c.Reason != "" || len(s.Conditions) != 1 {
		t.Errorf("changed: %+v", s.Conditions)
	}
}

// state writes and reads container states as words: "waiting", "running", "done", "failed", "crashing" (waiting to be restarted), "lost".
func state(word string) v1.ContainerStatus {
	c := v1.ContainerStatus{Name: word}
	ended := func(code int32) *v1.ContainerStateTerminated { return &v1.ContainerStateTerminated{ExitCode: code} }
	switch word {
	case "waiting":
		c.State.Waiting = &v1.ContainerStateWaiting{}
	case "running":
		c.State.Running = &v1.ContainerStateRunning{}
	case "done":
		c.State.Terminated = ended(0)
	case "failed":
		c.State.Terminated = ended(1)
	case "crashing":
		c.State.Waiting, c.LastTerminationState.Terminated = &v1.ContainerStateWaiting{}, ended(1)
	}
	return c
}

func words(list []v1.ContainerStatus) string {
	var all []string
	for _, c := range list {
		switch end := c.State.Terminated; {
		case end != nil && end.Reason == "ContainerStatusUnknown" && end.ExitCode == 137:
			all = append(all, "lost")
		case end != nil && end.ExitCode == 0:
			all = append(all, "done")
		case end != nil:
			all = append(all, "failed")
		case c.State.Running != nil:
			all = append(all, "running")
		default:
			all = append(all, "waiting")
		}
	}
	return strings.Join(all, " ")
}

func statusOf(initial, main string) *v1.PodStatus {
	s := &v1.PodStatus{Phase: v1.PodRunning}
	for _, word := range strings.Fields(initial) {
		s.InitContainerStatuses = append(s.InitContainerStatuses, state(word))
	}
	for _, word := range strings.Fields(main) {
		s.ContainerStatuses = append(s.ContainerStatuses, state(word))
	}
	return s
}

func TestConclusionOfAPod(t *testing.T) {
	for _, row := range []struct {
		initial, main string
		succeeded     bool
		why           ending
		want          string // init containers | main containers, phase, reason, reason of the disruption
	}{
		{"", "done", true, ending{}, " | done Succeeded  "},
		{"", "failed", false, ending{}, " | failed Failed  "},
		{"", "done", true, nodeShutdown, " | done Failed NodeShutdown NodeShutdown"},
		{"", "running done", false, nodeLost, " | lost done Failed NodeLost TerminationByKubelet"},
		{"", "waiting", false, nodeLost, " | lost Failed NodeLost TerminationByKubelet"},
		{"", "crashing", false, nodeLost, " | lost Failed NodeLost TerminationByKubelet"},
		{"", "failed", false, deadlineExceeded, " | failed Failed DeadlineExceeded "},
		{"", "done", true, ending{reason: "DeadlineExceeded"}, " | done Failed DeadlineExceeded "},
		{"failed waiting", "waiting waiting", false, ending{}, "failed waiting | waiting waiting Failed  "},
		{"done running waiting", "waiting", false, nodeLost, "done lost waiting | waiting Failed NodeLost TerminationByKubelet"},
		{"waiting waiting", "waiting", false, ending{}, "lost waiting | waiting Failed  "},
		{"done", "running", false, nodeLost, "done | lost Failed NodeLost TerminationByKubelet"},
		{"done", "waiting", false, nodeLost, "done | lost Failed NodeLost TerminationByKubelet"},
	} {
		s := statusOf(row.initial, row.main)
		concludeStatus(s, row.succeeded, row.why)
		disruption := ""
		for _, c := range s.Conditions {
			if c.Type == v1.DisruptionTarget && c.Status == v1.ConditionTrue {
				disruption = c.Reason
			}
		}
		got := fmt.Sprintf("%s | %s %s %s %s", words(s.InitContainerStatuses), words(s.ContainerStatuses), s.Phase, s.Reason, disruption)
		if got != row.want {
			t.Errorf("%s | %s, %+v: got %q; want %q", row.initial, row.main, row.why, got, row.want)
		}
	}
}
