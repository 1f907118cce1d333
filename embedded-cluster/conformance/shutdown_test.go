package conformance

import (
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	v1 "k8s.io/api/core/v1"
)

// runAgain runs the binary on the cluster's state directory while another one may be doing so, and returns what it said.
func (c *cluster) runAgain() (string, error) {
	out, err := exec.Command(binary, "--dir", c.path("state")).CombinedOutput()
	return string(out), err
}

func TestConformanceShutdown(t *testing.T) {
	c := lifecycle(t)
	if err := os.Mkdir(c.path("out"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := c.start(); err != nil {
		t.Fatal(err)
	}
	w := c.world(t)
	polite := counted(c, "polite", `exec 2>/dev/null; trap 'sleep 1; echo bye; echo said > /dev/termination-log; exit 0' TERM; echo up; while :; do sleep .1; done`)
	grace(3600)(polite)
	w.create(polite)
	deaf := counted(c, "deaf", `trap '' TERM; echo up; while :; do sleep .1; done`)
	grace(3600)(deaf)
	w.create(deaf)
	notYet := counted(c, "not-yet", "echo now")
	notYet.Spec.Template.Spec.Containers[0].Image = "not/yet:1"
	w.create(notYet)
	w.create(counted(c, "finished", "true"))
	for _, name := range []string{"polite", "deaf"} {
		p := w.runs(name)
		eventually(t, "its trap is set", func() error {
			_, err := w.logOf(p.Name, &v1.PodLogOptions{})
			if err == nil && w.logs(name) == "up\n" {
				return nil
			}
			return os.ErrNotExist
		})
	}
	w.until("not-yet", "waits for its image", func(p v1.Pod) error { return waitsFor(p, "ErrImagePull", "ImagePullBackOff") })
	w.ends("finished", batchv1.JobComplete)

	if err := c.stop(15 * time.Second); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(c.kubeconfig()); !os.IsNotExist(err) {
		t.Errorf("the kubeconfig of a cluster that has stopped: %v", err)
	}
	if log := c.log(); strings.Contains(log, "panic") || !strings.Contains(log, "pods have ended") {
		t.Errorf("it said %s", log)
	}
	if err := c.start(); err != nil {
		t.Fatal(err)
	}
	for name, code := range map[string]int32{"polite": 0, "deaf": 137} {
		p := w.thePod(name)
		expect(t, name+": phase", p.Status.Phase, v1.PodFailed)
		expect(t, name+": reason", p.Status.Reason, "NodeShutdown")
		if d := disruption(p); d == nil || d.Reason != "NodeShutdown" || d.Message == "" {
			t.Errorf("%s: condition DisruptionTarget %+v", name, d)
		}
		expect(t, name+": exit code", w.terminated(name).ExitCode, code)
		w.ends(name, batchv1.JobFailed)
		expect(t, name+": runs", c.count(t, name), 1)
	}
	expect(t, "log of a pod that was asked to end", w.logs("polite"), "up\nbye\n")
	expect(t, "its message", w.terminated("polite").Message, "said\n")
	expect(t, "phase of the finished pod", w.thePod("finished").Status.Phase, v1.PodSucceeded)
	if err := c.register(map[string]string{"not/yet:1": "tools"}); err != nil {
		t.Fatal(err)
	}
	w.ends("not-yet", batchv1.JobComplete)
	expect(t, "runs of the program that had not started", c.count(t, "not-yet"), 1)
}
