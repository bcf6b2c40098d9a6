package serve

import (
	"context"
	"slices"
	"sync"
	"time"

	"reprint/feeds"
	"reprint/syndicate"
)

// copies are the orders whose copies are still to be looked for, oldest first.
type copies struct {
	wake bell

	mu  sync.Mutex
	due []syndicate.Order
}

func (c *copies) add(orders ...syndicate.Order) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, order := range orders {
		if !slices.ContainsFunc(c.due, func(due syndicate.Order) bool { return due.Key == order.Key }) {
			c.due = append(c.due, order)
		}
	}
	c.wake.ring()
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

// searchFor looks for the copies of what some orders withdraw or put back.
func (s *Server) searchFor(ctx context.Context, orders []syndicate.Order) error {
	var targets []syndicate.Target
	for _, order := range orders {
		some, _ := distinct(order.Targets)
		targets = append(targets, some...)
	}
	wanted, err := s.store.Standing(ctx, targets) // this server may not have applied them yet
	if err != nil {
		return err
	}
	search := newCopySearch(s.store, wanted)
	search.isDown = s.isDown
	if len(search.back.targets) > 0 { // two that are put back at once must not each find the other still withdrawn
		if err := s.beat(ctx); err != nil {
			return err
		}
	}
	if err := search.through(ctx, s.site.Load().sources(), s.now()); err != nil {
		return err
	}
	if len(search.added) > 0 {
		s.log.Info("copies of what was withdrawn or put back have entries of their own now", "copies", len(search.added))
	}
	return s.searched(ctx, orders, search)
}

// isDown tells whether an item is down, by what this server knows.
func (s *Server) isDown(_ context.Context, i feeds.Item) (down bool, err error) {
	s.authority.read(func(set *syndicate.Withdrawals) { _, down = set.Of(i) })
	return down, nil
}

// searched notes that the copies of some orders were looked for: the caches in front are to be purged of them too. A crash between these
// steps loses nothing, because a purge that is not on the record as done is due at the next start.
func (s *Server) searched(ctx context.Context, orders []syndicate.Order, search *copySearch) error {
	var tags []string
	if len(search.found) > 0 {
		tags = Tags(search.found)
	}
	for _, order := range orders {
		if over, isOver := s.purges.searched(order.Key, LastEpoch(search.added), tags); isOver {
			s.recordPurge(ctx, over)
		}
		if s.memory == nil {
			continue
		}
		if err := s.memory.RememberSearch(ctx, order.Key); err != nil {
			return err
		}
	}
	return nil
}
