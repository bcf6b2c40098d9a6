package sqlite_test

import (
	"database/sql"
	"path/filepath"
	"testing"

	"reprint/cache/sqlite"
)

// TestBusy: a file that another process has locked can be opened later; one that is none cannot.
func TestBusy(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "store.db")
	if err := openAt(t, path).Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", "file:"+path+"?_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := sqlite.Open(t.Context(), path); !sqlite.IsBusy(err) {
		t.Errorf("a file that is locked: %v", err)
	}
	if _, err := sqlite.Open(t.Context(), t.TempDir()); err == nil || sqlite.IsBusy(err) {
		t.Errorf("a directory: %v", err)
	}
}
