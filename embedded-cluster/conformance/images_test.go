package conformance

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	batchv1 "k8s.io/api/batch/v1"
	v1 "k8s.io/api/core/v1"
)

func touch(t *testing.T, name string) { write(t, name, "", 0o644) }

func write(t *testing.T, name, content string, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), mode); err != nil {
		t.Fatal(err)
	}
}

// waitsFor checks that the main container waits for one of the reasons.
func waitsFor(p v1.Pod, reasons ...string) error {
	for _, c := range p.Status.ContainerStatuses {
		if c.State.Waiting != nil && slices.Contains(reasons, c.State.Waiting.Reason) {
			return nil
		}
	}
	return fmt.Errorf("%+v", p.Status.ContainerStatuses)
}

func waiting(p v1.Pod) v1.ContainerStateWaiting { return *p.Status.ContainerStatuses[0].State.Waiting }

// These tests change the list of images, and so have a cluster of their own.
func TestConformanceImages(t *testing.T) {
	c := lifecycle(t)
	write(t, c.path("images/app/bin/app"), "#!/bin/sh\necho app $0 \"$@\" in $PWD: $COLOUR $SIZE\n", 0o755)
	write(t, c.path("images/app/bin/ls"), "#!/bin/sh\necho not the ls of the machine\n", 0o755)
	write(t, c.path("images/app/data/f"), "data of the image\n", 0o644)
	write(t, c.path("images/app/image.json"), `{"command": ["app", "$(COLOUR)"], "args": ["a b"],
		"env": {"COLOUR": "red", "SIZE": "1"}, "workingDir": "data"}`, 0o644)
	touch(t, c.path("images/plain/bin/x"))
	write(t, c.path("images/typo/image.json"), `{"cmd": ["x"]}`, 0o644)
	if err := c.start(); err != nil {
		t.Fatal(err)
	}
	t.Run("an image that nobody has registered is not pulled, until somebody does", func(t *testing.T) {
		w := c.world(t)
		main := shell("echo started")
		main.Image = "me/app:2"
		w.create(newJob("later", main))
		p := w.until("later", "backs off", func(p v1.Pod) error { return waitsFor(p, "ImagePullBackOff") })
		const want = `image "me/app:2" is not registered on this machine; register a folder as this image with "towpath images add me/app:2 DIR"`
		if got := waiting(p).Message; !strings.HasSuffix(got, want) || !strings.HasPrefix(got, `Back-off pulling image "me/app:2": ErrImagePull: `) {
			t.Errorf("message %q", got)
		}
		if err := c.register(map[string]string{"me/app:2": "plain"}); err != nil {
			t.Fatal(err)
		}
		w.ends("later", batchv1.JobComplete)
		expect(t, "log", w.logs("later"), "started\n")
		expect(t, "image id", w.thePod("later").Status.ContainerStatuses[0].ImageID, "folder://"+c.path("images/plain"))
	})
	if err := c.register(map[string]string{"app": "app", "registry.example/plain:v1": "plain", "typo": "typo", "gone": "gone"}); err != nil {
		t.Fatal(err)
	}
	for i, row := range []struct {
		name string
		edit func(*v1.Container)
		want string
	}{
		{"the image's defaults", func(*v1.Container) {}, "app /image/bin/app $(COLOUR) a b in /image/data: red 1\n"},
		{"another spelling", func(c *v1.Container) { c.Image = "docker.io/library/app:latest" }, "app /image/bin/app $(COLOUR) a b in /image/data: red 1\n"},
		{"args", func(c *v1.Container) { c.Args = []string{"mine"} }, "app /image/bin/app $(COLOUR) mine in /image/data: red 1\n"},
		{"command", func(c *v1.Container) { c.Command = []string{"app", "other"} }, "app /image/bin/app other in /image/data: red 1\n"},
		{"env", func(c *v1.Container) { c.Env = []v1.EnvVar{{Name: "COLOUR", Value: "blue"}} }, "app /image/bin/app blue a b in /image/data: blue 1\n"},
		{"working directory", func(c *v1.Container) { c.WorkingDir = "/srv/new" }, "app /image/bin/app $(COLOUR) a b in /srv/new: red 1\n"},
		{"bin comes first", func(c *v1.Container) { c.Command = []string{"ls"} }, "not the ls of the machine\n"},
		{"the folder is at /image", func(c *v1.Container) { c.Command = []string{"cat", "/image/data/f"} }, "data of the image\n"},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := c.world(t)
			main := v1.Container{Name: "main", Image: "app"}
			row.edit(&main)
			expect(t, "log", w.output(newJob(fmt.Sprintf("j%d", i), main)), row.want)
		})
	}
	for _, row := range []struct {
		name, reason, message string
		edit                  func(*v1.Container)
	}{
		{"another tag", "ImagePullBackOff", "is not registered", func(c *v1.Container) { c.Image = "app:v2" }},
		{"a registry in front", "ImagePullBackOff", "is not registered", func(c *v1.Container) { c.Image = "registry.example/app" }},
		{"no tag means latest", "ImagePullBackOff", "is not registered", func(c *v1.Container) { c.Image = "registry.example/plain" }},
		{"no pulling wanted", "ErrImageNeverPull", "is not registered", func(c *v1.Container) { c.Image, c.ImagePullPolicy = "none", v1.PullNever }},
		{"no reference", "InvalidImageName", "couldn't parse image name", func(c *v1.Container) { c.Image = "Not/A:Reference" }},
		{"a mistake in image.json", "ImagePullBackOff", `unknown field "cmd"`, func(c *v1.Container) { c.Image = "typo" }},
		{"a folder that is gone", "ImagePullBackOff", "no such file or directory", func(c *v1.Container) { c.Image = "gone" }},
		{"no command anywhere", "CreateContainerError", "no command specified", func(c *v1.Container) { c.Image = "registry.example/plain:v1"; c.Command = nil }},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := c.world(t)
			main := shell("true")
			row.edit(&main)
			w.create(newJob("stuck", main))
			p := w.until("stuck", "waits", func(p v1.Pod) error { return waitsFor(p, row.reason) })
			if got := waiting(p).Message; !strings.Contains(got, row.message) {
				t.Errorf("message %q", got)
			}
			w.deleted("stuck")
		})
	}
}
