package process

import (
	"errors"
	"os"
	"strconv"
	"strings"
)

var errGone = errors.New("the process has ended")

// stat holds the fields of /proc/PID/stat that matter here.
type stat struct {
	state     string
	group     int
	startTime string
}

// readStat fails for a process that has ended, waited for or not.
func readStat(pid int) (stat, error) {
	data, err := os.ReadFile(procFile(pid, "stat"))
	if err != nil {
		return stat{}, err
	}
	s, err := parseStat(string(data))
	if err == nil && (s.state == "Z" || s.state == "X") {
		err = errGone
	}
	return s, err
}

// parseStat counts from the end of the second field: that is the program's name, which may hold spaces and parentheses.
func parseStat(text string) (stat, error) {
	fields := strings.Fields(text[strings.LastIndexByte(text, ')')+1:])
	if len(fields) < 20 {
		return stat{}, errors.New("not a line of /proc/PID/stat: " + strconv.Quote(text))
	}
	group, err := strconv.Atoi(fields[2])
	return stat{state: fields[0], group: group, startTime: fields[19]}, err
}

// StartTime is field 22 of /proc/PID/stat: clock ticks since the machine was booted.
func StartTime(pid int) (string, error) {
	s, err := readStat(pid)
	return s.startTime, err
}

func mountNamespace(pid int) (string, error) {
	return os.Readlink(procFile(pid, "ns/mnt"))
}

func procFile(pid int, name string) string {
	return "/proc/" + strconv.Itoa(pid) + "/" + name
}
