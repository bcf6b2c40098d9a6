package serve

import (
	"context"
	"errors"
	"slices"
	"sync"

	"reprint/cache"
	"reprint/syndicate"
)

// orders are what was asked of this server: those that are not settled yet, oldest first, and
// what became of the last others.
type orders struct {
	mu       sync.Mutex
	open     []*open
	settled  []settled
	lookouts []*lookout
	placing  map[string]chan struct{} // keys of those that are being made durable; closed when they are
}

// open is an order that is not settled. How far it got is for whoever carries out.
type open struct {
	syndicate.Order
	mark      string                 // in the entries, once it is begun
	entries   []syndicate.Withdrawal // nil before it is begun; the first of them as the store has taken them
	entered   int                    // how many these are
	overtaken error
}

// settled is an order that was carried out, or came to nothing.
type settled struct {
	syndicate.Settlement
	entries    []syndicate.Withdrawal // without wordings; not those of an earlier run, nor of the older ones of many
	everywhere bool                   // it was acknowledged so
}

// keptOrders is how many orders are remembered after they were settled, and keptEntries with how many entries: the newest with all of its own.
const (
	keptOrders  = 1000
	keptEntries = 20_000
)

// note remembers what became of an order.
func (o *orders) note(s settled) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.open = slices.DeleteFunc(o.open, func(order *open) bool { return order.Key == s.Key })
	s.entries = plain(s.entries)
	o.settled = append(o.settled, s)
	if over := len(o.settled) - keptOrders; over > 0 {
		o.settled = slices.Delete(o.settled, 0, over)
	}
	kept := 0
	for n := range slices.Backward(o.settled) {
		if kept += len(o.settled[n].entries); kept > keptEntries && n < len(o.settled)-1 {
			o.settled[n].entries = nil
		}
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
	digest := order.Digest()
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.ContainsFunc(o.settled, func(s settled) bool { return s.Key == order.Key && s.Digest != "" && s.Digest != digest }) ||
		slices.ContainsFunc(o.open, func(other *open) bool { return other.Key == order.Key && other.Digest() != digest })
}

// reserve waits until nobody else places an order with a key. Its end is letGo.
func (o *orders) reserve(ctx context.Context, key string) error {
	for {
		o.mu.Lock()
		other, isPlaced := o.placing[key]
		if !isPlaced {
			if o.placing == nil {
				o.placing = make(map[string]chan struct{})
			}
			o.placing[key] = make(chan struct{})
			o.mu.Unlock()
			return nil
		}
		o.mu.Unlock()
		select {
		case <-other:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (o *orders) letGo(key string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	close(o.placing[key])
	delete(o.placing, key)
}

// add lets an order wait.
func (o *orders) add(order syndicate.Order) {
	targets, _ := distinct(order.Targets)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.open = append(o.open, &open{Order: order})
	for _, l := range o.lookouts {
		l.seen = l.seen || !order.Model.Reinstated && slices.ContainsFunc(targets, func(t syndicate.Target) bool { return l.targets[t] })
	}
}

// lookout is for orders given here meanwhile that withdraw one of some targets.
type lookout struct {
	targets map[syndicate.Target]bool
	seen    bool
}

// lookOut begins one. What it returns ends it, and tells whether there was such an order.
func (o *orders) lookOut(names []string) (end func() bool) {
	l := &lookout{targets: make(map[syndicate.Target]bool)}
	targets, _ := distinct(names)
	for _, t := range targets {
		l.targets[t] = true
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.lookouts = append(o.lookouts, l)
	return func() bool {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.lookouts = slices.DeleteFunc(o.lookouts, func(other *lookout) bool { return other == l })
		return l.seen
	}
}

// waiting returns the orders that are open, oldest first.
func (o *orders) waiting() []*open {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.open)
}

// noteEverywhere notes that an order is everywhere, which is for ever.
func (o *orders) noteEverywhere(key string) {
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
	became, done, err := s.openOnce(ctx, order)
	if done || err != nil {
		return became, err
	}
	err = s.beat(ctx) // carries out what is open
	if became, done, _ = s.orders.find(order.Key); !done {
		s.log.Warn("an order waits", "order", order.Key, "error", err)
		return settled{}, errQueued
	}
	return became.result()
}

// openOnce opens an order, unless that was done before; then it may be settled already.
func (s *Server) openOnce(ctx context.Context, order syndicate.Order) (became settled, done bool, err error) {
	if err := s.orders.reserve(ctx, order.Key); err != nil {
		return settled{}, false, err
	}
	defer s.orders.letGo(order.Key)
	if s.orders.isOther(order) {
		return settled{}, false, errUsedKey
	}
	became, done, known := s.orders.find(order.Key)
	if done {
		became, err = became.result()
		return became, true, err
	}
	if !known {
		err = s.open(ctx, order)
	}
	return settled{}, false, err
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
	isWithdrawn := s.orders.lookOut(order.Targets)
	known := s.authority.epoch.Load()
	_ = s.ensureLease(ctx) // where the store is away, what is known here has to do
	if isWithdrawn() {
		return known
	}
	return s.authority.epoch.Load()
}

// result is what is told of a settled order.
func (s settled) result() (settled, error) {
	switch s.Problem {
	case "":
		return s, nil
	case errUsedKey.Error():
		return settled{}, errUsedKey
	}
	return settled{}, badRequest(s.Problem)
}

// isAway tells whether an error is one of a store that may answer later.
func isAway(err error) bool {
	return errors.Is(err, cache.ErrUnavailable) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
}
