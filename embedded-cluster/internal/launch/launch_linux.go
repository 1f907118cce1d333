package launch

import (
	"os"
	"syscall"
)

const capSysAdmin = 21 // the right to mount

// executable is this very program, also when its file has been replaced or removed since.
func executable() (string, error) { return "/proc/self/exe", nil }

func attributes(i Isolation) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setsid: true}
	switch i {
	case MountNamespace:
		attr.Cloneflags = syscall.CLONE_NEWNS
	case UserNamespace:
		attr.Cloneflags = syscall.CLONE_NEWNS | syscall.CLONE_NEWUSER
		// The uid stays the same: a program that refuses to run as root, or wants to, sees who it really is.
		attr.UidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getuid(), HostID: os.Getuid(), Size: 1}}
		attr.GidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getgid(), HostID: os.Getgid(), Size: 1}}
		// Only the ambient set survives the exec of the shim; the shim empties it before the program's.
		attr.AmbientCaps = []uintptr{capSysAdmin}
	}
	return attr
}
