package serve

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"reprint/cache"
	"reprint/syndicate"
)

// orders are what was asked of this server: those that are not carried out yet, oldest first, and
// what became of the last others.
type orders struct {
	mu      sync.Mutex
	open    []open
	settled []settled
}

// open is an order that is not settled.
type open struct {
	syndicate.Order
	entries []syndicate.Withdrawal // as the store has taken them; nil before
}

// settled is an order that was carried out, or came to nothing.
type settled struct {
	syndicate.Settlement
	entries    []syndicate.Withdrawal // not those of an earlier run
	everywhere bool                   // it was acknowledged so
}

// keptOrders is how many orders are remembered after they were settled.
const keptOrders = 1000

// note remembers what became of an order.
func (o *orders) note(s settled) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.open = slices.DeleteFunc(o.open, func(order open) bool { return order.Key == s.Key })
	o.settled = append(o.settled, s)
	if over := len(o.settled) - keptOrders; over > 0 {
		o.settled = slices.Delete(o.settled, 0, over)
	}
}

// find returns what became of an order; known tells that there is one, and done that something became
// of it.
func (o *orders) find(key string) (s settled, done, known bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, s := range slices.Backward(o.settled) {
		if s.Key == key {
			return s, true, true
		}
	}
	return settled{}, false, slices.ContainsFunc(o.open, func(order open) bool { return order.Key == key })
}

// waiting returns the orders that are open, oldest first.
func (o *orders) waiting() []open {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.open)
}

// entered notes as what the store has taken an order.
func (o *orders) entered(key string, entries []syndicate.Withdrawal) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if at := slices.IndexFunc(o.open, func(order open) bool { return order.Key == key }); at >= 0 {
		o.open[at].entries = entries
	}
}

// acknowledged notes that an order is everywhere, which is for ever.
func (o *orders) acknowledged(key string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if at := slices.IndexFunc(o.settled, func(s settled) bool { return s.Key == key }); at >= 0 {
		o.settled[at].everywhere = true
	}
}

// errQueued tells that an order is durable here, and that the store has not got it yet.
var errQueued = errors.New("the order is on this server's disk; the store does not answer, and gets it as soon as it does")

// place makes an order durable and carries it out. If the store does not answer, that is done
// as soon as it does, before this server answers with items again; the error is errQueued then.
func (s *Server) place(ctx context.Context, order syndicate.Order) (settled, error) {
	if err := checkOrder(order); err != nil {
		return settled{}, err
	}
	if became, done, _ := s.orders.find(order.Key); done {
		return became.result()
	}
	if order.Model.Reinstated {
		_ = s.ensureLease(ctx) // where the store is away, what is known here has to do
		order.Model.Seen = max(s.authority.epoch.Load(), 1)
	}
	if s.memory != nil {
		if err := s.memory.RememberOrder(ctx, order); err != nil {
			return settled{}, err
		}
	}
	s.orders.mu.Lock()
	s.orders.open = append(s.orders.open, open{Order: order})
	s.orders.mu.Unlock()
	err := s.beat(ctx) // carries out what is open
	became, done, _ := s.orders.find(order.Key)
	switch {
	case !done && err == nil, !done && isAway(err), !done && errors.Is(err, errRestoring):
		return settled{}, errQueued
	case !done:
		return settled{}, err
	}
	return became.result()
}

// result is what is told of a settled order.
func (s settled) result() (settled, error) {
	if s.Problem != "" {
		return settled{}, badRequest(s.Problem)
	}
	return s, nil
}

// isAway tells whether an error is one of a store that may answer later.
func isAway(err error) bool {
	return errors.Is(err, cache.ErrUnavailable) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
}

// carryOut tells the store of what was ordered here, and returns of how many orders. It fails only where the store does not
// answer. It may do again what was done before a crash; the key makes that the same. An order is settled once what it entered is
// in the set, and so on the disk: until then a store that falls back is told of it again. It is a part of a beat.
func (s *Server) carryOut(ctx context.Context) (entered int, err error) {
	for _, order := range s.orders.waiting() {
		if order.entries != nil && s.has(order.entries) {
			if err := s.settle(ctx, order, nil); err != nil {
				return entered, err
			}
			continue
		}
		entries, err := s.enter(ctx, order.Order)
		if isAway(err) {
			return entered, err
		}
		if err != nil {
			if err := s.settle(ctx, order, err); err != nil {
				return entered, err
			}
			continue
		}
		s.orders.entered(order.Key, entries)
		entered++
	}
	return entered, nil
}

// has tells whether entries are in the set, or what counts instead of them.
func (s *Server) has(entries []syndicate.Withdrawal) (has bool) {
	s.authority.read(func(set *syndicate.Withdrawals) { has = len(lackedBy(set, entries)) == 0 })
	return has
}

// settle makes durable what became of an order: it was entered, or came to nothing for a problem.
func (s *Server) settle(ctx context.Context, order open, problem error) error {
	became := settled{Settlement: syndicate.Settlement{Key: order.Key, Purge: problem == nil && s.purges.hook != nil}, entries: order.entries}
	if problem != nil {
		became.Problem = problem.Error()
	} else {
		became.Epoch = order.entries[len(order.entries)-1].Epoch
	}
	if s.memory != nil {
		if err := s.memory.RememberSettlement(ctx, became.Settlement); err != nil {
			return err
		}
	}
	s.orders.note(became)
	if became.Purge {
		s.purges.add(purge{key: order.Key, epoch: became.Epoch, tags: Tags(order.entries), since: s.now()})
	}
	return nil
}

// enter adds the entries of an order to the store's set.
func (s *Server) enter(ctx context.Context, order syndicate.Order) ([]syndicate.Withdrawal, error) {
	if err := s.isOvertaken(order); err != nil {
		return nil, err
	}
	entries, err := Entries(ctx, s.store, s.site.Load().sources(), order.Targets, order.Model)
	if err != nil {
		return nil, err
	}
	var overtaken error
	for i, e := range entries {
		if entries[i], err = s.store.Withdraw(ctx, order.Key, e); err != nil {
			return nil, err
		}
		if e.IsOvertaken(entries[i]) { // between the look and the word of the store
			overtaken = errOvertaken(entries[i])
		}
	}
	return entries, overtaken
}

// isOvertaken fails if something that an order would put back was withdrawn after the order: it
// may have waited for long.
func (s *Server) isOvertaken(order syndicate.Order) (err error) {
	if !order.Model.Reinstated {
		return nil
	}
	s.authority.read(func(set *syndicate.Withdrawals) {
		for _, text := range order.Targets {
			target, _ := syndicate.ParseTarget(text)
			if standing, _ := set.Standing(target); isOvertaken(order.Model, standing) {
				err = errOvertaken(standing)
			}
		}
	})
	return err
}

func errOvertaken(by syndicate.Withdrawal) error {
	return badRequest(fmt.Sprintf("%s was withdrawn again since, at %s; order it anew if it is to come back", by.Target, by.At.Format("2006-01-02 15:04:05")))
}
