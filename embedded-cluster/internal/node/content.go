package node

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	v1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"
)

// content is the files of a volume by their paths in it.
type content map[string]file

type file struct {
	data []byte
	mode os.FileMode
}

// write puts the files into the directory. Each appears at once and whole, also where there was one before.
func (c content) write(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for name, f := range c {
		if !filepath.IsLocal(name) {
			return fmt.Errorf("%q leads out of the volume", name)
		}
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := f.write(path); err != nil {
			return err
		}
	}
	return nil
}

func (f file) write(path string) error {
	temp, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	_, err = temp.Write(f.data)
	if err = errors.Join(err, temp.Chmod(f.mode), temp.Close()); err != nil {
		return err
	}
	return os.Rename(temp.Name(), path)
}

// contentOf reads what a volume is made of.
func (p *pod) contentOf(v *v1.Volume) (content, error) {
	switch {
	case v.ConfigMap != nil:
		return p.configMapFiles(v.ConfigMap.Name, v.ConfigMap.Items, v.ConfigMap.Optional, v.ConfigMap.DefaultMode)
	case v.Secret != nil:
		return p.secretFiles(v.Secret.SecretName, v.Secret.Items, v.Secret.Optional, v.Secret.DefaultMode)
	case v.DownwardAPI != nil:
		return p.downwardFiles(v.DownwardAPI.Items, v.DownwardAPI.DefaultMode)
	case v.Projected != nil:
		return p.projectedFiles(v.Projected)
	}
	return nil, errors.New("the process node does not have this kind of volume")
}

func (p *pod) configMapFiles(name string, items []v1.KeyToPath, optional *bool, mode *int32) (content, error) {
	object, err := p.configMap(name, optional)
	if err != nil {
		return nil, err
	}
	data := map[string][]byte{}
	for key, value := range object.Data {
		data[key] = []byte(value)
	}
	for key, value := range object.BinaryData {
		data[key] = value
	}
	return filesOf(data, items, optional, mode)
}

func (p *pod) secretFiles(name string, items []v1.KeyToPath, optional *bool, mode *int32) (content, error) {
	object, err := p.secret(name, optional)
	if err != nil {
		return nil, err
	}
	return filesOf(object.Data, items, optional, mode)
}

// filesOf makes a file of each key, or of those only that items name.
func filesOf(data map[string][]byte, items []v1.KeyToPath, optional *bool, mode *int32) (content, error) {
	files := content{}
	if len(items) == 0 {
		for key, value := range data {
			files[key] = file{value, modeOf(nil, mode)}
		}
		return files, nil
	}
	for _, item := range items {
		value, found := data[item.Key]
		if !found && ptr.Deref(optional, false) {
			continue
		}
		if !found {
			return nil, fmt.Errorf("references non-existent key: %s", item.Key)
		}
		files[item.Path] = file{value, modeOf(item.Mode, mode)}
	}
	return files, nil
}

// modeOf is the item's own mode, or the volume's, or the default of Kubernetes.
func modeOf(own, volumes *int32) os.FileMode {
	return os.FileMode(ptr.Deref(own, ptr.Deref(volumes, v1.ConfigMapVolumeSourceDefaultMode))).Perm()
}

func (p *pod) downwardFiles(items []v1.DownwardAPIVolumeFile, mode *int32) (content, error) {
	files := content{}
	for _, item := range items {
		var value string
		var err error
		if item.FieldRef != nil {
			value, err = p.field(item.FieldRef.FieldPath)
		} else if item.ResourceFieldRef != nil {
			value, err = p.resource(nil, item.ResourceFieldRef)
		}
		if err != nil {
			return nil, err
		}
		files[item.Path] = file{[]byte(value), modeOf(item.Mode, mode)}
	}
	return files, nil
}
