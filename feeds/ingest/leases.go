package ingest

import (
	"context"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"reprint/cache"
)

// Leases share the sources out among servers, with the promises of [cache.Leases].
type Leases interface {
	Enroll(ctx context.Context, server string, lease time.Duration) (cache.Roll, error)
	Claim(ctx context.Context, server string, session int64, take, leave []string) (map[string]int64, error)
	Retire(ctx context.Context, server string) error
}

// claims are the sources that this server holds, and may poll as long as its lease runs. Where
// there are no leases it holds all.
type claims struct {
	g       *Ingester
	sources atomic.Pointer[[]Source] // to be shared out
	wake    chan struct{}            // the sources are others
	changed chan struct{}            // what is held is something else; the plan waits for it
	others  chan struct{}            // the store has begun another session

	mu      sync.Mutex
	session int64
	until   time.Time        // end of the lease, by our clock
	held    map[string]int64 // source -> fence
	leaving map[string]bool  // given up here, and the store does not know yet
	asked   map[string]bool  // claimed, and the store may have agreed to it
	busy    map[string]int   // jobs at work
	running context.Context  // of the session: work ends with it
	end     context.CancelFunc
	met     int // sessions that were begun
	trust   time.Time
	silent  bool // the store did not answer the last time
	begun   bool // what this server held before it was started is given back

	servers []string          // for whom the shares were reckoned
	of      *[]Source         // and of what
	shares  map[string]string // source -> server
}

func newClaims(g *Ingester) *claims {
	c := &claims{g: g, wake: make(chan struct{}, 1), changed: make(chan struct{}, 1), others: make(chan struct{}, 1), held: map[string]int64{}, leaving: map[string]bool{}, asked: map[string]bool{}, busy: map[string]int{}}
	c.running, c.end = context.WithCancel(context.Background())
	return c
}

// set replaces the sources that are to be shared out.
func (c *claims) set(sources []Source) {
	c.sources.Store(&sources)
	notify(c.wake)
}

func notify(wake chan<- struct{}) {
	select {
	case wake <- struct{}{}:
	default: // it is told already
	}
}

// shared tells whether there are other servers at all.
func (c *claims) shared() bool { return c.g.o.Leases != nil }

// look returns what tells which sources this server polls, and in which session, at one moment.
func (c *claims) look() (holds func(source string) bool, session int) {
	if !c.shared() {
		return func(string) bool { return true }, 0
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	held := maps.Clone(c.held)
	return func(source string) bool { _, ok := held[source]; return ok }, c.met
}

// quietFor is how many leases a server is quiet for whose own ran out.
const quietFor = 2

// keep holds on to this server's share until ctx ends.
//
// A server whose lease ran out is quiet for longer than one. The store may have heard it all the
// time, with only its answers lost; others would wait for it for ever.
func (c *claims) keep(ctx context.Context) {
	for ctx.Err() == nil {
		err := c.round(ctx)
		wake, next := c.wake, c.g.o.Lease/3
		if err != nil && ctx.Err() == nil && c.expire() {
			wake, next = nil, quietFor*c.g.o.Lease
		}
		if err != nil && !c.silent {
			c.g.o.Log.WarnContext(ctx, "the store does not say which sources are this server's; what it holds is polled until its lease is out", "error", err)
		}
		c.silent = err != nil
		select {
		case <-ctx.Done():
		case <-wake:
		case <-time.After(next):
		}
	}
}

// remind tells the store what it may have lost whenever it begins another session, until ctx ends. It does so twice: the
// first time another server may write an earlier poll of a source in between.
func (c *claims) remind(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-c.others:
		}
		for range 2 {
			if err := c.g.recalled.putBack(ctx); err != nil && ctx.Err() == nil {
				c.g.o.Log.WarnContext(ctx, "the store cannot be told what was polled", "error", err)
				notify(c.others)
			}
			select {
			case <-ctx.Done():
			case <-time.After(c.g.o.Lease / 3):
			}
		}
	}
}

// retire gives everything back, once no work is done any more.
func (c *claims) retire(ctx context.Context) {
	c.drop()
	ctx, cancel := context.WithTimeout(ctx, c.g.o.Lease)
	defer cancel()
	if err := c.g.o.Leases.Retire(ctx, c.g.o.Server); err != nil {
		c.g.o.Log.Debug("could not give the sources back; others wait for the lease", "error", err)
	}
}

