package process

import (
	"bytes"
	"os"
	"strconv"
)

// members lists the processes in the container's mount namespace.
func (r Record) members(mark string) ([]int, error) {
	if r.MountNamespace == "" {
		return nil, nil
	}
	proc, err := os.Open("/proc")
	if err != nil {
		return nil, err
	}
	defer proc.Close()
	names, err := proc.Readdirnames(-1)
	if err != nil {
		return nil, err
	}
	var pids []int
	for _, name := range names {
		pid, err := strconv.Atoi(name)
		if err != nil {
			continue // not a process
		}
		// Any failure below means that the process has just ended or is somebody else's.
		if ns, err := mountNamespace(pid); err != nil || ns != r.MountNamespace {
			continue
		}
		mounts, err := os.ReadFile(procFile(pid, "mountinfo"))
		if err != nil || !bytes.Contains(mounts, []byte(mark)) {
			continue
		}
		if _, err := readStat(pid); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids, nil
}
