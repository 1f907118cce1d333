package images

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// An Image is a folder. Its bin/ comes first on PATH; what it says in image.json holds where a pod says nothing.
type Image struct {
	Name string // the normalized reference
	Dir  string
	Defaults
}

// Defaults is image.json: what a Dockerfile calls ENTRYPOINT, CMD, ENV and WORKDIR.
type Defaults struct {
	Command    []string          `json:"command"`
	Args       []string          `json:"args"`
	Env        map[string]string `json:"env"`
	WorkingDir string            `json:"workingDir"`
}

func readDefaults(file string) (Defaults, error) {
	var d Defaults
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return d, nil
	}
	if err != nil {
		return d, err
	}
	in := json.NewDecoder(bytes.NewReader(data))
	in.DisallowUnknownFields() // "cmd" for "command" would otherwise be a default that silently does nothing
	if err := in.Decode(&d); err != nil {
		return d, fmt.Errorf("%s: %w", file, err)
	}
	return d, nil
}

// checkWorkingDir wants a relative one to be a folder of the image: it cannot be made there.
func (i Image) checkWorkingDir() error {
	dir := i.WorkingDir
	if dir == "" || filepath.IsAbs(dir) {
		return nil
	}
	info, err := os.Stat(filepath.Join(i.Dir, dir))
	if err != nil || !info.IsDir() || !filepath.IsLocal(dir) {
		return fmt.Errorf("image.json: workingDir %q is not a folder of the image", dir)
	}
	return nil
}

// ErrNoCommand means that neither the pod nor the image says what to run.
var ErrNoCommand = errors.New("no command specified: neither the pod nor the image's image.json has one")

// CommandLine joins what the pod says with what the image says, as Kubernetes does: the pod's command replaces the
// image's command and args; the pod's args alone replace the image's args.
func (d Defaults) CommandLine(command, args []string) ([]string, error) {
	if len(command) == 0 {
		command = d.Command
		if len(args) == 0 {
			args = d.Args
		}
	}
	line := make([]string, 0, len(command)+len(args))
	line = append(append(line, command...), args...)
	if len(line) == 0 || line[0] == "" {
		return nil, ErrNoCommand
	}
	return line, nil
}
