package ingest

import (
	"context"

	"reprint/cache"
)

// claim is the right to work on a source; the zero claim is that of who need not ask.
type claim struct {
	claims *claims
	source string
	fence  int64
}

// enter takes up work on a source, if it is held. The context that it returns ends when the claim
// does, and leave must be called at the end of the work: until then the source is not given up.
func (c *claims) enter(ctx context.Context, source string) (_ context.Context, _ claim, leave func(), held bool) {
	if !c.shared() {
		return ctx, claim{}, func() {}, true
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	fence, held := c.held[source]
	if !held || !c.g.o.Now().Before(c.until) {
		return ctx, claim{}, nil, false
	}
	c.busy[source]++
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(c.running, cancel)
	return ctx, claim{c, source, fence}, func() {
		stop()
		cancel()
		c.leave(source)
	}, true
}

// leave ends work on a source.
func (c *claims) leave(source string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.busy[source]--; c.busy[source] == 0 {
		delete(c.busy, source)
	}
}

// over returns the fence to write with, after one that was written before. Where that is of a
// later claim, this one is over.
func (c claim) over(before int64) (int64, error) {
	switch {
	case c.claims == nil:
		return before, nil
	case before > c.fence:
		return before, cache.ErrFenced
	}
	return c.fence, nil
}

// check is asked at the last moment before a publisher is: who was stalled for longer than its
// lease finds out here that somebody else does the work, even if it has a new lease by now.
func (c claim) check() error {
	if c.claims == nil {
		return nil
	}
	c.claims.mu.Lock()
	defer c.claims.mu.Unlock()
	if fence, held := c.claims.held[c.source]; !held || fence != c.fence || !c.claims.g.o.Now().Before(c.claims.until) {
		return cache.ErrFenced
	}
	return nil
}
