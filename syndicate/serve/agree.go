package serve

import (
	"context"
	"errors"
	"slices"
	"time"

	"reprint/cache"
	"reprint/syndicate"
)

// errRestoring tells that the store has lost withdrawals and is being given them back.
var errRestoring = errors.New("the store has lost withdrawals, and they are being written back")

// mostRounds bounds how often one beat begins anew because the store has changed meanwhile.
const mostRounds = 200

// beat says to the store what this server has applied, applies what it has not, and renews the
// lease from the moment before the word that there is no more. A store that has lost
// something is given it back first, and what was ordered here is carried out.
func (s *Server) beat(ctx context.Context) error {
	a := &s.authority
	if err := a.beating.take(ctx); err != nil {
		return err
	}
	defer a.beating.give()
	for range mostRounds {
		asked := s.now()
		b := cache.Beat{Server: s.name, Applied: a.epoch.Load(), Lease: s.lease, Version: s.version, Address: s.address}
		identity, err := s.store.Beat(ctx, b)
		if err != nil {
			return err
		}
		s.meet(identity)
		agreed, err := s.agree(ctx, identity)
		if err != nil {
			return err
		}
		if !agreed {
			continue
		}
		carried, err := s.carryOut(ctx)
		if err != nil {
			return err
		}
		if carried == 0 {
			return s.renewLease(asked)
		}
	}
	return errRestoring
}

// meet takes in which store was heard. If that is news, the lease ends and another waits.
func (s *Server) meet(store cache.Identity) {
	a := &s.authority
	t, isNews := a.tenure.meet(store, s.now(), s.lease)
	a.tenure = t
	if isNews {
		a.until.Store(nil)
	}
}

// renewLease lets the lease run from a moment, unless it has to wait.
func (s *Server) renewLease(asked time.Time) error {
	a := &s.authority
	until, begins := a.tenure.lease(asked, s.lease)
	if !begins {
		return errJoining
	}
	a.until.Store(&until)
	return nil
}

// suspend ends the lease and lets another wait.
func (s *Server) suspend() {
	a := &s.authority
	a.until.Store(nil)
	a.tenure = a.tenure.anew(s.now(), s.lease)
}

// errJoining tells that this server has just met the store, or that the store may have fallen back.
var errJoining = errors.New("the store is another one than before, or was started again: this server waits whether others know more than it does")

// agree compares the set with what the store says of its own, and does one step towards one set
// where they differ.
func (s *Server) agree(ctx context.Context, store cache.Identity) (bool, error) {
	a := &s.authority
	mine := standpoint{store: a.store}
	a.read(func(set *syndicate.Withdrawals) { mine.epoch, mine.sum = set.Epoch(), set.Sum() })
	switch mine.next(store) {
	case rest:
		return true, nil
	case adopt:
		return false, s.adopt(ctx, store.ID)
	case takeLater:
		entries, err := s.store.Withdrawals(ctx, mine.epoch, journalPage)
		if err != nil {
			return false, err
		}
		if len(entries) > 0 {
			return false, s.apply(ctx, entries)
		}
	}
	return false, s.reconcile(ctx)
}

// adopt takes a store for the one that the set is agreed with.
func (s *Server) adopt(ctx context.Context, store string) error {
	if store != s.authority.store {
		if err := s.giveBack(ctx); err != nil {
			return err
		}
	}
	if s.memory != nil {
		if err := s.memory.RememberStore(ctx, store); err != nil {
			return err
		}
	}
	s.authority.store = store
	return nil
}

// reconcile makes the set and the store's entries one: what counts of both. Entries are only ever
// added, so it does not matter who does it first, or that two do it at once. Meanwhile, and for a lease after, this server
// answers with no items and acknowledges nothing: what is put back has an old epoch, which others may have said long ago.
func (s *Server) reconcile(ctx context.Context) error {
	s.suspend()
	defer s.suspend() // the wait is reckoned from when they are back
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
	if err := s.apply(ctx, entriesOf(theirs)); err != nil {
		return err
	}
	var lost []syndicate.Withdrawal
	s.authority.read(func(set *syndicate.Withdrawals) { lost = lackedBy(theirs, entriesOf(set)) })
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

// heed makes sure that this server has applied the withdrawals that a page of the journal tells of: it may read
// of one before it has heard of it by itself, and who then goes past the entry never comes back to it. An entry
// that a later one has overtaken costs a word with the store, and no more.
func (s *Server) heed(ctx context.Context, page []cache.Change) error {
	behind := false
	s.authority.read(func(set *syndicate.Withdrawals) {
		behind = slices.ContainsFunc(page, func(c cache.Change) bool {
			if c.Kind != cache.ChangeWithdraw && c.Kind != cache.ChangeReinstate {
				return false
			}
			target := syndicate.Target(c.Item)
			if c.Source != "" {
				target = syndicate.ItemTarget(c.Item)
			}
			standing, _ := set.Standing(target)
			return standing.Target == "" || standing.Reinstated != (c.Kind == cache.ChangeReinstate)
		})
	})
	if !behind {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, s.lease)
	defer cancel()
	return s.beat(ctx)
}
