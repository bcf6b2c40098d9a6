package serve_test

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"reprint/cache"
	"reprint/feeds"
	"reprint/syndicate/claim"
)

// memory is a store that holds what the tests put into it, counts its calls, and can be
// made to fail.
type memory struct {
	cache.Partners // of which the public needs nothing
	nothingWithdrawn
	nothingFiled
	subscription cache.Subscription
	mu           sync.Mutex
	items        map[string]feeds.Item
	changes      []cache.Change
	more         chan struct{} // closed and renewed at every change
	stamps       map[string]stamp
	polls        map[string]cache.Poll
	broken       error
	calls        atomic.Int64
	delay        time.Duration
}

// nothingWithdrawn is embedded under another name than that of its method.
type nothingWithdrawn interface{ cache.Withdrawals }

// nothingFiled is a store without complaints; likewise.
type nothingFiled struct{ complaints }

type complaints interface{ cache.Complaints }

func (nothingFiled) Complaints(context.Context, int64, int) ([]claim.Claim, error) { return nil, nil }

func (nothingFiled) OpenComplaints(context.Context) ([]claim.Claim, error) { return nil, nil }

func (nothingFiled) CountComplaints(context.Context, time.Time) (open, overdue int, err error) {
	return 0, 0, nil
}

type stamp struct {
	digest string
	at     time.Time
}

func newMemory() *memory {
	return &memory{items: make(map[string]feeds.Item), stamps: make(map[string]stamp), polls: make(map[string]cache.Poll), more: make(chan struct{})}
}

func (m *memory) put(items ...feeds.Item) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, i := range items {
		m.items[i.ID] = i
		m.changes = append(m.changes, cache.Change{Seq: int64(len(m.changes) + 1), Kind: cache.ChangePut, Item: i.ID, Source: i.Source, Revision: i.Revision})
	}
	close(m.more)
	m.more = make(chan struct{})
}

func (m *memory) fail(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.broken = err
}

// enter begins every call.
func (m *memory) enter() error {
	m.calls.Add(1)
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.broken
}

func (m *memory) Latest(ctx context.Context, sources []string, limit int) ([]feeds.Item, error) {
	if err := m.enter(); err != nil {
		return nil, err
	}
	if m.delay > 0 {
		time.Sleep(m.delay)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []feeds.Item
	for _, i := range m.items {
		if slices.Contains(sources, i.Source) {
			all = append(all, i)
		}
	}
	slices.SortFunc(all, func(a, b feeds.Item) int { return cmp.Or(b.Rank().Compare(a.Rank()), cmp.Compare(a.ID, b.ID)) })
	return all[:min(limit, len(all))], nil
}

func (m *memory) Items(ctx context.Context, ids []string) ([]feeds.Item, error) {
	if err := m.enter(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var found []feeds.Item
	for _, id := range ids {
		if i, ok := m.items[id]; ok {
			found = append(found, i)
		}
	}
	return found, nil
}

func (m *memory) Subscription(context.Context, string) (cache.Subscription, error) {
	if err := m.enter(); err != nil {
		return cache.Subscription{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.subscription, nil
}

func (m *memory) Poll(ctx context.Context, source string) (cache.Poll, error) {
	if err := m.enter(); err != nil {
		return cache.Poll{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.polls[source], nil
}

func (m *memory) Journal(ctx context.Context, after int64, limit int, wait time.Duration) ([]cache.Change, int64, error) {
	if err := m.enter(); err != nil {
		return nil, after, err
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	for {
		m.mu.Lock()
		rest, more := m.changes[min(int(after), len(m.changes)):], m.more
		m.mu.Unlock()
		if len(rest) > 0 {
			rest = rest[:min(limit, len(rest))]
			return rest, rest[len(rest)-1].Seq, nil
		}
		select {
		case <-more:
		case <-timer.C:
			return nil, after, nil
		case <-ctx.Done():
			return nil, after, ctx.Err()
		}
	}
}

func (m *memory) Holders(context.Context) (map[string]string, error) {
	return map[string]string{"weekly": "server"}, nil
}

func (m *memory) Head(ctx context.Context) (int64, error) {
	if err := m.enter(); err != nil {
		return 0, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return int64(len(m.changes)), nil
}

func (m *memory) Stamp(ctx context.Context, document, digest string, now time.Time) (time.Time, error) {
	if err := m.enter(); err != nil {
		return time.Time{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return stampOf(m.stamps, document, digest, now), nil
}

// stampOf dates a document, as every store promises.
func stampOf(stamps map[string]stamp, document, digest string, now time.Time) time.Time {
	s, ok := stamps[document]
	if ok && s.digest == digest {
		return s.at
	}
	at := now.UTC().Truncate(time.Second)
	if ok && !at.After(s.at) {
		at = s.at.Add(time.Second)
	}
	stamps[document] = stamp{digest, at}
	return at
}

func (m *memory) Revocations(context.Context) ([]cache.Revocation, error) { return nil, nil }

func (m *memory) Identity(context.Context) (cache.Identity, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return cache.Identity{ID: "memory"}, m.broken
}

func (m *memory) Beat(ctx context.Context, _ cache.Beat) (cache.Identity, error) {
	return m.Identity(ctx)
}

func (m *memory) Leave(context.Context, string) error { return nil }

func (m *memory) Servers(context.Context) ([]cache.Server, error) { return nil, nil }
