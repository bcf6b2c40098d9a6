package sqlite_test

import (
	"database/sql"
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

// TestUpgrade opens a file of every earlier version: what it held is still there, and it
// can do what is new.
func TestUpgrade(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "old.db")
	first, err := os.ReadFile("schema/1.sql")
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(string(first) + `PRAGMA user_version = 1; INSERT INTO polls VALUES ('a', '{"ETag":"x"}');`); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		s := openAt(t, path)
		if poll, err := s.Poll(t.Context(), "a"); err != nil || poll.ETag != "x" {
			t.Errorf("the poll of before: %+v %v", poll, err)
		}
		if err := s.SaveSubscription(t.Context(), "a", cache.Subscription{Hub: "h"}); err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
