package ingest

import (
	"context"
	"sync"
	"time"
)

// workers is how many sources are polled at the same time, of all hosts together. Most of
// them wait for a publisher; those that read a document take turns, one for each core.
const workers = 32

// perPoll bounds one poll with everything that belongs to it.
const perPoll = 2 * time.Minute

// retryStore is how soon a source is tried again when the store could not be asked.
const retryStore = 10 * time.Second

// retryClaim is how soon a turn that the lease did not allow comes again.
const retryClaim = time.Second

// Run polls each source when it is due, until ctx ends. It returns the context's error.
//
// One goroutine plans, with one timer for all sources: a source is due when its last poll
// says, and then waits until its hosts are free. A source that is slow holds up its own
// host and a worker, nobody else.
func (g *Ingester) Run(ctx context.Context, sources []Source) error {
	due := make(chan job)
	done := make(chan result)
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() { g.work(ctx, due, done) })
	}
	for range readers {
		wg.Go(func() { g.receive(ctx) })
	}
	if g.o.Leases != nil {
		g.claims.set(sources)
		defer g.claims.retire(context.WithoutCancel(ctx)) // once all work has ended
		wg.Go(func() { g.claims.keep(ctx) })
		wg.Go(func() { g.claims.remind(ctx) })
	}
	defer wg.Wait()
	defer close(due)
	p := &plan{g: g, due: due, done: done, hosts: make(hosts)}
	p.set(ctx, sources)
	return p.run(ctx)
}

// Reload changes the sources while Run runs. Sources that stay keep their schedule.
func (g *Ingester) Reload(sources []Source) {
	for {
		select {
		case g.reload <- sources:
			return
		default:
		}
		select { // a reload that nobody has seen is out of date
		case <-g.reload:
		default:
		}
	}
}

// work polls what is due until there is nothing more.
func (g *Ingester) work(ctx context.Context, due <-chan job, done chan<- result) {
	for j := range due {
		select {
		case done <- g.do(ctx, j):
		case <-ctx.Done():
		}
	}
}

// do does one job, within its time.
func (g *Ingester) do(ctx context.Context, j job) result {
	bounded, cancel := context.WithTimeout(ctx, perPoll)
	defer cancel()
	bounded, claim, leave, held := g.claims.enter(bounded, j.source.ID)
	if !held {
		return result{job: j, refused: true}
	}
	defer leave()
	switch j.kind {
	case recalling:
		r := result{job: j}
		r.poll, r.err = g.o.Store.Poll(bounded, j.source.ID)
		return r
	case locating:
		return result{job: j, server: g.o.Locate(bounded, j.source.Feed)}
	case subscribing:
		r := result{job: j}
		r.again = g.subscribe(bounded, j.source, &r.outcome)
		return r
	}
	return result{job: j, outcome: g.once(bounded, j.source, claim)}
}
