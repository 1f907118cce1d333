package state

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"

	"embedded-cluster.towpath.dev/internal/atomicfile"
)

// TokenFile is the API server's list of static tokens.
func (d Dir) TokenFile() string { return d.Path("tokens.csv") }

// Token is the administrator's; it is made once.
func (d Dir) Token() (string, error) {
	data, err := os.ReadFile(d.TokenFile())
	if err == nil {
		token, _, ok := strings.Cut(string(data), ",")
		if !ok || token == "" {
			return "", fmt.Errorf("%s does not hold a token", d.TokenFile())
		}
		return token, nil
	}
	if !errors.Is(err, os.ErrNotExist) {
		return "", err
	}
	random := make([]byte, 24)
	rand.Read(random) // never fails: see its documentation
	token := hex.EncodeToString(random)
	return token, atomicfile.Write(d.TokenFile(), []byte(token+",admin,admin,system:masters\n"), 0o600)
}
