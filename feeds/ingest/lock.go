package ingest

import (
	"context"
	"sync"
)

// locks let one at a time work on a source: a poll, or the reading of what a hub brought.
type locks struct {
	mu   sync.Mutex
	held map[string]chan struct{}
}

// lock waits for the source to be free and returns how to give it back. It fails if ctx ends
// before.
func (g *Ingester) lock(ctx context.Context, source string) (unlock func(), err error) {
	l := &g.locks
	l.mu.Lock()
	if l.held == nil {
		l.held = make(map[string]chan struct{})
	}
	one := l.held[source]
	if one == nil {
		one = make(chan struct{}, 1)
		l.held[source] = one
	}
	l.mu.Unlock()
	select {
	case one <- struct{}{}:
		return func() { <-one }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
