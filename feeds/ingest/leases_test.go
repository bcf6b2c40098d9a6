package ingest_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"reprint/cache"
	"reprint/feeds/fetch"
	"reprint/feeds/ingest"
)

// desk is what the servers of a store share: its leases, by the clock of the test.
type desk struct {
	mu       sync.Mutex
	turn     int64
	enrolled map[string]enrollment
	claims   map[string][2]int64 // source -> session, fence
}

type enrollment struct {
	session int64
	until   time.Time
}

func newDesk() *desk {
	return &desk{enrolled: make(map[string]enrollment), claims: make(map[string][2]int64)}
}

// alive returns the server of a session that runs.
func (d *desk) alive(session int64) string {
	for server, e := range d.enrolled {
		if e.session == session && time.Now().Before(e.until) {
			return server
		}
	}
	return ""
}

func (d *desk) enroll(server string, lease time.Duration) cache.Roll {
	d.mu.Lock()
	defer d.mu.Unlock()
	e := d.enrolled[server]
	if !time.Now().Before(e.until) {
		d.turn++
		e.session = d.turn
	}
	e.until = time.Now().Add(lease)
	d.enrolled[server] = e
	roll := cache.Roll{Session: e.session}
	for _, name := range slices.Sorted(maps.Keys(d.enrolled)) {
		if time.Now().Before(d.enrolled[name].until) {
			roll.Servers = append(roll.Servers, name)
		}
	}
	return roll
}

func (d *desk) claim(server string, session int64, take, leave []string) map[string]int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	fences := make(map[string]int64)
	if d.alive(session) != server {
		return fences
	}
	for _, source := range leave {
		if d.claims[source][0] == session {
			delete(d.claims, source)
		}
	}
	d.turn++
	for _, source := range take {
		if d.alive(d.claims[source][0]) == "" {
			d.claims[source] = [2]int64{session, d.turn}
		}
		if c := d.claims[source]; c[0] == session {
			fences[source] = c[1]
		}
	}
	return fences
}

// errCut is what a server hears that is cut off from the store.
var errCut = fmt.Errorf("%w: cut off", cache.ErrUnavailable)

// member is one server: it may be cut off from the store, and what it sends may take its time.
type member struct {
	*memory
	desk *desk
	name string
	cut  atomic.Bool
	deaf atomic.Bool // the store does what it is asked, and its answers about leases are lost
	end  func(kill bool)
	// stall, where there is one, stops the whole process for so long once it has noted that it
	// begins a poll; stopped is until when.
	stall   atomic.Int64
	stopped atomic.Pointer[time.Time]
}

func (m *member) Enroll(ctx context.Context, server string, lease time.Duration) (cache.Roll, error) {
	if until := m.stopped.Load(); until != nil {
		time.Sleep(time.Until(*until))
	}
	if m.cut.Load() {
		<-ctx.Done()
		return cache.Roll{}, errCut
	}
	roll := m.desk.enroll(server, lease)
	if m.deaf.Load() {
		return cache.Roll{}, errCut
	}
	return roll, nil
}

func (m *member) Claim(_ context.Context, server string, session int64, take, leave []string) (map[string]int64, error) {
	if m.cut.Load() {
		return nil, errCut
	}
	fences := m.desk.claim(server, session, take, leave)
	if m.deaf.Load() {
		return nil, errCut
	}
	return fences, nil
}

func (m *member) Retire(_ context.Context, server string) error {
	if m.cut.Load() {
		return errCut
	}
	m.desk.mu.Lock()
	defer m.desk.mu.Unlock()
	delete(m.desk.enrolled, server)
	return nil
}

func (m *member) Poll(ctx context.Context, source string) (cache.Poll, error) {
	if m.cut.Load() {
		return cache.Poll{}, errCut
	}
	return m.memory.Poll(ctx, source)
}

