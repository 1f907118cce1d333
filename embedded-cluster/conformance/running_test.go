package conformance

import (
	"fmt"
	"testing"

	batchv1 "k8s.io/api/batch/v1"
	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"
)

func TestConformanceSuccess(t *testing.T) {
	w := parallel(t)
	main := shell(`echo B=$B N=$NS; printf nonl`)
	main.Env = []v1.EnvVar{{Name: "A", Value: "1"}, {Name: "B", Value: "x$(A)y$$(A)"},
		{Name: "NS", ValueFrom: &v1.EnvVarSource{FieldRef: &v1.ObjectFieldSelector{FieldPath: "metadata.namespace"}}}}
	expect(t, "log", w.output(newJob("ok", main)), "B=x1y$(A) N="+w.ns+"\nnonl")
	p := w.thePod("ok")
	expect(t, "phase", p.Status.Phase, v1.PodSucceeded)
	expect(t, "reason", w.terminated("ok").Reason, "Completed")
	if end := w.terminated("ok"); p.Status.StartTime.IsZero() || end.StartedAt.IsZero() || end.FinishedAt.IsZero() {
		t.Errorf("times are missing in %+v", p.Status)
	}
	tail, err := w.logOf(p.Name, &v1.PodLogOptions{TailLines: ptr.To[int64](1)})
	if err != nil || tail != "nonl" {
		t.Errorf("the last line is %q, %v", tail, err)
	}
}

func TestConformanceExitCodes(t *testing.T) {
	w := parallel(t)
	for i, row := range []struct {
		script string
		code   int32
	}{{"echo bad; exit 7", 7}, {"exit 255", 255}, {"kill -9 $$", 137}, {"kill -TERM $$", 143}} {
		name := fmt.Sprintf("exit-%d", i)
		w.create(newJob(name, shell(row.script)))
		expect(t, row.script+": reason of the Job", w.ends(name, batchv1.JobFailed), batchv1.JobReasonBackoffLimitExceeded)
		end := w.terminated(name)
		expect(t, row.script+": exit code", end.ExitCode, row.code)
		expect(t, row.script+": reason", end.Reason, "Error")
		expect(t, row.script+": phase", w.thePod(name).Status.Phase, v1.PodFailed)
	}
}

func TestConformanceCommandNotFound(t *testing.T) {
	w := parallel(t)
	main := v1.Container{Name: "main", Image: tools, Command: []string{"no-such-program"}}
	w.create(newJob("none", main))
	w.ends("none", batchv1.JobFailed)
	end := w.terminated("none")
	expect(t, "exit code", end.ExitCode, 128)
	expect(t, "reason", end.Reason, "StartError")
	expect(t, "message", end.Message, `exec: "no-such-program": executable file not found in $PATH`)
}

func TestConformanceRestartOnFailure(t *testing.T) {
	w := parallel(t)
	w.create(newJob("again", shell(`if [ -f /work/m ]; then echo second; exit 0; fi; touch /work/m; echo first; exit 3`),
		volume("work", "/work", emptyDir()), pod(func(s *v1.PodSpec) { s.RestartPolicy = v1.RestartPolicyOnFailure }),
		func(j *batchv1.Job) { j.Spec.BackoffLimit = ptr.To[int32](3) }))
	p := w.until("again", "waits to be restarted", func(p v1.Pod) error {
		for _, c := range p.Status.ContainerStatuses {
			if c.State.Waiting != nil && c.State.Waiting.Reason == "CrashLoopBackOff" && c.LastTerminationState.Terminated.ExitCode == 3 {
				return nil
			}
		}
		return fmt.Errorf("%+v", p.Status.ContainerStatuses)
	})
	w.ends("again", batchv1.JobComplete)
	expect(t, "log", w.logs("again"), "second\n")
	previous, err := w.logOf(p.Name, &v1.PodLogOptions{Previous: true})
	if err != nil || previous != "first\n" {
		t.Errorf("the log before is %q, %v", previous, err)
	}
	expect(t, "restarts", w.thePod("again").Status.ContainerStatuses[0].RestartCount, 1)
}

