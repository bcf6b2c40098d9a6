package serve

import (
	"time"

	"reprint/cache"
)

// A tick is half of what a server has to be waited for. A lease runs at the tick at which it was asked for and at the next.
const (
	tick       = time.Second
	modelLease = most*tick - leaseMargin
)

// modelNow is when every step happens; what was or will be is reckoned from it.
var modelNow = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

func inTicks(n int8) time.Time { return modelNow.Add(time.Duration(n) * tick) }

// ticksTo is how many ticks it is until a moment, the last one begun.
func ticksTo(t time.Time) int8 { return int8((t.Sub(modelNow) + tick - 1) / tick) }

// walker makes the steps of a model.
type walker struct {
	*laws
	on rule
	model

	to       []modelState // where steps lead
	violated bool         // somebody was shown what he must not see
}

// fault is something that can go wrong in a model besides servers that are cut off, crash or are slow.
type fault int8

const (
	fallsBack    fault = 1 << iota // the store, once
	losesReplies                   // the store does what it was told, and nobody hears that it did
	crashes                        // any server, at any moment, and is back at once
	slowWords                      // of the second server: the store hears them up to a lease later
	slowEditions                   // something happens while they are made, or while they are looked at before they are sent
)

func (w *walker) has(r rule) bool { return w.on&r != 0 }

func (w *walker) add(s modelState) { w.to = append(w.to, s) }

// steps are all things that can happen next.
func (w *walker) steps(s modelState) {
	w.to = w.to[:0]
	w.timePasses(s)
	w.ordersAreGiven(s)
	if w.may&fallsBack != 0 {
		w.storeFallsBack(s)
	}
	for i := range s.servers {
		if w.may&crashes != 0 {
			w.crashes(s, i)
		}
		n := s
		m := &n.servers[i]
		switch {
		case m.answered:
			w.renews(n, i)
			continue
		case m.asking == 0:
			m.asking = 1
			if w.isSlow(i) {
				w.add(n)
				continue
			}
		}
		w.storeHears(n, i)
	}
	w.acknowledges(s)
	w.serves(s)
}

// timePasses, unless nobody has put back an acknowledged withdrawal that the store has lost: somebody must, within a lease.
func (w *walker) timePasses(s modelState) {
	knows := s.fallen != 0 && s.banned && (w.lacking[s.set][s.servers[0].set].item() != 0 || w.lacking[s.set][s.servers[1].set].item() != 0)
	if knows && s.silent {
		return
	}
	s.silent = knows
	for i := range s.servers {
		m := &s.servers[i]
		m.lease, m.wait, m.age = max(m.lease-1, 0), max(m.wait-1, -most), min(m.age+1, forgotten)
		if m.asking > 0 {
			m.asking = (m.asking + 1) % (most + 2) // it gives up after a lease
			m.answered = m.answered && m.asking > 0
		}
	}
	w.add(s)
}

// crashes and comes up again with what is on its disk.
func (w *walker) crashes(s modelState, i int) {
	m := s.servers[i]
	s.servers[i] = modelServer{set: m.set, agreed: m.agreed, wait: -most, applied: m.applied, age: m.age}
	if !w.has(remembers) {
		s.servers[i].set = 0
	}
	for k := range s.orders {
		o := &s.orders[k]
		switch {
		case int(o.at) != i:
		case o.state == entered:
			*o = modelOrder{state: waiting, at: o.at, seen: o.seen, last: o.last}
		case o.state == looking:
			o.state = done
		}
	}
	w.add(s)
}

// tenureOf is what a server knows of the store.
func (w *walker) tenureOf(s *modelState, i int) tenure {
	m := &s.servers[i]
	store := w.identityOf(s)
	t := tenure{id: store.ID, run: store.Run, waits: inTicks(m.wait)}
	if !m.met {
		t.run = "" // it was not heard since it came up
	}
	if !m.agreed && !m.met {
		t.id = "first"
		if s.fallen == emptied {
			t.run = store.Run // the same process
		}
	}
	return t
}

// storeHears the word that a server has sent, and the server its answer, or not.
func (w *walker) storeHears(s modelState, i int) {
	m := &s.servers[i]
	asking, asked := m.asking, inTicks(1-m.asking)
	m.applied, m.age, m.asking = int8(w.identity[m.set].Epoch), 0, 0
	if w.may&losesReplies != 0 {
		w.add(s)
	}
	store := w.identityOf(&s)
	w.meets(&s, i, store, asked)
	mine := standpoint{epoch: w.identity[m.set].Epoch, sum: w.identity[m.set].Sum, store: "first"}
	if m.agreed {
		mine.store = store.ID
	}
	step := mine.next(store)
	if later := w.later[m.set][s.set]; step == takeLater && later != 0 {
		w.applies(&s, i, later)
		w.add(s)
		return
	} else if step == takeLater {
		step = reconcile
	}
	if step == reconcile && !w.has(agrees) {
		step = rest
	}
	switch step {
	case rest:
		s.servers[i].asking = asking
		w.agreed(s, i)
	case adopt:
		s.servers[i].agreed = true
		w.add(s)
	case reconcile:
		w.reconciles(s, i)
	}
}

// meets takes in which store was heard.
func (w *walker) meets(s *modelState, i int, store cache.Identity, asked time.Time) {
	m := &s.servers[i]
	now := modelNow
	if !w.has(waitsFromHeard) {
		now = asked
	}
	t, isNews := w.tenureOf(s, i).meet(store, now, modelLease)
	m.met = true
	if isNews && w.has(waits) {
		m.lease, m.wait = 0, ticksTo(t.waits)
	}
}

// reconciles makes the two sets one. Between the two halves the server may be stopped.
func (w *walker) reconciles(s modelState, i int) {
	m := &s.servers[i]
	w.applies(&s, i, s.set)
	if w.has(suspends) {
		m.lease, m.wait = 0, ticksTo(tenure{}.anew(modelNow, modelLease).waits)
	}
	w.add(s)
	if w.lacking[s.set][m.set].item() != 0 {
		s.key = 0
	}
	s.set = w.with[s.set][m.set]
	m.agreed = true
	w.add(s)
}

// agreed is what a server does whose set is the store's: it carries out what was ordered, or renews its lease.
func (w *walker) agreed(s modelState, i int) {
	m := &s.servers[i]
	open := false
	for k := range s.orders {
		o := &s.orders[k]
		if int(o.at) != i || o.state != waiting && o.state != entered {
			continue
		}
		if o.state == entered && w.lacking[m.set][w.entryOf(k, o.epoch)] == 0 {
			o.state = done
			continue
		}
		open = true
	}
	if open {
		m.asking = 0
		w.carriesOut(s, i)
		return
	}
	if w.isSlow(i) {
		n := s
		n.servers[i].answered = true
		w.add(n)
	}
	w.renews(s, i)
}

// isSlow tells whether the words of a server can be.
func (w *walker) isSlow(i int) bool { return i == 1 && w.may&slowWords != 0 }

// renews the lease, and acknowledges what was looked at before the store was asked.
func (w *walker) renews(s modelState, i int) {
	m := &s.servers[i]
	from := inTicks(1 - m.asking)
	m.asking, m.answered = 0, false
	if !w.has(leaseFromAsked) {
		from = modelNow
	}
	until, begins := w.tenureOf(&s, i).lease(from, modelLease)
	if begins {
		m.lease = max(ticksTo(until), 0)
	}
	for k := range s.orders {
		if o := &s.orders[k]; o.state == looking && int(o.at) == i {
			o.state = done
			if begins {
				s.acknowledge(k, w.what)
			}
		}
	}
	w.add(s)
}
