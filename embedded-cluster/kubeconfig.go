package main

import (
	"context"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"embedded-cluster.towpath.dev/internal/atomicfile"
)

// contextName is known to Towpath as embeddedContext.
const contextName = "towpath"

// writeKubeconfig says that the cluster is usable; that is why it comes last.
func (c *cluster) writeKubeconfig() error {
	k := clientcmdapi.NewConfig()
	k.Clusters[contextName] = &clientcmdapi.Cluster{Server: c.config.Host, CertificateAuthorityData: c.caPEM}
	k.AuthInfos[contextName] = &clientcmdapi.AuthInfo{Token: c.token}
	k.Contexts[contextName] = &clientcmdapi.Context{Cluster: contextName, AuthInfo: contextName, Namespace: metav1.NamespaceDefault}
	k.CurrentContext = contextName
	data, err := clientcmd.Write(*k)
	if err != nil {
		return err
	}
	return atomicfile.Write(c.dir.Kubeconfig(), data, 0o600)
}

// awaitServiceAccount waits for what admission wants before it lets a pod into the namespace "default".
func (c *cluster) awaitServiceAccount(ctx context.Context) error {
	for {
		_, err := c.client.CoreV1().ServiceAccounts(metav1.NamespaceDefault).Get(ctx, "default", metav1.GetOptions{})
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(20 * time.Millisecond):
		}
	}
}
