package node

import (
	"maps"
	"strings"
	"testing"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
)

func ref(name string) v1.LocalObjectReference { return v1.LocalObjectReference{Name: name} }

var (
	aConfigMap = &v1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "cm", Namespace: "ns"}, Data: map[string]string{"k": "v", "x": "from cm"},
		BinaryData: map[string][]byte{"bin": {1, 2}}}
	aSecret = &v1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "sec", Namespace: "ns"}, Data: map[string][]byte{"password": []byte("p")}}
)

func configMapKey(name, key string, optional bool) *v1.EnvVarSource {
	return &v1.EnvVarSource{ConfigMapKeyRef: &v1.ConfigMapKeySelector{LocalObjectReference: ref(name), Key: key, Optional: &optional}}
}

func secretKey(name, key string, optional bool) *v1.EnvVarSource {
	return &v1.EnvVarSource{SecretKeyRef: &v1.SecretKeySelector{LocalObjectReference: ref(name), Key: key, Optional: &optional}}
}

func TestEnvironment(t *testing.T) {
	for _, row := range []struct {
		name string
		from []v1.EnvFromSource
		env  []v1.EnvVar
		want map[string]string
		fail string
	}{
		{name: "nothing"},
		{name: "references to what is defined above, and to services",
			env:  []v1.EnvVar{{Name: "A", Value: "1"}, {Name: "B", Value: "$(A)$(C)"}, {Name: "C", Value: "$$(A) $(KUBERNETES_SERVICE_HOST)"}},
			want: map[string]string{"A": "1", "B": "1$(C)", "C": "$(A) 127.0.0.1"}},
		{name: "a variable outweighs a source",
			from: []v1.EnvFromSource{{ConfigMapRef: &v1.ConfigMapEnvSource{LocalObjectReference: ref("cm")}}, {Prefix: "S_", SecretRef: &v1.SecretEnvSource{LocalObjectReference: ref("sec")}}},
			env:  []v1.EnvVar{{Name: "x", Value: "mine, $(k)"}},
			want: map[string]string{"k": "v", "x": "mine, v", "S_password": "p"}},
		{name: "keys", env: []v1.EnvVar{{Name: "K", ValueFrom: configMapKey("cm", "k", false)}, {Name: "P", ValueFrom: secretKey("sec", "password", false)}},
			want: map[string]string{"K": "v", "P": "p"}},
		{name: "optional ones that are missing are not set",
			from: []v1.EnvFromSource{{ConfigMapRef: &v1.ConfigMapEnvSource{LocalObjectReference: ref("no"), Optional: ptr.To(true)}}},
			env:  []v1.EnvVar{{Name: "A", ValueFrom: configMapKey("cm", "no", true)}, {Name: "B", ValueFrom: secretKey("no", "no", true)}}},
		{name: "a service's variable that the manifest sets", env: []v1.EnvVar{{Name: "KUBERNETES_SERVICE_HOST", Value: "example"}},
			want: map[string]string{"KUBERNETES_SERVICE_HOST": "example"}},
		{name: "a missing key", env: []v1.EnvVar{{Name: "A", ValueFrom: configMapKey("cm", "no", false)}}, fail: "env A: couldn't find key no in ConfigMap ns/cm"},
		{name: "a missing secret", env: []v1.EnvVar{{Name: "A", ValueFrom: secretKey("no", "no", false)}}, fail: `env A: secrets "no" not found`},
		{name: "a missing source", from: []v1.EnvFromSource{{SecretRef: &v1.SecretEnvSource{LocalObjectReference: ref("no")}}}, fail: `secrets "no" not found`},
	} {
		t.Run(row.name, func(t *testing.T) {
			p := newTestPod(t, newAPI("a", ""), aConfigMap, aSecret)
			got, err := p.environment(&v1.Container{EnvFrom: row.from, Env: row.env})
			if row.fail != "" {
				if err == nil || err.Error() != row.fail {
					t.Errorf("got %v; want %s", err, row.fail)
				}
				return
			}
			want := map[string]string{"KUBERNETES_SERVICE_HOST": "127.0.0.1", "KUBERNETES_SERVICE_PORT": "6443", "KUBERNETES_SERVICE_PORT_HTTPS": "6443"}
			maps.Copy(want, row.want)
			if err != nil || !maps.Equal(got, want) {
				t.Errorf("got %v, %v; want %v", got, err, want)
			}
		})
	}
}

func TestResourceFields(t *testing.T) {
	p := newTestPod(t, newAPI("a", "", func(p *v1.Pod) {
		p.Spec.Containers[0].Resources = v1.ResourceRequirements{
			Limits:   v1.ResourceList{v1.ResourceCPU: resource.MustParse("1500m"), v1.ResourceMemory: resource.MustParse("64Mi")},
			Requests: v1.ResourceList{v1.ResourceMemory: resource.MustParse("1000")}}
	}))
	for _, row := range []struct{ field, divisor, want string }{
		{"limits.cpu", "0", "2"}, {"limits.cpu", "1m", "1500"}, {"limits.memory", "1Mi", "64"}, {"limits.memory", "0", "67108864"},
		{"requests.memory", "1Ki", "1"}, {"requests.cpu", "0", "0"},
	} {
		got, err := p.resource(nil, &v1.ResourceFieldSelector{ContainerName: "main", Resource: row.field, Divisor: resource.MustParse(row.divisor)})
		if err != nil || got != row.want {
			t.Errorf("%s / %s: got %s, %v; want %s", row.field, row.divisor, got, err, row.want)
		}
	}
	if got, err := p.resource(nil, &v1.ResourceFieldSelector{ContainerName: "other", Resource: "limits.cpu"}); err == nil {
		t.Errorf("of a container that is not there: %s", got)
	}
	if got, err := p.resource(&v1.Container{}, &v1.ResourceFieldSelector{Resource: "limits.memory"}); err != nil || strings.HasPrefix(got, "0") {
		t.Errorf("a limit that is not set is the machine's: %s, %v", got, err)
	}
}
