package chaos

import (
	"sync"
	"testing"
)

// atOnce is how many scenes are played side by side, besides those that wait for nothing but a poll.
const atOnce = 4

// TestEachFault lets each thing that DESIGN lists happen to the store of two servers, and to their disks, one at a time and
// always in the same way. Whatever it is: nothing that was withdrawn is shown by anybody; a server that does not
// hear the store withholds all items and says so; an order is answered with the truth; and when the fault is over,
// everything is well again by itself, with nothing lost and nothing there twice.
func TestEachFault(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes a minute")
	}
	room := make(chan struct{}, atOnce)
	var all sync.WaitGroup
	for _, f := range []struct {
		name string
		test func(t *testing.T, idle func())
	}{
		// What the store loses of items comes back at the next poll; so these take a minute.
		{"failover with lost writes", lostWrites},
		{"primary back empty", backEmpty},
		{"primary back old", backOld},
		{"out of memory with eviction", evicting},

		{"lost replies", lostReplies},
		{"slow connection", slow},
		{"black hole", blackHole},
		{"connection refused", refused},
		{"primary killed", killed},
		{"loading", loading},
		{"readonly", readonly},
		{"out of memory without eviction", outOfMemory},
		{"disk of the store full", diskFull},
		{"disk of the store full, synced always", diskFullAlways},
		{"misconf", misconf},
		{"own disk full", ownDiskFull},
	} {
		room <- struct{}{}
		all.Go(func() {
			idle := sync.OnceFunc(func() { <-room })
			defer idle()
			t.Run(f.name, func(t *testing.T) { f.test(t, idle) })
		})
	}
	all.Wait()
}