func TestConformanceIndexed(t *testing.T) {
	w := parallel(t)
	w.create(newJob("par", shell("echo $JOB_COMPLETION_INDEX"), func(j *batchv1.Job) {
		j.Spec.Completions, j.Spec.Parallelism, j.Spec.CompletionMode = ptr.To[int32](5), ptr.To[int32](3), ptr.To(batchv1.IndexedCompletion)
	}))
	w.ends("par", batchv1.JobComplete)
	job, err := w.job("par")
	if err != nil || job.Status.Succeeded != 5 || job.Status.CompletedIndexes != "0-4" {
		t.Errorf("%+v, %v", job.Status, err)
	}
	seen := map[string]bool{}
	for _, p := range w.pods("par") {
		text, err := w.logOf(p.Name, &v1.PodLogOptions{})
		if err != nil {
			t.Fatal(err)
		}
		seen[text] = true
	}
	for i := range 5 {
		if !seen[fmt.Sprintf("%d\n", i)] {
			t.Errorf("no log of index %d in %v", i, seen)
		}
	}
}

func TestConformanceSuspend(t *testing.T) {
	w := parallel(t)
	w.create(newJob("later", shell("echo x"), func(j *batchv1.Job) { j.Spec.Suspend = ptr.To(true) }))
	eventually(t, "the Job is suspended", func() error {
		job, err := w.job("later")
		if err != nil {
			return err
		}
		for _, c := range job.Status.Conditions {
			if c.Type == batchv1.JobSuspended && c.Status == v1.ConditionTrue {
				return nil
			}
		}
		return fmt.Errorf("%+v", job.Status)
	})
	expect(t, "pods of a suspended Job", len(w.pods("later")), 0)
	w.patch("later", `{"spec":{"suspend":false}}`)
	w.ends("later", batchv1.JobComplete)
}

func (w world) patch(job, patch string) {
	w.Helper()
	if _, err := w.client.BatchV1().Jobs(w.ns).Patch(w.Context(), job, types.MergePatchType, []byte(patch), metav1.PatchOptions{}); err != nil {
		w.Fatal(err)
	}
}

func TestConformanceSuspendWhileRunning(t *testing.T) {
	w := parallel(t)
	w.create(newJob("pause", shell("trap 'exit 0' TERM; while :; do sleep .1; done"), grace(5)))
	w.runs("pause")
	w.patch("pause", `{"spec":{"suspend":true}}`)
	eventually(t, "the pod is gone", func() error {
		if n := len(w.pods("pause")); n > 0 {
			return fmt.Errorf("%d pods", n)
		}
		return nil
	})
	w.patch("pause", `{"spec":{"suspend":false}}`)
	w.runs("pause")
	w.deleted("pause")
}

func TestConformancePodFailurePolicy(t *testing.T) {
	w := parallel(t)
	w.create(newJob("policy", shell("exit 42"), func(j *batchv1.Job) {
		j.Spec.BackoffLimit = ptr.To[int32](6)
		j.Spec.PodFailurePolicy = &batchv1.PodFailurePolicy{Rules: []batchv1.PodFailurePolicyRule{{Action: batchv1.PodFailurePolicyActionFailJob,
			OnExitCodes: &batchv1.PodFailurePolicyOnExitCodesRequirement{Operator: batchv1.PodFailurePolicyOnExitCodesOpIn, Values: []int32{42}}}}}
	}))
	expect(t, "reason", w.ends("policy", batchv1.JobFailed), batchv1.JobReasonPodFailurePolicy)
}

func TestConformanceInitContainers(t *testing.T) {
	w := parallel(t)
	initially := func(script string) func(*batchv1.Job) {
		return pod(func(s *v1.PodSpec) {
			c := shell(script)
			c.Name = fmt.Sprintf("init-%d", len(s.InitContainers))
			s.InitContainers = append(s.InitContainers, c)
		})
	}
	got := w.output(newJob("ok", shell("cat /work/f"), initially("echo one > /work/f"), initially("echo two >> /work/f"),
		volume("work", "/work", emptyDir())))
	expect(t, "log", got, "one\ntwo\n")

	w.create(newJob("bad", shell("echo never"), initially("exit 5")))
	w.ends("bad", batchv1.JobFailed)
	p := w.thePod("bad")
	expect(t, "exit code of the init container", p.Status.InitContainerStatuses[0].State.Terminated.ExitCode, 5)
	if main := p.Status.ContainerStatuses[0].State; main.Waiting == nil {
		t.Errorf("the main container has never run, and is %+v", main)
	}
}
