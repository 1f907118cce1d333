package node

import (
	"maps"
	"os"
	"path"
	"slices"

	v1 "k8s.io/api/core/v1"
	"k8s.io/kubernetes/third_party/forked/golang/expansion"

	"embedded-cluster.towpath.dev/internal/images"
	"embedded-cluster.towpath.dev/internal/launch"
)

// A containerRun is all that is known of a container that is about to start.
type containerRun struct {
	container *v1.Container
	run       int32 // how often it has been started before
	image     images.Image
	env       map[string]string // what the manifest says
}

// command says how a container is started.
func (p *pod) command(r containerRun) (launch.Command, error) {
	command := launch.Command{Isolation: p.node.Isolation, Record: p.dir.record(r.container.Name)}
	line, err := r.image.CommandLine(r.container.Command, r.container.Args)
	if err != nil {
		return command, err
	}
	// As in a kubelet, $(NAME) is replaced by what the manifest defines, not by what the image does.
	known := expansion.MappingFuncFor(r.env)
	for _, word := range line {
		command.Spec.Argv = append(command.Spec.Argv, expansion.Expand(word, known))
	}
	if err := os.MkdirAll(p.dir.container(r.container.Name), 0o700); err != nil {
		return command, err
	}
	if err := os.WriteFile(p.dir.said(r.container.Name, r.run), nil, 0o666); err != nil {
		return command, err
	}
	if command.Isolation == launch.None {
		return command, p.expose(r, &command.Spec)
	}
	return command, p.isolate(r, &command.Spec)
}

// workingDir follows the pod, then the image. A relative path, which only an image can have, starts at the image's folder.
func (r containerRun) workingDir(imageAt, otherwise string) string {
	switch dir := r.image.WorkingDir; {
	case r.container.WorkingDir != "":
		return absolute(r.container.WorkingDir)
	case dir == "":
		return otherwise
	case path.IsAbs(dir):
		return dir
	default:
		return path.Join(imageAt, dir)
	}
}

// environ joins the node's own variables with the image's and the manifest's, the later ones winning, and sorts them.
func (r containerRun) environ(own map[string]string) []string {
	joined := map[string]string{}
	for _, m := range []map[string]string{own, r.image.Env, r.env} {
		maps.Copy(joined, m)
	}
	lines := make([]string, 0, len(joined))
	for _, name := range slices.Sorted(maps.Keys(joined)) {
		lines = append(lines, name+"="+joined[name])
	}
	return lines
}

func (p *pod) hostname() string {
	if p.api.Spec.Hostname != "" {
		return p.api.Spec.Hostname
	}
	return p.api.Name[:min(len(p.api.Name), 63)]
}

// searchPath is where programs of the machine are found: what the cluster was started with.
func searchPath() string {
	if own := os.Getenv("PATH"); own != "" {
		return own
	}
	return "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
}
