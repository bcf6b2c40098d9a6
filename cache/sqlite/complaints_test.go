package sqlite_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"reprint/cache"
	"reprint/syndicate/claim"
)

// TestErasedFromTheFile: what a claimant said is not in the file any more once it is erased, however long it was.
func TestErasedFromTheFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "store.db")
	s := openAt(t, path)
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

// TestErasedWhileSomebodyReads: who reads the file keeps what is erased in its log, so that waits for him; if he goes on for long that
// is said, and saying it once more ends it.
func TestErasedWhileSomebodyReads(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "store.db")
	s := openAt(t, path)
	defer s.Close()
	const secret = "Ada of Mill Lane"
	c, err := s.File(t.Context(), claim.Claim{Key: "k", At: time.Unix(0, 0), Filing: claim.Filing{Name: secret}})
	if err == nil {
		c, err = c.With(claim.Event{Kind: claim.Upheld, Text: "x"})
	}
	if err == nil {
		err = s.Revise(t.Context(), c)
	}
	if err == nil {
		c, err = c.With(claim.Event{Kind: claim.Erased})
	}
	if err != nil {
		t.Fatal(err)
	}
	stop := reads(t, path)
	time.AfterFunc(300*time.Millisecond, stop)
	if err := s.Revise(t.Context(), c); err != nil || isIn(t, path, secret) {
		t.Errorf("he read for a moment: %v, and the claimant is in the file: %v", err, isIn(t, path, secret))
	}
	defer reads(t, path)()
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if _, err := s.File(t.Context(), claim.Claim{Key: "k2", At: time.Unix(0, 0)}); err != nil {
		t.Fatal(err)
	}
	if err := s.Revise(ctx, c); !errors.Is(err, cache.ErrUnavailable) {
		t.Errorf("he goes on: %v", err)
	}
}

// reads begins to read the file of a store, and goes on until the returned function is called.
func reads(t *testing.T, path string) (stop func()) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var n int
	if err := tx.QueryRowContext(t.Context(), "SELECT count(*) FROM complaints").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return sync.OnceFunc(func() { _, _ = tx.Rollback(), db.Close() })
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