// round enrolls, and brings what is held closer to what this server's share is.
func (c *claims) round(ctx context.Context) error {
	bounded, cancel := context.WithTimeout(ctx, c.g.o.Lease/2)
	defer cancel()
	if err := c.begin(bounded); err != nil {
		return err
	}
	asked := c.g.o.Now()
	roll, err := c.g.o.Leases.Enroll(bounded, c.g.o.Server, c.g.o.Lease)
	if err != nil {
		return err
	}
	c.renew(roll.Session, asked.Add(c.g.o.Lease))
	take, leave := c.differences(roll.Servers)
	if len(take) == 0 && len(leave) == 0 {
		return nil
	}
	fences, err := c.g.o.Leases.Claim(bounded, c.g.o.Server, roll.Session, take, leave)
	if err != nil {
		return err
	}
	c.settle(fences, leave)
	return nil
}

// begin gives back what a process of the same name held that was killed a moment ago: nobody else could
// claim it as long as this one lives.
func (c *claims) begin(ctx context.Context) error {
	if c.begun {
		return nil
	}
	err := c.g.o.Leases.Retire(ctx, c.g.o.Server)
	c.begun = err == nil
	return err
}

// renew lets the lease run on. In another session than before nothing is held.
func (c *claims) renew(session int64, until time.Time) {
	if c.isOther(session) {
		c.drop()
		notify(c.others)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.session != session {
		c.met++
		c.trust = time.Time{}
		if c.met > 1 || c.g.recalled.begun() {
			c.trust = until.Add(quietFor * c.g.o.Lease)
		}
	}
	c.session, c.until = session, until
}

// trusted is when the store knows of all polls. It may have lost some before a session began; those who made
// them tell it within a lease, once they are not quiet any more. To a server that has never polled anything everything is new.
func (c *claims) trusted() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.trust
}

func (c *claims) isOther(session int64) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.session != session
}

// differences returns what is to be claimed and what is to be given up. What is given up is not
// worked on, and will not be.
func (c *claims) differences(servers []string) (take, leave []string) {
	to := c.share(servers)
	c.mu.Lock()
	defer c.mu.Unlock()
	for source, server := range to {
		if _, held := c.held[source]; !held && server == c.g.o.Server {
			take = append(take, source)
			delete(c.leaving, source)
			c.asked[source] = true
		}
	}
	for source := range c.held {
		if to[source] != c.g.o.Server && c.busy[source] == 0 {
			delete(c.held, source)
			c.leaving[source] = true
			notify(c.changed)
		}
	}
	for source := range c.asked { // the store may have agreed, and its answer was lost
		if to[source] != c.g.o.Server {
			delete(c.asked, source)
			c.leaving[source] = true
		}
	}
	slices.Sort(take)
	return take, slices.Sorted(maps.Keys(c.leaving))
}

// share reckons the shares anew where sources or servers are others than before.
func (c *claims) share(servers []string) map[string]string {
	if sources := c.sources.Load(); sources != c.of || !slices.Equal(servers, c.servers) {
		c.of, c.servers, c.shares = sources, servers, share(*sources, servers)
	}
	return c.shares
}

// settle notes what the store has agreed to.
func (c *claims) settle(fences map[string]int64, left []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, source := range left {
		delete(c.leaving, source)
	}
	maps.Copy(c.held, fences)
	for source := range fences {
		delete(c.asked, source)
	}
	if len(fences)+len(left) > 0 {
		notify(c.changed)
		c.g.o.Held(len(c.held))
	}
}

// expire drops everything if the lease is over, and tells whether it is.
func (c *claims) expire() bool {
	c.mu.Lock()
	over := !c.g.o.Now().Before(c.until)
	c.mu.Unlock()
	if over {
		c.drop()
	}
	return over
}

// drop ends the session here: work that goes on is stopped.
func (c *claims) drop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.end()
	c.running, c.end = context.WithCancel(context.Background())
	clear(c.held)
	clear(c.leaving)
	clear(c.asked)
	c.session = 0
	notify(c.changed)
	c.g.o.Held(0)
}
