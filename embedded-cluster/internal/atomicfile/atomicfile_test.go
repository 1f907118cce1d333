package atomicfile

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func TestTheFileIsReplacedAndNothingElseIsLeft(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "token")
	for content, write := range map[string]func(string, []byte, fs.FileMode) error{"first": Write, "second": Replace} {
		if err := write(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(name); err != nil || string(got) != content {
			t.Fatalf("read %q, %v; want %q", got, err, content)
		}
	}
	info, err := os.Stat(name)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v; want 0600", info.Mode(), err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("the directory holds %v, %v; want the file alone", entries, err)
	}
}

func TestWriteThatFailsKeepsTheOldFile(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "state")
	if err := os.Mkdir(name, 0o700); err != nil { // a directory cannot be replaced by a file
		t.Fatal(err)
	}
	if err := Write(name, []byte("new"), 0o600); err == nil {
		t.Fatal("no error")
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 || !entries[0].IsDir() {
		t.Errorf("the directory holds %v, %v; want the old entry alone", entries, err)
	}
}

func TestMarkMayBeRepeated(t *testing.T) {
	name := filepath.Join(t.TempDir(), "started")
	for range 2 {
		if err := Mark(name); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(name); err != nil || info.Size() != 0 {
			t.Fatal(info, err)
		}
	}
	if err := Mark(filepath.Join(name, "in a file")); err == nil {
		t.Error("no error where nothing can be made")
	}
}
