//go:build !linux

package process

import (
	"errors"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
)

// StartTime asks ps, which every Unix has.
func StartTime(pid int) (string, error) {
	out, err := exec.Command("ps", "-o", "lstart=", "-p", strconv.Itoa(pid)).Output()
	if err != nil {
		return "", fmt.Errorf("ps: %w", err)
	}
	if start := strings.TrimSpace(string(out)); start != "" {
		return start, nil
	}
	return "", errors.New("the process has ended")
}

func mountNamespace(int) (string, error) {
	return "", errors.New("there are mount namespaces on Linux only")
}
