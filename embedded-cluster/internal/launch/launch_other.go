//go:build !linux

package launch

import (
	"os"
	"syscall"
)

func executable() (string, error) { return os.Executable() }

func attributes(Isolation) *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }
