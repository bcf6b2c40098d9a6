package redis_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"reprint/cache"
	"reprint/cache/cachetest/redistest"
	"reprint/cache/redis"
	"reprint/syndicate"
	"reprint/syndicate/claim"
)

// allButIdentity is the loss of all keys but the last one: nothing is left that tells that there was anything.
const allButIdentity = 1<<4 - 1

// TestPartsAreLost: whatever keys of the withdrawals are lost while others are kept, as an eviction does it, the store says
// that it is another one, and one server that gives back what it knows makes it whole. So it does where
// something was withdrawn in between.
func TestPartsAreLost(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	client := goredis.NewClient(&goredis.Options{Addr: server.Addr})
	defer client.Close()
	parts := []string{"withdrawn", "epochs", "epoch", "sum", "identity"}
	for lost := 1; lost < 1<<len(parts); lost++ {
		for _, busy := range []bool{false, true} {
			prefix := fmt.Sprint("p", lost, busy)
			s := openAt(t, server.URL(prefix))
			var all []syndicate.Withdrawal
			for n := range 5 {
				all = append(all, withdraw(t, s, syndicate.Target(fmt.Sprint("source:", n%4))))
			}
			all = all[1:] // the first one was superseded
			before := identity(t, s)
			for n, part := range parts {
				if lost&(1<<n) != 0 {
					client.Del(t.Context(), "{"+prefix+":journal}:"+part)
				}
			}
			if busy {
				all = append(all, withdraw(t, s, "source:late"))
			}
			if now := identity(t, s); (now.ID == before.ID || now.Run == before.Run) && lost != allButIdentity {
				t.Errorf("%s: the store says that it is the same: %+v", prefix, now)
			}
			if err := s.Restore(t.Context(), all); err != nil {
				t.Fatal(err)
			}
			whole(t, prefix, s, all)
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

// TestNumberIsLost: where only the number that was given last is lost, it is not given again, and a server that gives back what it knows
// makes all claims to be found again.
func TestNumberIsLost(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	client := goredis.NewClient(&goredis.Options{Addr: server.Addr})
	defer client.Close()
	s := openAt(t, server.URL("p"))
	defer s.Close()
	file := func(key string) claim.Claim {
		t.Helper()
		c, err := s.File(t.Context(), claim.Claim{Key: key, At: time.Now().UTC()})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	first, second := file("a"), file("b")
	lose := func() {
		t.Helper()
		if n, err := client.Del(t.Context(), "{p:complaints}:number").Result(); n != 1 || err != nil {
			t.Fatal(n, err)
		}
	}
	lose()
	if c := file("c"); c.Number != 3 {
		t.Errorf("the next one is %d", c.Number)
	}
	lose()
	if err := s.RestoreComplaints(t.Context(), []claim.Claim{first, second}); err != nil {
		t.Fatal(err)
	}
	if all, err := s.Complaints(t.Context(), 0, 10); err != nil || len(all) != 2 || all[0].Key != "a" || all[1].Key != "b" {
		t.Errorf("%+v, %v", all, err)
	}
}

func withdraw(t *testing.T, s *redis.Store, target syndicate.Target) syndicate.Withdrawal {
	t.Helper()
	w, err := s.Withdraw(t.Context(), fmt.Sprint(target, time.Now()), syndicate.Withdrawal{Target: target, Cause: syndicate.Rights, At: time.Now().UTC()})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func identity(t *testing.T, s *redis.Store) cache.Identity {
	t.Helper()
	i, err := s.Identity(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// whole checks that a store has all entries, and says so.
func whole(t *testing.T, what string, s *redis.Store, all []syndicate.Withdrawal) {
	t.Helper()
	found, err := s.Withdrawals(t.Context(), 0, 100)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	set := syndicate.NewWithdrawals(all...)
	for _, w := range found {
		set.Add(w)
	}
	i := identity(t, s)
	if i.Epoch != set.Epoch() || i.Sum != set.Sum() || len(found) != set.Len() {
		t.Errorf("%s: the store has %d entries and says epoch %d, sum %d; want %d, %d, %d", what, len(found), i.Epoch, i.Sum, set.Len(), set.Epoch(), set.Sum())
	}
	next := withdraw(t, s, "source:next")
	if slices.ContainsFunc(all, func(w syndicate.Withdrawal) bool { return w.Epoch >= next.Epoch }) {
		t.Errorf("%s: epoch %d is given out twice", what, next.Epoch)
	}
}
