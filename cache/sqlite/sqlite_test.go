package sqlite_test

import (
	"path/filepath"
	"testing"

	"reprint/cache"
	"reprint/cache/cachetest"
	"reprint/cache/sqlite"
)

func TestContract(t *testing.T) {
	t.Parallel()
	cachetest.Run(t, func(t *testing.T) cachetest.Open {
		path := filepath.Join(t.TempDir(), "sub", "reprint.db")
		return func(t *testing.T) cache.Store { return openAt(t, path) }
	})
}

func openAt(t testing.TB, path string) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
