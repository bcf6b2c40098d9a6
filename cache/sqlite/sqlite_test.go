package sqlite_test

import (
	"os"
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

// BenchmarkStore fills a store with a hundred thousand items. Run it with -benchtime 1x.
func BenchmarkStore(b *testing.B) {
	path := filepath.Join(b.TempDir(), "store.db")
	s := openAt(b, path)
	defer s.Close()
	cachetest.Bench(b, s, 100_000, func() (total int64) {
		for _, end := range []string{"", "-wal"} {
			if info, err := os.Stat(path + end); err == nil {
				total += info.Size()
			}
		}
		return total
	})
}
