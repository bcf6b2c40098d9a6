package chaos

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"reprint/cache/cachetest/redistest"
)

const (
	sceneStories = 18
	earlySources = 2 // those from the beginning; the last source comes during the fault
	allSources   = 3
	// leaseTime is how long a server's lease runs, which is the default.
	leaseTime = 2 * time.Second
	// wellWithin is how long after a fault everything may take to be well again: a lease in which others may know more,
	// the client's pauses, and a busy machine. What the store has lost of items takes until the next poll besides.
	wellWithin = 30 * time.Second
)

// scene is two servers on one store, of which one may have a worse way to it, and who asks them all the time.
type scene struct {
	*house
	t         *testing.T
	p         *publishers
	book      *book
	far, near *server
	follower  *partner
	stories   []story // those that are there from the beginning and were not withdrawn yet
	orders    []*order
	given     int    // orders
	leave     func() // ends the asking
	idle      func() // tells that there is nothing to do but to wait
	restored  bool   // the store has lost withdrawals, and was given them back
	down      bool   // a server was ended by the test
	cutShort  bool   // a poll may have been cut short after the publisher was asked: the next one makes up for it
}

// play starts two servers, with the stores that they use, lets them take in what the first sources have, withdraws some of
// it, and sends readers and a partner.
func play(t *testing.T, idle func(), far, near string) *scene {
	t.Helper()
	s := &scene{house: new(house), t: t, idle: idle, p: publish(t, allSources, sceneStories, nil)}
	s.furnish(t, far, near)
	s.far, s.near = s.servers[0], s.servers[1]
	s.open(t, s.p, earlySources)
	t.Cleanup(func() { s.problems(t) })
	s.ready(t)
	for _, one := range s.p.stories {
		if !s.isLate(one) {
			s.stories = append(s.stories, one)
		}
	}
	waitFor(t, "the first stories are taken in", recoverWithin, func() bool { return s.far.has(s.stories) && s.near.has(s.stories) })
	s.book = newBook(sceneStories)
	s.follower = newPartner(t, s.house, filepath.Join(s.dir, "partner"))
	s.follower.settle(t)
	s.patrol()
	s.withdraw(s.near)
	back := s.withdraw(s.far)
	s.withdraw(s.near)
	s.putBack(s.far, back)
	return s
}

// onProxy is a scene in which the first server reaches Redis by way of a proxy.
func onProxy(t *testing.T, idle func()) (*scene, *redistest.Proxy) {
	t.Helper()
	store := redistest.Start(t)
	proxy := redistest.NewProxy(t, store.Addr)
	return play(t, idle, proxy.URL("p"), store.URL("p")), proxy
}

// onRedis is a scene on one Redis.
func onRedis(t *testing.T, idle func(), settings ...string) (*scene, *redistest.Server) {
	t.Helper()
	store := redistest.Start(t, settings...)
	return play(t, idle, store.URL("p"), store.URL("p")), store
}

// isLate tells whether a story is of the source that comes late.
func (s *scene) isLate(one story) bool { return one.source == sourceID(allSources-1) }

// late are the stories of the source that comes late.
func (s *scene) late() []story {
	return slices.DeleteFunc(slices.Clone(s.p.stories), func(one story) bool { return !s.isLate(one) })
}

// publishLate puts the last source into the configuration of all servers, which is polled then.
func (s *scene) publishLate() {
	s.cutShort = true
	s.configure(s.t, s.p, allSources)
	for _, server := range s.servers {
		server.reload()
	}
}

// end waits until everything is well again by itself, looks at what there is, and ends the servers.
func (s *scene) end() {
	t := s.t
	t.Helper()
	over := time.Now()
	waitFor(t, "all servers are ready again", wellWithin, s.lives)
	s.settleOrders()
	ready := time.Since(over)
	within := wellWithin
	if s.restored || s.cutShort {
		within += pollEvery
		s.idle()
	}
	gone := func(n int) bool { return s.book.gone[n].Load() != 0 }
	isWell := func(server *server) bool { return len(server.missing(s.p.stories, gone)) == 0 }
	waitFor(t, "all stories are there as they should be", within, func() bool { return isWell(s.far) && isWell(s.near) })
	t.Logf("ready after %v, all well after %v", ready.Round(10*time.Millisecond), time.Since(over).Round(10*time.Millisecond))
	s.leave()
	s.follower.settle(t)
	s.auditStore()
	j := judge(t, s.house, s.p, s.book, s.follower)
	s.auditOrders()
	s.told(j)
}

// told reports what was wrong.
func (s *scene) told(j *judgement) {
	s.t.Helper()
	if double, _, which := s.p.doublePolls(); double > 0 {
		s.t.Errorf("double polls: %q", which)
	}
	for what, list := range map[string][]string{"served after acknowledgment": s.book.wrong, "lost": j.lost, "not as promised": append(s.book.odd, j.odd...)} {
		for _, text := range list[:min(len(list), 10)] {
			s.t.Errorf("%s: %s (%d of them)", what, text, len(list))
		}
	}
	if n := s.book.unreachable.Load(); n > 0 && !s.down {
		s.t.Errorf("%d requests were not answered", n)
	}
	if s.book.items.Load() == 0 || s.book.checked.Load() < 100 {
		s.t.Errorf("%d answers were looked at, %d with items", s.book.checked.Load(), s.book.items.Load())
	}
}
