package launch

import (
	"syscall"
	"unsafe"
)

// awaitEnd waits for the end of a child and leaves it to be reaped. The standard library can do it but does not show it.
func awaitEnd(pid int) error {
	const byPID = 1
	var info [16]uint64 // larger than any siginfo_t; what is written to it does not matter
	for {
		_, _, errno := syscall.Syscall6(syscall.SYS_WAITID, byPID, uintptr(pid), uintptr(unsafe.Pointer(&info)),
			syscall.WEXITED|syscall.WNOWAIT, 0, 0)
		if errno == 0 {
			return nil
		}
		if errno != syscall.EINTR {
			return errno
		}
	}
}
