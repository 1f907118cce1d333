package process

import (
	"errors"
	"fmt"
	"syscall"
	"time"
)

// End kills whatever is left of the container: the process group, if its leader is the recorded process, and every process
// in the container's own mount namespace, whichever group or session it has gone to. Names of namespaces are reused as well,
// so a namespace counts only if something is mounted in it whose path holds mark: the unique name of the pod's directory.
//
// Without a namespace of its own, a group whose leader has ended is left alone: nothing proves whose it is.
func (r Record) End(mark string) error {
	if r.PID <= 1 {
		return nil
	}
	for range 100 { // a process that forks while it is being killed is found in the next round
		left, err := r.members(mark)
		if err != nil {
			return err
		}
		if r.Alive() {
			left = append(left, -r.PID)
		}
		if len(left) == 0 {
			return nil
		}
		for _, pid := range left {
			if err := syscall.Kill(pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
				return fmt.Errorf("ending process %d: %w", pid, err)
			}
		}
		time.Sleep(5 * time.Millisecond)
	}
	return fmt.Errorf("processes of group %d do not end", r.PID)
}
