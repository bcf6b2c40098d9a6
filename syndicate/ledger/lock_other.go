//go:build !unix

package ledger

import (
	"os"
	"path/filepath"
)

// lockDir has no lock to take on this system: that no other process has the ledger open is
// the operator's care.
func lockDir(dir string) (*os.File, error) {
	return os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
}
