package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"k8s.io/klog/v2"
)

type options struct {
	dir, images, authorization string
	node, isolation            string
	port, maxPods              int
	logPort, logPortAnnounced  int
	jobWorkers, qps            int
	jobSyncBatch               time.Duration
	apiServerArgs              repeated
	fsync                      bool
}

type repeated []string

func (r *repeated) String() string     { return strings.Join(*r, " ") }
func (r *repeated) Set(s string) error { *r = append(*r, s); return nil }

// logErrorsOnly keeps what Kubernetes says about each of its steps from drowning what is worth reading. --stderrthreshold=INFO
// brings it back. What is at the threshold goes to stderr.
func logErrorsOnly() {
	klog.InitFlags(nil)
	for _, severity := range []string{"INFO", "WARNING", "ERROR", "FATAL"} {
		klog.SetOutputBySeverity(severity, io.Discard) // it would make files in /tmp
	}
	for name, value := range map[string]string{"logtostderr": "false", "stderrthreshold": "ERROR"} {
		if err := flag.Set(name, value); err != nil {
			panic(err) // klog has changed its flags
		}
	}
}

func parseOptions() *options {
	o := &options{}
	logErrorsOnly()
	flag.StringVar(&o.dir, "dir", ".embedded-cluster", "state directory: etcd's data, keys, kubeconfig, pods; its path has at most 97 characters")
	flag.IntVar(&o.port, "port", 0, "port of the API server on 127.0.0.1; 0 is the one of the last start, at first a free one. With --node=only a way to it, or 0")
	flag.StringVar(&o.images, "images", "", `JSON file of the images: {"images": {"<reference>": {"dir": "/absolute/folder"}}}; read at each start of a container`)
	flag.StringVar(&o.node, "node", "process", "process: run pods as processes of this machine; none: no node; only: nothing but the node, of the cluster that runs with none on the same --dir")
	flag.StringVar(&o.isolation, "isolation", "auto", "auto: containers have a root directory of their own where that is possible; none: nowhere")
	flag.IntVar(&o.maxPods, "max-pods", 250, "pods that the node takes at a time")
	flag.IntVar(&o.logPort, "log-port", 0, "port on 127.0.0.1 at which the node serves logs to the API server; 0 is a free one")
	flag.IntVar(&o.logPortAnnounced, "log-port-announced", 0, "port at which the API server is told to ask for logs, when that is a way to --log-port; 0 is the port itself")
	flag.StringVar(&o.authorization, "authorization-mode", "RBAC", "RBAC or AlwaysAllow")
	flag.IntVar(&o.jobWorkers, "job-workers", 20, "Jobs that are synchronized at a time")
	flag.DurationVar(&o.jobSyncBatch, "job-sync-batch", 20*time.Millisecond, "how long the Job controller collects events of pods; 1s in Kubernetes")
	flag.IntVar(&o.qps, "qps", 5000, "requests per second that controllers and scheduler may make")
	flag.BoolVar(&o.fsync, "fsync", false, "let etcd wait for the disk: safe against a power cut, and slower")
	flag.Var(&o.apiServerArgs, "apiserver-arg", "another flag of kube-apiserver; may be repeated")
	flag.Parse()
	if wrong := o.misuse(); wrong != "" {
		fmt.Fprintf(os.Stderr, "embedded-cluster: %s; --help lists the flags\n", wrong)
		os.Exit(2)
	}
	return o
}

func (o *options) misuse() string {
	switch {
	case flag.NArg() > 0:
		return fmt.Sprintf("unknown argument %q", flag.Arg(0))
	case o.node != "process" && o.node != "none" && o.node != "only":
		return "--node is process, none or only"
	case o.isolation != "auto" && o.isolation != "none":
		return "--isolation is auto or none"
	case o.logPortAnnounced != 0 && o.logPort == 0:
		return "--log-port-announced needs --log-port"
	}
	return ""
}
