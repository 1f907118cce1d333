package main

import (
	"context"
	"errors"
	"fmt"

	"embedded-cluster.towpath.dev/internal/images"
	"embedded-cluster.towpath.dev/internal/launch"
	"embedded-cluster.towpath.dev/internal/node"
)

// startNode starts the process node, unless none is wanted, and says what pods are not protected from.
func (c *cluster) startNode(ctx context.Context) error {
	if c.options.node == "none" {
		return nil
	}
	isolation, why := launch.None, errors.New("--isolation=none")
	if c.isolation == "auto" {
		isolation, why = launch.Probe(c.dir.Path("probe"))
	}
	c.say("pods run with the rights of whoever started this cluster; nothing isolates the file system, the network or the use of resources")
	if isolation == launch.None {
		c.say(fmt.Sprintf("no mount namespaces (%v): volumes are at $POD_ROOT<mountPath>, not at their mountPath, "+
			"and the file for the termination message is $TERMINATION_LOG", why))
	}
	tls, err := c.dir.LogServerTLS(c.caPEM)
	if err != nil {
		return err
	}
	c.node, err = node.Start(ctx, node.Config{Client: c.client, Dir: c.dir.Path("pods"), APIPort: c.port,
		Images: images.Store{File: c.images}, MaxPods: c.maxPods, Isolation: isolation,
		LogPort: c.logPort, AnnouncedLogPort: c.logPortAnnounced, TLS: tls})
	if err != nil {
		return err
	}
	c.say(fmt.Sprintf("process node registered; isolation of containers: %v", isolation))
	return nil
}

func (c *cluster) stopNode() {
	if c.node != nil {
		c.node.Shutdown(podGrace)
		c.say("pods have ended")
	}
}
