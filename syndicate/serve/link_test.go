package serve_test

import (
	"context"
	"sync"
	"time"

	"reprint/cache"
	"reprint/feeds"
	"reprint/syndicate"
)

// line is what lies between a server and the store: it may be cut, slow in either direction, or lose the replies. What is done over a line
// that was given up is never heard of.
type line struct {
	cache.Store
	faults
	mu sync.Mutex
}

// faults are those of a line.
type faults struct {
	cut    bool
	ahead  time.Duration // before the store hears a call
	behind time.Duration // before its reply is heard
	lost   int           // so many replies
	dead   bool          // the server at the end of it is
}

func (l *line) set(change func(*faults)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	change(&l.faults)
}

func (l *line) now() faults {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.faults
}

// loses tells whether this reply gets lost.
func (l *line) loses() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.lost > 0 {
		l.lost--
		return true
	}
	return l.cut || l.dead
}

// rest waits, or until ctx is done. No time takes no timer: in a synctest bubble, timers that fire at once in several goroutines corrupt
// the race detector of Go 1.26.
func rest(ctx context.Context, d time.Duration) error {
	if d <= 0 && ctx.Err() == nil {
		return nil
	}
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return cache.ErrUnavailable
	}
}

// over makes a call over a line.
func over[T any](ctx context.Context, l *line, call func() (T, error)) (T, error) {
	var none T
	f := l.now()
	if err := rest(ctx, f.ahead); err != nil || f.cut || l.now().dead {
		return none, cache.ErrUnavailable
	}
	got, err := call()
	if late := rest(ctx, f.behind); late != nil || l.loses() {
		return none, cache.ErrUnavailable
	}
	return got, err
}

func (l *line) Beat(ctx context.Context, b cache.Beat) (cache.Identity, error) {
	return over(ctx, l, func() (cache.Identity, error) { return l.Store.Beat(ctx, b) })
}

func (l *line) Identity(ctx context.Context) (cache.Identity, error) {
	return over(ctx, l, func() (cache.Identity, error) { return l.Store.Identity(ctx) })
}

func (l *line) Withdraw(ctx context.Context, key string, w syndicate.Withdrawal) (syndicate.Withdrawal, error) {
	return over(ctx, l, func() (syndicate.Withdrawal, error) { return l.Store.Withdraw(ctx, key, w) })
}

func (l *line) Withdrawals(ctx context.Context, after int64, limit int) ([]syndicate.Withdrawal, error) {
	return over(ctx, l, func() ([]syndicate.Withdrawal, error) { return l.Store.Withdrawals(ctx, after, limit) })
}

func (l *line) Restore(ctx context.Context, entries []syndicate.Withdrawal) error {
	_, err := over(ctx, l, func() (struct{}, error) { return struct{}{}, l.Store.Restore(ctx, entries) })
	return err
}

func (l *line) Leave(ctx context.Context, server string) error {
	_, err := over(ctx, l, func() (struct{}, error) { return struct{}{}, l.Store.Leave(ctx, server) })
	return err
}

func (l *line) Servers(ctx context.Context) ([]cache.Server, error) {
	return over(ctx, l, func() ([]cache.Server, error) { return l.Store.Servers(ctx) })
}

func (l *line) Latest(ctx context.Context, sources []string, limit int) ([]feeds.Item, error) {
	return over(ctx, l, func() ([]feeds.Item, error) { return l.Store.Latest(ctx, sources, limit) })
}

func (l *line) Items(ctx context.Context, ids []string) ([]feeds.Item, error) {
	return over(ctx, l, func() ([]feeds.Item, error) { return l.Store.Items(ctx, ids) })
}

func (l *line) Stamp(ctx context.Context, document, digest string, now time.Time) (time.Time, error) {
	return over(ctx, l, func() (time.Time, error) { return l.Store.Stamp(ctx, document, digest, now) })
}

func (l *line) Head(ctx context.Context) (int64, error) {
	return over(ctx, l, func() (int64, error) { return l.Store.Head(ctx) })
}

func (l *line) Journal(ctx context.Context, after int64, limit int, wait time.Duration) ([]cache.Change, int64, error) {
	type page struct {
		changes []cache.Change
		next    int64
	}
	got, err := over(ctx, l, func() (page, error) {
		changes, next, err := l.Store.Journal(ctx, after, limit, wait)
		return page{changes, next}, err
	})
	if err != nil {
		return nil, after, err
	}
	return got.changes, got.next, nil
}
