package ledger

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// The files of the key: the secret one, and the public one that partners are given.
const (
	keyName       = "key"
	publicKeyName = "key.pub"
)

// signer is the key of a ledger.
type signer struct {
	note.Signer
	public string // the verifier key, as sumdb/note writes it
}

// openSigner reads the key of a ledger, and makes one for a ledger that is new.
func openSigner(dir, name string, isNew bool) (signer, error) {
	secret, err := os.ReadFile(filepath.Join(dir, keyName))
	switch {
	case errors.Is(err, fs.ErrNotExist) && isNew:
		return makeSigner(dir, name)
	case errors.Is(err, fs.ErrNotExist):
		return signer{}, &Damage{filepath.Join(dir, keyName), -1, -1, "the key is gone: bring it back from a backup, or move the ledger's directory away to begin a new one"}
	case err != nil:
		return signer{}, err
	}
	s, err := note.NewSigner(strings.TrimSpace(string(secret)))
	if err != nil {
		return signer{}, &Damage{filepath.Join(dir, keyName), -1, -1, "it is no signing key"} // the error could show it
	}
	public, err := readPublicKey(dir)
	return signer{s, public}, err
}

func makeSigner(dir, name string) (signer, error) {
	secret, public, err := note.GenerateKey(rand.Reader, name)
	if err != nil {
		return signer{}, err
	}
	s, err := note.NewSigner(secret)
	if err != nil {
		return signer{}, fmt.Errorf("the name %q of the ledger cannot stand in a key: %w", name, err)
	}
	if err := writeDurably(filepath.Join(dir, keyName), secret+"\n", 0o600); err != nil {
		return signer{}, err
	}
	if err := writeDurably(filepath.Join(dir, publicKeyName), public+"\n", 0o644); err != nil {
		return signer{}, err
	}
	return signer{s, public}, syncDir(dir)
}

func writeDurably(path, text string, mode fs.FileMode) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, mode)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Sync(), f.Close())
}

func readPublicKey(dir string) (string, error) {
	text, err := os.ReadFile(filepath.Join(dir, publicKeyName))
	return strings.TrimSpace(string(text)), err
}

// idOf is the id of the ledger with a public key: the hash that the key itself names.
func idOf(publicKey string) string {
	v, err := note.NewVerifier(strings.TrimSpace(publicKey))
	if err != nil {
		return ""
	}
	return fmt.Sprintf("%08x", v.KeyHash())
}
