// Package mountplan decides how the root directory of a container is put together from the folders of this machine and
// the pod's volumes. It only reads; package shim carries the steps out.
//
// The new root is a directory of its own (on a tmpfs) in which the machine's top-level folders are bound. Where a mount
// point does not exist on the machine, nothing is created there: the folder that would hold it is mirrored instead, which
// means that it becomes a directory of the new root with each of its entries bound in it.
//
// It is part of the container shim and therefore imports nothing but small parts of the standard library.
package mountplan

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// A Mount shows a file or folder of this machine at a path of the container.
type Mount struct {
	// Source is an absolute path without symbolic links.
	Source string `json:"source"`
	// Target is the path as the pod's manifest has it.
	Target   string `json:"target"`
	ReadOnly bool   `json:"readOnly,omitempty"`
}

// An Op is one kind of step.
type Op string

// The steps, in the words of the system calls that they become.
const (
	MakeDir  Op = "mkdir"
	MakeFile Op = "touch"
	MakeLink Op = "symlink"
	Bind     Op = "bind"
	ReadOnly Op = "read-only"
)

// A Step is one change to the new root.
type Step struct {
	Op   Op
	Path string // in the new root, without symbolic links
	// Source is what is bound, as a path of the machine, or what a symbolic link says.
	Source string
	Mode   fs.FileMode // of a directory
	// Passing marks an entry of a mirrored folder: it may be gone by now.
	Passing bool
}

// Make plans a root with the mounts, and with dirs, which are made if need be. host is where the machine's root is seen.
func Make(host string, mounts []Mount, dirs []string) ([]Step, error) {
	t := newTree(host)
	if err := t.addMachine(); err != nil {
		return nil, err
	}
	ordered, err := t.parentsFirst(mounts)
	if err != nil {
		return nil, err
	}
	for _, m := range ordered {
		if err := t.addMount(m); err != nil {
			return nil, fmt.Errorf("mounting at %s: %w", m.Target, err)
		}
	}
	for _, dir := range dirs {
		if _, err := t.place(dir, dirEntry); err != nil {
			return nil, fmt.Errorf("making %s: %w", dir, err)
		}
	}
	return t.steps(), nil
}

// parentsFirst orders mounts so that none hides one below it, by what their targets are once symbolic links are followed.
func (t *tree) parentsFirst(mounts []Mount) ([]Mount, error) {
	type target struct {
		Mount
		depth int
	}
	targets := make([]target, len(mounts))
	for i, m := range mounts {
		p, err := t.resolve(m.Target)
		if err != nil {
			return nil, fmt.Errorf("mounting at %s: %w", m.Target, err)
		}
		targets[i] = target{m, strings.Count(p, "/")}
	}
	slices.SortStableFunc(targets, func(a, b target) int { return a.depth - b.depth })
	ordered := make([]Mount, len(targets))
	for i, m := range targets {
		ordered[i] = m.Mount
	}
	return ordered, nil
}

func (t *tree) addMount(m Mount) error {
	kind, err := t.kindOf(m.Source)
	if err != nil {
		return err
	}
	at, err := t.place(m.Target, kind)
	if err != nil {
		return err
	}
	if at == "/" {
		return fmt.Errorf("a volume cannot take the place of the whole root")
	}
	t.forgetBelow(at)
	t.mounts[at] = layer{source: m.Source, volume: true, readOnly: m.ReadOnly}
	return nil
}

// steps puts parents before children.
func (t *tree) steps() []Step {
	var steps []Step
	for _, p := range t.paths() {
		own, isOwn := t.own[p]
		if isOwn && p != "/" {
			steps = append(steps, Step{Op: makeOps[own.kind], Path: p, Source: own.link, Mode: own.mode})
		}
		if m, ok := t.mounts[p]; ok {
			steps = append(steps, Step{Op: Bind, Path: p, Source: m.source, Passing: isOwn && !m.volume})
			if m.readOnly {
				steps = append(steps, Step{Op: ReadOnly, Path: p})
			}
		}
	}
	return steps
}

var makeOps = map[kind]Op{dirEntry: MakeDir, fileEntry: MakeFile, linkEntry: MakeLink}

func (t *tree) paths() []string {
	var all []string
	for p := range t.own {
		all = append(all, p)
	}
	for p := range t.mounts {
		if _, ok := t.own[p]; !ok {
			all = append(all, p)
		}
	}
	slices.SortFunc(all, func(a, b string) int {
		if d := strings.Count(a, "/") - strings.Count(b, "/"); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	return all
}

// addMachine binds the machine's top-level folders, except those that each container has to itself.
func (t *tree) addMachine() error {
	t.mounts["/"] = layer{source: "/"}
	t.own["/dev"] = entry{kind: dirEntry, mode: 0o755}
	t.own["/tmp"] = entry{kind: dirEntry, mode: 0o777 | fs.ModeSticky}
	if err := t.mirror("/"); err != nil {
		return err
	}
	return t.addDevices()
}

// addDevices makes the /dev that container runtimes make: devices that every program may expect, and room for more,
// such as the file for the termination message. Others of the machine can be had as hostPath volumes.
func (t *tree) addDevices() error {
	for name, target := range map[string]string{"fd": "/proc/self/fd", "stdin": "/proc/self/fd/0",
		"stdout": "/proc/self/fd/1", "stderr": "/proc/self/fd/2", "ptmx": "pts/ptmx"} {
		t.own["/dev/"+name] = entry{kind: linkEntry, link: target}
	}
	for _, name := range []string{"null", "zero", "full", "random", "urandom", "tty", "pts", "shm"} {
		p := path.Join("/dev", name)
		found, err := t.stat(p)
		if err != nil {
			return err
		}
		if found.kind == none {
			continue
		}
		t.own[p] = entry{kind: found.kind, mode: 0o755}
		t.mounts[p] = layer{source: p}
	}
	return nil
}
