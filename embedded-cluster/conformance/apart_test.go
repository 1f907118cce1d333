package conformance

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	batchv1 "k8s.io/api/batch/v1"
	v1 "k8s.io/api/core/v1"
)

// nodeOf is the node of a cluster that was started with --node=none: a process of its own.
func (c *cluster) nodeOf(t *testing.T) *cluster {
	t.Helper()
	n, err := newCluster(c.path("node"), "--node=only", "--dir", c.path("state"), "--images", c.path("images.json"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.kill)
	if err := n.launch(); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestConformanceNodeApart(t *testing.T) {
	c := lifecycle(t, "--node=none")
	if err := os.Mkdir(c.path("out"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := c.start(); err != nil {
		t.Fatal(err)
	}
	n := c.nodeOf(t)
	w := c.world(t)

	w.create(counted(c, "outlives", `until [ -e /out/go ]; do sleep .05; done; echo done; echo over > /out/over`))
	w.runs("outlives")
	c.kill()
	write(t, c.path("out/go"), "", 0o600)
	eventually(t, "the program has ended while the API server is away", func() error {
		_, err := os.Stat(c.path("out/over"))
		return err
	})
	if err := c.start(); err != nil {
		t.Fatal(err)
	}
	w.ends("outlives", batchv1.JobComplete)
	expect(t, "its log", w.logs("outlives"), "done\n")
	expect(t, "its runs", c.count(t, "outlives"), 1)

	w.create(counted(c, "lost", "sleep 1000"))
	w.runs("lost")
	n.kill()
	expect(t, "phase while nobody knows", w.thePod("lost").Status.Phase, v1.PodRunning)
	c.nodeOf(t)
	w.ends("lost", batchv1.JobFailed)
	expect(t, "reason of the lost pod", w.thePod("lost").Status.Reason, "NodeLost")
	expect(t, "runs of the lost program", c.count(t, "lost"), 1)

	if out, err := exec.Command(binary, "--node=only", "--dir", c.path("state")).CombinedOutput(); err == nil ||
		!strings.Contains(string(out), "another node runs on this state directory") {
		t.Errorf("a second node: %v: %s", err, out)
	}
	w.create(counted(c, "later", "true"))
	w.ends("later", batchv1.JobComplete)
}
