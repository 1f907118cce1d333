package node

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/fake"
	clienttesting "k8s.io/client-go/testing"
)

// The API server finds the new log server as soon as the node is registered, and asks for logs of earlier instances.
func TestALogIsNotDeniedBeforeThePodsAreRead(t *testing.T) {
	api := newAPI("a", "", func(p *v1.Pod) { p.Status.Phase = v1.PodSucceeded })
	config := newConfig(t, api)
	server := httptest.NewTLSServer(nil)
	t.Cleanup(server.Close)
	config.TLS = &tls.Config{Certificates: server.TLS.Certificates}
	log := (&Node{Config: config}).dirOf(api.UID).log("main", 0)
	if err := os.MkdirAll(filepath.Dir(log), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(log, []byte("2026-01-01T00:00:00.000000000Z stdout F hello\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var port int32
	ask := func(pod string) string {
		answer, err := server.Client().Get(fmt.Sprintf("https://127.0.0.1:%d/containerLogs/ns/%s/main", port, pod))
		if err != nil {
			return err.Error()
		}
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		return fmt.Sprint(answer.StatusCode, " ", string(text), err)
	}
	meanwhile := ""
	fakeAPI := config.Client.(*fake.Clientset)
	fakeAPI.PrependReactor("update", "nodes", func(action clienttesting.Action) (bool, runtime.Object, error) {
		port = action.(clienttesting.UpdateAction).GetObject().(*v1.Node).Status.DaemonEndpoints.KubeletEndpoint.Port
		return false, nil, nil
	})
	fakeAPI.PrependReactor("list", "pods", func(clienttesting.Action) (bool, runtime.Object, error) {
		meanwhile = ask("a")
		return false, nil, nil
	})
	startTestNode(t, config)
	for _, row := range []struct{ got, want string }{
		{meanwhile, fmt.Sprint(http.StatusServiceUnavailable, " this node has not read its pods yet\n<nil>")},
		{ask("a"), fmt.Sprint(http.StatusOK, " hello\n<nil>")},
		{ask("b"), fmt.Sprint(http.StatusNotFound, " this node has no such pod\n<nil>")},
	} {
		if row.got != row.want {
			t.Errorf("%q, and not %q", row.got, row.want)
		}
	}
}

func TestTheAPIServerIsToldWhereToAskForLogs(t *testing.T) {
	free := func() int {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer listener.Close()
		return listener.Addr().(*net.TCPAddr).Port
	}
	port, other, way := free(), free(), free()
	for _, row := range []struct {
		name                          string
		port, announced, told, served int // 0 is whatever is told
	}{
		{name: "a free port"},
		{name: "the port that is given", port: port, told: port, served: port},
		{name: "a way to the port that is given", port: other, announced: way, told: way, served: other},
	} {
		t.Run(row.name, func(t *testing.T) {
			config := newConfig(t)
			config.LogPort, config.AnnouncedLogPort = row.port, row.announced
			startTestNode(t, config)
			object, err := config.Client.CoreV1().Nodes().Get(t.Context(), Name, metav1.GetOptions{})
			if err != nil {
				t.Fatal(err)
			}
			told := int(object.Status.DaemonEndpoints.KubeletEndpoint.Port)
			if told == 0 || row.told != 0 && told != row.told {
				t.Errorf("the API server is told %d, and not %d", told, row.told)
			}
			served := row.served
			if served == 0 {
				served = told
			}
			connection, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", served))
			if err != nil {
				t.Fatal(err)
			}
			_ = connection.Close()
		})
	}
}
