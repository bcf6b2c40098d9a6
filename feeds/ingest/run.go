package ingest

import (
	"container/heap"
	"context"
	"sync"
	"time"
)

// workers is how many sources are polled at the same time.
const workers = 8

// perPoll bounds one poll with everything that belongs to it.
const perPoll = 2 * time.Minute

// retryStore is how soon a source is tried again when the store could not be asked.
const retryStore = 10 * time.Second

// Run polls each source when it is due, until ctx ends. It returns the context's error.
func (g *Ingester) Run(ctx context.Context, sources []Source) error {
	due := make(chan Source)
	done := make(chan Outcome)
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() { g.work(ctx, due, done) })
	}
	defer wg.Wait()
	defer close(due)
	p := &plan{g: g, due: due, done: done, pending: make(map[string]bool)}
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
func (g *Ingester) work(ctx context.Context, due <-chan Source, done chan<- Outcome) {
	for s := range due {
		bounded, cancel := context.WithTimeout(ctx, perPoll)
		o := g.Once(bounded, s)
		cancel()
		select {
		case done <- o:
		case <-ctx.Done():
		}
	}
}

// plan is who is due when. Only Run's goroutine touches it.
type plan struct {
	g       *Ingester
	due     chan<- Source
	done    <-chan Outcome
	queue   queue
	sources map[string]Source
	pending map[string]bool // in the queue, or being polled
}

// set replaces the sources. New ones are due when their last poll says.
func (p *plan) set(ctx context.Context, sources []Source) {
	p.sources = make(map[string]Source, len(sources))
	for _, s := range sources {
		p.sources[s.ID] = s
		if p.pending[s.ID] {
			continue
		}
		p.pending[s.ID] = true
		poll, err := p.g.o.Store.Poll(ctx, s.ID)
		next := poll.Next
		if err != nil {
			next = p.g.o.Now().Add(retryStore)
		}
		heap.Push(&p.queue, turn{s.ID, next})
	}
}

func (p *plan) run(ctx context.Context) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		var due chan<- Source
		var next Source
		now := p.g.o.Now()
		p.dropGone()
		if len(p.queue) > 0 {
			if wait := p.queue[0].at.Sub(now); wait > 0 {
				timer.Reset(wait)
			} else {
				due, next = p.due, p.sources[p.queue[0].source]
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-timer.C:
		case due <- next:
			heap.Pop(&p.queue)
		case o := <-p.done:
			p.finished(o)
		case sources := <-p.g.reload:
			p.set(ctx, sources)
		}
	}
}

// dropGone takes sources that a reload removed off the head of the queue.
func (p *plan) dropGone() {
	for len(p.queue) > 0 {
		if _, ok := p.sources[p.queue[0].source]; ok {
			return
		}
		delete(p.pending, heap.Pop(&p.queue).(turn).source)
	}
}

// finished puts a source back into the queue.
func (p *plan) finished(o Outcome) {
	if _, ok := p.sources[o.Source]; !ok {
		delete(p.pending, o.Source)
		return
	}
	if o.Next.IsZero() {
		o.Next = p.g.o.Now().Add(retryStore)
	}
	heap.Push(&p.queue, turn{o.Source, o.Next})
}

// turn is when a source is due.
type turn struct {
	source string
	at     time.Time
}

// queue is a heap of turns, the earliest first.
type queue []turn

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i].at.Before(q[j].at) }
func (q queue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)        { *q = append(*q, x.(turn)) }
func (q *queue) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}
