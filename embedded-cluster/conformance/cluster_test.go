package conformance

import (
	"context"
	"encoding/json"
	"errors"
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
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// tools is an image whose commands are those of the machine.
const tools = "test.example/tools:1"

// A cluster is one state directory and the process that runs on it, if any.
type cluster struct {
	home    string // holds all of it
	args    []string
	owner   *syscall.Credential // who runs it, if somebody else
	command *exec.Cmd
	ended   chan struct{}
	config  *rest.Config
	client  *kubernetes.Clientset
}

func newCluster(home string, args ...string) (*cluster, error) {
	c := &cluster{home: home, args: args}
	if err := os.MkdirAll(c.path("images/tools/bin"), 0o755); err != nil {
		return nil, err
	}
	return c, c.register(map[string]string{tools: "tools"})
}

// lifecycle returns a cluster of the test's own, which is gone at its end.
func lifecycle(t *testing.T, args ...string) *cluster {
	t.Helper()
	home, err := os.MkdirTemp("", "ec-") // the names of t.TempDir are too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(home) })
	c, err := newCluster(home, args...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.kill)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the cluster said:\n%s", c.log())
		}
	})
	return c
}

func (c *cluster) path(name string) string { return filepath.Join(c.home, name) }
func (c *cluster) kubeconfig() string      { return c.path("state/kubeconfig") }

// log is what the present process, or the last one, has written.
func (c *cluster) log() string {
	text, err := os.ReadFile(c.path("log"))
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// register makes the list of images anew: folders below images/ by reference.
func (c *cluster) register(images map[string]string) error {
	list := map[string]map[string]string{}
	for ref, folder := range images {
		list[ref] = map[string]string{"dir": c.path("images/" + folder)}
	}
	data, err := json.Marshal(map[string]any{"images": list})
	if err != nil {
		return err
	}
	fresh := c.path("images.new")
	if err := os.WriteFile(fresh, data, 0o644); err != nil {
		return err
	}
	return os.Rename(fresh, c.path("images.json"))
}

// launch starts the process without waiting for anything.
func (c *cluster) launch() error {
	log, err := os.Create(c.path("log"))
	if err != nil {
		return err
	}
	defer log.Close()
	c.command = exec.Command(binary, append([]string{"--dir", c.path("state"), "--images", c.path("images.json")}, c.args...)...)
	c.command.Stdout, c.command.Stderr = log, log
	c.command.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Credential: c.owner}
	endWithUs(c.command.SysProcAttr)
	c.ended = make(chan struct{})
	if err := c.command.Start(); err != nil {
		return err
	}
	go func() { _ = c.command.Wait(); close(c.ended) }() // how it ended is in its ProcessState
	return nil
}

// start returns when the cluster has said that it is usable.
func (c *cluster) start() error {
	if err := c.launch(); err != nil {
		return err
	}
	for end := time.Now().Add(90 * time.Second); !strings.Contains(c.log(), "READY kubeconfig="); time.Sleep(20 * time.Millisecond) {
		select {
		case <-c.ended:
			return fmt.Errorf("the cluster ended instead of starting:\n%s", c.log())
		default:
		}
		if time.Now().After(end) {
			c.kill()
			return fmt.Errorf("the cluster is not ready after 90 s:\n%s", c.log())
		}
	}
	var err error
	if c.config, err = clientcmd.BuildConfigFromFlags("", c.kubeconfig()); err != nil {
		return err
	}
	c.config.QPS, c.config.Burst = 200, 400
	c.client, err = kubernetes.NewForConfig(c.config)
	return err
}

// kill ends the process as a crash does, and returns when it is gone.
func (c *cluster) kill() {
	if c.command != nil && c.command.Process != nil {
		_ = c.command.Process.Kill() // an error says that it has ended
		<-c.ended
	}
}

// stop asks the process to end, and returns when it has, within what it is given.
func (c *cluster) stop(limit time.Duration) error {
	if err := c.command.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case <-c.ended:
	case <-time.After(limit):
		return fmt.Errorf("it has not stopped within %s", limit)
	}
	if state := c.command.ProcessState; !state.Success() {
		return errors.New(state.String())
	}
	return nil
}

// namespace makes one for the test, in which pods can be created.
func (c *cluster) namespace(t *testing.T) string {
	t.Helper()
	ns, err := c.client.CoreV1().Namespaces().Create(t.Context(), &v1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "t-"}}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the namespace has a service account", func() error {
		_, err := c.client.CoreV1().ServiceAccounts(ns.Name).Get(t.Context(), "default", metav1.GetOptions{})
		return err
	})
	return ns.Name
}

// eventually repeats a check until it finds nothing wrong, for as long as a slow machine may need.
func eventually(t *testing.T, what string, check func() error) {
	t.Helper()
	const limit = 60 * time.Second
	var err error
	for end := time.Now().Add(limit); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if err = check(); err == nil {
			return
		}
		if errors.Is(err, context.Canceled) {
			break
		}
	}
	t.Fatalf("not within %s: %s: %v", limit, what, err)
}
