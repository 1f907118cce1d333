package conformance

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	batchv1 "k8s.io/api/batch/v1"
	v1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
)

func TestConformanceDeadline(t *testing.T) {
	w := parallel(t)
	w.create(newJob("late", shell("sleep 100"), grace(1), func(j *batchv1.Job) { j.Spec.ActiveDeadlineSeconds = ptr.To[int64](2) }))
	expect(t, "reason", w.ends("late", batchv1.JobFailed), batchv1.JobReasonDeadlineExceeded)
	eventually(t, "the pod is gone", func() error {
		if n := len(w.pods("late")); n > 0 {
			return fmt.Errorf("%d pods", n)
		}
		return nil
	})
}

func TestConformancePodDeadline(t *testing.T) {
	w := parallel(t)
	w.create(newJob("late", shell("sleep 100"), grace(1), pod(func(s *v1.PodSpec) { s.ActiveDeadlineSeconds = ptr.To[int64](5) })))
	w.ends("late", batchv1.JobFailed)
	p := w.thePod("late")
	expect(t, "reason", p.Status.Reason, "DeadlineExceeded")
	expect(t, "exit code", w.terminated("late").ExitCode, 143)
	if c := disruption(p); c != nil {
		t.Errorf("a deadline is the pod's own affair, not a disruption: %+v", c)
	}
}

// deleted deletes a Job as Towpath does, and returns when neither it nor a pod of it is left.
func (w world) deleted(name string) {
	w.Helper()
	if err := w.client.BatchV1().Jobs(w.ns).Delete(w.Context(), name, metav1.DeleteOptions{PropagationPolicy: ptr.To(metav1.DeletePropagationForeground)}); err != nil {
		w.Fatal(err)
	}
	eventually(w.T, "the Job is gone", func() error {
		if _, err := w.job(name); !apierrors.IsNotFound(err) {
			return fmt.Errorf("found, %v", err)
		}
		return nil
	})
	expect(w.T, "pods after a foreground delete", len(w.pods(name)), 0)
}

func TestConformanceForegroundDelete(t *testing.T) {
	for _, row := range []struct {
		name, onTerm string
		grace        int64
		want         string
	}{
		{"a program that ends when it is asked", "echo term >> /out/f; exit 0", 50, "up\nterm\n"},
		{"a program that does not is killed after the grace period", "echo term >> /out/f", 2, "up\nterm\n"},
		{"a program with work to do has the grace period for it", "sleep 1; echo done >> /out/f; exit 0", 50, "up\ndone\n"},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := parallel(t)
			out := t.TempDir()
			w.create(newJob("gone", shell(`trap '`+row.onTerm+`' TERM; echo up > /out/f; while :; do sleep .1; done`),
				grace(row.grace), volume("out", "/out", hostPath(out))))
			w.runs("gone")
			eventually(t, "the trap is set", func() error { _, err := os.Stat(filepath.Join(out, "f")); return err })
			w.deleted("gone")
			text, err := os.ReadFile(filepath.Join(out, "f"))
			if err != nil || string(text) != row.want {
				t.Errorf("it wrote %q, %v; want %q", text, err, row.want)
			}
		})
	}
}

func TestConformanceNothingOutlivesItsContainer(t *testing.T) {
	w := parallel(t)
	out := t.TempDir()
	w.create(newJob("daemons", shell(`sleep 1000 & echo $! >> /out/pids
		setsid sh -c 'echo $$ >> /out/pids; exec sleep 1000 > /dev/null 2>&1 < /dev/null' &
		while [ $(wc -l < /out/pids) -lt 2 ]; do sleep .01; done`), volume("out", "/out", hostPath(out))))
	w.ends("daemons", batchv1.JobComplete)
	text, err := os.ReadFile(filepath.Join(out, "pids"))
	if err != nil {
		t.Fatal(err)
	}
	for _, pid := range strings.Fields(string(text)) {
		if isSleep(pid) {
			t.Errorf("process %s runs on", pid)
		}
	}
}

// isSleep says whether a process of the tests still runs.
func isSleep(pid string) bool {
	text, err := os.ReadFile("/proc/" + pid + "/cmdline")
	return err == nil && strings.HasPrefix(string(text), "sleep\x00")
}

func TestConformanceTTL(t *testing.T) {
	w := parallel(t)
	w.create(newJob("ttl", shell("true"), func(j *batchv1.Job) { j.Spec.TTLSecondsAfterFinished = ptr.To[int32](1) }))
	eventually(t, "Job and pod are removed", func() error {
		if _, err := w.job("ttl"); !apierrors.IsNotFound(err) || len(w.pods("ttl")) > 0 {
			return fmt.Errorf("%v, %d pods", err, len(w.pods("ttl")))
		}
		return nil
	})
}

func TestConformanceNamespaceDeletion(t *testing.T) {
	w := parallel(t)
	w.create(newJob("up", shell("trap 'exit 0' TERM; while :; do sleep .1; done")))
	w.runs("up")
	if err := w.client.CoreV1().Namespaces().Delete(w.Context(), w.ns, metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the namespace is gone", func() error {
		if _, err := w.client.CoreV1().Namespaces().Get(w.Context(), w.ns, metav1.GetOptions{}); !apierrors.IsNotFound(err) {
			return fmt.Errorf("found, %v", err)
		}
		return nil
	})
}

func TestConformanceForceDelete(t *testing.T) {
	w := parallel(t)
	out := t.TempDir()
	w.create(newJob("forced", shell(`echo $$ > /out/pid; exec sleep 1000`), grace(1000), volume("out", "/out", hostPath(out))))
	p := w.runs("forced")
	var pid []byte
	eventually(t, "the program has written its number", func() (err error) {
		if pid, err = os.ReadFile(filepath.Join(out, "pid")); err == nil && len(pid) == 0 {
			return errors.New("nothing yet")
		}
		return err
	})
	w.patch("forced", `{"spec":{"suspend":true}}`) // so that the pod is not replaced
	if err := w.client.CoreV1().Pods(w.ns).Delete(w.Context(), p.Name, metav1.DeleteOptions{GracePeriodSeconds: ptr.To[int64](0)}); err != nil && !apierrors.IsNotFound(err) {
		t.Fatal(err)
	}
	eventually(t, "the program has ended", func() error {
		if isSleep(strings.TrimSpace(string(pid))) {
			return fmt.Errorf("process %s runs", pid)
		}
		return nil
	})
	eventually(t, "the pod's directory is removed", func() error {
		if _, err := os.Stat(w.path("state/pods/" + string(p.UID))); !os.IsNotExist(err) {
			return fmt.Errorf("%v", err)
		}
		return nil
	})
}

// disruption is the pod's condition DisruptionTarget if it is true.
func disruption(p v1.Pod) *v1.PodCondition {
	for i := range p.Status.Conditions {
		if c := &p.Status.Conditions[i]; c.Type == v1.DisruptionTarget && c.Status == v1.ConditionTrue {
			return c
		}
	}
	return nil
}
