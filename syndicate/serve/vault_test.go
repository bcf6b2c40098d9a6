package serve_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"reprint/cache"
	"reprint/cache/cachetest"
	"reprint/feeds"
	"reprint/syndicate"
	"reprint/syndicate/claim"
)

// vault is a store in memory for tests with a clock of their own: it blocks on nothing but that clock, and can fall back to an
// older state. It passes the part of the suite that all stores pass which servers need of one.
type vault struct {
	cache.Store // of which servers need no more than what is below

	mu   sync.Mutex
	id   string
	run  int
	more chan struct{} // closed and renewed at every change
	contents
	entered map[string]int // how often an entry was made of an order, by key and target; never forgotten
}

// contents is what a vault can lose.
type contents struct {
	items   map[string]feeds.Item
	changes []cache.Change
	stamps  map[string]stamp
	entries map[syndicate.Target]syndicate.Withdrawal
	keys    map[syndicate.Target]string
	epoch   int64
	servers map[string]beaten
	revoked map[string]cache.Revocation
	secrets map[string][]byte
	held    map[string]map[string]cache.Held
	known   string // the run that was heard last, and since when it is the same
	since   time.Time
}

type beaten struct {
	cache.Beat
	at time.Time
}

func newVault() *vault {
	return &vault{id: fmt.Sprintf("vault %026d", 1), more: make(chan struct{}), contents: emptyContents(), entered: make(map[string]int)}
}

func emptyContents() contents {
	return contents{
		items: make(map[string]feeds.Item), stamps: make(map[string]stamp), entries: make(map[syndicate.Target]syndicate.Withdrawal), keys: make(map[syndicate.Target]string),
		servers: make(map[string]beaten), revoked: make(map[string]cache.Revocation), secrets: make(map[string][]byte), held: make(map[string]map[string]cache.Held),
	}
}

// copy is what a snapshot keeps.
func (c contents) copy() contents {
	held := make(map[string]map[string]cache.Held)
	for partner, all := range c.held {
		held[partner] = maps.Clone(all)
	}
	return contents{
		items: maps.Clone(c.items), changes: slices.Clone(c.changes), stamps: maps.Clone(c.stamps), entries: maps.Clone(c.entries), keys: maps.Clone(c.keys),
		known: c.known, since: c.since, epoch: c.epoch, servers: maps.Clone(c.servers), revoked: maps.Clone(c.revoked), secrets: maps.Clone(c.secrets), held: held,
	}
}

// snapshot returns what the vault holds.
func (v *vault) snapshot() contents {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.contents.copy()
}

// fall lets the vault hold what it held before, in another process; or nothing, as another store in the same one.
func (v *vault) fall(back *contents) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if back != nil {
		v.contents = back.copy()
		v.run++
	} else {
		v.contents = emptyContents()
		v.id += "'"
	}
	v.changed()
}

// changed wakes who waits for the journal. The lock is held.
func (v *vault) changed() {
	close(v.more)
	v.more = make(chan struct{})
}

// enter begins a call.
func (v *vault) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%w: %w", cache.ErrUnavailable, err)
	}
	v.mu.Lock()
	return nil
}

// journal appends a change. The lock is held.
func (v *vault) journal(c cache.Change) {
	c.Seq = time.Now().UnixMicro()
	if n := len(v.changes); n > 0 {
		c.Seq = max(c.Seq, v.changes[n-1].Seq+1)
	}
	v.changes = append(v.changes, c)
	v.changed()
}

func (v *vault) Put(ctx context.Context, b cache.Batch) (accepted cache.Accepted, err error) {
	if err := v.enter(ctx); err != nil {
		return accepted, err
	}
	defer v.mu.Unlock()
	if slices.ContainsFunc(b.Items, func(i feeds.Item) bool { return i.Source != b.Source }) {
		return accepted, errors.New("an item of another source")
	}
	for _, i := range b.Items {
		c := cache.Change{Kind: cache.ChangePut, Item: i.ID, Source: i.Source, Revision: i.Revision, At: b.At}
		known, ok := v.items[i.ID]
		switch {
		case ok && known.Revision == i.Revision:
			accepted.Unchanged++
			continue
		case ok:
			accepted.Revised++
			c.Kind, i.FirstSeen, i.URI = cache.ChangeRevise, known.FirstSeen, known.URI
		default:
			accepted.New++
			i.FirstSeen = i.FirstSeen.Truncate(time.Millisecond)
		}
		v.items[i.ID] = i
		v.journal(c)
	}
	return accepted, nil
}

