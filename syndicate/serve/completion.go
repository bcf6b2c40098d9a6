package serve

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"reprint/cache"
	"reprint/feeds"
	"reprint/syndicate"
)

// What is withdrawn while the store does not have it, because it has lost its items, say, is down by its id alone. Once the item is
// there the entry is completed: by where it stood and what it says, so that it is known again (R1, R43). So it is when its source
// revises or moves what is withdrawn: the story stays down as it was, and as it is.

// completeEvery is how often this server looks for items of bare entries, where nothing tells it to; and mostCompleted how
// many it looks for at once.
const (
	completeEvery = time.Minute
	mostCompleted = 1000
)

// completing completes entries, until ctx is done. What fails is tried again.
func (s *Server) completing(ctx context.Context) {
	for searched := false; ctx.Err() == nil; {
		rest := completeEvery
		if s.ensureLease(ctx) != nil { // who is not at one with the store does not know what stands
			rest = storeRest
		} else if err := s.complete(ctx); err != nil && ctx.Err() == nil {
			s.log.Warn("entries of withdrawn items that are there again were not completed; copies of these items are not known yet", "error", err)
			rest = storeRest
		} else if !searched {
			s.searchCompleted()
			searched = true
		}
		timer := time.NewTimer(rest)
		select {
		case <-ctx.Done():
		case <-timer.C:
		case <-s.came.wake:
		}
		timer.Stop()
	}
}

// arrivals are withdrawn items that came, or came in another revision.
type arrivals struct {
	mu   sync.Mutex
	ids  []string
	wake bell
}

// add notes some, at most so many as are looked for at once: what is lost of a flood is learned with the next revision.
func (a *arrivals) add(ids ...string) {
	a.keep(ids...)
	a.wake.ring()
}

// keep notes some for the next time, and wakes nobody.
func (a *arrivals) keep(ids ...string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.ids = append(a.ids, ids...)
	a.ids = a.ids[:min(len(a.ids), mostCompleted)]
}

// take returns those that were noted, and forgets them.
func (a *arrivals) take() (ids []string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	ids, a.ids = a.ids, nil
	return ids
}

// noteCame wakes who completes entries, if items came that are withdrawn.
func (s *Server) noteCame(changes []cache.Change) {
	var ids []string
	s.authority.read(func(set *syndicate.Withdrawals) {
		for _, c := range changes {
			if c.Kind != cache.ChangePut && c.Kind != cache.ChangeRevise {
				continue
			}
			if e, down := set.Standing(syndicate.ItemTarget(c.Item)); down && !e.IsWeak() {
				ids = append(ids, c.Item)
			}
		}
	})
	if len(ids) > 0 {
		s.came.add(ids...)
	}
}

// bare are the ids of withdrawn items that would not be known again.
func (s *Server) bare() (ids []string) {
	s.authority.read(func(set *syndicate.Withdrawals) {
		for t := range set.Bare() {
			if ids = append(ids, t.Item()); len(ids) == mostCompleted {
				return
			}
		}
	})
	return ids
}

// complete completes the entries of items that are there. It stays as it was withdrawn: when, why and by whom. Servers that do it at the
// same time do it once.
func (s *Server) complete(ctx context.Context) error {
	came := s.came.take()
	ids := append(s.bare(), came...)
	slices.Sort(ids)
	if ids = slices.Compact(ids); len(ids) == 0 {
		return nil
	}
	items, err := s.store.Items(ctx, ids)
	failed := []error{err}
	for _, i := range items {
		failed = append(failed, s.completeWith(ctx, i)) // one that fails holds up no other
	}
	if err = errors.Join(failed...); err != nil {
		s.came.keep(came...)
	}
	return err
}

// completeWith completes the entry of an item, unless somebody decides about it at this moment. Copies that came before are looked for then.
func (s *Server) completeWith(ctx context.Context, i feeds.Item) error {
	var e syndicate.Withdrawal
	s.authority.read(func(set *syndicate.Withdrawals) { e, _ = set.Standing(syndicate.ItemTarget(i.ID)) })
	whole, more := e.Learns(i)
	if !more {
		return nil
	}
	whole.Seen, whole.Epoch = e.Decided(), s.authority.epoch.Load()
	stored, err := s.store.Withdraw(ctx, fmt.Sprintf("completed %s at %d with %s", whole.Target, whole.Seen, i.Revision), whole)
	if err != nil || whole.IsOvertaken(stored) {
		return err
	}
	s.log.Info("what a withdrawn item is known by was completed", "item", i.ID)
	s.searchCopiesOf(stored)
	return nil
}

// searchCopiesOf has the copies of an item looked for, and the caches in front purged of them.
func (s *Server) searchCopiesOf(completed syndicate.Withdrawal) {
	key := fmt.Sprintf("completed %s in %d", completed.Target, completed.Epoch)
	if s.purges.hook != nil {
		s.purges.add(purge{key: key, epoch: completed.Epoch, searching: true, since: s.now()})
	}
	s.copies.add(syndicate.Order{Key: key, Targets: []string{string(completed.Target)}})
}

// searchCompleted does so for all entries that were completed: whoever did that may have been cut short before he looked.
func (s *Server) searchCompleted() {
	var all []syndicate.Withdrawal
	s.authority.read(func(set *syndicate.Withdrawals) {
		set.All(func(w syndicate.Withdrawal) bool {
			if w.Completes() {
				all = append(all, w)
			}
			return true
		})
	})
	for _, w := range all {
		s.searchCopiesOf(w)
	}
}
