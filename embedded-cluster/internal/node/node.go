// Package node is a node agent without containers: each container of a pod is a process of this machine, in a mount
// namespace of its own where the system has such a thing (packages launch, shim and mountplan). It needs no root, no
// container runtime and no registry: an image is a registered folder (package images).
//
// Pods run with the rights of whoever started the cluster. Nothing limits what they use or reach, and there are no
// probes, no lifecycle hooks and no exec.
package node

import (
	"context"
	"crypto/tls"
	"fmt"
	"os"
	"sync"
	"time"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"

	"embedded-cluster.towpath.dev/internal/images"
	"embedded-cluster.towpath.dev/internal/launch"
)

// Name is the node's name in the cluster.
const Name = "local"

// Config is what a node needs to know.
type Config struct {
	Client kubernetes.Interface
	// Dir holds one directory for each pod.
	Dir string
	// APIPort is where pods find the API server on 127.0.0.1.
	APIPort   int
	Images    images.Store
	MaxPods   int
	Isolation launch.Isolation
	// LogPort is where logs are served on 127.0.0.1; 0 is a free port.
	LogPort int
	// AnnouncedLogPort is where the API server asks for logs, when another than LogPort leads there; 0 is LogPort.
	AnnouncedLogPort int
	// TLS is the identity of the server that the API server asks for logs.
	TLS *tls.Config
}

// A Node runs the pods that are bound to it.
type Node struct {
	Config
	ctx    context.Context // of requests to the API; ends when the node has stopped
	cancel context.CancelFunc

	mu       sync.Mutex
	pods     map[types.UID]*pod
	listed   bool // pods of earlier instances are among them
	draining bool
}

// Start registers the node and begins to run pods. It returns when the pods of an earlier instance have been reported:
// those that had been started are lost, and what was left of their processes has been ended.
func Start(ctx context.Context, config Config) (*Node, error) {
	if err := os.MkdirAll(config.Dir, 0o700); err != nil {
		return nil, err
	}
	n := &Node{Config: config, pods: map[types.UID]*pod{}}
	n.ctx, n.cancel = context.WithCancel(context.WithoutCancel(ctx))
	port, err := n.serveLogs()
	if err == nil {
		err = n.register(port)
	}
	if err == nil {
		err = n.watch(ctx)
	}
	if err != nil {
		n.Shutdown(0) // some pods may run already
		return nil, err
	}
	return n, nil
}

func (n *Node) watch(ctx context.Context) error {
	factory := informers.NewSharedInformerFactoryWithOptions(n.Client, 0, informers.WithTweakListOptions(func(o *metav1.ListOptions) {
		o.FieldSelector = fields.OneTermEqualSelector("spec.nodeName", Name).String()
	}))
	var settling sync.WaitGroup
	registration, err := factory.Core().V1().Pods().Informer().AddEventHandler(cache.ResourceEventHandlerDetailedFuncs{
		AddFunc: func(o any, initial bool) {
			if p := n.add(o.(*v1.Pod), initial); p != nil {
				settling.Go(p.settle)
			}
		},
		UpdateFunc: func(_, o any) { n.update(o.(*v1.Pod)) },
		DeleteFunc: func(o any) {
			if d, ok := o.(cache.DeletedFinalStateUnknown); ok {
				o = d.Obj
			}
			n.remove(o.(*v1.Pod))
		},
	})
	if err != nil {
		return err
	}
	factory.Start(n.ctx.Done())
	if !cache.WaitForCacheSync(ctx.Done(), registration.HasSynced) {
		return fmt.Errorf("reading the node's pods: %w", context.Cause(ctx))
	}
	n.mu.Lock()
	n.listed = true
	n.mu.Unlock()
	settling.Wait()
	return n.sweep()
}

// add takes a pod over. It returns one that has to be settled: an earlier instance had begun to run it.
func (n *Node) add(api *v1.Pod, initial bool) *pod {
	n.mu.Lock()
	if n.pods[api.UID] != nil || n.draining {
		n.mu.Unlock()
		n.update(api)
		return nil
	}
	p := newPod(n, api)
	n.pods[api.UID] = p
	n.mu.Unlock()
	if api.DeletionTimestamp != nil {
		p.delete(api)
	}
	switch {
	case api.Status.Phase == v1.PodSucceeded || api.Status.Phase == v1.PodFailed:
		close(p.done)
		if api.DeletionTimestamp != nil {
			go p.deleteObject()
		}
	case initial && p.wasStarted():
		return p
	default:
		go p.run()
	}
	return nil
}

func (n *Node) update(api *v1.Pod) {
	n.mu.Lock()
	p := n.pods[api.UID]
	n.mu.Unlock()
	if p != nil && api.DeletionTimestamp != nil {
		p.delete(api)
	}
}

// remove forgets a pod whose object is gone: by force, or at the end of our own deletion.
func (n *Node) remove(api *v1.Pod) {
	n.mu.Lock()
	p := n.pods[api.UID]
	delete(n.pods, api.UID)
	n.mu.Unlock()
	if p == nil {
		return
	}
	p.terminate(0, ending{})
	go func() {
		<-p.done
		const drain = 2 * time.Second // somebody may still be reading the log
		time.AfterFunc(drain, p.removeDir)
	}()
}

func (n *Node) hasListed() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.listed
}

// find returns the pod with the name, or nil.
func (n *Node) find(namespace, name string) *pod {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, p := range n.pods {
		if p.api.Namespace == namespace && p.api.Name == name {
			return p
		}
	}
	return nil
}
