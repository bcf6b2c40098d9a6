package serve

import (
	"testing"
)

// The model of decision 12: a store, two servers, an item, and the orders about it. Every step that a server makes is made by the
// code that makes it in a real server: protocol.go, and the sets of package syndicate. The search visits every state that any
// order of steps can lead to. Servers may crash, be slow, be cut off and be stopped at any moment; the store may lose what it has.
//
// What it assumes: once the store has lost a withdrawal, some server that knows it is heard within a lease.

// rule is one that can be left out, to see that it is needed.
type rule int32

const (
	lastMoment     rule = 1 << iota // compare versions before sending
	leaseRuns                       // send items only while the lease runs
	leaseFirst                      // look at the lease before the version
	ackWaits                        // acknowledge only when all have applied it or are out of their lease
	confirms                        // and when the store was heard once more by who has a lease
	agrees                          // a lease begins only where epoch and sum are the store's
	keepsVersion                    // an edition keeps the version at which it was decided on
	drops                           // the current one is dropped when entries are about it
	remembers                       // entries are on the disk of a server before it confirms them
	waits                           // no lease begins within a lease after the store may have fallen back
	waitsFromHeard                  // which is reckoned from the answer
	leaseFromAsked                  // and a lease from the question
	suspends                        // who has put something back waits as well
	settlesLate                     // an order is open until the set has what it entered
	overtakes                       // to put back does nothing where something was withdrawn since
	tells                           // a store tells when it may have fallen back
	allRules       = 1<<iota - 1
)

// model is what can happen in a search.
type model struct {
	what [3]orderKind // the orders that are given, each at most once
	at   [3]int8      // and to which servers
	may  fault
}

// The models. Each leaves out what the others have, or there would be too many states.
var (
	// The store falls back and forgets, words are slow and get lost.
	slow = model{[3]orderKind{withdraw}, [3]int8{atAny}, fallsBack | slowWords | slowEditions | crashes | losesReplies}
	// It forgets, and gives the same epochs to something else.
	falls = model{[3]orderKind{withdraw, withdrawOther}, [3]int8{atFirst, atSecond}, fallsBack | crashes}
	// An edition that is late meets entries that are not about it.
	late = model{[3]orderKind{withdraw, withdrawOther}, [3]int8{atFirst, atAny}, slowEditions}
	// Three orders about one item race, and wait at different servers.
	race = model{[3]orderKind{withdraw, putBack, withdraw}, [3]int8{atSecond, atSecond, atFirst}, losesReplies}
)

// start is where every search begins: nothing is withdrawn, and both servers have a lease.
func start() modelState {
	var s modelState
	for i := range s.servers {
		s.servers[i] = modelServer{agreed: true, met: true, lease: most, wait: -most}
	}
	return s
}

// found is what came of a search.
type found struct {
	states, transitions int
	// violation is after how many steps the item is first shown that must not be; 0 for never.
	violation int
	stuck     *modelState // from which no server comes back
	whole     bool        // all states were visited
}

// search visits all states. From every so-manieth it looks whether the servers come back; 0 for none.
func (m model) search(l *laws, on rule, every int) (f found) {
	w := &walker{laws: l, on: on, model: m}
	from := start()
	seen := map[packed]struct{}{from.pack(): {}}
	level, next := []packed{from.pack()}, []packed(nil)
	for depth := 1; len(level) > 0; depth++ {
		for _, p := range level {
			if f.states == mostStates {
				return f
			}
			s := p.unpack()
			if f.states++; every > 0 && f.states%every == 0 && f.stuck == nil && !w.comesBack(s) {
				f.stuck = &s
			}
			w.steps(s)
			if w.violated {
				f.violation = depth
				return f
			}
			f.transitions += len(w.to)
			for i := range w.to {
				n := w.to[i].pack()
				if _, ok := seen[n]; !ok {
					seen[n] = struct{}{}
					next = append(next, n)
				}
			}
		}
		level, next = next, level[:0]
	}
	f.whole = true
	return f
}

// comesBack tells whether both servers answer with items again, and all orders are settled, once everything lives and is heard for a while.
func (w *walker) comesBack(s modelState) bool {
	may := w.may
	w.may = 0
	defer func() { w.may = may }()
	for range 3 * most {
		for range len(s.orders) + 3 { // one word after the other, as one beat does
			for i := range s.servers {
				w.to = w.to[:0]
				s.servers[i].asking, s.servers[i].answered = 1, false
				if w.storeHears(s, i); len(w.to) == 0 {
					return true // there are no more epochs in the model
				}
				s = w.to[len(w.to)-1]
			}
		}
		w.to = w.to[:0]
		if w.timePasses(s); len(w.to) > 0 {
			s = w.to[0]
		}
	}
	for _, o := range s.orders {
		if o.state == waiting || o.state == entered {
			return false
		}
	}
	return s.servers[0].lease > 0 && s.servers[1].lease > 0 && s.servers[0].set == s.set && s.servers[1].set == s.set
}

// TestModel: no order of steps shows the item after the acknowledgment, and from everywhere the servers come back.
func TestModel(t *testing.T) {
	t.Parallel()
	l := newLaws()
	total, whole := 0, true
	for name, m := range map[string]model{"slow": slow, "falls": falls, "late": late, "race": race} {
		f := m.search(l, allRules, 50)
		total, whole = total+f.transitions, whole && f.whole
		if f.violation != 0 {
			t.Errorf("%s: the item is shown after %d steps", name, f.violation)
		}
		if f.stuck != nil {
			t.Errorf("%s: the servers do not come back from %+v", name, *f.stuck)
		}
		t.Logf("%s: %d states, %d transitions", name, f.states, f.transitions)
	}
	if whole && total < 5_000_000 {
		t.Errorf("only %d transitions: the model is too small to prove anything", total)
	}
}

// TestEveryRuleIsNeeded: without any one of the rules some order of steps does show the item.
func TestEveryRuleIsNeeded(t *testing.T) {
	t.Parallel()
	l := newLaws()
	for _, tt := range []struct {
		name    string
		without rule
		in      model
	}{
		{"the last moment", lastMoment | drops, slow}, {"the lease", leaseRuns, slow}, {"the lease before the version", leaseFirst, slow},
		{"waiting for all", ackWaits, slow}, {"hearing the store once more", confirms, slow}, {"agreeing with the store", agrees, slow},
		{"editions keep their version", keepsVersion, slow}, {"editions are dropped", drops, slow}, {"the own disk", remembers, slow},
		{"the wait", waits, slow}, {"the wait from the answer on", waitsFromHeard, slow}, {"the lease from the question on", leaseFromAsked, slow},
		{"who puts back waits", suspends, falls}, {"settled when kept", settlesLate, falls},
		{"overtaken orders", overtakes, race}, {"a store that tells", tells, slow},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := tt.in.search(l, allRules&^tt.without, 0)
			if f.violation == 0 && f.whole {
				t.Error("it is not needed")
			}
			t.Logf("without it the item is shown after %d steps (%d states)", f.violation, f.states)
		})
	}
}
