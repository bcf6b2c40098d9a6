package serve

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"reprint/cache"
	"reprint/feeds"
	"reprint/syndicate"
)

// Memory is what this server itself keeps of withdrawals, on its own disk. With it a server
// knows a store that lost some, and can write them back.
type Memory interface {
	// Recall returns all that was remembered, and the store that it was last agreed with;
	// empty where there was none.
	Recall() (entries []syndicate.Withdrawal, store string, err error)
	// Remember makes entries durable.
	Remember(ctx context.Context, entries []syndicate.Withdrawal) error
	// RememberStore makes it durable with which store the entries were agreed.
	RememberStore(ctx context.Context, store string) error
}

// authority knows what was withdrawn, and for how long this server may rely on that. A server
// may answer with items only while its lease runs, and its lease begins with a word from the
// store that there is nothing it has not applied.
type authority struct {
	mu  sync.RWMutex // held for writing while entries are added, for reading while is decided
	set *syndicate.Withdrawals
	// recent are the entries that were added last, at most [recentEntries], in the order in
	// which they were; complete tells from which epoch of the set on they are all there.
	recent   []recentEntry
	complete int64

	epoch atomic.Int64              // of the set, once all editions were looked at
	until atomic.Pointer[time.Time] // end of the lease

	beating sync.Mutex // one word with the store at a time
	store   string     // with which the set is agreed
	run     string     // of the store, as it was last heard
	waits   time.Time  // before then no lease begins
}

// recentEntry is an entry with the epoch that the set had after it was added.
type recentEntry struct {
	after int64
	entry syndicate.Withdrawal
}

// recentEntries is how many entries are kept for editions that are being made meanwhile.
const recentEntries = 4096

// note keeps entries that were just added. It is called with mu held.
func (a *authority) note(entries []syndicate.Withdrawal) {
	for _, e := range entries {
		a.recent = append(a.recent, recentEntry{a.set.Epoch(), e})
	}
	if over := len(a.recent) - recentEntries; over > 0 {
		a.complete = a.recent[over-1].after
		a.recent = append([]recentEntry(nil), a.recent[over:]...)
	}
}

// catchUp brings an edition that was just made up to now, if nothing of what was added
// meanwhile is about it.
func (a *authority) catchUp(e *edition, c *channel) {
	a.mu.RLock()
	defer a.mu.RUnlock()
	decided := e.decided.epoch.Load()
	if decided < a.complete {
		return
	}
	var since []syndicate.Withdrawal
	for _, r := range a.recent {
		if r.after > decided {
			since = append(since, r.entry)
		}
	}
	if !e.isAbout(c, since) && !c.mayGain(since) {
		e.decided.epoch.Store(a.set.Epoch())
	}
}

// errLease tells that this server has not heard from the store for too long.
var errLease = errors.New("this server cannot tell what was withdrawn: it has not heard from the store in time")

// errRestoring tells that the store has lost withdrawals and is being given them back.
var errRestoring = errors.New("the store has lost withdrawals, and they are being written back")

// decidable is when something was decided on: the epoch of the withdrawals that it heeds.
type decidable struct{ epoch atomic.Int64 }

// isStale tells whether something heeds all that was withdrawn.
func (a *authority) isStale(d *decidable) bool { return d != nil && d.epoch.Load() < a.epoch.Load() }

// holds tells whether the lease runs.
func (a *authority) holds(now time.Time) bool {
	until := a.until.Load()
	return until != nil && now.Before(*until)
}

// read calls f with the set, which does not change meanwhile, and returns its epoch.
func (a *authority) read(f func(*syndicate.Withdrawals)) int64 {
	a.mu.RLock()
	defer a.mu.RUnlock()
	f(a.set)
	return a.set.Epoch()
}

// lastMoment is asked before anything that carries items is sent.
func (s *Server) lastMoment(d *decidable, now time.Time) error {
	switch {
	case d == nil:
		return nil
	case !s.authority.holds(now):
		return errLease
	case s.authority.isStale(d):
		return errStale
	}
	return nil
}