// of returns the items of sources, the newest first.
func (v *vault) of(sources []string) []feeds.Item {
	var all []feeds.Item
	for _, i := range v.items {
		if slices.Contains(sources, i.Source) {
			all = append(all, i)
		}
	}
	slices.SortFunc(all, func(a, b feeds.Item) int {
		return cmp.Or(cmp.Compare(b.Rank().UnixMilli(), a.Rank().UnixMilli()), cmp.Compare(a.ID, b.ID))
	})
	return all
}

func (v *vault) Latest(ctx context.Context, sources []string, limit int) ([]feeds.Item, error) {
	if err := v.enter(ctx); err != nil {
		return nil, err
	}
	defer v.mu.Unlock()
	all := v.of(sources)
	return all[:min(limit, len(all))], nil
}

func (v *vault) Ranked(ctx context.Context, sources []string, from time.Time, after string, to time.Time, limit int) ([]feeds.Item, error) {
	if err := v.enter(ctx); err != nil {
		return nil, err
	}
	defer v.mu.Unlock()
	all := slices.DeleteFunc(v.of(sources), func(i feeds.Item) bool {
		rank := i.Rank().UnixMilli()
		return rank < from.UnixMilli() || rank == from.UnixMilli() && i.ID <= after || rank > to.UnixMilli()
	})
	slices.SortFunc(all, func(a, b feeds.Item) int {
		return cmp.Or(cmp.Compare(a.Rank().UnixMilli(), b.Rank().UnixMilli()), cmp.Compare(a.ID, b.ID))
	})
	return all[:min(limit, len(all))], nil
}

func (v *vault) Items(ctx context.Context, ids []string) (found []feeds.Item, err error) {
	if err := v.enter(ctx); err != nil {
		return nil, err
	}
	defer v.mu.Unlock()
	for _, id := range ids {
		if i, ok := v.items[id]; ok {
			found = append(found, i)
		}
	}
	return found, nil
}

func (v *vault) Journal(ctx context.Context, after int64, limit int, wait time.Duration) ([]cache.Change, int64, error) {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	for {
		if err := v.enter(ctx); err != nil {
			return nil, after, err
		}
		at := slices.IndexFunc(v.changes, func(c cache.Change) bool { return c.Seq > after })
		more := v.more
		if at >= 0 {
			page := slices.Clone(v.changes[at:min(at+limit, len(v.changes))])
			v.mu.Unlock()
			return page, page[len(page)-1].Seq, nil
		}
		v.mu.Unlock()
		if wait <= 0 { // see rest
			return nil, after, nil
		}
		select {
		case <-more:
		case <-timer.C:
			return nil, after, nil
		case <-ctx.Done():
		}
	}
}

func (v *vault) Head(ctx context.Context) (int64, error) {
	if err := v.enter(ctx); err != nil {
		return 0, err
	}
	defer v.mu.Unlock()
	if n := len(v.changes); n > 0 {
		return v.changes[n-1].Seq, nil
	}
	return 0, nil
}

func (v *vault) Stamp(ctx context.Context, document, digest string, now time.Time) (time.Time, error) {
	if err := v.enter(ctx); err != nil {
		return time.Time{}, err
	}
	defer v.mu.Unlock()
	return stampOf(v.stamps, document, digest, now), nil
}

func (v *vault) Complaints(context.Context, int64, int) ([]claim.Claim, error) { return nil, nil }

func (v *vault) Close() error { return nil }

// TestVault holds the store of the tests to what every store promises.
func TestVault(t *testing.T) {
	t.Parallel()
	cachetest.Part(t, func(*testing.T) cachetest.Open {
		v := newVault()
		return func(*testing.T) cache.Store { return v }
	}, "Order", "ManySources", "KeepsFirstSeen", "WrongSource", "JournalPages", "JournalWaits", "JournalAcrossStores", "JournalPositions", "Stamp", "Canceled", "Concurrent", "SameSourceConcurrent",
		"Revoke", "Secret", "Hold", "Ranked", "Withdraw", "Standing", "PutBack", "Overtaken", "Restore", "Identity", "Servers", "WithdrawAtOnce", "EpochsAfterAFallback", "GivesWay", "Keys", "Text")
}
