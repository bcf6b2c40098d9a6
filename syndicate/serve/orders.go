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

// orders are what was asked of this server: those that are not settled yet, oldest first, and
// what became of the last others.
type orders struct {
	mu      sync.Mutex
	open    []*open
	settled []settled
}

// open is an order that is not settled. How far it got is for whoever carries out.
type open struct {
	syndicate.Order
	entries   []syndicate.Withdrawal // nil before it is begun; the first of them as the store has taken them
	entered   int                    // how many these are
	overtaken error
}

// settled is an order that was carried out, or came to nothing.
type settled struct {
	syndicate.Settlement
	order      syndicate.Order        // not those of an earlier run, nor
	entries    []syndicate.Withdrawal // these
	everywhere bool                   // it was acknowledged so
}

// keptOrders is how many orders are remembered after they were settled.
const keptOrders = 1000

// note remembers what became of an order.
func (o *orders) note(s settled) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.open = slices.DeleteFunc(o.open, func(order *open) bool { return order.Key == s.Key })
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
	return settled{}, false, slices.ContainsFunc(o.open, func(order *open) bool { return order.Key == key })
}

// isOther tells whether the key of an order is that of another one.
func (o *orders) isOther(order syndicate.Order) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	digest := order.Digest()
	return slices.ContainsFunc(o.settled, func(s settled) bool { return s.Key == order.Key && s.Digest != "" && s.Digest != digest }) ||
		slices.ContainsFunc(o.open, func(other *open) bool { return other.Key == order.Key && other.Digest() != digest })
}

// add lets an order wait.
func (o *orders) add(order syndicate.Order) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.open = append(o.open, &open{Order: order})
}

// waiting returns the orders that are open, oldest first.
func (o *orders) waiting() []*open {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.open)
}

// acknowledged notes that an order is everywhere, which is for ever.
func (o *orders) acknowledged(key string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if at := slices.IndexFunc(o.settled, func(s settled) bool { return s.Key == key }); at >= 0 {
		o.settled[at].everywhere = true
	}
}

// errQueued tells that an order is durable here, and that the store has not got all of it yet.
var errQueued = errors.New("the order is on this server's disk, and is carried out as soon as the store answers and the disk takes more")

// place makes an order durable and carries it out. If the store does not answer, or the disk has no room for the entries, that is done
// as soon as it can be, before this server answers with items again; the error is errQueued then.
func (s *Server) place(ctx context.Context, order syndicate.Order) (settled, error) {
	if err := CheckOrder(order); err != nil {
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
	if became, done, _ = s.orders.find(order.Key); !done {
		s.log.Warn("an order waits", "order", order.Key, "error", err)
		return settled{}, errQueued
	}
	return became.result()
}

// open makes an order durable, and lets it wait for the next word with the store.
func (s *Server) open(ctx context.Context, order syndicate.Order) error {
	if order.Model.Reinstated && order.Model.Seen == 0 {
		order.Model.Seen = max(s.seen(ctx, order), 1)
	}
	if s.memory != nil {
		if err := s.memory.RememberOrder(ctx, order); err != nil {
			return err
		}
	}
	s.orders.add(order)
	return nil
}

// seen is the epoch up to which an order may put back: what is known when it comes. A server without a lease asks first, because
// others may have withdrawn; if the same is withdrawn here meanwhile, that came later, and what was known at first has to do.
func (s *Server) seen(ctx context.Context, order syndicate.Order) int64 {
	known, before := s.authority.epoch.Load(), s.orders.about(order.Targets)
	_ = s.ensureLease(ctx) // where the store is away, what is known here has to do
	if s.orders.about(order.Targets) > before {
		return known
	}
	return s.authority.epoch.Load()
}

// about counts the orders given here that withdraw one of some targets.
func (o *orders) about(targets []string) (count int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	note := func(order syndicate.Order) {
		if !order.Model.Reinstated && slices.ContainsFunc(order.Targets, func(name string) bool { return slices.Contains(targets, name) }) {
			count++
		}
	}
	for _, open := range o.open {
		note(open.Order)
	}
	for _, settled := range o.settled {
		note(settled.order)
	}
	return count
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

// carriedAtOnce is how many entries are entered between two words with the store, and carriedPart for which part of a lease
// at most: a large order must not end it.
const (
	carriedAtOnce = 50
	carriedPart   = 10
)

// carryOut tells the store of what was ordered here, some entries at a time, and returns how many these were. It is called where the set
// is one with the store's, and fails only where the store does not answer. It may do again what was done before a crash; the key
// makes that the same. It is a part of a beat.
func (s *Server) carryOut(ctx context.Context) (carried int, err error) {
	for _, order := range s.orders.waiting() {
		if carried >= carriedAtOnce {
			break
		}
		n, err := s.advance(ctx, order, carriedAtOnce-carried)
		carried += n
		if err != nil {
			return carried, err
		}
	}
	return carried, nil
}

// advance goes on with one order, and returns how many entries the store has taken. An order is settled once what it entered
// is in the set, and so on the disk: a store that has fallen back until then is told of it again.
func (s *Server) advance(ctx context.Context, order *open, most int) (entered int, err error) {
	if order.entries != nil && order.entered == len(order.entries) {
		if s.has(order.entries) {
			return 0, s.settle(ctx, order, order.overtaken)
		}
		order.entries = nil
	}
	if order.entries == nil {
		order.entered, order.overtaken = 0, nil
		order.entries, err = s.prepare(ctx, order.Order)
		if err != nil && !isAway(err) {
			return 0, s.settle(ctx, order, err)
		}
		if err != nil {
			return 0, err
		}
	}
	for until := s.now().Add(s.lease / carriedPart); entered < most && order.entered < len(order.entries) && !s.now().After(until); entered++ {
		if err := s.enter(ctx, order); err != nil {
			return entered, err
		}
	}
	return entered, nil
}

// enter adds the next entry of an order to the store's set.
func (s *Server) enter(ctx context.Context, order *open) error {
	e := order.entries[order.entered]
	e.Epoch = s.authority.epoch.Load() // the store may have fallen back since it was asked
	stored, err := s.store.Withdraw(ctx, order.Key, e)
	if err != nil {
		return err
	}
	if e.IsOvertaken(stored) { // between the look and the word of the store
		order.overtaken = errOvertaken(stored)
	}
	order.entries[order.entered] = stored
	order.entered++
	return nil
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

// has tells whether entries are in the set, or what counts instead of them.
func (s *Server) has(entries []syndicate.Withdrawal) (has bool) {
	s.authority.read(func(set *syndicate.Withdrawals) { has = len(lackedBy(set, entries)) == 0 })
	return has
}

// settle makes durable what became of an order: it was entered, or came to nothing for a problem.
func (s *Server) settle(ctx context.Context, order *open, problem error) error {
	became := settled{order: order.Order, entries: order.entries, Settlement: syndicate.Settlement{
		Key: order.Key, Digest: order.Digest(), Purge: problem == nil && s.purges.hook != nil, Copies: problem == nil && slices.ContainsFunc(order.entries, hasCopies),
	}}
	if problem != nil {
		became.Problem = problem.Error()
	} else {
		became.Epoch = LastEpoch(order.entries)
	}
	if s.memory != nil {
		if err := s.memory.RememberSettlement(ctx, became.Settlement); err != nil {
			return err
		}
	}
	s.orders.note(became)
	if became.Purge {
		s.purges.add(purge{key: order.Key, epoch: became.Epoch, tags: Tags(order.entries), searching: became.Copies, since: s.now()})
	}
	if became.Copies {
		s.copies.add(order.Order)
	}
	return nil
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
