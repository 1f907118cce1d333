package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/kubernetes/pkg/controller/job"

	"embedded-cluster.towpath.dev/internal/node"
	"embedded-cluster.towpath.dev/internal/state"
)

const (
	podGrace      = 5 * time.Second // what pods get at most when the cluster is stopped
	apiServerStop = 5 * time.Second
)

// A cluster is everything that runs in this process.
type cluster struct {
	*options
	dir       state.Dir
	begun     time.Time
	listener  net.Listener
	caPEM     []byte
	token     string
	etcd      string // URL
	apiServer chan error
	config    *rest.Config // of an administrator
	client    *kubernetes.Clientset
	node      *node.Node
}

// run starts the cluster, keeps it until ctx ends, and stops it in the reverse order: while pods end and are reported, all
// the rest still works.
func run(ctx context.Context, o *options) (err error) {
	c := &cluster{options: o, begun: time.Now(), apiServer: make(chan error, 1)}
	dir, unlock, err := state.Open(o.dir)
	if err != nil {
		return err
	}
	c.dir = dir
	defer func() { err = errors.Join(err, unlock()) }()
	if err := c.prepare(); err != nil {
		return err
	}
	stopEtcd, err := c.startEtcd()
	if err != nil {
		return fmt.Errorf("etcd: %w", err)
	}
	defer stopEtcd()
	c.say("etcd ready")

	serving, stopServing := context.WithCancel(context.WithoutCancel(ctx))
	defer c.awaitAPIServer()
	defer stopServing()
	defer c.stopNode()
	if err := c.start(ctx, serving); err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		c.say("stopping")
	case err = <-c.apiServer:
		err = fmt.Errorf("the API server stopped: %w", err)
		c.apiServer <- nil
	}
	return errors.Join(err, c.dir.RemoveKubeconfig())
}

func (c *cluster) say(what string) {
	fmt.Printf("%6dms %s\n", time.Since(c.begun).Milliseconds(), what)
}

// prepare does what needs no other part.
func (c *cluster) prepare() (err error) {
	if err = c.dir.RemoveKubeconfig(); err != nil {
		return err
	}
	if c.caPEM, err = c.dir.EnsureKeys(); err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	if c.token, err = c.dir.Token(); err != nil {
		return err
	}
	if c.listener, err = c.dir.Listen(c.port); err != nil {
		return fmt.Errorf("port of the API server: %w", err)
	}
	c.port = state.PortOf(c.listener)
	return c.newClient()
}

func (c *cluster) newClient() (err error) {
	const protobuf = "application/vnd.kubernetes.protobuf"
	c.config = &rest.Config{
		Host: "https://127.0.0.1:" + strconv.Itoa(c.port), BearerToken: c.token,
		TLSClientConfig: rest.TLSClientConfig{CAData: c.caPEM},
		QPS:             float32(c.qps), Burst: c.qps * 2,
		ContentConfig: rest.ContentConfig{ContentType: protobuf, AcceptContentTypes: protobuf + ",application/json"},
	}
	c.client, err = kubernetes.NewForConfig(c.config)
	return err
}

// start brings everything up on top of etcd. starting bounds the waiting, serving the life of what is started.
func (c *cluster) start(starting, serving context.Context) error {
	go func() { c.apiServer <- c.runAPIServer(serving) }()
	if err := c.awaitReady(starting); err != nil {
		return err
	}
	c.say("API server ready")
	job.SyncJobBatchPeriod = c.jobSyncBatch
	if err := c.startControllers(serving); err != nil {
		return fmt.Errorf("controllers: %w", err)
	}
	if err := c.startScheduler(serving); err != nil {
		return fmt.Errorf("scheduler: %w", err)
	}
	c.say("controllers and scheduler started")
	if err := c.startNode(starting); err != nil {
		return fmt.Errorf("node: %w", err)
	}
	if err := c.awaitServiceAccount(starting); err != nil {
		return err
	}
	if err := c.writeKubeconfig(); err != nil {
		return err
	}
	c.say("READY kubeconfig=" + c.dir.Kubeconfig())
	return nil
}
