package node

import (
	"fmt"
	"strconv"
	"strings"

	v1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/kubernetes/pkg/fieldpath"
	"k8s.io/utils/ptr"
)

// configMap returns an empty object if an optional one is not there.
func (p *pod) configMap(name string, optional *bool) (*v1.ConfigMap, error) {
	object, err := p.node.Client.CoreV1().ConfigMaps(p.api.Namespace).Get(p.node.ctx, name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) && ptr.Deref(optional, false) {
		err = nil
	}
	if err != nil || object == nil {
		object = &v1.ConfigMap{}
	}
	return object, err
}

// secret does the same for secrets.
func (p *pod) secret(name string, optional *bool) (*v1.Secret, error) {
	object, err := p.node.Client.CoreV1().Secrets(p.api.Namespace).Get(p.node.ctx, name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) && ptr.Deref(optional, false) {
		err = nil
	}
	if err != nil || object == nil {
		object = &v1.Secret{}
	}
	return object, err
}

// field is what a fieldRef says of the pod.
func (p *pod) field(path string) (string, error) {
	switch path {
	case "spec.nodeName":
		return p.api.Spec.NodeName, nil
	case "spec.serviceAccountName":
		return p.api.Spec.ServiceAccountName, nil
	case "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs":
		return "127.0.0.1", nil
	}
	return fieldpath.ExtractFieldPathAsString(p.api, path)
}

// resource is what a resourceFieldRef says of a container. A limit that is not set is the node's capacity.
func (p *pod) resource(c *v1.Container, ref *v1.ResourceFieldSelector) (string, error) {
	if ref.ContainerName != "" && (c == nil || ref.ContainerName != c.Name) {
		if c = p.containerNamed(ref.ContainerName); c == nil {
			return "", fmt.Errorf("no container %q", ref.ContainerName)
		}
	}
	if c == nil {
		return "", fmt.Errorf("%s: no container is named", ref.Resource)
	}
	list, name, _ := strings.Cut(ref.Resource, ".")
	quantity, set := c.Resources.Requests[v1.ResourceName(name)]
	if list == "limits" {
		if quantity, set = c.Resources.Limits[v1.ResourceName(name)]; !set {
			quantity = p.node.capacity()[v1.ResourceName(name)]
		}
	}
	divisor := ref.Divisor
	if divisor.IsZero() {
		divisor = resource.MustParse("1")
	}
	if name == "cpu" {
		return ceilDiv(quantity.MilliValue(), divisor.MilliValue()), nil
	}
	return ceilDiv(quantity.Value(), divisor.Value()), nil
}

func ceilDiv(a, b int64) string { return strconv.FormatInt((a+b-1)/b, 10) }

func (p *pod) containerNamed(name string) *v1.Container {
	for _, list := range [][]v1.Container{p.api.Spec.InitContainers, p.api.Spec.Containers} {
		for i := range list {
			if list[i].Name == name {
				return &list[i]
			}
		}
	}
	return nil
}
