package node

import (
	"os"
	"runtime"
	"strings"
	"syscall"
	"time"

	v1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/klog/v2"
)

const heartbeat = 30 * time.Second

// register creates the node's object, or takes over the one of an earlier instance, and keeps it ready.
func (n *Node) register(logPort int) error {
	object := &v1.Node{ObjectMeta: metav1.ObjectMeta{Name: Name, Labels: map[string]string{
		v1.LabelHostname: Name, v1.LabelOSStable: runtime.GOOS, v1.LabelArchStable: runtime.GOARCH, "type": "process"}}}
	if _, err := n.Client.CoreV1().Nodes().Create(n.ctx, object, metav1.CreateOptions{}); err != nil && !apierrors.IsAlreadyExists(err) {
		return err
	}
	describe := func(s *v1.NodeStatus) {
		s.Capacity = n.capacity()
		s.Allocatable = s.Capacity
		s.Addresses = []v1.NodeAddress{{Type: v1.NodeInternalIP, Address: "127.0.0.1"}, {Type: v1.NodeHostName, Address: "localhost"}}
		s.DaemonEndpoints.KubeletEndpoint.Port = int32(logPort)
		s.NodeInfo = v1.NodeSystemInfo{OperatingSystem: runtime.GOOS, Architecture: runtime.GOARCH,
			KubeletVersion: "process-node", ContainerRuntimeVersion: "process://1"}
	}
	if err := n.report(describe); err != nil {
		return err
	}
	go n.beat()
	return nil
}

func (n *Node) report(change func(*v1.NodeStatus)) error {
	object, err := n.Client.CoreV1().Nodes().Get(n.ctx, Name, metav1.GetOptions{})
	if err != nil {
		return err
	}
	now := metav1.Now()
	ready := v1.NodeCondition{Type: v1.NodeReady, Status: v1.ConditionTrue, Reason: "ProcessNodeReady", LastHeartbeatTime: now, LastTransitionTime: now}
	if before := object.Status.Conditions; len(before) == 1 && before[0].Status == ready.Status {
		ready.LastTransitionTime = before[0].LastTransitionTime
	}
	object.Status.Conditions = []v1.NodeCondition{ready}
	change(&object.Status)
	_, err = n.Client.CoreV1().Nodes().UpdateStatus(n.ctx, object, metav1.UpdateOptions{})
	return err
}

func (n *Node) beat() {
	ticker := time.NewTicker(heartbeat)
	defer ticker.Stop()
	for {
		select {
		case <-n.ctx.Done():
			return
		case <-ticker.C:
			if err := n.report(func(*v1.NodeStatus) {}); err != nil {
				klog.ErrorS(err, "The node's heartbeat failed")
			}
		}
	}
}

// capacity is the whole machine: the scheduler counts requests against it, nothing enforces them.
func (n *Node) capacity() v1.ResourceList {
	memory := resource.MustParse("16Gi")
	if b, err := os.ReadFile("/proc/meminfo"); err == nil { // Linux only; elsewhere a plain guess does
		if f := strings.Fields(string(b)); len(f) > 1 {
			if q, err := resource.ParseQuantity(f[1] + "Ki"); err == nil {
				memory = q
			}
		}
	}
	all := v1.ResourceList{
		v1.ResourceCPU:    *resource.NewQuantity(int64(runtime.NumCPU()), resource.DecimalSI),
		v1.ResourceMemory: memory,
		v1.ResourcePods:   *resource.NewQuantity(int64(n.MaxPods), resource.DecimalSI),
	}
	var disk syscall.Statfs_t
	if err := syscall.Statfs(n.Dir, &disk); err == nil { // otherwise no pod can ask for disk space, and all others run
		all[v1.ResourceEphemeralStorage] = *resource.NewQuantity(int64(disk.Blocks)*int64(disk.Bsize), resource.BinarySI)
	}
	return all
}
