package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"time"

	"k8s.io/client-go/tools/clientcmd"

	"embedded-cluster.towpath.dev/internal/state"
)

// runNode runs nothing but the node, until ctx ends: the cluster is another process on the same state directory, and either may end
// and come back while the other goes on, as on machines of their own.
func runNode(ctx context.Context, o *options) (err error) {
	c := &cluster{options: o, begun: time.Now()}
	dir, unlock, err := state.OpenForNode(o.dir)
	if err != nil {
		return err
	}
	c.dir = dir
	defer func() { err = errors.Join(err, unlock()) }()
	if err := c.join(ctx); err != nil {
		return err
	}
	defer c.stopNode()
	if err := c.startNode(ctx); err != nil {
		return fmt.Errorf("node: %w", err)
	}
	c.say("READY node")
	<-ctx.Done()
	c.say("stopping")
	return nil
}

// join waits for the cluster to be usable, and takes its keys and, unless another way is given, its port.
func (c *cluster) join(ctx context.Context) error {
	for {
		_, err := os.Stat(c.dir.Kubeconfig())
		if err == nil {
			break
		}
		if !errors.Is(err, os.ErrNotExist) {
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(20 * time.Millisecond):
		}
	}
	config, err := clientcmd.BuildConfigFromFlags("", c.dir.Kubeconfig())
	if err != nil {
		return err
	}
	c.caPEM, c.token = config.CAData, config.BearerToken
	if c.port == 0 {
		address, err := url.Parse(config.Host)
		if err != nil {
			return err
		}
		if c.port, err = strconv.Atoi(address.Port()); err != nil {
			return err
		}
	}
	return c.newClient()
}
