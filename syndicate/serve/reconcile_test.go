package serve_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"reprint/cache"
	"reprint/syndicate"
)

// slowly is a store that takes its time to be given back what it lost, and counts how often it was asked what it is meanwhile.
type slowly struct {
	cache.Store
	each     time.Duration // that an entry takes
	restored atomic.Int64
	words    atomic.Int64 // while something was missing
	most     int64
}

func (s *slowly) Restore(ctx context.Context, entries []syndicate.Withdrawal) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(time.Duration(len(entries)) * s.each):
	}
	err := s.Store.Restore(ctx, entries)
	if err == nil {
		s.restored.Add(int64(len(entries)))
	}
	return err
}

// Identity is what a server without a lease asks.
func (s *slowly) Identity(ctx context.Context) (cache.Identity, error) {
	if n := s.restored.Load(); n > 0 && n < s.most {
		s.words.Add(1)
	}
	return s.Store.Identity(ctx)
}

// TestManyEntriesAreRestored: what takes longer than a lease to write back is written back over several, each entry once,
// and the server looks at the store in between: it may have become another one.
func TestManyEntriesAreRestored(t *testing.T) {
	t.Parallel()
	const n = 800
	notes := new(notebook)
	for i := range n {
		notes.all.Entries = append(notes.all.Entries, syndicate.Withdrawal{Target: syndicate.Target(fmt.Sprintf("source:s%d", i)), Epoch: int64(i + 1), Cause: syndicate.Rights, At: noon})
	}
	notes.all.Store = "another"
	store := &slowly{Store: onSQLite(t), each: 2 * shortLease / n, most: n}
	if _, err := store.Withdraw(t.Context(), "k", syndicate.Withdrawal{Target: "source:new", Cause: syndicate.Rights, At: noon}); err != nil {
		t.Fatal(err)
	}
	m := join(t, "a", store, notes)
	eventually(t, "the server answers", func() bool { return m.get("/feeds/top.rss").Code == 200 })
	all, err := store.Withdrawals(t.Context(), 0, 2*n)
	if err != nil || len(all) != n+1 {
		t.Errorf("%d entries, %v", len(all), err)
	}
	if restored, words := store.restored.Load(), store.words.Load(); restored != n || words < 3 {
		t.Errorf("%d entries were written, and the store was looked at %d times meanwhile", restored, words)
	}
}
