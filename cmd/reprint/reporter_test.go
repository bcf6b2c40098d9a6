package main

import (
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"reprint/cache"
	"reprint/cache/sqlite"
	"reprint/syndicate"
	"reprint/syndicate/ledger"
)

// TestStoreFallsBack: a store that has lost what partners hold, and what was counted, is told both again from the ledger,
// once, also where no pull comes any more.
func TestStoreFallsBack(t *testing.T) {
	t.Parallel()
	open := func() cache.Store {
		s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "store.db"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		return s
	}
	dir := t.TempDir()
	l, err := ledger.Open(dir, ledger.Options{Name: "fallback.example"})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	now := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	r := newReporter(slog.New(slog.DiscardHandler), open(), l, dir, func() time.Time { return now })
	edition := ledger.Edition{Digest: "d", Items: []ledger.EditionItem{{ID: "a-1", Source: "a", Form: syndicate.Excerpt.String(), Pictures: []string{"p"}}}}
	pull := func(partner string, at time.Time) ledger.Entry {
		return ledger.Entry{At: at, Kind: ledger.KindPulled, Pulled: &ledger.Pull{Partner: partner, Edition: "d"}}
	}
	if _, err := l.Append(t.Context(), ledger.Entry{Kind: ledger.KindEdition, Edition: &edition}, pull("p", now.Add(-48*time.Hour)), pull("q", now.Add(-time.Hour)), pull("p", now.Add(-time.Hour))); err != nil {
		t.Fatal(err)
	}
	check := func(when string) {
		t.Helper()
		for range 2 { // an empty store is noticed first, and filled then
			if err := r.countOnce(t.Context()); err != nil {
				t.Fatal(when, err)
			}
		}
		held, err := r.store.Held(t.Context(), "p", []string{"a-1"})
		want := cache.Held{Item: "a-1", Form: int(syndicate.Excerpt), Pictures: 1, First: now.Add(-48 * time.Hour), Last: now.Add(-time.Hour)}
		if err != nil || held["a-1"] != want {
			t.Errorf("%s: %+v, want %+v; %v", when, held["a-1"], want, err)
		}
		tallies, err := r.store.Tallies(t.Context())
		if err != nil || len(tallies) != 4 || tallies[0].Pulls != 2 || tallies[2].Pulls != 1 {
			t.Errorf("%s: %+v, %v", when, tallies, err)
		}
	}
	check("at first")
	check("again")
	began := now
	r.store = open()
	now = began.Add(lookEvery)
	if err := r.countOnce(t.Context()); err != nil {
		t.Fatal(err)
	}
	now = began
	check("after the store was lost")
}