// SavePoll heeds the fence, as every store does.
func (m *member) SavePoll(_ context.Context, source string, p cache.Poll) error {
	if m.cut.Load() {
		return errCut
	}
	m.memory.mu.Lock()
	defer m.memory.mu.Unlock()
	if m.polls[source].Fence > p.Fence {
		return cache.ErrFenced
	}
	m.polls[source] = p
	if stall := time.Duration(m.stall.Swap(0)); stall > 0 {
		until := time.Now().Add(stall)
		m.stopped.Store(&until)
		m.memory.mu.Unlock()
		time.Sleep(stall)
		m.memory.mu.Lock()
	}
	return nil
}

// register notes who polled what when.
type register struct {
	mu    sync.Mutex
	polls map[string][]polled
}

type polled struct {
	server string
	at     time.Time
}

// reporter is the fetcher of one server.
type reporter struct {
	*register
	server string
}

func (r reporter) Get(ctx context.Context, q fetch.Request) (fetch.Response, error) {
	r.mu.Lock()
	r.polls[q.URL] = append(r.polls[q.URL], polled{r.server, time.Now()})
	r.mu.Unlock()
	select {
	case <-time.After(3 * time.Second):
	case <-ctx.Done():
		return fetch.Response{}, &fetch.Error{Kind: fetch.Timeout, URL: q.URL, Err: ctx.Err()}
	}
	return fetch.Response{Status: 304, NotModified: true, URL: q.URL}, nil
}

const testLease = 20 * time.Second

// newsrooms are servers that share sources.
type newsrooms struct {
	t        *testing.T
	desk     *desk
	store    *memory
	register *register
	sources  []ingest.Source
	members  map[string]*member
}

func newNewsrooms(t *testing.T, sources int) *newsrooms {
	n := &newsrooms{t: t, desk: newDesk(), store: newMemory(), register: &register{polls: make(map[string][]polled)}, members: make(map[string]*member)}
	for i := range sources {
		n.sources = append(n.sources, ingest.Source{ID: fmt.Sprint("s", i), Feed: fmt.Sprintf("https://site%d.example/", i), Every: time.Hour})
	}
	return n
}

// start adds a server.
func (n *newsrooms) start(name string) {
	m := &member{memory: n.store, desk: n.desk, name: name}
	g := ingest.New(ingest.Options{Fetch: reporter{n.register, name}, Store: m, Leases: m, Server: name, Lease: testLease, Now: time.Now})
	ctx, cancel := context.WithCancel(n.t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		if err := g.Run(ctx, n.sources); !errors.Is(err, context.Canceled) {
			n.t.Errorf("%s ended: %v", name, err)
		}
	})
	m.end = func(kill bool) {
		if kill { // whoever is killed says goodbye to nobody
			m.cut.Store(true)
		}
		cancel()
		running.Wait()
	}
	n.members[name] = m
}

func (n *newsrooms) end(name string, kill bool) {
	n.members[name].end(kill)
	delete(n.members, name)
}

func (n *newsrooms) endAll() {
	for _, name := range slices.Sorted(maps.Keys(n.members)) {
		n.end(name, false)
	}
}

// problems tells which source was asked twice within its time, or was left alone for too long.
func (n *newsrooms) problems(longest time.Duration) (found []string) {
	say := func(format string, arguments ...any) { found = append(found, fmt.Sprintf(format, arguments...)) }
	for _, s := range n.sources {
		polls := n.register.polls[s.Feed]
		if len(polls) == 0 {
			say("%s was never polled", s.ID)
			continue
		}
		for i, p := range append(polls[1:], polled{"nobody", time.Now()}) {
			gap := p.at.Sub(polls[i].at)
			if p.server != "nobody" && gap < s.Every {
				say("%s: by %s, and %v later by %s", s.ID, polls[i].server, gap, p.server)
			}
			if gap > longest {
				say("%s was left alone for %v", s.ID, gap)
			}
		}
	}
	return found
}

