package node

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	v1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/fake"
	clienttesting "k8s.io/client-go/testing"
	"k8s.io/utils/ptr"

	"embedded-cluster.towpath.dev/internal/process"
)

// ends waits until the API has a terminal status of the pod.
func ends(t *testing.T, client kubernetes.Interface, name string) v1.PodStatus {
	t.Helper()
	var status v1.PodStatus
	eventually(t, name+" ends", func() error {
		p, err := client.CoreV1().Pods("ns").Get(t.Context(), name, metav1.GetOptions{})
		if err != nil {
			return err
		}
		if status = p.Status; status.Phase != v1.PodSucceeded && status.Phase != v1.PodFailed {
			return fmt.Errorf("%+v", status)
		}
		return nil
	})
	return status
}

func create(t *testing.T, client kubernetes.Interface, p *v1.Pod) {
	t.Helper()
	if _, err := client.CoreV1().Pods("ns").Create(t.Context(), p, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

func TestNoProgramBeginsBeforeItsStartIsNoted(t *testing.T) {
	config := newConfig(t)
	announcing, release := make(chan struct{}, 10), make(chan struct{})
	config.Client.(*fake.Clientset).PrependReactor("patch", "pods", func(clienttesting.Action) (bool, runtime.Object, error) {
		announcing <- struct{}{}
		<-release
		return false, nil, nil
	})
	n := startTestNode(t, config)
	ran := filepath.Join(t.TempDir(), "ran")
	api := newAPI("a", "touch "+ran)
	create(t, config.Client, api)
	<-announcing
	dir := n.dirOf(api.UID)
	eventually(t, "the disk has the marker", func() error { _, err := os.Stat(dir.path("started")); return err })
	if record, err := process.ReadRecord(dir.record("main")); err != nil || !record.Alive() || exists(ran) {
		t.Errorf("the program ran before the API had its start time, or is not even waiting: %+v, %v", record, err)
	}
	close(release)
	if s := ends(t, config.Client, "a"); s.Phase != v1.PodSucceeded || s.StartTime == nil || !exists(ran) {
		t.Errorf("%+v", s)
	}
}

func TestAStatusThatCannotBeReportedIsReportedLater(t *testing.T) {
	config := newConfig(t)
	failures := 3
	config.Client.(*fake.Clientset).PrependReactor("patch", "pods", func(clienttesting.Action) (bool, runtime.Object, error) {
		failures--
		return failures > 0, nil, apierrors.NewServiceUnavailable("later")
	})
	startTestNode(t, config)
	create(t, config.Client, newAPI("a", "exit 3"))
	if s := ends(t, config.Client, "a"); s.ContainerStatuses[0].State.Terminated.ExitCode != 3 {
		t.Errorf("%+v", s)
	}
}

func TestAPodThatIsGoneIsNotRun(t *testing.T) {
	config := newConfig(t)
	config.Client.(*fake.Clientset).PrependReactor("patch", "pods", func(clienttesting.Action) (bool, runtime.Object, error) {
		return true, nil, apierrors.NewNotFound(v1.Resource("pods"), "a")
	})
	n := startTestNode(t, config)
	ran := filepath.Join(t.TempDir(), "ran")
	create(t, config.Client, newAPI("a", "touch "+ran))
	eventually(t, "the pod is given up", func() error {
		p := n.find("ns", "a")
		if p == nil {
			return fmt.Errorf("no pod")
		}
		select {
		case <-p.done:
			return nil
		default:
			return fmt.Errorf("not done")
		}
	})
	if exists(ran) {
		t.Error("it ran")
	}
}

func TestDeletion(t *testing.T) {
	config := newConfig(t)
	startTestNode(t, config)
	pods := config.Client.CoreV1().Pods("ns")
	create(t, config.Client, newAPI("a", "trap '' TERM; while :; do sleep .01; done"))
	eventually(t, "it runs", func() error {
		if p, err := pods.Get(t.Context(), "a", metav1.GetOptions{}); err != nil || p.Status.Phase != v1.PodRunning {
			return fmt.Errorf("%v, %v", p, err)
		}
		return nil
	})
	// The fake deletes at once, where the real API server would set these; the second, shorter grace period counts.
	for _, grace := range []int64{1000, 0} {
		p, err := pods.Get(t.Context(), "a", metav1.GetOptions{})
		if err != nil {
			t.Fatal(err)
		}
		p.DeletionTimestamp, p.DeletionGracePeriodSeconds = ptr.To(metav1.Now()), &grace
		if _, err := pods.Update(t.Context(), p, metav1.UpdateOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "its object is gone", func() error {
		if _, err := pods.Get(t.Context(), "a", metav1.GetOptions{}); !apierrors.IsNotFound(err) {
			return fmt.Errorf("found, %v", err)
		}
		return nil
	})
	eventually(t, "its directory is gone", func() error {
		if exists(filepath.Join(config.Dir, "uid-of-a")) {
			return fmt.Errorf("it is there")
		}
		return nil
	})
}
