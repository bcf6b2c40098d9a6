package serve

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"sync"
	"time"

	"reprint/feeds"
	"reprint/syndicate"
)

// What comes again from the address of a withdrawn item, or tells its story at another, is down with it at once (R1, R43),
// because every decision looks for that. But partners read the journal, and the journal names the item alone. So the
// copies that the store has are looked for afterwards, and each gets an entry of its own.

// CopyStore is what [WithdrawCopies] needs of the store; [cache.Store] states what each promises.
type CopyStore interface {
	RankedStore
	Standing(ctx context.Context, targets []syndicate.Target) ([]syndicate.Withdrawal, error)
	Withdraw(ctx context.Context, key string, w syndicate.Withdrawal) (syndicate.Withdrawal, error)
}

// WithdrawCopies looks through all items for copies of those that entries withdraw, and returns the entries that it
// added. What was put back meanwhile, the copy or the item itself, stays so. Doing it again does nothing.
func WithdrawCopies(ctx context.Context, store CopyStore, sources []string, entries []syndicate.Withdrawal, now time.Time) ([]syndicate.Withdrawal, error) {
	search := copySearch{store: store, wanted: syndicate.NewWithdrawals()}
	for _, e := range entries {
		if e.Target.Item() != "" && !e.Reinstated && (len(e.Addresses) > 0 || e.Wording != nil) {
			search.wanted.Add(e)
			search.originals = append(search.originals, e.Target)
		}
	}
	if len(search.originals) == 0 {
		return nil, nil
	}
	var added []syndicate.Withdrawal
	err := eachItem(ctx, store, sources, now, func(items []feeds.Item) error {
		some, err := search.page(ctx, items)
		added = append(added, some...)
		return err
	})
	return added, err
}

// copySearch is one search.
type copySearch struct {
	store     CopyStore
	wanted    *syndicate.Withdrawals
	originals []syndicate.Target
}

// page withdraws the copies among some items.
func (c copySearch) page(ctx context.Context, items []feeds.Item) ([]syndicate.Withdrawal, error) {
	var found []feeds.Item
	var targets []syndicate.Target
	for _, i := range items {
		if e, again := c.wanted.Of(i); again && e.Target != syndicate.ItemTarget(i.ID) {
			found, targets = append(found, i), append(targets, syndicate.ItemTarget(i.ID))
		}
	}
	if len(found) == 0 {
		return nil, nil
	}
	standing, err := c.store.Standing(ctx, slices.Concat(targets, c.originals))
	if err != nil {
		return nil, err
	}
	now := syndicate.NewWithdrawals(standing...)
	var added []syndicate.Withdrawal
	for n, i := range found {
		of, again := now.Of(i)
		if !again || of.Target == targets[n] {
			continue
		}
		e := of
		e.Target, e.CopyOf, e.Addresses, e.Wording = targets[n], of.Target, nil, nil
		if e, err = c.store.Withdraw(ctx, fmt.Sprintf("copy of %s at %d", of.Target, of.Epoch), e); err != nil {
			return added, err
		}
		added = append(added, e)
	}
	return added, nil
}

// copies are the orders whose copies are still to be looked for, oldest first.
type copies struct {
	wake chan struct{}

	mu  sync.Mutex
	due []syndicate.Order
}

func (c *copies) add(orders ...syndicate.Order) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.due = append(c.due, orders...)
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

func (c *copies) list() []syndicate.Order {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.due)
}

// drop forgets the oldest ones.
func (c *copies) drop(count int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.due = slices.Delete(c.due, 0, count)
}

// A search reads the whole store. So the server rests after one for copyRests times as long as it took, and one search
// is for all that came meanwhile.
const (
	copyRests     = 10
	leastCopyRest = 100 * time.Millisecond
)

// searching looks for copies of what was withdrawn, until ctx is done. What fails is tried again.
func (s *Server) searching(ctx context.Context) {
	for ctx.Err() == nil {
		orders := s.copies.list()
		if len(orders) == 0 {
			select {
			case <-ctx.Done():
			case <-s.copies.wake:
			}
			continue
		}
		begun := s.now()
		if err := s.searchFor(ctx, orders); err != nil {
			s.log.Warn("copies of what was withdrawn were not all looked for; they are down, but partners are not told of them yet", "error", err, "again", storeRest)
			sleep(ctx, storeRest)
			continue
		}
		s.copies.drop(len(orders))
		sleep(ctx, max(copyRests*s.now().Sub(begun), leastCopyRest))
	}
}

// searchFor looks for the copies of what some orders withdraw.
func (s *Server) searchFor(ctx context.Context, orders []syndicate.Order) error {
	var targets []syndicate.Target
	for _, order := range orders {
		for _, text := range order.Targets {
			if t, err := syndicate.ParseTarget(text); err == nil {
				targets = append(targets, t)
			}
		}
	}
	wanted, err := s.store.Standing(ctx, targets) // this server may not have applied them yet
	if err != nil {
		return err
	}
	added, err := WithdrawCopies(ctx, s.store, s.site.Load().sources(), wanted, s.now())
	if len(added) > 0 {
		s.log.Info("copies of what was withdrawn have entries of their own now", "copies", len(added))
		s.purges.add(purge{key: orders[0].Key + " copies", epoch: LastEpoch(added), tags: Tags(added), since: s.now()})
	}
	if err != nil || s.memory == nil {
		return err
	}
	for _, order := range orders {
		if err := s.memory.RememberSearch(ctx, order.Key); err != nil {
			return err
		}
	}
	return nil
}

// TakenAlong returns the entries that put back what was withdrawn along with the items that entries put back.
func TakenAlong(ctx context.Context, store interface {
	Withdrawals(ctx context.Context, after int64, limit int) ([]syndicate.Withdrawal, error)
}, entries []syndicate.Withdrawal,
) ([]syndicate.Withdrawal, error) {
	var all []syndicate.Withdrawal
	for after := int64(0); ; {
		page, err := store.Withdrawals(ctx, after, journalPage)
		if err != nil || len(page) == 0 {
			return takenAlong(entries, slices.Values(all)), err
		}
		all = append(all, page...)
		after = page[len(page)-1].Epoch
	}
}

func takenAlong(entries []syndicate.Withdrawal, all iter.Seq[syndicate.Withdrawal]) []syndicate.Withdrawal {
	back := make(map[syndicate.Target]syndicate.Withdrawal)
	for _, e := range entries {
		if e.Reinstated {
			back[e.Target] = e
		}
	}
	if len(back) == 0 {
		return nil
	}
	var along []syndicate.Withdrawal
	for e := range all {
		of, ok := back[e.CopyOf]
		if _, named := back[e.Target]; !ok || named || e.Reinstated {
			continue
		}
		of.Target, of.CopyOf, of.Despite = e.Target, e.CopyOf, nil
		along = append(along, of)
	}
	slices.SortFunc(along, func(a, b syndicate.Withdrawal) int { return cmp.Compare(a.Target, b.Target) })
	return along
}