// TestSharedOut: three servers share sixty sources evenly; one is killed and its sources are
// polled by the others when they are due; one comes and takes its share; no source is asked
// twice within its hour.
func TestSharedOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNewsrooms(t, 60)
		for _, name := range []string{"a", "b", "c"} {
			n.start(name)
		}
		time.Sleep(4 * time.Hour)
		work := make(map[string]int)
		n.register.mu.Lock()
		for _, polls := range n.register.polls {
			for _, p := range polls[1:] { // the first server that came began with all of them
				work[p.server]++
			}
		}
		n.register.mu.Unlock()
		for server, polls := range work {
			if polls < 54 || polls > 66 {
				t.Errorf("%s polled %d times of %v", server, polls, work)
			}
		}
		n.end("b", true)
		time.Sleep(2 * time.Hour)
		n.start("d")
		time.Sleep(2 * time.Hour)
		n.endAll()
		if p := n.problems(time.Hour + 10*time.Minute); len(p) > 0 {
			t.Error(p)
		}
		last := make(map[string]int)
		for _, polls := range n.register.polls {
			last[polls[len(polls)-1].server]++
		}
		if len(last) != 3 || last["d"] < 18 || last["d"] > 22 {
			t.Errorf("at the end: %v", last)
		}
	})
}

// TestStoreForgets: a store that has lost everything is told when the sources were polled, before the server that happens to
// come first takes all of them for its own. So nobody is asked twice within its hour, at whatever moment it is lost.
func TestStoreForgets(t *testing.T) {
	for _, after := range []time.Duration{3 * time.Second, 25 * time.Second, time.Minute, 59 * time.Minute, 90 * time.Minute} {
		synctest.Test(t, func(t *testing.T) {
			n := newNewsrooms(t, 30)
			for _, name := range []string{"a", "b", "c"} {
				n.start(name)
			}
			time.Sleep(time.Hour + after)
			n.loseStore()
			time.Sleep(3 * time.Hour)
			n.endAll()
			if p := n.problems(time.Hour + 10*time.Minute); len(p) > 0 {
				t.Errorf("lost after %v: %v", after, p)
			}
		})
	}
}

// TestStoreForgetsWhileAway: the same where nobody has heard the store for longer than a lease, and servers do not come back to
// it at the same time, because they are quiet for a while then.
func TestStoreForgetsWhileAway(t *testing.T) {
	for away := 2 * testLease; away < 8*testLease; away += testLease / 2 {
		synctest.Test(t, func(t *testing.T) {
			n := newNewsrooms(t, 30)
			for _, name := range []string{"a", "b", "c"} {
				n.start(name)
				time.Sleep(testLease / 5)
			}
			time.Sleep(2 * time.Minute)
			for _, m := range n.members {
				m.cut.Store(true)
			}
			time.Sleep(away)
			n.loseStore()
			for _, m := range n.members {
				m.cut.Store(false)
			}
			time.Sleep(3 * time.Hour)
			n.endAll()
			if p := n.problems(time.Hour + 10*time.Minute); len(p) > 0 {
				t.Errorf("away for %v: %v", away, p)
			}
		})
	}
}

// loseStore makes the store forget everything.
func (n *newsrooms) loseStore() {
	n.desk.mu.Lock()
	clear(n.desk.enrolled)
	clear(n.desk.claims)
	n.desk.mu.Unlock()
	n.store.mu.Lock()
	clear(n.store.polls)
	n.store.mu.Unlock()
}

