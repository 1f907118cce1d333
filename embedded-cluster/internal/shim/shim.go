// Package shim is what each container runs first: the binary of the cluster, started again under another name. It builds
// the container's root directory in the mount namespace that it was born in, waits until the start has been noted, and becomes
// the program by exec. It never forks: process number, session, signals and exit code are the program's own.
//
// It does its work in init, before main. The Go runtime initializes packages in the order of their import paths as soon as
// their own imports are ready, and everything that Kubernetes initializes takes 40 ms and 80 MB, for each container. This
// module's path begins with "e", before "github.com" and "k8s.io", and this package and what it imports use nothing but
// small parts of the standard library (not even path/filepath, which sorts late); so the shim has become the program before
// any of that begins. A test holds it.
package shim

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"

	"embedded-cluster.towpath.dev/internal/mountplan"
)

// Command is the argument that makes the binary a shim.
const Command = "container-shim"

// What package launch passes on as open files.
const (
	ordersFile = 3 // a line with a Spec in JSON; then Go, or an end if there is to be no program
	reportFile = 4 // what went wrong; closed without a word when the program runs
)

// Go is the order to become the program.
const Go = 'G'

// A Spec says what to become.
type Spec struct {
	// Argv is the command line; without one the shim builds the root and exits.
	Argv []string `json:"argv"`
	Env  []string `json:"env"`
	// Dir is the working directory. In a root of its own it is made if need be.
	Dir string `json:"dir"`
	// Isolated means that the process was born in a mount namespace of its own.
	Isolated bool `json:"isolated"`
	// Borrowed means that it was given capabilities, in a user namespace, which the program must not have.
	Borrowed bool              `json:"borrowed"`
	Mounts   []mountplan.Mount `json:"mounts"`
}

func init() {
	if len(os.Args) != 2 || os.Args[1] != Command {
		return
	}
	report := os.NewFile(reportFile, "report")
	if err := become(); err != nil {
		if _, err := report.WriteString(err.Error()); err != nil {
			fmt.Fprintln(os.Stderr, "started by the embedded cluster only:", err)
		}
		os.Exit(1)
	}
	os.Exit(0)
}

// become returns only if it fails, or if there is no program.
func become() error {
	if err := keepFilesToOurselves(); err != nil {
		return err
	}
	orders := bufio.NewReader(os.NewFile(ordersFile, "orders"))
	data, err := orders.ReadBytes('\n')
	if err != nil {
		return err
	}
	var spec Spec
	if err := json.Unmarshal(data, &spec); err != nil {
		return err
	}
	syscall.Umask(0o022)
	if spec.Isolated {
		if err := enterRoot(spec.Mounts, spec.Dir); err != nil {
			return err
		}
	}
	if order, err := orders.ReadByte(); err != nil || order != Go {
		return errors.Join(errors.New("called off"), err)
	}
	if len(spec.Argv) == 0 {
		return nil
	}
	return execute(spec)
}

// keepFilesToOurselves sees to it that the program gets its three streams only: neither our own files nor what the cluster
// inherited from whoever started it.
func keepFilesToOurselves() error {
	open, err := os.ReadDir("/dev/fd")
	if err != nil {
		return err
	}
	for _, e := range open {
		if fd, err := strconv.Atoi(e.Name()); err == nil && fd > 2 {
			syscall.CloseOnExec(fd)
		}
	}
	return nil
}

func execute(spec Spec) error {
	if err := os.Chdir(spec.Dir); err != nil {
		return err
	}
	program, err := lookPath(spec.Argv[0], pathOf(spec.Env))
	if err != nil {
		return fmt.Errorf("exec: %q: %w", spec.Argv[0], err)
	}
	if spec.Borrowed {
		if err := dropCapabilities(); err != nil {
			return fmt.Errorf("giving up capabilities: %w", err)
		}
	}
	return fmt.Errorf("exec: %q: %w", spec.Argv[0], syscall.Exec(program, spec.Argv, spec.Env))
}

func pathOf(env []string) string {
	found := ""
	for _, e := range env {
		if value, ok := strings.CutPrefix(e, "PATH="); ok {
			found = value
		}
	}
	return found
}

var errNotFound = errors.New("executable file not found in $PATH")

// lookPath finds a program as a shell does, on the container's PATH.
func lookPath(name, searchPath string) (string, error) {
	if strings.Contains(name, "/") {
		return name, nil
	}
	failure := errNotFound
	for _, dir := range strings.Split(searchPath, ":") {
		if dir == "" {
			dir = "."
		}
		candidate := dir + "/" + name
		info, err := os.Stat(candidate)
		if err != nil || info.IsDir() {
			continue
		}
		if info.Mode().Perm()&0o111 != 0 {
			return candidate, nil
		}
		failure = os.ErrPermission
	}
	return "", failure
}
