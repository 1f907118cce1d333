package conformance

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	batchv1 "k8s.io/api/batch/v1"
	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
)

// A world is a namespace of a cluster, for one test.
type world struct {
	*testing.T
	*cluster
	ns string
}

func (c *cluster) world(t *testing.T) world {
	t.Helper()
	return world{t, c, c.namespace(t)}
}

// parallel is a world in the shared cluster.
func parallel(t *testing.T) world {
	t.Helper()
	t.Parallel()
	return shared.world(t)
}

// shell is a container that runs a script. In a manifest, $$ is a dollar.
func shell(script string) v1.Container {
	return v1.Container{Name: "main", Image: tools, Command: []string{"sh", "-c", strings.ReplaceAll(script, "$$", "$$$$")}}
}

// newJob is a Job with one container and, unless an edit says otherwise, one try.
func newJob(name string, main v1.Container, edits ...func(*batchv1.Job)) *batchv1.Job {
	job := &batchv1.Job{ObjectMeta: metav1.ObjectMeta{Name: name}, Spec: batchv1.JobSpec{BackoffLimit: ptr.To[int32](0)}}
	job.Spec.Template.Spec = v1.PodSpec{RestartPolicy: v1.RestartPolicyNever, AutomountServiceAccountToken: ptr.To(false),
		Containers: []v1.Container{main}}
	for _, edit := range edits {
		edit(job)
	}
	return job
}

// pod makes an edit of the pod's template.
func pod(edit func(*v1.PodSpec)) func(*batchv1.Job) {
	return func(job *batchv1.Job) { edit(&job.Spec.Template.Spec) }
}

// volume adds a volume and mounts it in every container.
func volume(name, at string, source v1.VolumeSource, edits ...func(*v1.VolumeMount)) func(*batchv1.Job) {
	return pod(func(s *v1.PodSpec) {
		if !slices.ContainsFunc(s.Volumes, func(v v1.Volume) bool { return v.Name == name }) {
			s.Volumes = append(s.Volumes, v1.Volume{Name: name, VolumeSource: source})
		}
		mount := v1.VolumeMount{Name: name, MountPath: at}
		for _, edit := range edits {
			edit(&mount)
		}
		for _, list := range [][]v1.Container{s.InitContainers, s.Containers} {
			for i := range list {
				list[i].VolumeMounts = append(list[i].VolumeMounts, mount)
			}
		}
	})
}

func emptyDir() v1.VolumeSource { return v1.VolumeSource{EmptyDir: &v1.EmptyDirVolumeSource{}} }

func hostPath(path string) v1.VolumeSource {
	return v1.VolumeSource{HostPath: &v1.HostPathVolumeSource{Path: path}}
}

func grace(seconds int64) func(*batchv1.Job) {
	return pod(func(s *v1.PodSpec) { s.TerminationGracePeriodSeconds = &seconds })
}

func (w world) create(job *batchv1.Job) {
	w.Helper()
	if _, err := w.client.BatchV1().Jobs(w.ns).Create(w.Context(), job, metav1.CreateOptions{}); err != nil {
		w.Fatal(err)
	}
}

func (w world) job(name string) (*batchv1.Job, error) {
	return w.client.BatchV1().Jobs(w.ns).Get(w.Context(), name, metav1.GetOptions{})
}

// ends waits for the end of a Job, which has to be of the type, and returns the reason.
func (w world) ends(name string, how batchv1.JobConditionType) string {
	w.Helper()
	reason := ""
	eventually(w.T, fmt.Sprintf("Job %s ends", name), func() error {
		job, err := w.job(name)
		if err != nil {
			return err
		}
		for _, c := range job.Status.Conditions {
			if c.Status != v1.ConditionTrue || c.Type != batchv1.JobComplete && c.Type != batchv1.JobFailed {
				continue
			}
			if c.Type != how {
				w.Fatalf("Job %s is %s: %s %s; pods %s", name, c.Type, c.Reason, c.Message, w.describe(name))
			}
			reason = c.Reason
			return nil
		}
		return fmt.Errorf("conditions %v; pods %s", job.Status.Conditions, w.describe(name))
	})
	return reason
}

// describe says what a failing test has to know of a Job's pods.
func (w world) describe(job string) (text string) {
	for _, p := range w.pods(job) {
		text += fmt.Sprintf("%s %s %s", p.Name, p.Status.Phase, p.Status.Reason)
		for _, c := range append(p.Status.InitContainerStatuses, p.Status.ContainerStatuses...) {
			text += fmt.Sprintf(" [%s %v]", c.Name, c.State.String())
			if log, err := w.logOf(p.Name, &v1.PodLogOptions{Container: c.Name}); err == nil && len(log) < 2000 {
				text += fmt.Sprintf(" log %q", log)
			}
		}
	}
	return text
}

func (w world) pods(job string) []v1.Pod {
	w.Helper()
	list, err := w.client.CoreV1().Pods(w.ns).List(w.Context(), metav1.ListOptions{LabelSelector: "job-name=" + job})
	if err != nil {
		w.Fatal(err)
	}
	return list.Items
}

// thePod is the only one of a Job.
func (w world) thePod(job string) v1.Pod {
	w.Helper()
	pods := w.pods(job)
	if len(pods) != 1 {
		w.Fatalf("Job %s has %d pods", job, len(pods))
	}
	return pods[0]
}

// until waits for a pod of the Job of which a check finds nothing wrong, and returns it.
func (w world) until(job, what string, check func(v1.Pod) error) (found v1.Pod) {
	w.Helper()
	eventually(w.T, fmt.Sprintf("a pod of Job %s: %s", job, what), func() error {
		err := errors.New("no pod")
		for _, p := range w.pods(job) {
			if err = check(p); err == nil {
				found = p
				return nil
			}
		}
		return err
	})
	return found
}

func (w world) runs(job string) v1.Pod {
	w.Helper()
	return w.until(job, "is ready", func(p v1.Pod) error {
		for _, c := range p.Status.Conditions {
			if c.Type == v1.PodReady && c.Status == v1.ConditionTrue {
				return nil
			}
		}
		return fmt.Errorf("%+v", p.Status)
	})
}

// terminated is how the main container of the Job's only pod ended.
func (w world) terminated(job string) v1.ContainerStateTerminated {
	w.Helper()
	for _, c := range w.thePod(job).Status.ContainerStatuses {
		if c.Name == "main" && c.State.Terminated != nil {
			return *c.State.Terminated
		}
	}
	w.Fatalf("the main container of Job %s has not ended", job)
	return v1.ContainerStateTerminated{}
}

func (w world) logOf(pod string, options *v1.PodLogOptions) (string, error) {
	stream, err := w.client.CoreV1().Pods(w.ns).GetLogs(pod, options).Stream(w.Context())
	if err != nil {
		return "", err
	}
	defer stream.Close()
	text, err := io.ReadAll(stream)
	return string(text), err
}

// logs is the whole log of the Job's only pod.
func (w world) logs(job string) string {
	w.Helper()
	text, err := w.logOf(w.thePod(job).Name, &v1.PodLogOptions{Container: "main"})
	if err != nil {
		w.Fatal(err)
	}
	return text
}

// output runs a Job that has to succeed and returns what it printed.
func (w world) output(job *batchv1.Job) string {
	w.Helper()
	w.create(job)
	w.ends(job.Name, batchv1.JobComplete)
	return w.logs(job.Name)
}

func expect[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %#v; want %#v", what, got, want)
	}
}
