// Package process tells processes apart, also from later ones that were given the same number.
package process

import (
	"encoding/json"
	"fmt"
	"os"

	"embedded-cluster.towpath.dev/internal/atomicfile"
)

// A Record is what is kept of a container's first process, so that it can be found after a crash.
type Record struct {
	// PID is the number of the process, of its session and of its process group.
	PID int `json:"pid"`
	// StartTime is when the process began, in the system's own words; it is only ever compared.
	StartTime string `json:"startTime"`
	// MountNamespace names the mount namespace that the container has to itself; empty if it has none.
	MountNamespace string `json:"mountNamespace,omitempty"`
}

// Observe records a process that cannot end unnoticed meanwhile: a child that has not been waited for. isolated says that it has
// a mount namespace to itself.
func Observe(pid int, isolated bool) (Record, error) {
	record := Record{PID: pid}
	var err error
	if record.StartTime, err = StartTime(pid); err == nil && isolated {
		record.MountNamespace, err = mountNamespace(pid)
	}
	return record, err
}

// Write keeps the record in a file, for ReadRecord.
func (r Record) Write(name string) error {
	data, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return atomicfile.Replace(name, data, 0o600)
}

// ReadRecord reads what Write wrote.
func ReadRecord(name string) (Record, error) {
	var record Record
	data, err := os.ReadFile(name)
	if err != nil {
		return record, err
	}
	if err := json.Unmarshal(data, &record); err != nil {
		return Record{}, fmt.Errorf("%s: %w", name, err)
	}
	return record, nil
}

// Alive says whether the very process of the record runs, and not another one with its number.
func (r Record) Alive() bool {
	if r.PID <= 1 || r.StartTime == "" {
		return false
	}
	start, err := StartTime(r.PID)
	return err == nil && start == r.StartTime
}
