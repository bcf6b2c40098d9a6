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
	if a.left {
		return errLeft
	}
	quiet := !a.holds(s.now())
	for range mostRounds {
		asked := s.now()
		identity, err := s.tell(ctx, quiet)
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
		a.agreed = identity.Run
		if quiet {
			quiet = false
			continue
		}
		answering := a.holds(asked)
		if answering { // it goes on while it carries out what was ordered; who begins carries that out first
			if err := s.renewLease(asked); err != nil {
				return err
			}
		}
		carried, err := s.carryOut(ctx)
		switch {
		case err != nil:
			return err
		case carried > 0:
		case answering:
			return nil
		default:
			return s.renewLease(asked)
		}
	}
	return errRestoring
}

// tell says to the store what this server has applied, and returns what the store is. A server without a lease is quiet
// until it has applied all: acknowledgments wait for those that are heard, and it may be one that does not hear the answers, or
// cannot write its ledger.
func (s *Server) tell(ctx context.Context, quiet bool) (cache.Identity, error) {
	if quiet {
		return s.store.Identity(ctx)
	}
	a := &s.authority
	return s.store.Beat(ctx, cache.Beat{Server: s.name, Applied: a.epoch.Load(), Run: a.agreed, Lease: s.lease, Version: s.version, Address: s.address})
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
	return false, s.reconcile(ctx, store.ID, store.Run)
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
