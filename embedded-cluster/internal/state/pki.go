package state

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"time"

	"embedded-cluster.towpath.dev/internal/atomicfile"
)

// Files of the key pairs. Serving is the identity of the API server and of the node's log server, client that of the API server
// when it asks for a log.
const (
	CACert            = "ca.crt"
	ServingCert       = "serving.crt"
	ServingKey        = "serving.key"
	ClientCert        = "client.crt"
	ClientKey         = "client.key"
	ServiceAccountKey = "sa.key"
)

const years = 10

// EnsureKeys makes the keys and certificates once, and returns the authority's certificate. That is written last:
// if it is there, so is everything else.
func (d Dir) EnsureKeys() (caPEM []byte, err error) {
	caPEM, err = os.ReadFile(d.Path(CACert))
	if !errors.Is(err, os.ErrNotExist) {
		return caPEM, err
	}
	if _, err := d.newKey(ServiceAccountKey); err != nil {
		return nil, err
	}
	// The authority's own key is not kept: nothing is ever signed again.
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	authority := template("embedded-cluster-ca")
	authority.IsCA, authority.KeyUsage = true, x509.KeyUsageCertSign|x509.KeyUsageDigitalSignature
	if err := d.newPair(ServingCert, ServingKey, serving(), authority, key); err != nil {
		return nil, err
	}
	client := template("kube-apiserver-kubelet-client", "system:masters")
	client.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	if err := d.newPair(ClientCert, ClientKey, client, authority, key); err != nil {
		return nil, err
	}
	return d.sign(CACert, authority, key.Public().(*ecdsa.PublicKey), authority, key)
}

func template(name string, organizations ...string) *x509.Certificate {
	now := time.Now()
	return &x509.Certificate{Subject: pkix.Name{CommonName: name, Organization: organizations}, BasicConstraintsValid: true,
		NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(years, 0, 0), KeyUsage: x509.KeyUsageDigitalSignature}
}

func serving() *x509.Certificate {
	c := template("embedded-cluster")
	c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	c.DNSNames = []string{"localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"}
	c.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback, net.IPv4(10, 96, 0, 1)}
	return c
}

func (d Dir) newPair(certFile, keyFile string, cert, authority *x509.Certificate, authorityKey *ecdsa.PrivateKey) error {
	key, err := d.newKey(keyFile)
	if err != nil {
		return err
	}
	_, err = d.sign(certFile, cert, &key.PublicKey, authority, authorityKey)
	return err
}

func (d Dir) newKey(file string) (*ecdsa.PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return nil, err
	}
	return key, atomicfile.Write(d.Path(file), pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der}), 0o600)
}

func (d Dir) sign(file string, cert *x509.Certificate, key *ecdsa.PublicKey, authority *x509.Certificate, authorityKey *ecdsa.PrivateKey) ([]byte, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 62))
	if err != nil {
		return nil, err
	}
	cert.SerialNumber = serial
	der, err := x509.CreateCertificate(rand.Reader, cert, authority, key, authorityKey)
	if err != nil {
		return nil, err
	}
	data := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	return data, atomicfile.Write(d.Path(file), data, 0o600)
}
