//go:build !linux

package shim

import (
	"errors"

	"embedded-cluster.towpath.dev/internal/mountplan"
)

var errLinuxOnly = errors.New("there are mount namespaces on Linux only")

func enterRoot([]mountplan.Mount, string) error { return errLinuxOnly }

func dropCapabilities() error { return errLinuxOnly }
