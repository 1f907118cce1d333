package node

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/fake"
	clienttesting "k8s.io/client-go/testing"
	"k8s.io/utils/ptr"

	"embedded-cluster.towpath.dev/internal/process"
)

func TestRecovery(t *testing.T) {
	began := ptr.To(metav1.NewTime(time.Now().Add(-time.Minute).Truncate(time.Second)))
	saved, err := json.Marshal(&v1.PodStatus{Phase: v1.PodFailed, Reason: "Saved"})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		name      string
		startTime *metav1.Time
		files     map[string]string // of the pod's directory; nil if there is none
		want      string            // phase, reason, how often the program ran now
	}{
		{"bound, and never seen", nil, nil, "Succeeded  1"},
		{"announced, and not started", began, map[string]string{}, "Succeeded  1"},
		{"started", began, map[string]string{"started": ""}, "Failed NodeLost 0"},
		{"started, and the API does not know it yet", nil, map[string]string{"started": ""}, "Failed NodeLost 0"},
		{"announced, and its directory is gone", began, nil, "Failed NodeLost 0"},
		{"ended, and the API does not know how", began, map[string]string{"started": "", "outcome.json": string(saved)}, "Failed Saved 0"},
		{"ended, and what was saved cannot be read", began, map[string]string{"started": "", "outcome.json": "{"}, "Failed NodeLost 0"},
	} {
		t.Run(row.name, func(t *testing.T) {
			ran := filepath.Join(t.TempDir(), "ran")
			api := newAPI("a", "echo x >> "+ran)
			api.Status.StartTime = row.startTime
			config := newConfig(t, api)
			dir := podDir(filepath.Join(config.Dir, string(api.UID)))
			for name, content := range row.files {
				writeFile(t, dir.path(name), content)
			}
			if row.files != nil {
				if err := dir.create(); err != nil {
					t.Fatal(err)
				}
			}
			startTestNode(t, config)
			s := ends(t, config.Client, "a")
			text, err := os.ReadFile(ran)
			if err != nil && !os.IsNotExist(err) {
				t.Fatal(err)
			}
			if got := fmt.Sprintf("%s %s %d", s.Phase, s.Reason, strings.Count(string(text), "x")); got != row.want {
				t.Errorf("got %q; want %q", got, row.want)
			}
			if row.startTime != nil && row.files["outcome.json"] != string(saved) && !s.StartTime.Equal(row.startTime) {
				t.Errorf("it began at %v, and the API has %v", row.startTime, s.StartTime)
			}
		})
	}
}

func writeFile(t *testing.T, name, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestWhatIsLeftOfAPodEndsBeforeThePodIsReported(t *testing.T) {
	leftover := exec.Command("sleep", "1000")
	leftover.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := leftover.Start(); err != nil {
		t.Fatal(err)
	}
	gone := make(chan struct{})
	go func() { _ = leftover.Wait(); close(gone) }()
	start, err := process.StartTime(leftover.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	record, err := json.Marshal(process.Record{PID: leftover.Process.Pid, StartTime: start})
	if err != nil {
		t.Fatal(err)
	}
	api, orphan := newAPI("a", "true"), newAPI("orphan", "true")
	config := newConfig(t, api)
	for _, p := range []*v1.Pod{api, orphan} {
		dir := podDir(filepath.Join(config.Dir, string(p.UID)))
		writeFile(t, dir.path("started"), "")
		writeFile(t, dir.record("main"), string(record))
	}
	config.Client.(*fake.Clientset).PrependReactor("patch", "pods", func(clienttesting.Action) (bool, runtime.Object, error) {
		select {
		case <-gone:
		case <-time.After(5 * time.Second):
			t.Error("the pod is reported while its process runs")
		}
		return false, nil, nil
	})
	n := startTestNode(t, config)
	if exists(string(n.dirOf(orphan.UID))) || !exists(string(n.dirOf(api.UID))) {
		t.Error("the directory of a pod that the API does not have is kept, or another one is not")
	}
	ends(t, config.Client, "a")
}

func TestShutdownReportsWhatRunsAndLeavesWhatHasNotStarted(t *testing.T) {
	config := newConfig(t)
	n, err := Start(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	create(t, config.Client, newAPI("running", "exec sleep 1000"))
	create(t, config.Client, newAPI("waiting", "true", func(p *v1.Pod) { p.Spec.Containers[0].Image = "nobody/knows" }))
	get := func(name string) v1.PodStatus {
		p, err := config.Client.CoreV1().Pods("ns").Get(t.Context(), name, metav1.GetOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return p.Status
	}
	eventually(t, "one runs and one waits", func() error {
		if r, w := get("running"), get("waiting"); r.Phase != v1.PodRunning || len(w.ContainerStatuses) == 0 ||
			w.ContainerStatuses[0].State.Waiting.Reason != "ImagePullBackOff" {
			return fmt.Errorf("%+v, %+v", r, w)
		}
		return nil
	})
	n.Shutdown(5 * time.Second)
	if s := get("running"); s.Phase != v1.PodFailed || s.Reason != "NodeShutdown" || s.ContainerStatuses[0].State.Terminated.Signal != 15 {
		t.Errorf("running: %+v", s)
	}
	if s := get("waiting"); s.Phase != v1.PodPending || exists(n.dirOf("uid-of-waiting").path("started")) {
		t.Errorf("waiting: %+v", s)
	}
}

func TestAProgramThatEndedBeforeTheShutdownIsNotDisrupted(t *testing.T) {
	config := newConfig(t)
	n, err := Start(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	pid := filepath.Join(t.TempDir(), "pid")
	// What it leaves behind holds its output open, so that for a second the pod is not at its end.
	api := newAPI("a", "setsid sh -c 'echo $$$$ > "+pid+"; exec sleep 1000' & while [ ! -s "+pid+" ]; do sleep .01; done")
	create(t, config.Client, api)
	eventually(t, "the program ends", func() error {
		p := n.find("ns", "a")
		if p == nil {
			return fmt.Errorf("no pod")
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		if !p.started || !p.logging["main"] || len(p.processes) > 0 || len(p.status.ContainerStatuses) == 0 || p.status.ContainerStatuses[0].ContainerID == "" {
			return fmt.Errorf("%+v", p.status)
		}
		return nil
	})
	n.Shutdown(5 * time.Second)
	if s := ends(t, config.Client, "a"); s.Phase != v1.PodSucceeded || s.Reason != "" {
		t.Errorf("%+v", s)
	}
	text, err := os.ReadFile(pid)
	if err != nil {
		t.Fatal(err)
	}
	var left int
	if _, err := fmt.Sscan(string(text), &left); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(left, syscall.SIGKILL); err != nil {
		t.Error(err)
	}
}
