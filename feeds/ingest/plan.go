package ingest

import (
	"container/heap"
	"context"
	"time"

	"reprint/cache"
)

// job is one turn of a source.
type job struct {
	kind       jobKind
	source     Source
	generation int
	keys       []string // hosts that are claimed
}

// jobKind is what is to be done.
type jobKind int

const (
	polling     jobKind = iota
	locating            // find out which machine the source is on
	subscribing         // ask its hub
	recalling           // find out once more when it was polled last
)

// turn is the kind of turn that the job was made of.
func (k jobKind) turn() turnKind {
	if k == subscribing {
		return hubTurn
	}
	return pollTurn
}

// result is what came of a job.
type result struct {
	job     job
	outcome Outcome
	server  string     // of locating
	again   time.Time  // of subscribing: when to do it next; zero is never
	poll    cache.Poll // of recalling
	err     error      // likewise
	refused bool       // nothing was done: the source is not, or not surely, this server's
}

// plan is who is due when. Only Run's goroutine touches it.
type plan struct {
	g     *Ingester
	due   chan<- job
	done  <-chan result
	queue queue
	known map[string]*planned
	hosts hosts

	sources    []Source // of all servers; known are those that this one holds
	generation int      // the last that was given out
}

// planned is a source as the plan knows it.
type planned struct {
	source     Source
	session    int                  // in which it was taken up: another may have polled it since an earlier one
	generation int                  // turns of an earlier generation are void: it was another feed, or another server's
	due        [turnKinds]time.Time // of the turns that hold; others in the queue are void
	effective  string
	server     string
	hub        string
	pace       cache.Pace
	last, hold time.Time // of the last poll, and how long it asked for peace
	gone       bool      // and not asked until a reload finds that it is back
	located    bool      // or tried to
	unheard    bool      // it seemed due before the store was trusted
}

// set replaces the sources, or finds out which of them are this server's now. Those that stay
// keep their turn, new ones are due when their last poll says.
func (p *plan) set(ctx context.Context, sources []Source) {
	now := p.g.o.Now()
	holds, session := p.g.claims.look()
	p.sources = sources
	p.hosts.forget(now)
	before := p.known
	p.known = make(map[string]*planned, len(sources))
	byID := make(map[string]Source, len(sources))
	for _, s := range sources {
		byID[s.ID] = s
		if !holds(s.ID) {
			continue
		}
		old, stays := before[s.ID]
		if stays && old.source.Feed == s.Feed && old.session == session && !old.gone {
			old.source = s
			p.known[s.ID] = old
			p.subscribe(old, now)
			continue
		}
		p.generation++
		added := &planned{source: s, session: session, generation: p.generation}
		p.known[s.ID] = added
		p.remember(ctx, added, now)
	}
	p.g.known.Store(&byID)
}

// remember takes up a source where its last poll left it. While the store is not trusted yet to know of that, what
// seems due is looked at once more later.
func (p *plan) remember(ctx context.Context, k *planned, now time.Time) {
	poll, err := p.g.o.Store.Poll(ctx, k.source.ID)
	if err != nil {
		p.put(k, pollTurn, now.Add(retryStore))
		return
	}
	at, ever := resume(poll, k.source, now)
	if trusted := p.g.claims.trusted(); ever && at.Before(trusted) && now.Before(trusted) {
		k.unheard = true
		p.put(k, pollTurn, trusted)
		return
	}
	p.resume(k, poll, now)
}

// resume takes up a source with the state of its polls.
func (p *plan) resume(k *planned, poll cache.Poll, now time.Time) {
	k.effective, k.server, k.pace, k.last, k.hold = poll.Effective, poll.Server, poll.Pace, poll.Last, poll.Hold
	at, ever := resume(poll, k.source, now)
	if k.gone = !ever; ever {
		p.put(k, pollTurn, at)
	}
	if poll.URL == k.source.Feed {
		k.hub = poll.Hub
		p.subscribe(k, now)
	}
}

