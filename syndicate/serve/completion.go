package serve

import (
	"context"
	"errors"
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
	for ctx.Err() == nil {
		rest := completeEvery
		if err := s.complete(ctx); err != nil && ctx.Err() == nil {
			s.log.Warn("entries of withdrawn items that are there again were not completed; copies of these items are not known yet", "error", err)
			rest = storeRest
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

// complete completes the entries of items that are there, and then looks for their copies. It stays as it was withdrawn: when, why
// and by whom. Servers that do it at the same time do it once.
func (s *Server) complete(ctx context.Context) error {
	ids := s.bare()
	if len(ids) == 0 {
		return nil
	}
	items, err := s.store.Items(ctx, ids)
	if err != nil {
		return err
	}
	var completed []syndicate.Withdrawal
	for _, i := range items {
		e, done, failed := s.completeWith(ctx, i)
		if err = failed; err != nil {
			break
		}
		if done {
			completed = append(completed, e)
		}
	}
	return errors.Join(err, s.searchCopiesOf(ctx, completed))
}

// completeWith completes the entry of an item. It tells whether that was done: somebody may put the item back at this moment.
func (s *Server) completeWith(ctx context.Context, i feeds.Item) (stored syndicate.Withdrawal, done bool, err error) {
	var e syndicate.Withdrawal
	s.authority.read(func(set *syndicate.Withdrawals) { e, _ = set.Standing(syndicate.ItemTarget(i.ID)) })
	whole := e.WithItem(i)
	if !e.IsBare() || whole.IsBare() {
		return e, false, nil
	}
	whole.Seen, whole.Epoch = e.Epoch, s.authority.epoch.Load()
	stored, err = s.store.Withdraw(ctx, fmt.Sprintf("completed %s at %d", e.Target, e.Epoch), whole)
	return stored, err == nil && !whole.IsOvertaken(stored), err
}

// searchCopiesOf gives the copies that came before an entry was completed entries of their own.
func (s *Server) searchCopiesOf(ctx context.Context, completed []syndicate.Withdrawal) error {
	if len(completed) == 0 {
		return nil
	}
	s.log.Info("withdrawn items are there again, and their entries complete", "items", len(completed))
	added, found, err := SearchCopies(ctx, s.store, s.site.Load().sources(), completed, s.now())
	if len(found) > 0 {
		err = errors.Join(err, s.TakenBack(ctx, append(found, added...)))
	}
	return err
}
