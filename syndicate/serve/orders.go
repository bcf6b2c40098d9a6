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
	open    []syndicate.Order
	settled []settled
	doing   sync.Mutex // carrying out, one after the other
	current *progress  // of the oldest open one; nil before it is begun
}

// progress is how far an order is carried out that takes several beats.
type progress struct {
	key       string
	entries   []syndicate.Withdrawal // the first of them as the store has them
	entered   int
	overtaken error
}

// settled is an order that was carried out, or came to nothing.
type settled struct {
	syndicate.Settlement
	entries []syndicate.Withdrawal // not those of an earlier run
}

// keptOrders is how many orders are remembered after they were settled.
const keptOrders = 1000

// note remembers what became of an order.
func (o *orders) note(s settled) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.open = slices.DeleteFunc(o.open, func(order syndicate.Order) bool { return order.Key == s.Key })
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
	return settled{}, false, slices.ContainsFunc(o.open, func(order syndicate.Order) bool { return order.Key == key })
}

// isOther tells whether the key of an order is that of another one.
func (o *orders) isOther(order syndicate.Order) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	digest := order.Digest()
	return slices.ContainsFunc(o.settled, func(s settled) bool { return s.Key == order.Key && s.Digest != "" && s.Digest != digest }) ||
		slices.ContainsFunc(o.open, func(other syndicate.Order) bool { return other.Key == order.Key && other.Digest() != digest })
}

// next returns the oldest open order.
func (o *orders) next() (syndicate.Order, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.open) == 0 {
		return syndicate.Order{}, false
	}
	return o.open[0], true
}

// errQueued tells that an order is durable here, and that the store has not got it yet.
var errQueued = errors.New("the order is on this server's disk; the store does not answer, and gets it as soon as it does")

// place makes an order durable and carries it out. If the store does not answer, that is done
// as soon as it does, before this server answers with items again; the error is errQueued then.
func (s *Server) place(ctx context.Context, order syndicate.Order) (settled, error) {
	if err := checkOrder(order); err != nil {
		return settled{}, err
	}
	if s.orders.isOther(order) {
		return settled{}, errUsedKey
	}
	became, done, known := s.orders.find(order.Key)
	if done {
		return became.result()
	}
	if !known {
		if err := s.open(ctx, order); err != nil {
			return settled{}, err
		}
	}
	err := s.beat(ctx) // carries out what is open
	became, done, _ = s.orders.find(order.Key)
	switch {
	case !done && err == nil, !done && isAway(err), !done && errors.Is(err, errRestoring), !done && errors.Is(err, errJoining):
		return settled{}, errQueued
	case !done:
		return settled{}, err
	}
	return became.result()
}

// open makes an order durable, and lets it wait for the next word with the store.
func (s *Server) open(ctx context.Context, order syndicate.Order) error {
	if order.Model.Reinstated && order.Model.Seen == 0 {
		_ = s.ensureLease(ctx) // where the store is away, what is known here has to do
		order.Model.Seen = max(s.authority.epoch.Load(), 1)
	}
	if s.memory != nil {
		if err := s.memory.RememberOrder(ctx, order); err != nil {
			return err
		}
	}
	s.orders.mu.Lock()
	defer s.orders.mu.Unlock()
	s.orders.open = append(s.orders.open, order)
	return nil
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

// carryOut tells the store of what was ordered here, a part of an order at a time, and returns how many entries that were. It fails
// only where the store does not answer. It may do again what was done before a crash; the key makes that the same.
func (s *Server) carryOut(ctx context.Context) (carried int, err error) {
	s.orders.doing.Lock()
	defer s.orders.doing.Unlock()
	order, ok := s.orders.next()
	if !ok {
		return 0, nil
	}
	p, carried, err := s.enter(ctx, order)
	if isAway(err) || err == nil && p.entered < len(p.entries) {
		return carried, err
	}
	s.orders.current = nil
	return max(carried, 1), s.settle(ctx, order, p.entries, err)
}

// settle notes what became of an order.
func (s *Server) settle(ctx context.Context, order syndicate.Order, entries []syndicate.Withdrawal, problem error) error {
	became := settled{syndicate.Settlement{
		Key: order.Key, Digest: order.Digest(), Purge: problem == nil && s.purges.hook != nil, Copies: problem == nil && !order.Model.Reinstated,
	}, entries}
	if problem != nil {
		became.Problem = problem.Error()
	} else {
		for _, e := range entries { // one that changed nothing has an older one
			became.Epoch = max(became.Epoch, e.Epoch)
		}
	}
	if s.memory != nil {
		if err := s.memory.RememberSettlement(ctx, became.Settlement); err != nil {
			return err
		}
	}
	s.orders.note(became)
	if became.Purge {
		s.purges.add(purge{key: order.Key, epoch: became.Epoch, tags: Tags(entries), since: s.now()})
	}
	if became.Copies {
		s.copies.add(order)
	}
	return nil
}

// carriedAtOnce is how many entries of an order are entered between two words with the store, and carriedPart for which part
// of a lease at most: a large order must not end it.
const (
	carriedAtOnce = 50
	carriedPart   = 10
)

// enter adds the next entries of an order to the store's set, and returns how many.
func (s *Server) enter(ctx context.Context, order syndicate.Order) (p *progress, entered int, err error) {
	if s.orders.current == nil || s.orders.current.key != order.Key {
		entries, err := s.prepare(ctx, order)
		if err != nil {
			return new(progress), 0, err
		}
		s.orders.current = &progress{key: order.Key, entries: entries}
	}
	p = s.orders.current
	for until := s.now().Add(s.lease / carriedPart); entered < carriedAtOnce && p.entered < len(p.entries) && !s.now().After(until); {
		e := p.entries[p.entered]
		e.Epoch = s.authority.epoch.Load() // the store may have fallen back since it was asked
		stored, err := s.store.Withdraw(ctx, order.Key, e)
		if err != nil {
			return p, entered, err
		}
		if e.IsOvertaken(stored) { // between the look and the word of the store
			p.overtaken = errOvertaken(stored)
		}
		p.entries[p.entered] = stored
		p.entered, entered = p.entered+1, entered+1
	}
	if p.entered < len(p.entries) {
		return p, entered, nil
	}
	return p, entered, p.overtaken
}

// prepare makes the entries of an order.
func (s *Server) prepare(ctx context.Context, order syndicate.Order) ([]syndicate.Withdrawal, error) {
	if err := s.isOvertaken(order); err != nil {
		return nil, err
	}
	entries, err := Entries(ctx, s.store, order.Targets, order.Model)
	if err != nil {
		return nil, err
	}
	s.authority.read(func(set *syndicate.Withdrawals) { entries = append(entries, takenAlong(entries, set.All)...) })
	return entries, nil
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
			e, _ := set.Standing(target)
			left := order.Model.Seen == 0 && !e.Reinstated && e.At.After(order.Model.At) // by the command line, for a server to find
			if e.Target != "" && (left || order.Model.IsOvertaken(e)) {
				err = errOvertaken(e)
			}
		}
	})
	return err
}

func errOvertaken(by syndicate.Withdrawal) error {
	return badRequest(fmt.Sprintf("%s was withdrawn again since, at %s; order it anew if it is to come back", by.Target, by.At.Format("2006-01-02 15:04:05")))
}