// put gives a source its next turn of a kind, instead of the one that it has.
func (p *plan) put(k *planned, kind turnKind, at time.Time) {
	k.due[kind] = at
	heap.Push(&p.queue, turn{k.source.ID, k.generation, kind, at})
}

// subscribe makes the subscription to a source due, if it can have one.
func (p *plan) subscribe(k *planned, now time.Time) {
	if k.hub != "" {
		p.put(k, hubTurn, now)
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
		if !ok || known.generation != first.generation || !known.due[first.kind].Equal(first.at) {
			heap.Pop(&p.queue) // a reload took it away, or it has another turn
			continue
		}
		if wait := first.at.Sub(now); wait > 0 {
			return job{}, wait
		}
		heap.Pop(&p.queue)
		if next, ok := p.turn(known, first.kind, now); ok {
			return next, 0
		}
	}
	return job{}, time.Hour
}

// turn makes a job of the turn that a source has now. If it cannot be done yet, the source
// gets another turn.
func (p *plan) turn(known *planned, kind turnKind, now time.Time) (job, bool) {
	next := job{source: known.source, generation: known.generation}
	if kind == hubTurn {
		next.kind, next.keys = subscribing, hubKeys(known.hub)
	} else {
		if known.unheard {
			next.kind = recalling
			return next, true
		}
		if p.unlocated(known) {
			known.located = true
			next.kind = locating
			return next, true
		}
		if at := awake(now, known.pace, jitter(known.source.ID, time.Hour)); at.After(now) && !known.source.IgnoreHints {
			p.put(known, kind, at) // its hosts were busy for long
			return job{}, false
		}
		next.keys = keys(known.source, known.effective, known.server)
	}
	if again, free := p.hosts.claim(next.keys, now); !free {
		p.put(known, kind, again)
		return job{}, false
	}
	known.due[kind] = time.Time{}
	return next, true
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
			p.g.claims.set(sources)
			p.set(ctx, sources)
		case <-p.g.claims.changed:
			p.set(ctx, p.sources)
		case source := <-p.g.hints:
			p.hinted(source)
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
	switch {
	case r.refused:
		known.located = known.located && r.job.kind != locating
		p.put(known, r.job.kind.turn(), now.Add(retryClaim))
	case r.job.kind == recalling && r.err != nil:
		p.put(known, pollTurn, now.Add(retryStore))
	case r.job.kind == recalling:
		known.unheard = false
		p.resume(known, r.poll, now)
	case r.job.kind == locating:
		known.server = r.server
		p.put(known, pollTurn, now)
	case r.job.kind == polling:
		p.polled(known, r.outcome, now)
	case !r.again.IsZero():
		p.put(known, hubTurn, r.again)
	}
}

// polled takes note of what a poll told.
func (p *plan) polled(known *planned, o Outcome, now time.Time) {
	known.last, known.hold = now, holdUntil(now, o.RetryAfter)
	if known.gone = o.Gone; known.gone {
		return
	}
	if o.Effective != "" {
		known.effective = o.Effective
	}
	if o.Server != "" {
		known.server = o.Server
	}
	if o.Pace != nil {
		known.pace = *o.Pace
	}
	if o.Result != ResultFailed && o.Hub != known.hub && p.g.subscribable(known.source) {
		known.hub = o.Hub
		p.put(known, hubTurn, now)
	}
	at := o.Next
	if at.IsZero() {
		at = now.Add(retryStore)
	}
	p.put(known, pollTurn, at)
}

// hintPause is the least time between two polls of a source however often its hub says that
// there is something new.
const hintPause = time.Minute

// hinted makes a source due because its hub says so, but neither against a Retry-After nor
// while it is being polled.
func (p *plan) hinted(source string) {
	known, ok := p.known[source]
	if !ok || known.gone || known.due[pollTurn].IsZero() {
		return
	}
	at := later(p.g.o.Now(), later(known.last.Add(hintPause), known.hold))
	if at.Before(known.due[pollTurn]) {
		p.put(known, pollTurn, at)
	}
}
