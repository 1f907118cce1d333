package state

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

func open(t *testing.T) Dir {
	t.Helper()
	d, unlock, err := Open(filepath.Join(t.TempDir(), "state"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := unlock(); err != nil {
			t.Error(err)
		}
	})
	return d
}

func TestOpenLetsOneProcessIn(t *testing.T) {
	name := filepath.Join(t.TempDir(), "state")
	d, unlock, err := Open(name)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(string(d)); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", info, err)
	}
	if _, _, err := Open(name); err == nil || !strings.HasSuffix(err.Error(), "another embedded cluster runs on this state directory") {
		t.Errorf("a second one: %v", err)
	}
	if err := unlock(); err != nil {
		t.Fatal(err)
	}
	_, unlock, err = Open(name)
	if err != nil {
		t.Fatalf("after it: %v", err)
	}
	if err := unlock(); err != nil {
		t.Error(err)
	}
}

func TestOpenRefusesAPathThatIsTooLongForASocket(t *testing.T) {
	name := filepath.Join(t.TempDir(), strings.Repeat("x", 100))
	if _, _, err := Open(name); err == nil || !strings.Contains(err.Error(), "is longer than 97 characters") {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(name); err == nil {
		t.Error("it was made")
	}
}

// portAfter listens and stops listening.
func portAfter(t *testing.T, d Dir, wanted int) int {
	t.Helper()
	l, err := d.Listen(wanted)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return PortOf(l)
}

func TestThePortIsKept(t *testing.T) {
	d := open(t)
	first := portAfter(t, d, 0)
	if again := portAfter(t, d, 0); again != first {
		t.Errorf("first %d, then %d", first, again)
	}
	other := portAfter(t, open(t), 0)
	if got := portAfter(t, d, other); got != other {
		t.Errorf("wanted %d, got %d", other, got)
	}
	if again := portAfter(t, d, 0); again != first {
		t.Errorf("a port that was given once replaces the kept one: %d instead of %d", again, first)
	}
}

func TestAKeptPortThatIsTakenIsReplaced(t *testing.T) {
	d := open(t)
	first := portAfter(t, d, 0)
	taker, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(first))
	if err != nil {
		t.Fatal(err)
	}
	second := portAfter(t, d, 0)
	if err := taker.Close(); err != nil {
		t.Fatal(err)
	}
	if third := portAfter(t, d, 0); second == first || third != second {
		t.Errorf("%d, %d, %d", first, second, third)
	}
	if l, err := d.Listen(second); err != nil {
		t.Error(err)
	} else if _, err := d.Listen(second); err == nil {
		t.Error("a port that was asked for and is taken is replaced silently")
	} else if err := l.Close(); err != nil {
		t.Error(err)
	}
}

func TestAPortFileWithoutAPortIsReported(t *testing.T) {
	d := open(t)
	for _, content := range []string{"", "x", "0", "70000"} {
		if err := os.WriteFile(d.Path("port"), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Listen(0); err == nil || !strings.Contains(err.Error(), "does not hold a port number") {
			t.Errorf("%q: %v", content, err)
		}
	}
}

func TestTheTokenIsMadeOnce(t *testing.T) {
	d := open(t)
	first, err := d.Token()
	if err != nil || len(first) != 48 {
		t.Fatalf("%q, %v", first, err)
	}
	second, err := d.Token()
	if err != nil || second != first {
		t.Errorf("%q, %v", second, err)
	}
	line, err := os.ReadFile(d.TokenFile())
	if err != nil || string(line) != first+",admin,admin,system:masters\n" {
		t.Errorf("%q, %v", line, err)
	}
	if err := os.WriteFile(d.TokenFile(), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if token, err := d.Token(); err == nil {
		t.Errorf("an empty file gives the token %q", token)
	}
}

func TestTheKeysAreMadeOnceAndFitTogether(t *testing.T) {
	d := open(t)
	ca, err := d.EnsureKeys()
	if err != nil {
		t.Fatal(err)
	}
	again, err := d.EnsureKeys()
	if err != nil || string(again) != string(ca) {
		t.Errorf("the second time it is another authority: %v", err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(ca) {
		t.Fatal("no certificate")
	}
	for _, row := range []struct {
		cert, key, host string
		use             x509.ExtKeyUsage
	}{{ServingCert, ServingKey, "127.0.0.1", x509.ExtKeyUsageServerAuth}, {ClientCert, ClientKey, "", x509.ExtKeyUsageClientAuth}} {
		pair, err := tls.LoadX509KeyPair(d.Path(row.cert), d.Path(row.key))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := pair.Leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: row.host, KeyUsages: []x509.ExtKeyUsage{row.use}}); err != nil {
			t.Errorf("%s: %v", row.cert, err)
		}
	}
	key, err := os.ReadFile(d.Path(ServiceAccountKey))
	if block, _ := pem.Decode(key); err != nil || block == nil || block.Type != "EC PRIVATE KEY" {
		t.Errorf("%s: %v", ServiceAccountKey, err)
	}
	if _, err := d.LogServerTLS(ca); err != nil {
		t.Error(err)
	}
}

func TestKeysThatWereHalfMadeAreMadeAnew(t *testing.T) {
	d := open(t)
	first, err := d.EnsureKeys()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(d.Path(CACert)); err != nil { // it is written last
		t.Fatal(err)
	}
	second, err := d.EnsureKeys()
	if err != nil || string(second) == string(first) {
		t.Fatal(err)
	}
	if _, err := d.LogServerTLS(second); err != nil {
		t.Error(err)
	}
}

func TestAStaleKubeconfigIsRemoved(t *testing.T) {
	d := open(t)
	for range 2 { // the second time there is none
		if err := d.RemoveKubeconfig(); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(d.Kubeconfig(), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := d.RemoveKubeconfig(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(d.Kubeconfig()); !os.IsNotExist(err) {
		t.Error(err)
	}
}