// ensureLease renews the lease if it is out.
func (s *Server) ensureLease(ctx context.Context) error {
	if s.authority.holds(s.now()) {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, s.lease)
	defer cancel()
	if err := s.beat(ctx); err != nil {
		return fmt.Errorf("%w: %w", errLease, err)
	}
	return nil
}

// mostRounds bounds how often one beat begins anew because the store has changed meanwhile.
const mostRounds = 200

// beat says to the store what this server has applied, applies what it has not, and renews the
// lease from the moment before the word that there is no more. A store that has lost
// something is given it back first.
func (s *Server) beat(ctx context.Context) error {
	a := &s.authority
	a.beating.Lock()
	defer a.beating.Unlock()
	for range mostRounds {
		asked := s.now()
		b := cache.Beat{Server: s.name, Applied: a.epoch.Load(), Lease: s.lease, Version: s.version, Address: s.address}
		identity, err := s.store.Beat(ctx, b)
		if err != nil {
			return err
		}
		agreed, err := s.agree(ctx, identity)
		if err != nil {
			return err
		}
		if agreed {
			return s.renewLease(identity.Run, asked)
		}
	}
	return errRestoring
}

// renewLease lets the lease run from a moment. Where the store may have fallen back to an older
// state, it may have forgotten a withdrawal that this server has missed. So the lease waits for
// as long as one runs, in which those that know it write it back.
func (s *Server) renewLease(run string, asked time.Time) error {
	a := &s.authority
	if run != a.run {
		a.run, a.waits = run, asked.Add(s.lease)
		a.until.Store(nil)
	}
	if asked.Before(a.waits) {
		return errJoining
	}
	until := asked.Add(s.lease)
	a.until.Store(&until)
	return nil
}

// errJoining tells that this server has just met the store, or that the store may have fallen back.
var errJoining = errors.New("the store is another one than before, or was started again: this server waits whether others know more than it does")

// agree compares the set with what the store says of its own, and does one step towards one set
// where they differ.
func (s *Server) agree(ctx context.Context, store cache.Identity) (bool, error) {
	a := &s.authority
	var epoch, sum int64
	a.read(func(set *syndicate.Withdrawals) { epoch, sum = set.Epoch(), set.Sum() })
	switch {
	case store.ID == a.store && store.Epoch == epoch && store.Sum == sum:
		return true, nil
	case a.store == "" && epoch == 0 && store.Epoch == 0, store.ID != a.store && store.Epoch == epoch && store.Sum == sum:
		return false, s.adopt(ctx, store.ID)
	case (store.ID == a.store || a.store == "") && store.Epoch > epoch:
		entries, err := s.store.Withdrawals(ctx, epoch, journalPage)
		if err == nil && len(entries) > 0 {
			return false, s.apply(ctx, entries)
		}
		if err != nil {
			return false, err
		}
	}
	return false, s.reconcile(ctx)
}

// adopt takes a store for the one that the set is agreed with.
func (s *Server) adopt(ctx context.Context, store string) error {
	if s.memory != nil {
		if err := s.memory.RememberStore(ctx, store); err != nil {
			return err
		}
	}
	s.authority.store = store
	return nil
}

// reconcile makes the set and the store's entries one: what counts of both. Entries are only ever
// added, so it does not matter who does it first, or that two do it at once.
func (s *Server) reconcile(ctx context.Context) error {
	s.log.Warn("the store's withdrawals differ from those that are known here; no items are served until they are one again")
	theirs := syndicate.NewWithdrawals()
	for after := int64(0); ; {
		entries, err := s.store.Withdrawals(ctx, after, journalPage)
		if err != nil {
			return err
		}
		fresh := 0
		for _, e := range entries {
			if theirs.Add(e) {
				fresh++
			}
		}
		if fresh == 0 {
			break
		}
		after = entries[len(entries)-1].Epoch - 1 // two may have one epoch
	}
	var news, lost []syndicate.Withdrawal
	theirs.All(func(e syndicate.Withdrawal) bool { news = append(news, e); return true })
	if err := s.apply(ctx, news); err != nil {
		return err
	}
	s.authority.read(func(set *syndicate.Withdrawals) {
		set.All(func(e syndicate.Withdrawal) bool {
			if known, _ := theirs.Standing(e.Target); known.Target == "" || e.Supersedes(known) {
				lost = append(lost, e)
			}
			return true
		})
	})
	slices.SortFunc(lost, func(a, b syndicate.Withdrawal) int { return int(min(max(a.Epoch-b.Epoch, -1), 1)) })
	if err := s.store.Restore(ctx, lost); err != nil {
		return err
	}
	identity, err := s.store.Identity(ctx)
	if err != nil {
		return err
	}
	s.log.Warn("withdrawals were written back to the store", "entries", len(lost))
	return s.adopt(ctx, identity.ID)
}

