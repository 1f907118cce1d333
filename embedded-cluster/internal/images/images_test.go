package images

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

func TestNormalize(t *testing.T) {
	for _, row := range []struct{ ref, want string }{
		{"nginx", "docker.io/library/nginx:latest"},
		{"nginx:1.2", "docker.io/library/nginx:1.2"},
		{"me/app", "docker.io/me/app:latest"},
		{"index.docker.io/me/app", "docker.io/me/app:latest"},
		{"localhost/app:1", "localhost/app:1"},
		{"registry.example:5000/a/b", "registry.example:5000/a/b:latest"},
		{"registry.example:5000/a/b:v1", "registry.example:5000/a/b:v1"},
		{"app@" + digest, "docker.io/library/app@" + digest},
		{"app:v1@" + digest, "docker.io/library/app@" + digest},
	} {
		if got, err := Normalize(row.ref); err != nil || got != row.want {
			t.Errorf("%s: got %q, %v; want %q", row.ref, got, err, row.want)
		}
	}
	for _, ref := range []string{"", "Upper/Case", "app:", "a b", "app@sha256:12", "https://registry.example/app"} {
		if got, err := Normalize(ref); err == nil {
			t.Errorf("%q is accepted as %q", ref, got)
		}
	}
}

// storeOf writes a list of images, each a folder that is named by the second word of a pair.
func storeOf(t *testing.T, pairs ...string) (Store, string) {
	t.Helper()
	root := t.TempDir()
	list := map[string]map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		dir := filepath.Join(root, pairs[i+1])
		if err := os.MkdirAll(filepath.Join(dir, "bin"), 0o700); err != nil {
			t.Fatal(err)
		}
		list[pairs[i]] = map[string]string{"dir": dir}
	}
	data, err := json.Marshal(map[string]any{"images": list})
	if err != nil {
		t.Fatal(err)
	}
	store := Store{File: filepath.Join(root, "images.json")}
	if err := os.WriteFile(store.File, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return store, root
}

func TestFind(t *testing.T) {
	store, _ := storeOf(t, "nginx", "latest", "nginx:1", "one", "registry.example/app:v1", "app",
		"docker.io/library/twice:1", "twice-long", "twice:1", "twice-short", "pinned@"+digest, "pinned")
	for _, row := range []struct{ ref, want string }{
		{"nginx", "latest"},
		{"nginx:latest", "latest"},
		{"docker.io/library/nginx", "latest"},
		{"nginx:1", "one"},
		{"registry.example/app:v1", "app"},
		{"twice:1", "twice-short"},
		{"docker.io/library/twice:1", "twice-long"},
		{"library/twice:1", "twice-long"},
		{"pinned:whatever@" + digest, "pinned"},
		{"nginx:2", ""},
		{"registry.example/app", ""},
		{"other.example/app:v1", ""},
		{"pinned", ""},
	} {
		image, err := store.Find(row.ref)
		if row.want == "" {
			if !errors.Is(err, ErrUnknown) {
				t.Errorf("%s: got %v, %v; want it unknown", row.ref, image.Dir, err)
			}
			continue
		}
		if err != nil || filepath.Base(image.Dir) != row.want {
			t.Errorf("%s: got %q, %v; want %q", row.ref, image.Dir, err, row.want)
		}
	}
}

func TestFindSaysWhatIsWrong(t *testing.T) {
	store, root := storeOf(t, "app", "app", "gone", "gone", "file", "file", "typo", "typo", "nowhere", "nowhere", "outside", "outside")
	for name, content := range map[string]string{"file": "", "typo/image.json": `{"cmd": ["sh"]}`, "app/image.json": `{`,
		"nowhere/image.json": `{"workingDir": "none"}`, "outside/image.json": `{"workingDir": ".."}`} {
		path := filepath.Join(root, name)
		if name == "file" {
			if err := os.RemoveAll(path); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.RemoveAll(filepath.Join(root, "gone")); err != nil {
		t.Fatal(err)
	}
	broken := filepath.Join(root, "broken.json")
	if err := os.WriteFile(broken, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		store Store
		ref   string
		want  string
	}{
		{store, "nobody/knows:1", `image "nobody/knows:1" is not registered on this machine; register a folder as this image with "towpath images add nobody/knows:1 DIR"`},
		{store, "gone", "no such file or directory"},
		{store, "file", "is not a folder"},
		{store, "typo", `image.json: json: unknown field "cmd"`},
		{store, "app", "image.json: unexpected EOF"},
		{store, "nowhere", `image.json: workingDir "none" is not a folder of the image`},
		{store, "outside", `image.json: workingDir ".." is not a folder of the image`},
		{store, "NO GOOD", "invalid image name"},
		{Store{File: broken}, "app", "broken.json: unexpected end of JSON input"},
		{Store{}, "app", "is not registered"},
		{Store{File: filepath.Join(root, "none.json")}, "app", "is not registered"},
	} {
		if _, err := row.store.Find(row.ref); err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: got %v; want %q", row.ref, err, row.want)
		}
	}
}

func TestFindReadsTheListEachTime(t *testing.T) {
	store, _ := storeOf(t)
	if _, err := store.Find("app"); !errors.Is(err, ErrUnknown) {
		t.Fatal(err)
	}
	other, _ := storeOf(t, "app", "app")
	if err := os.Rename(other.File, store.File); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Find("app"); err != nil {
		t.Error(err)
	}
}

func TestCommandLine(t *testing.T) {
	both := Defaults{Command: []string{"entry"}, Args: []string{"default"}}
	argsOnly := Defaults{Args: []string{"serve", "--now"}}
	for _, row := range []struct {
		name          string
		image         Defaults
		command, args []string
		want          string
	}{
		{"image alone", both, nil, nil, "entry default"},
		{"args replace args", both, nil, []string{"mine"}, "entry mine"},
		{"command replaces both", both, []string{"other"}, nil, "other"},
		{"command and args", both, []string{"other"}, []string{"mine"}, "other mine"},
		{"image has args only", argsOnly, nil, nil, "serve --now"},
		{"args replace the image's only words", argsOnly, nil, []string{"ls"}, "ls"},
		{"nothing anywhere", Defaults{}, nil, nil, ""},
		{"an empty program", Defaults{}, []string{""}, nil, ""},
	} {
		got, err := row.image.CommandLine(row.command, row.args)
		if want := strings.Fields(row.want); !slices.Equal(got, want) || (err != nil) != (len(want) == 0) {
			t.Errorf("%s: got %q, %v; want %q", row.name, got, err, want)
		}
	}
	if both.Args[0] != "default" || len(both.Command) != 1 {
		t.Error("the image's defaults were changed")
	}
}
