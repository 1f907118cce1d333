package conformance

import (
	"fmt"
	"os"
	"strings"
	"testing"

	batchv1 "k8s.io/api/batch/v1"
	v1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"
)

// counted appends a line to a file of the machine each time that it is run.
func counted(c *cluster, name, then string) *batchv1.Job {
	return newJob(name, shell(`echo ran >> /out/`+name+`; `+then), volume("out", "/out", hostPath(c.path("out"))), grace(1))
}

func (c *cluster) count(t *testing.T, name string) int {
	t.Helper()
	text, err := os.ReadFile(c.path("out/" + name))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Count(string(text), "ran\n")
}

func TestConformanceKill(t *testing.T) {
	c := lifecycle(t)
	if err := os.Mkdir(c.path("out"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := c.start(); err != nil {
		t.Fatal(err)
	}
	w := c.world(t)
	host := c.config.Host

	w.create(counted(c, "finished", "echo done"))
	w.ends("finished", batchv1.JobComplete)
	w.create(counted(c, "failed", "exit 9"))
	w.ends("failed", batchv1.JobFailed)
	w.create(counted(c, "running", `sleep 1000 & echo $! >> /out/pids
		setsid sh -c 'echo $$ >> /out/pids; exec sleep 1000' & while [ $(wc -l < /out/pids) -lt 2 ]; do sleep .01; done
		echo $$ >> /out/pids; echo up; exec sleep 1000`))
	// A disruption is not counted by this one: a pod of it is made anew.
	again := counted(c, "again", `[ $(wc -l < /out/again) = 2 ] || sleep 1000`)
	again.Spec.PodFailurePolicy = &batchv1.PodFailurePolicy{Rules: []batchv1.PodFailurePolicyRule{{Action: batchv1.PodFailurePolicyActionIgnore,
		OnPodConditions: []batchv1.PodFailurePolicyOnPodConditionsPattern{{Type: v1.DisruptionTarget, Status: v1.ConditionTrue}}}}}
	again.Spec.BackoffLimit = ptr.To[int32](0)
	w.create(again)
	// This one has been bound to the node and has not started.
	notYet := counted(c, "not-yet", "echo now")
	notYet.Spec.Template.Spec.Containers[0].Image = "not/yet:1"
	w.create(notYet)
	w.runs("running")
	w.runs("again")
	w.until("not-yet", "waits for its image", func(p v1.Pod) error { return waitsFor(p, "ErrImagePull", "ImagePullBackOff") })
	var pids []string
	eventually(t, "the processes are known", func() error {
		text, err := os.ReadFile(c.path("out/pids"))
		if pids = strings.Fields(string(text)); err != nil || len(pids) != 3 {
			return fmt.Errorf("%v, %v", pids, err)
		}
		return nil
	})

	c.kill()
	for _, pid := range pids {
		if !isSleep(pid) {
			t.Errorf("process %s has ended with the cluster; then this test shows nothing", pid)
		}
	}
	write(t, c.kubeconfig(), "stale", 0o600)
	if err := c.launch(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the stale kubeconfig is removed before the cluster is usable", func() error {
		if strings.Contains(c.log(), "READY") {
			t.Fatal("too late to see it")
		}
		if _, err := os.Stat(c.kubeconfig()); !os.IsNotExist(err) {
			return fmt.Errorf("it is there, %v", err)
		}
		return nil
	})
	c.kill() // once more, in the middle of its start
	if err := c.start(); err != nil {
		t.Fatal(err)
	}

	expect(t, "address of the API server", c.config.Host, host)
	for _, pid := range pids {
		if isSleep(pid) {
			t.Errorf("process %s of the lost pod outlives the restart", pid)
		}
	}
	lost := w.thePod("running")
	expect(t, "phase of the lost pod", lost.Status.Phase, v1.PodFailed)
	expect(t, "reason of the lost pod", lost.Status.Reason, "NodeLost")
	if d := disruption(lost); d == nil || d.Reason != v1.PodReasonTerminationByKubelet || d.Message == "" {
		t.Errorf("condition DisruptionTarget: %+v", d)
	}
	end := w.terminated("running")
	expect(t, "exit code of the lost container", end.ExitCode, 137)
	expect(t, "reason of the lost container", end.Reason, "ContainerStatusUnknown")
	expect(t, "log of the lost container", w.logs("running"), "up\n")
	w.ends("running", batchv1.JobFailed)
	expect(t, "runs of the lost program", c.count(t, "running"), 1)

	expect(t, "phase of the finished pod", w.thePod("finished").Status.Phase, v1.PodSucceeded)
	expect(t, "log of the finished pod", w.logs("finished"), "done\n")
	expect(t, "exit code of the failed pod", w.terminated("failed").ExitCode, 9)
	for _, p := range append(w.pods("finished"), w.pods("failed")...) {
		if disruption(p) != nil {
			t.Errorf("%s had ended before and counts as disrupted", p.Name)
		}
	}
	w.ends("again", batchv1.JobComplete)
	expect(t, "runs of the program that may be repeated", c.count(t, "again"), 2)
	if err := c.register(map[string]string{tools: "tools", "not/yet:1": "tools"}); err != nil {
		t.Fatal(err)
	}
	w.ends("not-yet", batchv1.JobComplete)
	expect(t, "runs of the program that had not started", c.count(t, "not-yet"), 1)
	for _, name := range []string{"finished", "failed"} {
		expect(t, "runs of "+name, c.count(t, name), 1)
	}
}

func TestConformanceOneClusterPerStateDirectory(t *testing.T) {
	other := &cluster{home: shared.home}
	second, err := other.runAgain()
	if err == nil || !strings.Contains(second, "another embedded cluster runs on this state directory") {
		t.Errorf("%v: %s", err, second)
	}
	if _, err := os.Stat(shared.kubeconfig()); err != nil {
		t.Errorf("the first one's kubeconfig: %v", err)
	}
}
