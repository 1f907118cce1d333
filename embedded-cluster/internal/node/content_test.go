package node

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	v1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"
)

// listing says what lies in a directory: "path mode content" for each file.
func listing(t *testing.T, dir string) string {
	t.Helper()
	var lines []string
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		data, err := os.ReadFile(p)
		rel, _ := filepath.Rel(dir, p)
		lines = append(lines, fmt.Sprintf("%s %o %q", rel, info.Mode().Perm(), data))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "; ")
}

func TestVolumesOfObjects(t *testing.T) {
	configMap := func(items []v1.KeyToPath, optional bool, name string) v1.VolumeSource {
		return v1.VolumeSource{ConfigMap: &v1.ConfigMapVolumeSource{LocalObjectReference: ref(name), Items: items, Optional: &optional}}
	}
	for _, row := range []struct {
		name       string
		source     v1.VolumeSource
		want, fail string
	}{
		{"all keys", configMap(nil, false, "cm"), `bin 644 "\x01\x02"; k 644 "v"; x 644 "from cm"`, ""},
		{"some keys", configMap([]v1.KeyToPath{{Key: "k", Path: "a/b", Mode: ptr.To[int32](0o640)}}, false, "cm"), `a/b 640 "v"`, ""},
		{"a key that is missing", configMap([]v1.KeyToPath{{Key: "no", Path: "a"}}, false, "cm"), "", "references non-existent key: no"},
		{"an optional key", configMap([]v1.KeyToPath{{Key: "no", Path: "a"}}, true, "cm"), "", ""},
		{"an optional map", configMap(nil, true, "no"), "", ""},
		{"a map that is missing", configMap(nil, false, "no"), "", `configmaps "no" not found`},
		{"a path that leads out", configMap([]v1.KeyToPath{{Key: "k", Path: "../out"}}, false, "cm"), "", `"../out" leads out of the volume`},
		{"a secret", v1.VolumeSource{Secret: &v1.SecretVolumeSource{SecretName: "sec", DefaultMode: ptr.To[int32](0o400)}}, `password 400 "p"`, ""},
		{"several in one", v1.VolumeSource{Projected: &v1.ProjectedVolumeSource{DefaultMode: ptr.To[int32](0o600), Sources: []v1.VolumeProjection{
			{Secret: &v1.SecretProjection{LocalObjectReference: ref("sec")}},
			{ConfigMap: &v1.ConfigMapProjection{LocalObjectReference: ref("cm"), Items: []v1.KeyToPath{{Key: "k", Path: "k"}}}},
			{DownwardAPI: &v1.DownwardAPIProjection{Items: []v1.DownwardAPIVolumeFile{{Path: "name", FieldRef: &v1.ObjectFieldSelector{FieldPath: "metadata.name"}}}}},
		}}}, `k 600 "v"; name 600 "a"; password 600 "p"`, ""},
		{"a field that is none", v1.VolumeSource{DownwardAPI: &v1.DownwardAPIVolumeSource{Items: []v1.DownwardAPIVolumeFile{
			{Path: "x", FieldRef: &v1.ObjectFieldSelector{FieldPath: "spec.no"}}}}}, "", "unsupported fieldPath: spec.no"},
		{"another kind", v1.VolumeSource{NFS: &v1.NFSVolumeSource{}}, "", "the process node does not have this kind of volume"},
	} {
		t.Run(row.name, func(t *testing.T) {
			p := newTestPod(t, newAPI("a", ""), aConfigMap, aSecret)
			dir, err := p.makeVolume(&v1.Volume{Name: "v", VolumeSource: row.source})
			if row.fail != "" {
				if err == nil || err.Error() != row.fail {
					t.Errorf("got %v; want %s", err, row.fail)
				}
				return
			}
			if err != nil || listing(t, dir) != row.want {
				t.Errorf("got %s, %v; want %s", listing(t, dir), err, row.want)
			}
		})
	}
}

func TestContentIsReplacedFileByFile(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []content{{"a": {[]byte("old"), 0o400}, "b": {[]byte("kept"), 0o644}}, {"a": {[]byte("new"), 0o440}}} {
		if err := c.write(dir); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := listing(t, dir), `a 440 "new"; b 644 "kept"`; got != want {
		t.Errorf("got %s; want %s", got, want)
	}
}

func TestPartsOfVolumes(t *testing.T) {
	p := newTestPod(t, newAPI("a", ""))
	volume := t.TempDir()
	p.volumes["v"] = volume
	for _, row := range []struct {
		mount      v1.VolumeMount
		want, fail string
	}{
		{v1.VolumeMount{Name: "v"}, volume, ""},
		{v1.VolumeMount{Name: "v", SubPath: "new/dir"}, volume + "/new/dir", ""},
		{v1.VolumeMount{Name: "v", SubPathExpr: "of-$(WHO)"}, volume + "/of-me", ""},
		{v1.VolumeMount{Name: "v", SubPathExpr: "$(UP)"}, "", `"../x" leads out of the volume`},
		{v1.VolumeMount{Name: "none"}, "", `no volume "none"`},
	} {
		got, err := p.sourceOf(row.mount, map[string]string{"WHO": "me", "UP": "../x"})
		if row.fail != "" {
			if err == nil || err.Error() != row.fail {
				t.Errorf("%+v: got %v; want %s", row.mount, err, row.fail)
			}
			continue
		}
		if info, statErr := os.Stat(got); err != nil || got != row.want || statErr != nil || !info.IsDir() {
			t.Errorf("%+v: got %s, %v, %v; want %s", row.mount, got, err, statErr, row.want)
		}
	}
}
