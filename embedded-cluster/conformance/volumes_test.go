package conformance

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	authenticationv1 "k8s.io/api/authentication/v1"
	batchv1 "k8s.io/api/batch/v1"
	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/utils/ptr"
)

func (w world) configMap(name string, data map[string]string) {
	w.Helper()
	object := &v1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: name}, Data: data, BinaryData: map[string][]byte{"bin": {0xff, 0}}}
	if _, err := w.client.CoreV1().ConfigMaps(w.ns).Create(w.Context(), object, metav1.CreateOptions{}); err != nil {
		w.Fatal(err)
	}
}

func (w world) secret(name string, data map[string]string) {
	w.Helper()
	object := &v1.Secret{ObjectMeta: metav1.ObjectMeta{Name: name}, StringData: data}
	if _, err := w.client.CoreV1().Secrets(w.ns).Create(w.Context(), object, metav1.CreateOptions{}); err != nil {
		w.Fatal(err)
	}
}

func readOnly(m *v1.VolumeMount) { m.ReadOnly = true }
func subPath(path string) func(m *v1.VolumeMount) {
	return func(m *v1.VolumeMount) { m.SubPath = path }
}
func subPathExpr(e string) func(m *v1.VolumeMount) {
	return func(m *v1.VolumeMount) { m.SubPathExpr = e }
}
func reference(name string) v1.LocalObjectReference { return v1.LocalObjectReference{Name: name} }

func TestConformanceConfigMapsAndSecrets(t *testing.T) {
	w := parallel(t)
	w.configMap("cm", map[string]string{"k": "v", "other": "o"})
	w.secret("sec", map[string]string{"password": "p", "user": "u"})
	main := shell(`cat /cfg/k /cfg/other; echo; stat -c %a /cfg/k; ls /cfg
		echo; cat /one/dir/file /etc/towpath-test/secret/password; stat -c %a /one/dir/file /etc/towpath-test/secret/user
		ls -A /one /optional; cat /etc/single; echo; echo $k $OPTIONAL $P_user $KEY`)
	main.EnvFrom = []v1.EnvFromSource{{ConfigMapRef: &v1.ConfigMapEnvSource{LocalObjectReference: reference("cm")}},
		{Prefix: "P_", SecretRef: &v1.SecretEnvSource{LocalObjectReference: reference("sec")}},
		{SecretRef: &v1.SecretEnvSource{LocalObjectReference: reference("none"), Optional: ptr.To(true)}}}
	main.Env = []v1.EnvVar{
		{Name: "KEY", ValueFrom: &v1.EnvVarSource{SecretKeyRef: &v1.SecretKeySelector{LocalObjectReference: reference("sec"), Key: "password"}}},
		{Name: "OPTIONAL", ValueFrom: &v1.EnvVarSource{ConfigMapKeyRef: &v1.ConfigMapKeySelector{LocalObjectReference: reference("cm"), Key: "none", Optional: ptr.To(true)}}}}
	config := v1.VolumeSource{ConfigMap: &v1.ConfigMapVolumeSource{LocalObjectReference: reference("cm")}}
	got := w.output(newJob("files", main,
		volume("cfg", "/cfg", config),
		volume("cfg", "/etc/single", config, subPath("k")),
		volume("one", "/one", v1.VolumeSource{ConfigMap: &v1.ConfigMapVolumeSource{LocalObjectReference: reference("cm"),
			Items: []v1.KeyToPath{{Key: "k", Path: "dir/file", Mode: ptr.To[int32](0o640)}}}}),
		volume("sec", "/etc/towpath-test/secret", v1.VolumeSource{Secret: &v1.SecretVolumeSource{SecretName: "sec", DefaultMode: ptr.To[int32](0o400)}}, readOnly),
		volume("optional", "/optional", v1.VolumeSource{Secret: &v1.SecretVolumeSource{SecretName: "none", Optional: ptr.To(true)}})))
	expect(t, "log", got, "vo\n644\nbin\nk\nother\n\nvp640\n400\n/one:\ndir\n\n/optional:\nv\nv u p\n")
}

func TestConformanceWhatIsMissingIsWaitedFor(t *testing.T) {
	w := parallel(t)
	w.create(newJob("volume", shell("cat /cfg/k"), volume("cfg", "/cfg", v1.VolumeSource{ConfigMap: &v1.ConfigMapVolumeSource{LocalObjectReference: reference("cm")}})))
	main := shell("echo $k")
	main.EnvFrom = []v1.EnvFromSource{{ConfigMapRef: &v1.ConfigMapEnvSource{LocalObjectReference: reference("cm")}}}
	w.create(newJob("env", main))
	for job, reason := range map[string]string{"volume": "ContainerCreating", "env": "CreateContainerConfigError"} {
		p := w.until(job, "says what is missing", func(p v1.Pod) error {
			if err := waitsFor(p, reason); err != nil || waiting(p).Message == "" {
				return fmt.Errorf("%+v", p.Status.ContainerStatuses)
			}
			return nil
		})
		if !strings.Contains(waiting(p).Message, `configmaps "cm" not found`) {
			t.Errorf("%s: message %q", job, waiting(p).Message)
		}
	}
	w.configMap("cm", map[string]string{"k": "v"})
	for job, want := range map[string]string{"volume": "v", "env": "v\n"} {
		w.ends(job, batchv1.JobComplete)
		expect(t, job, w.logs(job), want)
	}
}

