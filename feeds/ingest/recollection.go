package ingest

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"sync"

	"reprint/cache"
)

// Memory keeps on this server's own disk when it polled what, for the next process. It is called by several goroutines.
type Memory interface {
	// Polls returns what was remembered last, by source.
	Polls() (map[string]cache.Poll, error)
	// RememberPoll keeps the state of a source's polls. It need not survive a crash of the machine.
	RememberPoll(source string, poll cache.Poll) error
}

// recollection is a store of which this server remembers when it polled what. A store that has lost everything is told
// again, so that nobody asks a publisher because of that.
type recollection struct {
	Store
	memory Memory // nil keeps nothing beyond this process
	log    *slog.Logger
	mu     sync.Mutex
	polls  map[string]cache.Poll // by source: what a store without it is to be told
}

func newRecollection(s Store, m Memory, log *slog.Logger) *recollection {
	r := &recollection{Store: s, memory: m, log: log, polls: make(map[string]cache.Poll)}
	if m == nil {
		return r
	}
	polls, err := m.Polls()
	if err != nil {
		log.Warn("what was polled by the process before cannot be read", "error", err)
	}
	maps.Copy(r.polls, polls)
	return r
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
	poll = cache.Poll{
		URL: poll.URL, Last: poll.Last, Next: poll.Next, Hold: poll.Hold, Pace: poll.Pace, Robots: poll.Robots, Server: poll.Server,
		Effective: poll.Effective, Moved: poll.Moved, Gone: poll.Gone, Retracted: poll.Retracted,
	}
	r.mu.Lock()
	r.polls[source] = poll
	r.mu.Unlock()
	if r.memory == nil {
		return
	}
	if err := r.memory.RememberPoll(source, poll); err != nil {
		r.log.Warn("it cannot be remembered that a source was polled", "source", source, "error", err)
	}
}

// begun tells whether this server has ever polled anything together with others.
func (r *recollection) begun() bool {
	if r == nil {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.polls) > 0
}

// putBack tells the store of the polls of which it knows nothing, or only earlier ones. Another server that takes such a
// source over meanwhile has a fence, and its state stays.
func (r *recollection) putBack(ctx context.Context) error {
	r.mu.Lock()
	polls := maps.Clone(r.polls)
	r.mu.Unlock()
	for source, poll := range polls {
		found, err := r.Store.Poll(ctx, source)
		if err != nil {
			return err
		}
		switch {
		case found.URL == "":
			poll.Fence = found.Fence
		case found.URL == poll.URL && found.Last.Before(poll.Last):
			found.Last, found.Next, found.Hold = poll.Last, poll.Next, poll.Hold
			poll = found
		default:
			continue
		}
		if err := r.Store.SavePoll(ctx, source, poll); err != nil && !errors.Is(err, cache.ErrFenced) {
			return err
		}
	}
	return nil
}
