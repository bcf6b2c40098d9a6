package sqlite_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"reprint/cache/sqlite"
	"reprint/syndicate/claim"
)

// TestErasedFromTheFile: what a claimant said is not in the file any more once it is erased, however long it was.
func TestErasedFromTheFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "store.db")
	s, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	const secret = "Ada of Mill Lane"
	c, err := s.File(t.Context(), claim.Claim{Key: "k", At: time.Unix(0, 0), Filing: claim.Filing{Name: secret, Reasons: strings.Repeat(secret+" wrote it. ", 1000)}})
	if err != nil {
		t.Fatal(err)
	}
	if !isIn(t, path, secret) {
		t.Fatal("what is to be found is not there at all")
	}
	for _, kind := range []claim.Kind{claim.Upheld, claim.Erased} {
		if c, err = c.With(claim.Event{Kind: kind, Text: "x"}); err == nil {
			err = s.Revise(t.Context(), c)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if isIn(t, path, secret) {
		t.Error("the claimant is still in the file")
	}
}

// isIn tells whether a text is in the file of a store, or in its log.
func isIn(t *testing.T, path, text string) bool {
	t.Helper()
	for _, suffix := range []string{"", "-wal"} {
		content, err := os.ReadFile(path + suffix)
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		if bytes.Contains(content, []byte(text)) {
			return true
		}
	}
	return false
}