func TestConformanceVolumesAreWhereTheManifestSays(t *testing.T) {
	w := parallel(t)
	before := entries(t, "/")
	host := t.TempDir()
	touch(t, filepath.Join(host, "of-the-machine"))
	script := `set -e
		echo '{"a":1}' > /towpath/result.json; mkdir /work/sub/x; touch /etc/towpath-mirrored/f; touch /usr/share/f
		for ro in /ro /cfg-sub; do if touch $ro/x 2>/dev/null; then echo $ro is writable; exit 1; fi; done
		ls /ro; touch /host/from-the-pod; ls /usr/share; stat -f -c %T /memory; touch /memory/f
		test "$(ls /work)" = sub; ls /parts; echo data > /expr/f; cat /etc/passwd > /dev/null; pwd`
	main := shell(script)
	main.WorkingDir = "/towpath/work/dir"
	main.Env = []v1.EnvVar{{Name: "PART", Value: "two"}}
	got := w.output(newJob("places", main,
		volume("result", "/towpath", emptyDir()),
		volume("inner", "/work/sub", emptyDir()), // before the one that it lies in
		volume("outer", "/work", emptyDir()),
		volume("mirrored", "/etc/towpath-mirrored", emptyDir()),
		volume("over", "/usr/share", emptyDir()),
		volume("host", "/host", hostPath(host)),
		volume("host", "/ro", hostPath(host), readOnly),
		volume("memory", "/memory", v1.VolumeSource{EmptyDir: &v1.EmptyDirVolumeSource{Medium: v1.StorageMediumMemory}}),
		volume("parts", "/parts/one", emptyDir(), subPath("one")),
		volume("parts", "/expr", emptyDir(), subPathExpr("$(PART)")),
		volume("parts", "/cfg-sub", emptyDir(), subPath("one"), readOnly)))
	expect(t, "log", got, "of-the-machine\nf\ntmpfs\none\n/towpath/work/dir\n")
	expect(t, "the folder of the machine", strings.Join(entries(t, host), " "), "from-the-pod of-the-machine")
	if after := entries(t, "/"); !slices.Equal(before, after) {
		t.Errorf("the machine's root was %v and is %v", before, after)
	}
	for _, p := range []string{"/etc/towpath-mirrored", "/usr/share/f", "/work/sub", "/dev/termination-log"} {
		if _, err := os.Lstat(p); err == nil {
			t.Errorf("%s was made on the machine", p)
		}
	}
	uid := string(w.thePod("places").UID)
	eventually(t, "the volumes of a finished pod are removed", func() error {
		for _, p := range []string{w.path("state/pods/" + uid + "/volumes"), "/dev/shm/embedded-cluster-" + uid} {
			if _, err := os.Stat(p); !os.IsNotExist(err) {
				return fmt.Errorf("%s: %v", p, err)
			}
		}
		return nil
	})
}

func entries(t *testing.T, dir string) (names []string) {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		names = append(names, e.Name())
	}
	return names
}

func TestConformanceEachPodHasItsOwnTmp(t *testing.T) {
	w := parallel(t)
	script := `ls -A /tmp; echo x > /tmp/mine; stat -c %a /tmp; test -w /dev/null && test -r /proc/self/status && test -d /sys/kernel && echo ok > /dev/stdout`
	for i := range 2 {
		expect(t, "log", w.output(newJob(fmt.Sprintf("tmp-%d", i), shell(script))), "1777\nok\n")
	}
	if _, err := os.Stat("/tmp/mine"); err == nil {
		t.Error("a pod wrote into the machine's /tmp")
	}
}

