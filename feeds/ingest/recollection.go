package ingest

import (
	"context"
	"maps"
	"sync"

	"reprint/cache"
)

// recollection is a store of which this server remembers when it polled what. A store that has lost everything is told
// again, so that nobody asks a publisher because of that.
type recollection struct {
	Store
	mu    sync.Mutex
	polls map[string]cache.Poll // by source: what a store without it is to be told
}

func newRecollection(s Store) *recollection {
	return &recollection{Store: s, polls: make(map[string]cache.Poll)}
}

// SavePoll implements Store.
func (r *recollection) SavePoll(ctx context.Context, source string, poll cache.Poll) error {
	err := r.Store.SavePoll(ctx, source, poll)
	if err == nil {
		r.remember(source, poll)
	}
	return err
}

// Put implements Store.
func (r *recollection) Put(ctx context.Context, batch cache.Batch) (cache.Accepted, error) {
	accepted, err := r.Store.Put(ctx, batch)
	if err == nil && batch.Poll != nil {
		r.remember(batch.Source, *batch.Poll)
	}
	return accepted, err
}

// remember keeps when a source was asked and may be asked again, and what its word was; not what makes the publisher
// answer that there is nothing new, because the items may be lost too.
func (r *recollection) remember(source string, poll cache.Poll) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.polls[source] = cache.Poll{
		URL: poll.URL, Last: poll.Last, Next: poll.Next, Hold: poll.Hold, Pace: poll.Pace, Robots: poll.Robots, Server: poll.Server,
		Effective: poll.Effective, Moved: poll.Moved, Gone: poll.Gone, Retracted: poll.Retracted,
	}
}

// putBack tells the store of the polls of which it knows nothing. Another server that takes such a source over meanwhile
// has a fence, and its state stays.
func (r *recollection) putBack(ctx context.Context) error {
	r.mu.Lock()
	polls := maps.Clone(r.polls)
	r.mu.Unlock()
	for source, poll := range polls {
		found, err := r.Store.Poll(ctx, source)
		if err != nil {
			return err
		}
		if found.URL != "" {
			continue
		}
		if err := r.Store.SavePoll(ctx, source, poll); err != nil && ctx.Err() != nil {
			return err
		}
	}
	return nil
}
