package state

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"

	"embedded-cluster.towpath.dev/internal/atomicfile"
)

// Listen opens the API server's port on the loopback interface. Port 0 means the one of the last start, so that what people
// have copied from the kubeconfig stays true; only if that is taken, or at the first start, it is a free one, which is kept.
func (d Dir) Listen(port int) (net.Listener, error) {
	if port != 0 {
		return listen(port)
	}
	file := d.Path("port")
	kept, err := readPort(file)
	if err != nil {
		return nil, err
	}
	listener, err := listen(kept)
	if errors.Is(err, syscall.EADDRINUSE) {
		listener, err = listen(0)
	}
	if err != nil {
		return nil, err
	}
	if now := PortOf(listener); now != kept {
		if err := atomicfile.Write(file, []byte(strconv.Itoa(now)+"\n"), 0o600); err != nil {
			return nil, errors.Join(err, listener.Close())
		}
	}
	return listener, nil
}

// PortOf is the port that a listener has.
func PortOf(l net.Listener) int { return l.Addr().(*net.TCPAddr).Port }

func listen(port int) (net.Listener, error) {
	return net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
}

// readPort returns 0 if no port has been kept.
func readPort(file string) (int, error) {
	data, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	port, err := strconv.Atoi(strings.TrimSpace(string(data)))
	if err != nil || port < 1 || port > 65535 {
		return 0, fmt.Errorf("%s does not hold a port number", file)
	}
	return port, nil
}
