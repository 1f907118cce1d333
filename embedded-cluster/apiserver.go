package main

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/pflag"
	utilerrors "k8s.io/apimachinery/pkg/util/errors"
	"k8s.io/apiserver/pkg/util/compatibility"
	"k8s.io/client-go/rest"
	"k8s.io/kubernetes/cmd/kube-apiserver/app"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app/options"

	"embedded-cluster.towpath.dev/internal/state"
)

// runAPIServer runs kube-apiserver until ctx ends.
func (c *cluster) runAPIServer(ctx context.Context) error {
	server := apiserver.NewServerRunOptions()
	flags := pflag.NewFlagSet("kube-apiserver", pflag.ContinueOnError)
	for _, set := range server.Flags().FlagSets {
		flags.AddFlagSet(set)
	}
	if err := flags.Parse(append(c.apiServerFlags(), c.apiServerArgs...)); err != nil {
		return err
	}
	server.SecureServing.Listener = c.listener
	if err := compatibility.DefaultComponentGlobalsRegistry.Set(); err != nil {
		return err
	}
	rest.SetDefaultWarningHandler(rest.NoWarnings{})
	completed, err := server.Complete(ctx)
	if err != nil {
		return err
	}
	if errs := completed.Validate(); len(errs) > 0 {
		return utilerrors.NewAggregate(errs)
	}
	return app.Run(ctx, completed)
}

func (c *cluster) apiServerFlags() []string {
	p := c.dir.Path
	return []string{
		"--etcd-servers=" + c.etcd,
		"--bind-address=127.0.0.1", "--external-hostname=127.0.0.1", "--secure-port=" + strconv.Itoa(c.port),
		"--tls-cert-file=" + p(state.ServingCert), "--tls-private-key-file=" + p(state.ServingKey),
		"--token-auth-file=" + c.dir.TokenFile(), "--client-ca-file=" + p(state.CACert),
		"--authorization-mode=" + c.authorization,
		"--service-account-issuer=https://kubernetes.default.svc",
		"--service-account-key-file=" + p(state.ServiceAccountKey), "--service-account-signing-key-file=" + p(state.ServiceAccountKey),
		"--service-cluster-ip-range=10.96.0.0/16", "--endpoint-reconciler-type=none",
		"--kubelet-certificate-authority=" + p(state.CACert),
		"--kubelet-client-certificate=" + p(state.ClientCert), "--kubelet-client-key=" + p(state.ClientKey),
		"--kubelet-preferred-address-types=Hostname,InternalIP",
		"--enable-priority-and-fairness=false", "--max-requests-inflight=0", "--max-mutating-requests-inflight=0",
		"--allow-privileged=true", "--profiling=false", "--event-ttl=15m",
		"--enable-admission-plugins=NodeRestriction",
		// It taints a new node not-ready until the node lifecycle controller clears it, which does not run here.
		"--disable-admission-plugins=TaintNodesByCondition",
	}
}

// awaitReady waits until the API server answers that it is ready.
func (c *cluster) awaitReady(ctx context.Context) error {
	for {
		if _, err := c.client.Discovery().RESTClient().Get().AbsPath("/readyz").DoRaw(ctx); err == nil {
			return nil
		}
		select {
		case err := <-c.apiServer:
			c.apiServer <- nil
			return fmt.Errorf("API server: %w", err)
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// awaitAPIServer lets the API server finish its requests, which it does within its own limits or not at all.
func (c *cluster) awaitAPIServer() {
	select {
	case <-c.apiServer:
	case <-time.After(apiServerStop):
	}
}
