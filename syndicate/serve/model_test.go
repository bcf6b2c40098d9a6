package serve_test

import (
	"testing"

	"reprint/syndicate"
)

// The model of decision 12: a store, two servers and one item. Server 0 lives: it may crash and
// start again at any moment, and hears the store within every tick, of which a lease has two. Server 1 may be cut off
// for any time. (If all servers that know a withdrawal are dead when the store forgets it,
// nobody is left to know it.) A state is everything that the
// rules look at; a step is one thing that can happen next. The search visits every state that
// any order of steps can lead to. What decides which entries count is the real code
// (syndicate.Withdrawals); what a server may do follows the rules of authority.go, one by one.

// rule is one that can be left out, to see that it is needed.
type rule int

const (
	lastMoment    rule = 1 << iota // compare epochs before sending
	leaseRuns                      // send items only while the lease runs
	ackWaits                       // acknowledge only when all have applied it or are out of their lease
	beatAgrees                     // a lease begins only where epoch and sum are the store's
	oldMakingOver                  // an edition keeps the epoch at which it was decided on
	remembers                      // entries are durable at a server before it confirms them
	waits                          // no lease begins within a lease after the store may have fallen back
	allRules      = lastMoment | leaseRuns | ackWaits | beatAgrees | oldMakingOver | remembers | waits
)

// modelServer is a server in the model.
type modelServer struct {
	knows   bool // it has applied the withdrawal
	lease   int8 // ticks that its lease still runs
	edition int8 // what its edition is: 0 none, 1 with the item, 2 without
	decided bool // the edition heeds the withdrawal
	making  int8 // an edition that is being made: 0 none, 1 decided with the item, 2 without
	disk    bool // the withdrawal is on its own disk
	met     bool // it has met the store
	run     bool // the store as it was last met: before or after it fell back
	wait    int8 // ticks until a lease may begin
}

// modelState is a state of the model. It is comparable, so that states can be remembered.
type modelState struct {
	stored  bool // the store has the withdrawal
	lost    bool // the store fell back once
	asked   bool // the withdrawal was asked for
	acked   bool // and acknowledged
	heard   [2]int8
	applied [2]bool // what the store heard each server say
	servers [2]modelServer
}

// leaseTicks is how long a lease is in the model.
const leaseTicks = 2

// entry is the withdrawal, for the real sets.
var modelEntry = syndicate.Withdrawal{Target: "item:a-1", Epoch: 1, Cause: syndicate.Rights}

func setOf(knows bool) *syndicate.Withdrawals {
	w := syndicate.NewWithdrawals()
	if knows {
		w.Add(modelEntry)
	}
	return w
}

// next returns the states that one step leads to, and whether one of the steps was an answer
// with the item after the acknowledgment.
func (s modelState) next(on rule) (states []modelState, violated bool) {
	step := func(change func(n *modelState)) {
		n := s
		change(&n)
		states = append(states, n)
	}
	if !s.asked {
		step(func(n *modelState) { n.asked, n.stored = true, true })
	}
	if s.asked && !s.acked && s.mayAcknowledge(on) {
		step(func(n *modelState) { n.acked = true })
	}
	if s.stored && !s.lost { // a failover loses the entry, and what was heard of the servers stays or goes with it
		step(func(n *modelState) { n.stored, n.lost = false, true })
		step(func(n *modelState) { n.stored, n.lost, n.applied = false, true, [2]bool{} })
	}
	step(func(n *modelState) { // time passes, unless the server that lives has not been heard
		if n.heard[0] > 0 {
			return
		}
		for i := range n.servers {
			n.servers[i].lease = max(n.servers[i].lease-1, 0)
			n.servers[i].wait = max(n.servers[i].wait-1, 0)
			n.heard[i] = min(n.heard[i]+1, leaseTicks+1)
		}
	})
	for i := range s.servers {
		violated = s.serverSteps(i, on, step) || violated
	}
	return states, violated
}

