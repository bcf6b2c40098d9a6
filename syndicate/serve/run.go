package serve

import (
	"context"
	"slices"
	"sync"
	"time"

	"reprint/cache"
)

const (
	journalPage = 1000                   // changes that are read at once
	journalWait = 5 * time.Second        // how long one read waits for a change
	calm        = 200 * time.Millisecond // rest between two rounds: a burst of changes is one
	storeRest   = time.Second            // rest after the store failed
)

// Run reads the journal and makes new editions of the channels that hold a source that
// changed, or whose time is up, until ctx is done. A failure of the store is not its end:
// it goes on from where it was, so that no change is missed.
func (s *Server) Run(ctx context.Context) error {
	var watching sync.WaitGroup
	watching.Go(func() { s.watch(ctx) })
	watching.Go(func() { s.purging(ctx) })
	watching.Go(func() { s.searching(ctx) })
	watching.Go(func() { s.completing(ctx) })
	watching.Go(func() { s.noting(ctx) })
	watching.Go(func() { s.exchangeClaims(ctx) })
	defer watching.Wait()
	tail := &tail{server: s, dirty: make(map[string]bool)}
	for ctx.Err() == nil {
		if err := tail.round(ctx); err != nil && ctx.Err() == nil {
			s.health.failed(err)
			s.metrics.storeFailures.Inc()
			s.log.Error("journal cannot be read", "error", err)
			sleep(ctx, storeRest)
		}
	}
	return ctx.Err()
}

// tail follows the journal. It is used by one goroutine.
type tail struct {
	server   *Server
	site     *site // that all channels were made for
	begun    bool
	position int64
	dirty    map[string]bool // sources with changes that are not rendered yet
}

// round waits for changes once and renders what they touch.
func (t *tail) round(ctx context.Context) error {
	s := t.server
	site := s.site.Load()
	if !t.begun {
		head, err := s.store.Head(ctx)
		if err != nil {
			return err
		}
		t.position, t.begun = head, true
	}
	if site != t.site {
		t.renewAll(ctx, site, func(*channel) bool { return true })
		t.site = site
	}
	changes, err := t.read(ctx, t.waitFor(site))
	if err != nil {
		return err
	}
	s.health.heard(s.now())
	now := s.now()
	changed := func(c *channel) bool {
		e := c.current.Load()
		return e == nil || e.isOver(now) || s.authority.isStale(&e.decided) || c.stale.Load() || t.touches(c)
	}
	t.renewAll(ctx, site, changed)
	t.renewViews(ctx, site, changed)
	clear(t.dirty)
	if changes > 0 {
		sleep(ctx, calm)
	}
	return nil
}

// read reads all changes that there are, and waits for the first one if there is none.
func (t *tail) read(ctx context.Context, wait time.Duration) (int, error) {
	ctx, woken := t.server.health.waiting(ctx)
	defer woken()
	total := 0
	for {
		changes, next, err := t.server.store.Journal(ctx, t.position, journalPage, wait)
		if err != nil {
			if context.Cause(ctx) == errWoken {
				return total, nil
			}
			return total, err
		}
		t.mark(changes)
		t.server.noteCame(changes)
		t.position = next
		t.server.metrics.journal.Set(float64(next))
		total += len(changes)
		if len(changes) < journalPage {
			return total, nil
		}
		wait = 0
	}
}

// mark notes which sources have changed. Withdrawals are not heard of here: what they change is noted once they are applied, and not
// before.
func (t *tail) mark(changes []cache.Change) {
	for _, c := range changes {
		if c.Kind != cache.ChangeWithdraw && c.Kind != cache.ChangeReinstate {
			t.dirty[c.Source] = true
		}
	}
}

func (t *tail) touches(c *channel) bool {
	return slices.ContainsFunc(c.sources, func(source string) bool { return t.dirty[source] })
}

// waitFor returns how long to wait for changes: until the first edition is over, at most.
func (t *tail) waitFor(site *site) time.Duration {
	wait := journalWait
	for _, c := range site.channels {
		e := c.current.Load()
		if e == nil || c.stale.Load() {
			return min(wait, storeRest)
		}
		if !e.until.IsZero() {
			wait = min(wait, max(e.until.Sub(t.server.now()), time.Millisecond))
		}
	}
	return wait
}

// renewAll makes new editions of the channels that are chosen. One that fails is tried again
// in the next round, after the others: the store may take its time to fail.
func (t *tail) renewAll(ctx context.Context, site *site, chosen func(*channel) bool) {
	var list, sick []*channel
	for _, c := range site.channels {
		switch {
		case !chosen(c):
		case c.fails():
			sick = append(sick, c)
		default:
			list = append(list, c)
		}
	}
	for _, c := range append(list, sick...) {
		if ctx.Err() == nil {
			_ = t.server.renew(ctx, site, c)
		}
	}
}

// sleep rests, or returns at once when ctx is done.
func sleep(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
