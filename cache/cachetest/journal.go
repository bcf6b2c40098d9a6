package cachetest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"reprint/cache"
	"reprint/feeds"
)

func testJournalPages(t *testing.T, o Open) {
	s := open(t, o)
	var items []feeds.Item
	for n := range 40 {
		items = append(items, Item("a", n, 1))
	}
	put(t, s, BatchOf("a", items...), cache.Accepted{New: 40})
	changes := journal(t, s)
	if len(changes) != 40 {
		t.Fatalf("%d changes", len(changes))
	}
	for i, c := range changes {
		if c.Item != items[i].ID {
			t.Errorf("change %d is of %s, want the order of the batch", i, c.Item)
		}
	}
	rest, next, err := s.Journal(t.Context(), changes[29].Seq, 100, 0)
	if err != nil || len(rest) != 10 || next != changes[39].Seq {
		t.Errorf("from the middle: %d changes, next %d, %v", len(rest), next, err)
	}
}

// testJournalWaits: a reader that waits gets the change when it comes, not when its time is
// up, and nothing at all when its time is up.
func testJournalWaits(t *testing.T, o Open) {
	s := open(t, o)
	begun := time.Now()
	if changes, next, err := s.Journal(t.Context(), 0, 10, 100*time.Millisecond); err != nil || len(changes) != 0 || next != 0 {
		t.Errorf("%v %d %v", changes, next, err)
	}
	if took := time.Since(begun); took < 90*time.Millisecond || took > 3*time.Second {
		t.Errorf("waited %v instead of 100 ms", took)
	}
	got := make(chan error, 1)
	go func() {
		changes, _, err := s.Journal(t.Context(), 0, 10, 20*time.Second)
		if err == nil && len(changes) != 1 {
			err = fmt.Errorf("%d changes", len(changes))
		}
		got <- err
	}()
	time.Sleep(50 * time.Millisecond)
	begun = time.Now()
	put(t, s, BatchOf("a", Item("a", 1, 1)), cache.Accepted{New: 1})
	if err := <-got; err != nil {
		t.Error(err)
	}
	if took := time.Since(begun); took > 3*time.Second {
		t.Errorf("the change was seen after %v", took)
	}
}

// testJournalAcrossStores: what one process puts another one hears of.
func testJournalAcrossStores(t *testing.T, o Open) {
	writer, reader := open(t, o), open(t, o)
	got := make(chan int, 1)
	go func() {
		changes, _, _ := reader.Journal(t.Context(), 0, 10, 20*time.Second)
		got <- len(changes)
	}()
	time.Sleep(20 * time.Millisecond)
	begun := time.Now()
	put(t, writer, BatchOf("a", Item("a", 1, 1)), cache.Accepted{New: 1})
	if n := <-got; n != 1 || time.Since(begun) > 3*time.Second {
		t.Errorf("%d changes after %v", n, time.Since(begun))
	}
}

func testStamp(t *testing.T, o Open) {
	s := open(t, o)
	for _, tt := range []struct {
		document, digest string
		now, want        time.Duration
	}{
		{"top", "one", 500 * time.Millisecond, 0},
		{"top", "one", time.Hour, 0},
		{"top", "two", time.Hour, time.Hour},
		{"top", "three", time.Hour, time.Hour + time.Second},
		{"top", "four", 0, time.Hour + 2*time.Second}, // the clock went back
		{"other", "four", 0, 0},
		{"top", "one", 3 * time.Hour, 3 * time.Hour},
	} {
		at, err := s.Stamp(t.Context(), tt.document, tt.digest, noon.Add(tt.now))
		if err != nil || !at.Equal(noon.Add(tt.want)) || at.Location() != time.UTC {
			t.Errorf("Stamp(%s, %s) at noon+%v: %v %v, want noon+%v", tt.document, tt.digest, tt.now, at, err, tt.want)
		}
	}
}

// testConcurrent: several processes write different sources while a reader follows the
// journal. It sees every change once and never one that comes before what it has seen.
func testConcurrent(t *testing.T, o Open) {
	const writers, rounds = 4, 12
	reader := open(t, o)
	var wg sync.WaitGroup
	for w := range writers {
		s := open(t, o)
		wg.Go(func() {
			source := fmt.Sprintf("s%d", w)
			for n := range rounds {
				if _, err := s.Put(t.Context(), BatchOf(source, Item(source, n, 1), Item(source, n+1000, 1))); err != nil {
					t.Errorf("%s: %v", source, err)
					return
				}
			}
		})
	}
	seen := make(map[string]int)
	after := int64(0)
	for deadline := time.Now().Add(30 * time.Second); len(seen) < writers*rounds*2 && time.Now().Before(deadline); {
		changes, next, err := reader.Journal(t.Context(), after, 5, time.Second)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range changes {
			seen[c.Item]++
			if c.Seq <= after {
				t.Errorf("position %d came after %d was seen", c.Seq, after)
			}
			after = c.Seq
		}
		after = next
	}
	wg.Wait()
	if len(seen) != writers*rounds*2 {
		t.Errorf("%d of %d changes seen", len(seen), writers*rounds*2)
	}
	for item, n := range seen {
		if n != 1 {
			t.Errorf("%s was seen %d times", item, n)
		}
	}
}

// testSameSourceConcurrent: several processes poll the same source at the same time. Each
// item is in the store and in the journal once.
func testSameSourceConcurrent(t *testing.T, o Open) {
	const writers, items = 4, 25
	var batch []feeds.Item
	for n := range items {
		batch = append(batch, Item("a", n, 1))
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	accepted := 0
	for range writers {
		s := open(t, o)
		wg.Go(func() {
			got, err := s.Put(t.Context(), BatchOf("a", batch...))
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			accepted += got.New
		})
	}
	wg.Wait()
	s := open(t, o)
	if changes := journal(t, s); len(changes) != items || accepted != items {
		t.Errorf("%d changes, %d accepted, want %d", len(changes), accepted, items)
	}
}

// testJournalPositions: positions are at least the clock, so that a store that fell back to an older state gives
// out none a second time.
func testJournalPositions(t *testing.T, o Open) {
	s := open(t, o)
	begun := time.Now().Add(-2 * time.Second) // the clock of the store may be another one
	put(t, s, BatchOf("a", Item("a", 1, 1)), cache.Accepted{New: 1})
	if _, err := s.Withdraw(t.Context(), "k", withdrawal("source:a", "down")); err != nil {
		t.Fatal(err)
	}
	for _, c := range journal(t, s) {
		if c.Seq < begun.UnixMicro() {
			t.Errorf("the position of %s is %d, below the clock at %d", c.Kind, c.Seq, begun.UnixMicro())
		}
	}
}
