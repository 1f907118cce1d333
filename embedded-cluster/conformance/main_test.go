// Package conformance holds the cluster, as a program, to what Kubernetes does with Jobs, and to what this one promises beyond.
//
// The tests run the binary that EMBEDDED_CLUSTER_BIN names, or build it first. They need neither kubectl nor a network.
package conformance

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

var (
	binary string
	shared *cluster // for tests that do not stop it
)

func TestMain(m *testing.M) {
	flag.Parse()
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(code)
}

func run(m *testing.M) (int, error) {
	// They wait for the most part, and so can do it together.
	if err := flag.Set("test.parallel", "8"); err != nil {
		return 1, err
	}
	var err error
	if binary, err = findBinary(); err != nil {
		return 1, err
	}
	home, err := os.MkdirTemp("", "ec-")
	if err != nil {
		return 1, err
	}
	defer os.RemoveAll(home)
	if shared, err = newCluster(home); err != nil {
		return 1, err
	}
	if err := shared.start(); err != nil {
		return 1, err
	}
	defer shared.kill()
	return m.Run(), nil
}

func findBinary() (string, error) {
	if named := os.Getenv("EMBEDDED_CLUSTER_BIN"); named != "" {
		return filepath.Abs(named)
	}
	fmt.Fprintln(os.Stderr, "building the cluster; from an empty build cache that takes many minutes")
	begun := time.Now()
	build := exec.Command("sh", "../scripts/build.sh")
	build.Stdout, build.Stderr = os.Stderr, os.Stderr
	if err := build.Run(); err != nil {
		return "", fmt.Errorf("scripts/build.sh: %w", err)
	}
	fmt.Fprintln(os.Stderr, "built in", time.Since(begun).Round(time.Second))
	return filepath.Abs("../bin/embedded-cluster")
}
