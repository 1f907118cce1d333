package launch

import (
	"errors"
	"fmt"
	"os"
	"runtime"
)

// Probe tries what containers can have here, the best first. The error says why it is not more than None.
func Probe(scratch string) (Isolation, error) {
	if runtime.GOOS != "linux" {
		return None, errors.New("only Linux has mount namespaces")
	}
	candidates := []Isolation{UserNamespace}
	if os.Geteuid() == 0 {
		candidates = []Isolation{MountNamespace, UserNamespace} // root in a container often has no right to mount
	}
	var failures []error
	for _, i := range candidates {
		err := try(i, scratch)
		if err == nil {
			return i, nil
		}
		failures = append(failures, fmt.Errorf("%v: %w", i, err))
	}
	return None, errors.Join(failures...)
}

// try builds the root of a container without a program.
func try(i Isolation, scratch string) error {
	command := Command{Isolation: i, Record: scratch}
	command.Spec.Dir = "/"
	defer os.Remove(scratch)
	p, err := command.Start()
	if p == nil {
		return err
	}
	err = errors.Join(err, p.Release())
	exit, waited := p.Wait(func() error { return nil })
	if err = errors.Join(err, waited); err == nil && exit.Code != 0 {
		err = fmt.Errorf("exit code %d", exit.Code)
	}
	return err
}
