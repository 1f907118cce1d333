package node

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes/fake"

	"embedded-cluster.towpath.dev/internal/images"
	"embedded-cluster.towpath.dev/internal/launch"
)

// What is tested here runs against a fake API server, which knows objects but no rules. What depends on the rules of the real one
// is tested in folder conformance.

const tools = "tools"

// newConfig is of a node whose only image has the commands of the machine.
func newConfig(t *testing.T, objects ...runtime.Object) Config {
	t.Helper()
	dir := t.TempDir()
	list := filepath.Join(dir, "images.json")
	if err := os.WriteFile(list, []byte(`{"images": {"tools": {"dir": "`+dir+`"}}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	return Config{Client: fake.NewClientset(objects...), Dir: filepath.Join(dir, "pods"), APIPort: 6443, MaxPods: 10,
		Images: images.Store{File: list}, Isolation: launch.None}
}

// newAPI is a pod as the API has it, bound to the node.
func newAPI(name, script string, edits ...func(*v1.Pod)) *v1.Pod {
	p := &v1.Pod{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "ns", UID: types.UID("uid-of-" + name)}, Spec: v1.PodSpec{
		NodeName: Name, RestartPolicy: v1.RestartPolicyNever, ServiceAccountName: "default",
		Containers: []v1.Container{{Name: "main", Image: tools, Command: []string{"sh", "-c", script}}}}}
	for _, edit := range edits {
		edit(p)
	}
	return p
}

// newTestPod is a pod that nobody runs.
func newTestPod(t *testing.T, api *v1.Pod, objects ...runtime.Object) *pod {
	t.Helper()
	n := &Node{Config: newConfig(t, objects...), ctx: t.Context()}
	p := newPod(n, api)
	if err := p.dir.create(); err != nil {
		t.Fatal(err)
	}
	return p
}

// startTestNode runs a node until the end of the test.
func startTestNode(t *testing.T, config Config) *Node {
	t.Helper()
	n, err := Start(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { n.Shutdown(0) })
	return n
}

func eventually(t *testing.T, what string, check func() error) {
	t.Helper()
	err := errors.New("never checked")
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if err = check(); err == nil {
			return
		}
	}
	t.Fatalf("not within 20 s: %s: %v", what, err)
}
