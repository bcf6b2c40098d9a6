package chaos

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// rest lets some time go by, and ends early when the run does.
type rest func(least, most time.Duration)

// fault is something bad that happens, and is over again when do returns.
type fault struct {
	name string
	do   func(rest)
	// alone is a fault that is survived only where every server lives: nobody else knows what a store has
	// lost.
	alone bool
}

// schedule lets faults happen one after the other until ctx ends, in an order and for times that follow from the seed.
// It returns how often each happened. Schedules side by side share a lock for the faults that happen alone.
func schedule(ctx context.Context, faults []fault, seed uint64, lock *sync.RWMutex, times *spans) map[string]int {
	random := rand.New(rand.NewPCG(seed, 7))
	happened := make(map[string]int)
	for ctx.Err() == nil {
		f := faults[random.IntN(len(faults))]
		happened[f.name]++
		end, begun := f.begin(lock), time.Now()
		f.do(func(least, most time.Duration) {
			select {
			case <-ctx.Done(): // it ends at once
			case <-time.After(least + time.Duration(random.Int64N(int64(most-least)))):
			}
		})
		end()
		*times = append(*times, span{begun, time.Now()})
		select {
		case <-ctx.Done():
		case <-time.After(time.Duration(random.IntN(2500)) * time.Millisecond):
		}
	}
	return happened
}

// span is when a fault was there.
type span struct{ begun, over time.Time }

type spans []span

// meet tells whether there was a fault between two moments.
func (s spans) meet(from, to time.Time) bool {
	return slices.ContainsFunc(s, func(one span) bool { return one.begun.Before(to) && one.over.After(from) })
}

func (f fault) begin(lock *sync.RWMutex) (end func()) {
	if f.alone {
		lock.Lock()
		return lock.Unlock
	}
	lock.RLock()
	return lock.RUnlock
}

// faults are what happens to servers, one at a time: somebody has to live who knows.
func (h *house) faults() []fault {
	var list []fault
	for _, s := range h.servers {
		list = append(list,
			fault{name: "server killed", do: func(rest rest) {
				s.kill()
				rest(100*time.Millisecond, 4*time.Second)
				s.start()
			}},
			fault{name: "server ended in order", do: func(rest rest) {
				s.term()
				rest(100*time.Millisecond, 2*time.Second)
				s.start()
			}},
			fault{name: "server stopped for less than its lease", do: func(rest rest) {
				s.stop()
				rest(200*time.Millisecond, 1800*time.Millisecond)
				s.cont()
			}},
			fault{name: "server stopped for longer than its lease", do: func(rest rest) {
				s.stop()
				rest(2500*time.Millisecond, 6*time.Second)
				s.cont()
			}})
	}
	return list
}