// mayAcknowledge tells whether the acknowledgment may be given.
func (s modelState) mayAcknowledge(on rule) bool {
	if on&ackWaits == 0 {
		return true
	}
	for i := range s.servers {
		if !s.applied[i] && s.heard[i] <= leaseTicks {
			return false
		}
	}
	return s.applied[0] || s.applied[1] // somebody has it besides the store
}

// serverSteps are what one server can do.
func (s modelState) serverSteps(i int, on rule, step func(func(*modelState))) (violated bool) {
	me := s.servers[i]
	step(func(n *modelState) { n.beat(i, on) })
	if on&beatAgrees == 0 { // it still hears of withdrawals, at some time
		step(func(n *modelState) { n.beat(i, on|beatAgrees) })
	}
	step(func(n *modelState) { // a crash: memory is gone, the disk stays
		n.servers[i] = modelServer{knows: me.disk, disk: me.disk}
		n.heard[i] = max(n.heard[i], 1) // it is back within a tick
	})
	if me.making == 0 {
		step(func(n *modelState) { n.servers[i].making = 1 + boolOf(me.knows) })
	} else {
		step(func(n *modelState) {
			w := &n.servers[i]
			w.edition, w.making = me.making, 0
			w.decided = me.making == 2 || on&oldMakingOver == 0
		})
	}
	sends := me.edition == 1
	if on&leaseRuns != 0 && me.lease == 0 {
		sends = false
	}
	if on&lastMoment != 0 && me.knows && !me.decided {
		sends = false
	}
	return sends && s.acked
}

// beat is one word with the store that goes through.
func (s *modelState) beat(i int, on rule) {
	n := s
	me := &n.servers[i]
	n.heard[i], n.applied[i] = 0, me.knows
	mine, theirs := setOf(me.knows), setOf(n.stored)
	agreed := mine.Epoch() == theirs.Epoch() && mine.Sum() == theirs.Sum()
	if !me.met || me.run != n.lost {
		me.met, me.run, me.lease, me.wait = true, n.lost, 0, leaseTicks
	}
	switch {
	case agreed || on&beatAgrees == 0:
		if me.wait == 0 || on&waits == 0 {
			me.lease = leaseTicks
		}
	case theirs.Epoch() > mine.Epoch(): // apply
		me.knows, me.disk = true, on&remembers != 0
		if me.edition == 1 {
			me.edition, me.decided = 1, false
		}
	default: // give back
		n.stored = true
	}
}

func boolOf(b bool) int8 {
	if b {
		return 1
	}
	return 0
}

// search visits all states and returns how many there are, and after how many steps the first
// answer with the item comes after the acknowledgment; 0 for never.
func search(on rule) (states, transitions, violation int) {
	start := modelState{heard: [2]int8{0, leaseTicks + 1}}
	start.servers[0].met = true
	seen := map[modelState]int{start: 1}
	for queue := []modelState{start}; len(queue) > 0; {
		s := queue[0]
		queue = queue[1:]
		next, violated := s.next(on)
		if violated && violation == 0 {
			violation = seen[s]
		}
		for _, n := range next {
			transitions++
			if _, ok := seen[n]; !ok {
				seen[n] = seen[s] + 1
				queue = append(queue, n)
			}
		}
	}
	return len(seen), transitions, violation
}

// TestModel: with all rules no order of steps shows the item after the acknowledgment; without
// any one of them some order does.
func TestModel(t *testing.T) {
	t.Parallel()
	states, transitions, violation := search(allRules)
	if violation != 0 {
		t.Errorf("with all rules the item is shown after %d steps", violation)
	}
	if transitions < 100_000 {
		t.Errorf("only %d transitions: the model is too small to prove anything", transitions)
	}
	t.Logf("%d states, %d transitions", states, transitions)
	for name, without := range map[string]rule{
		"the last moment": lastMoment, "the lease": leaseRuns, "waiting for all": ackWaits, "agreeing with the store": beatAgrees,
		"editions keep their epoch": oldMakingOver, "the own disk": remembers, "the wait": waits,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, _, violation := search(allRules &^ without); violation == 0 {
				t.Error("it is not needed")
			} else {
				t.Logf("without %s the item is shown after %d steps", name, violation)
			}
		})
	}
}