func TestConformanceHostPathTypes(t *testing.T) {
	w := parallel(t)
	dir := t.TempDir()
	touch(t, filepath.Join(dir, "file"))
	typed := func(path string, kind v1.HostPathType) v1.VolumeSource {
		return v1.VolumeSource{HostPath: &v1.HostPathVolumeSource{Path: filepath.Join(dir, path), Type: &kind}}
	}
	got := w.output(newJob("types", shell("test -d /a && test -f /b && test -f /c && test -c /d && echo ok"),
		volume("a", "/a", typed("made", v1.HostPathDirectoryOrCreate)), volume("b", "/b", typed("made-file", v1.HostPathFileOrCreate)),
		volume("c", "/c", typed("file", v1.HostPathFile)),
		volume("d", "/d", v1.VolumeSource{HostPath: &v1.HostPathVolumeSource{Path: "/dev/null", Type: ptr.To(v1.HostPathCharDev)}})))
	expect(t, "log", got, "ok\n")
	for name, source := range map[string]v1.VolumeSource{"missing": hostPath(filepath.Join(dir, "none")), "wrong": typed("file", v1.HostPathDirectory)} {
		w.create(newJob(name, shell("true"), volume("v", "/v", source)))
		w.until(name, "says what is wrong", func(p v1.Pod) error {
			if waitsFor(p, "ContainerCreating") == nil && strings.HasPrefix(waiting(p).Message, `volume "v": `) {
				return nil
			}
			return fmt.Errorf("%+v", p.Status)
		})
		w.deleted(name)
	}
}

func TestConformanceDownwardAPI(t *testing.T) {
	w := parallel(t)
	main := shell(`cat /pod/name /pod/labels; echo; cat /pod/cpu; echo; echo $CPU $MEM $NODE $IP`)
	main.Resources = v1.ResourceRequirements{Limits: v1.ResourceList{v1.ResourceCPU: resourceOf("1500m"), v1.ResourceMemory: resourceOf("64Mi")}}
	field := func(path string) *v1.EnvVarSource {
		return &v1.EnvVarSource{FieldRef: &v1.ObjectFieldSelector{FieldPath: path}}
	}
	limit := func(name, divisor string) *v1.ResourceFieldSelector {
		return &v1.ResourceFieldSelector{ContainerName: "main", Resource: name, Divisor: resourceOf(divisor)}
	}
	main.Env = []v1.EnvVar{{Name: "CPU", ValueFrom: &v1.EnvVarSource{ResourceFieldRef: limit("limits.cpu", "1")}},
		{Name: "MEM", ValueFrom: &v1.EnvVarSource{ResourceFieldRef: limit("limits.memory", "1Mi")}},
		{Name: "NODE", ValueFrom: field("spec.nodeName")}, {Name: "IP", ValueFrom: field("status.podIP")}}
	files := v1.VolumeSource{DownwardAPI: &v1.DownwardAPIVolumeSource{Items: []v1.DownwardAPIVolumeFile{
		{Path: "name", FieldRef: &v1.ObjectFieldSelector{FieldPath: "metadata.name"}},
		{Path: "labels", FieldRef: &v1.ObjectFieldSelector{FieldPath: "metadata.labels['a']"}},
		{Path: "cpu", ResourceFieldRef: limit("limits.cpu", "1m")}}}}
	got := w.output(newJob("down", main, volume("pod", "/pod", files), func(j *batchv1.Job) { j.Spec.Template.Labels = map[string]string{"a": "b"} }))
	expect(t, "log", got, w.thePod("down").Name+"b\n1500\n2 64 local 127.0.0.1\n")
}

func TestConformanceServiceAccountToken(t *testing.T) {
	w := parallel(t)
	with := func(wanted bool) func(*batchv1.Job) {
		return pod(func(s *v1.PodSpec) { s.AutomountServiceAccountToken = &wanted })
	}
	got := w.output(newJob("without", shell("ls /var/run/secrets/kubernetes.io/serviceaccount 2>/dev/null || echo none"), with(false)))
	expect(t, "log", got, "none\n")

	dir := "/var/run/secrets/kubernetes.io/serviceaccount/"
	got = w.output(newJob("with", shell(`cd `+dir+` && cat token; echo; cat namespace; echo; cat ca.crt; touch x 2>/dev/null && echo writable
		echo https://$KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT`), with(true)))
	lines := strings.Split(strings.TrimSpace(got), "\n")
	if len(lines) < 4 {
		t.Fatalf("log %q", got)
	}
	expect(t, "namespace", lines[1], w.ns)
	ca := strings.Join(lines[2:len(lines)-1], "\n")
	client, err := kubernetes.NewForConfig(&rest.Config{Host: lines[len(lines)-1], BearerToken: lines[0],
		TLSClientConfig: rest.TLSClientConfig{CAData: []byte(ca)}})
	if err != nil {
		t.Fatal(err)
	}
	me, err := client.AuthenticationV1().SelfSubjectReviews().Create(t.Context(), &authenticationv1.SelfSubjectReview{}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	expect(t, "user", me.Status.UserInfo.Username, "system:serviceaccount:"+w.ns+":default")
	expect(t, "pod", strings.Join(me.Status.UserInfo.Extra["authentication.kubernetes.io/pod-name"], " "), w.thePod("with").Name)
}
