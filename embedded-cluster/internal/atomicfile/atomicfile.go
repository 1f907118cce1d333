// Package atomicfile writes files that are read after a crash.
package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Write puts data into the named file in one step: whoever reads it, also after a kill or a power cut,
// finds the old content or the new, never a part. It returns when the disk has the file.
func Write(name string, data []byte, mode fs.FileMode) error {
	if err := replace(name, data, mode, true); err != nil {
		return err
	}
	return syncDir(filepath.Dir(name))
}

// Replace does the same without waiting for the disk: a kill cannot undo it, a power cut can.
func Replace(name string, data []byte, mode fs.FileMode) error {
	return replace(name, data, mode, false)
}

// Mark makes an empty file, which may exist already, and returns when the disk has it.
func Mark(name string) error {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return syncDir(filepath.Dir(name)) // there is nothing in the file, so its name is all
}

func replace(name string, data []byte, mode fs.FileMode, durable bool) error {
	temp, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return err
	}
	err = fill(temp, data, mode, durable)
	if err == nil {
		err = os.Rename(temp.Name(), name)
	}
	if err != nil {
		_ = os.Remove(temp.Name()) // already failed, and for a better reason
		return fmt.Errorf("writing %s: %w", name, err)
	}
	return nil
}

func fill(f *os.File, data []byte, mode fs.FileMode, durable bool) error {
	_, err := f.Write(data)
	if err == nil {
		err = f.Chmod(mode)
	}
	if err == nil && durable {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// syncDir makes a new name in the directory durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
