package node

import (
	"fmt"
	"strconv"

	v1 "k8s.io/api/core/v1"
	"k8s.io/kubernetes/third_party/forked/golang/expansion"
	"k8s.io/utils/ptr"
)

// environment is what the manifest says about a container's variables, and where the API server is.
func (p *pod) environment(c *v1.Container) (map[string]string, error) {
	env := map[string]string{}
	for _, source := range c.EnvFrom {
		values, err := p.envFrom(source)
		if err != nil {
			return nil, err
		}
		for name, value := range values {
			env[source.Prefix+name] = value
		}
	}
	port := strconv.Itoa(p.node.APIPort)
	services := map[string]string{"KUBERNETES_SERVICE_HOST": "127.0.0.1", "KUBERNETES_SERVICE_PORT": port, "KUBERNETES_SERVICE_PORT_HTTPS": port}
	known := expansion.MappingFuncFor(env, services) // sees what is added to env below
	for _, e := range c.Env {
		value, set := expansion.Expand(e.Value, known), true
		if e.Value == "" && e.ValueFrom != nil {
			var err error
			if value, set, err = p.valueFrom(c, e.ValueFrom); err != nil {
				return nil, fmt.Errorf("env %s: %w", e.Name, err)
			}
		}
		if set {
			env[e.Name] = value
		}
	}
	for name, value := range services {
		if _, set := env[name]; !set {
			env[name] = value
		}
	}
	return env, nil
}

func (p *pod) envFrom(source v1.EnvFromSource) (map[string]string, error) {
	switch {
	case source.ConfigMapRef != nil:
		object, err := p.configMap(source.ConfigMapRef.Name, source.ConfigMapRef.Optional)
		return object.Data, err
	case source.SecretRef != nil:
		object, err := p.secret(source.SecretRef.Name, source.SecretRef.Optional)
		values := map[string]string{}
		for name, value := range object.Data {
			values[name] = string(value)
		}
		return values, err
	}
	return nil, nil
}

// valueFrom returns false for an optional value that is not there: then the variable is not set at all.
func (p *pod) valueFrom(c *v1.Container, from *v1.EnvVarSource) (string, bool, error) {
	switch {
	case from.FieldRef != nil:
		value, err := p.field(from.FieldRef.FieldPath)
		return value, true, err
	case from.ResourceFieldRef != nil:
		value, err := p.resource(c, from.ResourceFieldRef)
		return value, true, err
	case from.ConfigMapKeyRef != nil:
		ref := from.ConfigMapKeyRef
		object, err := p.configMap(ref.Name, ref.Optional)
		value, found := object.Data[ref.Key]
		return pick(value, found, err, ref.Optional, fmt.Sprintf("key %s in ConfigMap %s/%s", ref.Key, p.api.Namespace, ref.Name))
	case from.SecretKeyRef != nil:
		ref := from.SecretKeyRef
		object, err := p.secret(ref.Name, ref.Optional)
		value, found := object.Data[ref.Key]
		return pick(string(value), found, err, ref.Optional, fmt.Sprintf("key %s in Secret %s/%s", ref.Key, p.api.Namespace, ref.Name))
	}
	return "", false, fmt.Errorf("the process node does not know this kind of source")
}

func pick(value string, found bool, err error, optional *bool, what string) (string, bool, error) {
	if err == nil && !found && !ptr.Deref(optional, false) {
		err = fmt.Errorf("couldn't find %s", what)
	}
	return value, found, err
}
