package serve

import (
	"context"
	"fmt"
	"slices"
	"time"

	"reprint/cache"
	"reprint/feeds"
	"reprint/syndicate"
)

// What is withdrawn while the store does not have it, because it has lost its items, say, is down by its id alone. Once the item is
// there the entry is completed: by where it stood and what it says, so that it is known again (R1, R43).

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
		case <-s.came:
		}
		timer.Stop()
	}
}

// noteCame wakes who completes entries, if items came and there are such entries.
func (s *Server) noteCame(changes []cache.Change) {
	isNew := func(c cache.Change) bool { return c.Kind == cache.ChangePut || c.Kind == cache.ChangeRevise }
	if !slices.ContainsFunc(changes, isNew) || len(s.bare()) == 0 {
		return
	}
	select {
	case s.came <- struct{}{}:
	default:
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
	ids := s.bare()
	if len(ids) == 0 {
		return nil
	}
	items, err := s.store.Items(ctx, ids)
	if err != nil {
		return err
	}
	for _, i := range items {
		if err := s.completeWith(ctx, i); err != nil {
			return err
		}
	}
	return nil
}

// completeWith completes the entry of an item, unless somebody decides about it at this moment. Copies that came before are looked for then.
func (s *Server) completeWith(ctx context.Context, i feeds.Item) error {
	var e syndicate.Withdrawal
	s.authority.read(func(set *syndicate.Withdrawals) { e, _ = set.Standing(syndicate.ItemTarget(i.ID)) })
	whole := e.WithItem(i)
	if !e.IsBare() || whole.IsBare() {
		return nil
	}
	whole.Seen, whole.Epoch = e.Epoch, s.authority.epoch.Load()
	stored, err := s.store.Withdraw(ctx, completion(whole), whole)
	if err != nil || whole.IsOvertaken(stored) {
		return err
	}
	s.log.Info("a withdrawn item is there again, and its entry complete", "item", i.ID)
	s.searchCopiesOf(stored)
	return nil
}

// completion is the key of an entry that completes another.
func completion(e syndicate.Withdrawal) string {
	return fmt.Sprintf("completed %s at %d", e.Target, e.Seen)
}

// searchCopiesOf has the copies of an item looked for, and the caches in front purged of them.
func (s *Server) searchCopiesOf(completed syndicate.Withdrawal) {
	key := completion(completed)
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
