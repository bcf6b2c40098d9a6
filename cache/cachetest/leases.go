package cachetest

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"reprint/cache"
)

// long is a lease that does not run out during a test.
const long = time.Hour

func enroll(t *testing.T, s cache.Store, server string, lease time.Duration) cache.Roll {
	t.Helper()
	roll, err := s.Enroll(t.Context(), server, lease)
	if err != nil {
		t.Fatal(err)
	}
	return roll
}

func claimed(t *testing.T, s cache.Store, server string, session int64, take, leave []string) map[string]int64 {
	t.Helper()
	fences, err := s.Claim(t.Context(), server, session, take, leave)
	if err != nil {
		t.Fatal(err)
	}
	return fences
}

func names(fences map[string]int64) map[string]bool {
	all := make(map[string]bool)
	for source := range fences {
		all[source] = true
	}
	return all
}

// testLeases: a source has one holder, who keeps it until it is given up or the holder retires.
func testLeases(t *testing.T, o Open) {
	s, other := open(t, o), open(t, o)
	one, two := enroll(t, s, "one", long), enroll(t, other, "two", long)
	same(t, two.Servers, []string{"one", "two"})
	if one.Session == two.Session || enroll(t, s, "one", long).Session != one.Session {
		t.Error("a session is one server's, and stays")
	}
	first := claimed(t, s, "one", one.Session, []string{"a", "b"}, nil)
	same(t, names(first), map[string]bool{"a": true, "b": true})
	same(t, claimed(t, s, "one", one.Session, []string{"a", "b"}, nil), first)
	same(t, names(claimed(t, other, "two", two.Session, []string{"a", "b", "c"}, nil)), map[string]bool{"c": true})
	claimed(t, s, "one", one.Session, nil, []string{"b", "c"}) // c is not its own
	second := claimed(t, other, "two", two.Session, []string{"a", "b", "c"}, nil)
	same(t, names(second), map[string]bool{"b": true, "c": true})
	if second["b"] <= first["b"] {
		t.Errorf("fence %d after %d", second["b"], first["b"])
	}
	holders, err := s.Holders(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	same(t, holders, map[string]string{"a": "one", "b": "two", "c": "two"})
	if err := other.Retire(t.Context(), "two"); err != nil {
		t.Fatal(err)
	}
	same(t, names(claimed(t, other, "two", two.Session, []string{"b"}, nil)), map[string]bool{})
	same(t, names(claimed(t, s, "one", one.Session, []string{"a", "b", "c"}, nil)), map[string]bool{"a": true, "b": true, "c": true})
	same(t, enroll(t, s, "one", long).Servers, []string{"one"})
}

// testLeaseRunsOut: who does not enroll in time has another session afterwards, and holds nothing.
func testLeaseRunsOut(t *testing.T, o Open) {
	s := open(t, o)
	const short = 50 * time.Millisecond
	one := enroll(t, s, "one", short)
	before := claimed(t, s, "one", one.Session, []string{"a"}, nil)
	time.Sleep(2 * short)
	same(t, names(claimed(t, s, "one", one.Session, []string{"a"}, nil)), map[string]bool{})
	if holders, err := s.Holders(t.Context()); err != nil || len(holders) > 0 {
		t.Errorf("held by the dead: %v, %v", holders, err)
	}
	again := enroll(t, s, "one", long)
	if again.Session <= one.Session {
		t.Errorf("session %d after %d", again.Session, one.Session)
	}
	if after := claimed(t, s, "one", again.Session, []string{"a"}, nil); after["a"] <= before["a"] {
		t.Errorf("fence %d after %d", after["a"], before["a"])
	}
}

// testLeasesAtOnce: however many want a source at once, one gets it.
func testLeasesAtOnce(t *testing.T, o Open) {
	var sources []string
	for n := range 40 {
		sources = append(sources, fmt.Sprint("s", n))
	}
	var mu sync.Mutex
	holders := make(map[string][]string)
	var wg sync.WaitGroup
	for n := range 4 {
		s, server := open(t, o), fmt.Sprint("server", n)
		wg.Go(func() {
			roll, err := s.Enroll(t.Context(), server, long)
			if err != nil {
				t.Error(err)
				return
			}
			for i := range sources {
				fences, err := s.Claim(t.Context(), server, roll.Session, sources[i:i+1], nil)
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				for source := range fences {
					holders[source] = append(holders[source], server)
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	for _, source := range sources {
		if len(holders[source]) != 1 {
			t.Errorf("%s is held by %v", source, holders[source])
		}
	}
}

// testFence: who lost a source cannot write what it still had in hand, neither items nor the state
// of the poll.
func testFence(t *testing.T, o Open) {
	s, other := open(t, o), open(t, o)
	state := func(fence int64) *cache.Poll { return &cache.Poll{URL: "https://a.example/", Fence: fence} }
	with := func(fence int64, version int) cache.Batch {
		b := BatchOf("a", Item("a", 1, version))
		b.Poll = state(fence)
		return b
	}
	put(t, s, with(1<<52, 1), cache.Accepted{New: 1})
	put(t, other, with(1<<52+1, 2), cache.Accepted{Revised: 1})
	if _, err := s.Put(t.Context(), with(1<<52, 3)); !errors.Is(err, cache.ErrFenced) {
		t.Errorf("a late put: %v", err)
	}
	if err := s.SavePoll(t.Context(), "a", *state(1 << 52)); !errors.Is(err, cache.ErrFenced) {
		t.Errorf("a late state: %v", err)
	}
	if poll, err := s.Poll(t.Context(), "a"); err != nil || poll.Fence != 1<<52+1 {
		t.Errorf("%+v, %v", poll, err)
	}
	items, err := s.Items(t.Context(), []string{Item("a", 1, 1).ID})
	if err != nil || len(items) != 1 || items[0].Title != "Story 1, version 2" {
		t.Errorf("%+v, %v", items, err)
	}
	// What a hub brings to a server that does not hold the source leaves the poll alone.
	brought := BatchOf("a", Item("a", 2, 1))
	brought.Poll = nil
	put(t, s, brought, cache.Accepted{New: 1})
	if poll, err := s.Poll(t.Context(), "a"); err != nil || poll.Fence != 1<<52+1 {
		t.Errorf("%+v, %v", poll, err)
	}
}
