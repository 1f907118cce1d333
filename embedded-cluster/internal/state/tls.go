package state

import (
	"crypto/tls"
	"crypto/x509"
)

// LogServerTLS is the identity of the node's log server, which answers to the API server only.
func (d Dir) LogServerTLS(caPEM []byte) (*tls.Config, error) {
	pair, err := tls.LoadX509KeyPair(d.Path(ServingCert), d.Path(ServingKey))
	if err != nil {
		return nil, err
	}
	clients := x509.NewCertPool()
	clients.AppendCertsFromPEM(caPEM)
	return &tls.Config{Certificates: []tls.Certificate{pair}, ClientCAs: clients,
		ClientAuth: tls.RequireAndVerifyClientCert, MinVersion: tls.VersionTLS12}, nil
}