// apply adds entries: they are durable here first, then nothing that they are about is sent any more.
func (s *Server) apply(ctx context.Context, entries []syndicate.Withdrawal) error {
	a := &s.authority
	var news []syndicate.Withdrawal
	a.read(func(set *syndicate.Withdrawals) {
		for _, e := range entries {
			if known, _ := set.Standing(e.Target); known.Target == "" || e.Supersedes(known) {
				news = append(news, e)
			}
		}
	})
	if s.memory != nil && len(news) > 0 {
		if err := s.memory.Remember(ctx, news); err != nil {
			return err
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	before := a.epoch.Load()
	for _, e := range news {
		a.set.Add(e)
	}
	// A set that is made one with a store may get old entries, too: every epoch before is over.
	a.note(news)
	epoch := a.set.Epoch()
	s.site.Load().eachChannel(func(c *channel) {
		e := c.current.Load()
		switch {
		case e == nil:
		case e.decided.epoch.Load() < before || e.isAbout(c, news):
			c.current.CompareAndSwap(e, nil)
		default:
			e.decided.epoch.Store(epoch)
		}
		if c.mayGain(news) {
			c.stale.Store(true) // it may be shown, and is no withdrawal's, but lacks something
		}
	})
	a.epoch.Store(epoch)
	if len(news) > 0 {
		s.health.wake()
	}
	return nil
}

// mayGain tells whether something was put back that the channel may hold.
func (c *channel) mayGain(entries []syndicate.Withdrawal) bool {
	return slices.ContainsFunc(entries, func(w syndicate.Withdrawal) bool {
		if !w.Reinstated {
			return false
		}
		if id := w.Target.Item(); id != "" {
			return c.holds(feeds.SourceOf(id))
		}
		return true
	})
}

// eachChannel calls f with the channels of the public and of all views.
func (t *site) eachChannel(f func(*channel)) {
	for _, c := range t.channels {
		f(c)
	}
	for _, v := range t.views {
		for _, c := range v.channels {
			f(c)
		}
	}
}

// isAbout tells whether an edition shows something that entries withdraw.
func (e *edition) isAbout(c *channel, entries []syndicate.Withdrawal) bool {
	return slices.ContainsFunc(entries, func(w syndicate.Withdrawal) bool {
		if w.Reinstated {
			return false // what it does not show yet may stay so until it is made anew
		}
		if w.Target.Item() == "" && !e.shows[string(w.Target)] {
			return c.isUnder(w.Target)
		}
		return e.shows[string(w.Target)] || slices.ContainsFunc(w.Addresses, func(key string) bool { return e.shows[key] })
	})
}

// isUnder tells whether a target that is no item may hold items of the channel.
func (c *channel) isUnder(t syndicate.Target) bool {
	for _, source := range c.sources {
		if t == syndicate.SourceTarget(source) {
			return true
		}
	}
	return len(t) > 7 && t[:7] == "origin:"
}

// shown notes under which names an edition shows an item: its id, its addresses, its pictures.
func shown(shows map[string]bool, i feeds.Item) {
	shows[string(syndicate.ItemTarget(i.ID))] = true
	for _, key := range syndicate.AddressesOf(i) {
		shows[key] = true
	}
	for _, p := range i.Pictures() {
		shows[string(syndicate.PictureTarget(p.URL))] = true
	}
}
