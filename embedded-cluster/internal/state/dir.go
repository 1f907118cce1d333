// Package state keeps what outlives the process: keys, the token, the port, and the lock on all of it.
package state

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// A Dir is a state directory. Nobody but its owner may look into it.
type Dir string

// maxPath leaves room for "/etcd.sock": the path of a unix socket has to fit into 107 characters.
const maxPath = 97

// Open makes the directory and locks it. The lock goes with the process, however that ends.
func Open(name string) (Dir, func() error, error) {
	return openLocked(name, "lock", "another embedded cluster runs on this state directory")
}

// OpenForNode is Open for a node beside a cluster that another process runs: it has a lock of its own.
func OpenForNode(name string) (Dir, func() error, error) {
	return openLocked(name, "node.lock", "another node runs on this state directory")
}

func openLocked(name, file, taken string) (Dir, func() error, error) {
	abs, err := filepath.Abs(name)
	if err != nil {
		return "", nil, err
	}
	if len(abs) > maxPath {
		return "", nil, fmt.Errorf("%s is longer than %d characters, and a unix socket has to lie in it", abs, maxPath)
	}
	d := Dir(abs)
	if err := os.MkdirAll(abs, 0o700); err != nil {
		return "", nil, err
	}
	lock, err := os.OpenFile(d.Path(file), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return "", nil, err
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		if errors.Is(err, syscall.EWOULDBLOCK) {
			err = errors.New(taken)
		}
		return "", nil, errors.Join(fmt.Errorf("%s: %w", abs, err), lock.Close())
	}
	return d, lock.Close, nil
}

// Path is a file in the directory.
func (d Dir) Path(name string) string { return filepath.Join(string(d), name) }

// Kubeconfig is the file that exists while the cluster is usable.
func (d Dir) Kubeconfig() string { return d.Path("kubeconfig") }

// RemoveKubeconfig takes away one that an earlier start has left: it would promise a cluster that is not there yet.
func (d Dir) RemoveKubeconfig() error {
	if err := os.Remove(d.Kubeconfig()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}
