package ingest

import (
	"container/heap"
	"context"
	"time"

	"reprint/cache"
)

// job is one turn of a source.
type job struct {
	source     Source
	generation int
	keys       []string // hosts that are claimed
	locate     bool     // only find out which machine the source is on
}

// result is what came of a job.
type result struct {
	job     job
	outcome Outcome
	server  string // of a job that locates
}

// plan is who is due when. Only Run's goroutine touches it.
type plan struct {
	g     *Ingester
	due   chan<- job
	done  <-chan result
	queue queue
	known map[string]*planned
	hosts hosts
}

// planned is a source as the plan knows it.
type planned struct {
	source     Source
	generation int // turns of an earlier generation are void: the feed's address changed
	effective  string
	server     string
	pace       cache.Pace
	gone       bool // and not asked until a reload finds that it is back
	located    bool // or tried to
}

// set replaces the sources. Those that stay keep their turn, new ones are due when their
// last poll says.
func (p *plan) set(ctx context.Context, sources []Source) {
	now := p.g.o.Now()
	p.hosts.forget(now)
	before := p.known
	p.known = make(map[string]*planned, len(sources))
	for _, s := range sources {
		old, stays := before[s.ID]
		if stays && old.source.Feed == s.Feed && !old.gone {
			old.source = s
			p.known[s.ID] = old
			continue
		}
		added := &planned{source: s}
		if stays {
			added.generation = old.generation + 1
		}
		p.known[s.ID] = added
		poll, err := p.g.o.Store.Poll(ctx, s.ID)
		if err != nil {
			heap.Push(&p.queue, turn{s.ID, added.generation, now.Add(retryStore)})
			continue
		}
		added.effective, added.server, added.pace = poll.Effective, poll.Server, poll.Pace
		at, ever := resume(poll, s, now)
		if added.gone = !ever; ever {
			heap.Push(&p.queue, turn{s.ID, added.generation, at})
		}
	}
}

// resume tells when a source is due by what is remembered of it; never if it is gone. The
// clock may have been set since: what is remembered can lie in the future, or the next poll
// further away than any may be. What is returned is a distance from now, so that a clock
// that is set later moves nothing.
func resume(poll cache.Poll, s Source, now time.Time) (at time.Time, ever bool) {
	wait := poll.Next.Sub(poll.Last)
	switch {
	case poll.URL != s.Feed:
		return now, true
	case poll.Gone:
		return now, false
	case wait < 0 || wait > maxRetry+maxRetry/10+24*time.Hour:
		return now.Add(s.least()), true
	case poll.Last.After(now):
		return now.Add(wait), true
	}
	return now.Add(poll.Next.Sub(now)), true
}

// pick returns the job that is to be done now, or how long there is none. The job's hosts
// are claimed already.
func (p *plan) pick() (next job, wait time.Duration) {
	now := p.g.o.Now()
	for len(p.queue) > 0 {
		first := p.queue[0]
		known, ok := p.known[first.source]
		if !ok || known.generation != first.generation {
			heap.Pop(&p.queue) // a reload took it away
			continue
		}
		if wait := first.at.Sub(now); wait > 0 {
			return job{}, wait
		}
		heap.Pop(&p.queue)
		if p.unlocated(known) {
			known.located = true
			return job{source: known.source, generation: first.generation, locate: true}, 0
		}
		if at := awake(now, known.pace, jitter(first.source, time.Hour)); at.After(now) && !known.source.IgnoreHints {
			heap.Push(&p.queue, turn{first.source, first.generation, at}) // its hosts were busy for long
			continue
		}
		keys := keys(known.source, known.effective, known.server)
		if again, free := p.hosts.claim(keys, now); !free {
			heap.Push(&p.queue, turn{first.source, first.generation, again})
			continue
		}
		return job{source: known.source, generation: first.generation, keys: keys}, 0
	}
	return job{}, time.Hour
}

// unlocated tells whether nobody knows yet which machine a source is on.
func (p *plan) unlocated(known *planned) bool {
	return p.g.o.Locate != nil && known.server == "" && !known.located && !known.source.local()
}

func (p *plan) run(ctx context.Context) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	var next job // claimed, and not yet taken by a worker
	for {
		var due chan<- job
		if next.source.ID == "" {
			var wait time.Duration
			if next, wait = p.pick(); next.source.ID == "" {
				timer.Reset(wait)
			}
		}
		if next.source.ID != "" {
			due = p.due
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-timer.C:
		case due <- next:
			next = job{}
		case r := <-p.done:
			p.finished(r)
		case sources := <-p.g.reload:
			p.set(ctx, sources)
		}
	}
}

// finished gives the hosts back and puts the source into the queue again.
func (p *plan) finished(r result) {
	now := p.g.o.Now()
	p.hosts.release(r.job.keys, r.outcome, now)
	known, ok := p.known[r.job.source.ID]
	if !ok || known.generation != r.job.generation {
		return
	}
	if r.job.locate {
		known.server = r.server
		heap.Push(&p.queue, turn{r.job.source.ID, r.job.generation, now})
		return
	}
	if known.gone = r.outcome.Gone; known.gone {
		return
	}
	if r.outcome.Effective != "" {
		known.effective = r.outcome.Effective
	}
	if r.outcome.Server != "" {
		known.server = r.outcome.Server
	}
	if r.outcome.Pace != nil {
		known.pace = *r.outcome.Pace
	}
	at := r.outcome.Next
	if at.IsZero() {
		at = now.Add(retryStore)
	}
	heap.Push(&p.queue, turn{r.job.source.ID, r.job.generation, at})
}

// turn is when a source is due.
type turn struct {
	source     string
	generation int
	at         time.Time
}

// queue is a heap of turns, the earliest first.
type queue []turn

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i].at.Before(q[j].at) }
func (q queue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }

// Push and Pop are for container/heap.
func (q *queue) Push(x any) { *q = append(*q, x.(turn)) }
func (q *queue) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}