// TestHandover: a server that ends in order gives its sources away at once, one that is cut off
// from the store loses them when its lease is out, and takes its share again once it is back.
func TestHandover(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNewsrooms(t, 20)
		held := func() map[string]int {
			n.desk.mu.Lock()
			defer n.desk.mu.Unlock()
			count := make(map[string]int)
			for _, c := range n.desk.claims {
				count[n.desk.alive(c[0])]++
			}
			return count
		}
		n.start("a")
		n.start("b")
		time.Sleep(2 * testLease)
		if h := held(); h["a"] != 10 || h["b"] != 10 {
			t.Errorf("held: %v", h)
		}
		n.end("a", false)
		time.Sleep(testLease/3 + time.Millisecond)
		if h := held(); h["b"] != 20 {
			t.Errorf("after an orderly end: %v", h)
		}
		n.start("c")
		time.Sleep(2 * testLease)
		n.members["b"].cut.Store(true)
		time.Sleep(testLease + testLease/2)
		if h := held(); h["c"] != 20 {
			t.Errorf("while one is cut off: %v", h)
		}
		n.members["b"].cut.Store(false)
		time.Sleep(3 * testLease)
		if h := held(); h["b"] != 10 || h["c"] != 10 {
			t.Errorf("once it is back: %v", h)
		}
		n.endAll()
	})
}

// TestStalled: a process that was stopped just before it asked a publisher does not ask any more
// when it wakes up after its lease.
func TestStalled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNewsrooms(t, 1)
		n.start("a")
		time.Sleep(30 * time.Minute)
		n.start("b") // the source stays with a
		n.members["a"].stall.Store(int64(70 * time.Minute))
		time.Sleep(4 * time.Hour)
		a := n.members["a"]
		n.endAll()
		polls := n.register.polls[n.sources[0].Feed]
		if a.stall.Load() != 0 || len(polls) < 3 {
			t.Errorf("nobody was stopped, or nobody took over: %v", polls)
		}
		if p := n.problems(2*time.Hour + 20*time.Minute); len(p) > 0 {
			t.Error(p)
		}
	})
}

// TestRestarted: a server that was killed and is back before its lease was out holds nothing that it does
// not know of.
func TestRestarted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNewsrooms(t, 8)
		n.start("a")
		time.Sleep(30 * time.Minute)
		n.end("a", true)
		n.start("b")
		n.start("a")
		time.Sleep(4 * time.Hour)
		n.endAll()
		if p := n.problems(2 * time.Hour); len(p) > 0 {
			t.Error(p)
		}
	})
}

// TestSharedOutWhateverHappens: servers come, end, are killed and cut off in any order, and no source
// is ever asked twice within its time; nor is one forgotten.
func TestSharedOutWhateverHappens(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		type event struct {
			Kind string
			Name string
			Rest time.Duration
		}
		events := rapid.SliceOfN(rapid.Custom(func(r *rapid.T) event {
			return event{
				rapid.SampledFrom([]string{"start", "end", "kill", "cut", "deafen", "heal"}).Draw(r, "kind"),
				rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(r, "name"),
				time.Duration(rapid.IntRange(0, 90*60).Draw(r, "seconds")) * time.Second / time.Duration(rapid.SampledFrom([]int{1, 60, 3600}).Draw(r, "scale")),
			}
		}), 1, 25).Draw(r, "events")
		var problems []string
		synctest.Test(t, func(t *testing.T) {
			n := newNewsrooms(t, 8)
			n.start("z") // never touched
			for _, e := range events {
				m := n.members[e.Name]
				switch {
				case e.Kind == "start" && m == nil:
					n.start(e.Name)
				case m == nil:
				case e.Kind == "end" || e.Kind == "kill":
					n.end(e.Name, e.Kind == "kill")
				default:
					m.cut.Store(e.Kind == "cut")
					m.deaf.Store(e.Kind == "deafen")
				}
				time.Sleep(e.Rest)
			}
			for _, m := range n.members {
				m.cut.Store(false)
				m.deaf.Store(false)
			}
			time.Sleep(2 * time.Hour)
			n.endAll()
			// A poll whose end nobody heard is followed by another an hour later.
			problems = n.problems(2*time.Hour + 20*time.Minute)
		})
		if len(problems) > 0 {
			r.Fatalf("%v\nafter %+v", problems, events)
		}
	})
}
