package shim

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"

	"embedded-cluster.towpath.dev/internal/mountplan"
)

// While a root is built, the process lives in a small root of two folders.
const (
	machine = "/machine" // the machine's root
	newRoot = "/root"    // the container's
)

// enterRoot builds the container's root and makes it the process' own. All of it happens in the mount namespace of this
// process and is gone with its last one; on the machine nothing is made or changed.
func enterRoot(mounts []mountplan.Mount, dir string) error {
	if err := enterWorkshop(); err != nil {
		return fmt.Errorf("entering the mount namespace: %w", err)
	}
	steps, err := mountplan.Make(machine, mounts, []string{dir})
	if err != nil {
		return err
	}
	mask := syscall.Umask(0)
	for _, step := range steps {
		if err := apply(step); err != nil {
			return fmt.Errorf("%s %s: %w", step.Op, step.Path, err)
		}
	}
	syscall.Umask(mask)
	// The new root is put over the old one, and the old one is taken away from below.
	if err := os.Chdir(newRoot); err != nil {
		return err
	}
	if err := syscall.PivotRoot(".", "."); err != nil {
		return fmt.Errorf("pivot_root: %w", err)
	}
	if err := syscall.Unmount(".", syscall.MNT_DETACH); err != nil {
		return fmt.Errorf("leaving the machine's root: %w", err)
	}
	return os.Chdir("/")
}

// enterWorkshop moves the machine's root out of the way, so that nothing that is bound into the new root can contain it.
// The tmpfs is mounted over /tmp because that exists everywhere; the machine's own /tmp is seen again once it has moved.
func enterWorkshop() error {
	// A slave sees what the machine unmounts, so that a container never keeps a file system busy, and tells nobody of its own mounts.
	if err := syscall.Mount("", "/", "", syscall.MS_SLAVE|syscall.MS_REC, ""); err != nil {
		return err
	}
	const workshop = "/tmp"
	if err := syscall.Mount("tmpfs", workshop, "tmpfs", syscall.MS_NOSUID|syscall.MS_NODEV, "mode=0755"); err != nil {
		return err
	}
	for _, dir := range []string{machine, newRoot} {
		if err := os.Mkdir(workshop+dir, 0o755); err != nil {
			return err
		}
	}
	if err := syscall.PivotRoot(workshop, workshop+machine); err != nil {
		return fmt.Errorf("pivot_root: %w", err)
	}
	if err := os.Chdir("/"); err != nil {
		return err
	}
	return syscall.Mount(newRoot, newRoot, "", syscall.MS_BIND, "") // only a mount can become the root
}

func apply(step mountplan.Step) error {
	at := newRoot + step.Path
	switch step.Op {
	case mountplan.MakeDir:
		if err := os.Mkdir(at, step.Mode); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
		return nil
	case mountplan.MakeFile:
		f, err := os.OpenFile(at, os.O_CREATE|os.O_WRONLY, 0o644)
		if err != nil {
			return err
		}
		return f.Close()
	case mountplan.MakeLink:
		return os.Symlink(step.Source, at)
	case mountplan.Bind:
		err := syscall.Mount(machine+step.Source, at, "", syscall.MS_BIND|syscall.MS_REC, "")
		if step.Passing && errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	case mountplan.ReadOnly:
		return makeReadOnly(at)
	}
	return errors.New("unknown step")
}

// makeReadOnly repeats the flags that the mount has: in a user namespace none of them may be taken away.
func makeReadOnly(at string) error {
	var s syscall.Statfs_t
	if err := syscall.Statfs(at, &s); err != nil {
		return err
	}
	flags := uintptr(syscall.MS_REMOUNT | syscall.MS_BIND | syscall.MS_RDONLY)
	for _, f := range []struct{ has, keep uintptr }{
		{0x2, syscall.MS_NOSUID}, {0x4, syscall.MS_NODEV}, {0x8, syscall.MS_NOEXEC},
		{0x400, syscall.MS_NOATIME}, {0x800, syscall.MS_NODIRATIME}, {0x1000, syscall.MS_RELATIME},
	} {
		if uintptr(s.Flags)&f.has != 0 {
			flags |= f.keep
		}
	}
	return syscall.Mount("", at, "", flags, "")
}

// dropCapabilities empties the ambient set: without it, exec leaves nothing to a user who is not root.
func dropCapabilities() error {
	const prCapAmbient, prCapAmbientClearAll = 47, 4
	if _, _, errno := syscall.RawSyscall6(syscall.SYS_PRCTL, prCapAmbient, prCapAmbientClearAll, 0, 0, 0, 0); errno != 0 {
		return errno
	}
	return nil
}
