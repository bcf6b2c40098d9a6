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
	a.beating.Lock()
	defer a.beating.Unlock()
	for range mostRounds {
		asked := s.now()
		b := cache.Beat{Server: s.name, Applied: a.epoch.Load(), Run: a.run, Lease: s.lease, Version: s.version, Address: s.address}
		identity, err := s.store.Beat(ctx, b)
		if err != nil {
			return err
		}
		agreed, err := s.agree(ctx, identity)
		if err != nil {
			return err
		}
		if !agreed {
			continue
		}
		answering := a.holds(asked) // who answers with items goes on meanwhile; who begins carries out first what was ordered
		carried, err := s.carryOut(ctx)
		if err != nil {
			return err
		}
		if carried == 0 || answering {
			if err := s.renewLease(identity.Run, asked); err != nil || carried == 0 {
				return err
			}
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
