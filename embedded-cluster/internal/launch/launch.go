// Package launch starts the processes of containers, each behind the shim (package shim).
package launch

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"

	"embedded-cluster.towpath.dev/internal/process"
	"embedded-cluster.towpath.dev/internal/shim"
)

// Isolation says what a container has to itself.
type Isolation int

const (
	// None: containers see the machine as it is, and volumes lie under $POD_ROOT.
	None Isolation = iota
	// MountNamespace: each container has a root directory of its own. Needs the rights of root.
	MountNamespace
	// UserNamespace: the same for everybody else.
	UserNamespace
)

func (i Isolation) String() string {
	return [...]string{"none", "a mount namespace", "a mount namespace in a user namespace"}[i]
}

// A Command is a container that is about to start. Its Spec's Isolated and Borrowed follow from Isolation.
type Command struct {
	Spec           shim.Spec
	Isolation      Isolation
	Stdout, Stderr *os.File // as os/exec has them: nil is the null device
	// Record is a file that holds a process.Record when Start returns, and so before the program begins.
	Record string
}

// A Process is a container that has been started. It leads a session and a process group of its own.
type Process struct {
	PID    int
	cmd    *exec.Cmd
	orders *os.File // to the shim
	report *os.File // from it
}

// Start begins the container. The shim makes its root directory and then waits for Release, so that what has to be done
// before the program runs can be done at the same time. Wait must be called in any case; without Release there is no program,
// also if this process is killed in between.
func (c Command) Start() (*Process, error) {
	c.Spec.Isolated, c.Spec.Borrowed = c.Isolation != None, c.Isolation == UserNamespace
	spec, err := json.Marshal(c.Spec)
	if err != nil {
		return nil, err
	}
	ordersOut, ordersIn, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer ordersOut.Close()
	reportOut, reportIn, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(err, ordersIn.Close())
	}
	defer reportIn.Close()
	cmd, err := c.shim(ordersOut, reportIn)
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return nil, errors.Join(err, ordersIn.Close(), reportOut.Close())
	}
	p := &Process{PID: cmd.Process.Pid, cmd: cmd, orders: ordersIn, report: reportOut}
	record, err := process.Observe(p.PID, c.Spec.Isolated)
	if err == nil {
		err = record.Write(c.Record)
	}
	if err != nil {
		return p, fmt.Errorf("recording process %d: %w", p.PID, err)
	}
	return p, p.order(append(spec, '\n'))
}

// order writes to the shim. A pipe holds little, so it has to read meanwhile. One that a signal has ended cannot, which shows
// when it is waited for.
func (p *Process) order(text []byte) error {
	if _, err := p.orders.Write(text); err != nil && !errors.Is(err, syscall.EPIPE) {
		return err
	}
	return nil
}

// Release lets the program run, and returns when it does or cannot. One that a signal has ended before counts as run.
func (p *Process) Release() error {
	if err := p.order([]byte{shim.Go}); err != nil {
		return err
	}
	failure, err := io.ReadAll(p.report)
	if err != nil {
		return err
	}
	if len(failure) > 0 {
		return errors.New(string(failure))
	}
	return nil
}

// shim passes its files on as number 3 and following.
func (c Command) shim(files ...*os.File) (*exec.Cmd, error) {
	self, err := executable()
	if err != nil {
		return nil, err
	}
	cmd := &exec.Cmd{
		Path:        self,
		Args:        []string{"embedded-cluster", shim.Command},
		Env:         []string{}, // the program's own comes with the spec, so that nothing in it can trouble the shim
		Dir:         "/",
		ExtraFiles:  files,
		SysProcAttr: attributes(c.Isolation),
	}
	if c.Stdout != nil { // a nil *os.File in an interface is not nil
		cmd.Stdout = c.Stdout
	}
	if c.Stderr != nil {
		cmd.Stderr = c.Stderr
	}
	return cmd, nil
}

// Signal sends a signal to the whole process group. It does nothing once the group is gone.
func (p *Process) Signal(s syscall.Signal) error {
	if err := syscall.Kill(-p.PID, s); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("signalling process group %d: %w", p.PID, err)
	}
	return nil
}

// Exit is how a program ended. Code is 128 and the signal's number if it was a signal, as everywhere in Kubernetes.
type Exit struct {
	Code   int32
	Signal int32
}

// unknownCode stands for an end that the system would not tell: never a success.
const unknownCode = 255

// Wait waits for the program's end, and then calls whileZombie: until that returns, the process still holds its number,
// so that what is left of its group can be ended without hitting another.
func (p *Process) Wait(whileZombie func() error) (Exit, error) {
	err := errors.Join(p.orders.Close(), awaitEnd(p.PID), p.report.Close(), whileZombie())
	var ended *exec.ExitError
	if waited := p.cmd.Wait(); waited != nil && !errors.As(waited, &ended) {
		return Exit{Code: unknownCode}, errors.Join(err, waited)
	}
	exit := Exit{Code: int32(p.cmd.ProcessState.ExitCode())}
	if s, ok := p.cmd.ProcessState.Sys().(syscall.WaitStatus); ok && s.Signaled() {
		exit = Exit{Code: 128 + int32(s.Signal()), Signal: int32(s.Signal())}
	}
	return exit, err
}
