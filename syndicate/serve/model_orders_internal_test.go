package serve

import (
	"time"

	"reprint/cache"
	"reprint/syndicate"
)

// The ways in which a store falls back.
const (
	restarted int8 = 1 + iota // an older state, run by another process
	emptied                   // another store at the same place
	secretly                  // an older state, and it does not tell: what a store must not do
)

// orderKind is what an order asks for.
type orderKind int8

const (
	nothing orderKind = iota
	withdraw
	putBack
	withdrawOther
)

// The servers that an order can be given to.
const (
	atFirst int8 = 1 << iota
	atSecond
	atAny = atFirst | atSecond
)

// ordersAreGiven to any server. To put back is ordered once something was withdrawn.
func (w *walker) ordersAreGiven(s modelState) {
	for k, what := range w.what {
		if what == nothing || s.orders[k].state != unasked || what == putBack && s.orders[0].state == unasked {
			continue
		}
		for at := range int8(len(s.servers)) {
			if w.at[k]>>at&1 == 0 {
				continue
			}
			n := s
			for other := range n.orders {
				n.orders[other].last = false
			}
			n.orders[k] = modelOrder{state: waiting, at: at, last: true}
			if what == putBack {
				n.orders[k].seen = int8(max(w.identity[s.servers[at].set].Epoch, 1))
				n.banned, n.servers[1].looked = false, false
			}
			w.add(n)
		}
	}
}

// storeFallsBack to a state in which it had nothing, or lacked the one entry or the other. The list of servers falls back with it, or does not.
func (w *walker) storeFallsBack(s modelState) {
	if s.fallen != 0 {
		return
	}
	kinds := []int8{restarted, emptied}
	if !w.has(tells) {
		kinds = append(kinds, secretly)
	}
	for _, kind := range kinds {
		for _, left := range []modelSet{setOf(0, 0), setOf(s.set.item(), 0), setOf(0, s.set.other())} {
			if kind == emptied && left != 0 || kind != emptied && left == s.set {
				continue
			}
			n := s
			n.set, n.fallen, n.silent = left, kind, false
			if left.item() == 0 {
				n.key = 0
			}
			for i := range n.servers {
				m := &n.servers[i]
				m.met = m.met && kind == secretly
				m.agreed = m.agreed && kind != emptied
			}
			w.add(n)
			for i := range n.servers {
				n.servers[i].applied, n.servers[i].age = 0, forgotten
			}
			w.add(n)
		}
	}
}

// identityOf is what the store says of itself.
func (w *walker) identityOf(s *modelState) cache.Identity {
	store := w.identity[s.set]
	store.ID, store.Run = "first", "run"
	switch s.fallen {
	case restarted:
		store.Run = "later run"
	case emptied:
		store.ID = "second"
	}
	return store
}

// entryOf is the set of the one entry of an order.
func (w *walker) entryOf(k int, epoch int8) modelSet {
	switch w.what[k] {
	case putBack:
		return setOf(epochs+epoch, 0)
	case withdrawOther:
		return setOf(0, epoch)
	}
	return setOf(epoch, 0)
}

// carriesOut one order that is open: the store takes it, and the server hears that, or does not.
func (w *walker) carriesOut(s modelState, i int) {
	for k := range s.orders {
		if o := s.orders[k]; int(o.at) != i || o.state != waiting && o.state != entered {
			continue
		}
		n := s
		o := &n.orders[k]
		if !w.enters(&n, k) {
			continue
		}
		if o.state == entered && !w.has(settlesLate) {
			o.state = done
		}
		w.add(n)
		if w.may&losesReplies != 0 {
			*o = s.orders[k]
			w.add(n)
		}
	}
}

// enters does what the store does with an order. It fails where there are no more epochs.
func (w *walker) enters(s *modelState, k int) bool {
	o := &s.orders[k]
	epoch := int8(w.identity[s.set].Epoch) + 1
	if w.what[k] == withdrawOther {
		if s.set.other() == 0 {
			if epoch > epochs {
				return false
			}
			s.set = setOf(s.set.item(), epoch)
		}
		o.state, o.epoch = entered, s.set.other()
		return true
	}
	order := syndicate.Withdrawal{Target: theItem, Reinstated: w.what[k] == putBack, Seen: int64(o.seen), At: modelNow}
	standing := itemEntry(s.set.item())
	if s.set.item() == 0 {
		standing = syndicate.Withdrawal{}
	} else if s.key != 0 && s.orders[s.key-1].last {
		standing.At = modelNow.Add(1)
	}
	switch {
	case s.key == int8(k+1):
		o.state, o.epoch = entered, (s.set.item()-1)%epochs+1
		return true
	case w.has(overtakes) && isOvertaken(order, standing):
		*o = modelOrder{state: ended, last: o.last}
		return true
	case epoch > epochs:
		return false
	}
	o.state, o.epoch, s.key = entered, epoch, int8(k+1)
	if order.Reinstated {
		epoch += epochs
	}
	s.set = setOf(epoch, s.set.other())
	return true
}

// acknowledges an order: the servers are looked at, and then its server has to hear the store once more.
func (w *walker) acknowledges(s modelState) {
	for k := range s.orders {
		o := s.orders[k]
		m := &s.servers[o.at]
		if o.state != done || m.asking != 0 {
			continue
		}
		awaited := false
		for _, other := range s.servers {
			server := cache.Server{Beat: cache.Beat{Applied: int64(other.applied), Lease: modelLease}, Age: time.Duration(other.age) * tick}
			awaited = awaited || other.age < forgotten && !hasConfirmed(server, int64(o.epoch), server.Run) && !isSilent(server)
		}
		n := s
		switch {
		case awaited && w.has(ackWaits):
			continue
		case w.has(confirms) && m.lease == 0:
			continue
		case w.has(confirms):
			n.orders[k].state = looking
		default:
			n.acknowledge(k, w.what)
		}
		w.add(n)
	}
}

// acknowledge says that an order is everywhere.
func (s *modelState) acknowledge(k int, what [3]orderKind) {
	after := s.orders[k].last
	s.orders[k] = modelOrder{state: ended, last: after}
	if what[k] != withdraw {
		return
	}
	for other, o := range s.orders {
		if what[other] == putBack && o.state != unasked && !after {
			return // it may be shown again
		}
	}
	s.banned = true
}
