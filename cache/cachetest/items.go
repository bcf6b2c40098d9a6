package cachetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"reprint/cache"
	"reprint/feeds"
)

func testEmpty(t *testing.T, o Open) {
	s := open(t, o)
	if items := latest(t, s, 10, "a", "b"); len(items) != 0 {
		t.Errorf("Latest of an empty store: %v", items)
	}
	if items := latest(t, s, 10); len(items) != 0 {
		t.Errorf("Latest of no sources: %v", items)
	}
	if known, err := s.Known(t.Context(), "a", []string{"a-x"}); err != nil || len(known) != 0 {
		t.Errorf("Known: %v %v", known, err)
	}
	if poll, err := s.Poll(t.Context(), "a"); err != nil || !cmp.Equal(poll, cache.Poll{}) {
		t.Errorf("Poll: %+v %v", poll, err)
	}
	if head, err := s.Head(t.Context()); err != nil || head != 0 {
		t.Errorf("Head: %d %v", head, err)
	}
	if changes := journal(t, s); len(changes) != 0 {
		t.Errorf("Journal: %v", changes)
	}
}

func testPutAndRead(t *testing.T, o Open) {
	s := open(t, o)
	item := Item("a", 1, 1)
	put(t, s, BatchOf("a", item), cache.Accepted{New: 1})
	got := latest(t, s, 10, "a")
	item.FirstSeen = item.FirstSeen.Truncate(time.Millisecond)
	if diff := cmp.Diff([]feeds.Item{item}, got); diff != "" {
		t.Errorf("what came back (+) is not what was put (-):\n%s", diff)
	}
	known, err := s.Known(t.Context(), "a", []string{item.ID, "a-aaaaaaaaaaaaaaaaaaaa"})
	want := map[string]cache.Known{item.ID: {Revision: item.Revision, URI: item.URI, FirstSeen: item.FirstSeen}}
	if err != nil || !cmp.Equal(known, want) {
		t.Errorf("Known: %+v %v", known, err)
	}
	changes := journal(t, s)
	if len(changes) != 1 || changes[0].Kind != cache.ChangePut || changes[0].Item != item.ID || changes[0].Source != "a" ||
		changes[0].Revision != item.Revision || !changes[0].At.Equal(noon) {
		t.Errorf("Journal: %+v", changes)
	}
	if head, err := s.Head(t.Context()); err != nil || head != changes[0].Seq {
		t.Errorf("Head: %d %v", head, err)
	}
}

func testPutTwice(t *testing.T, o Open) {
	s := open(t, o)
	batch := BatchOf("a", Item("a", 1, 1), Item("a", 2, 1))
	put(t, s, batch, cache.Accepted{New: 2})
	put(t, s, batch, cache.Accepted{Unchanged: 2})
	put(t, s, batch, cache.Accepted{Unchanged: 2})
	if changes := journal(t, s); len(changes) != 2 {
		t.Errorf("the journal has %d entries for two items that were put three times", len(changes))
	}
}

func testRevise(t *testing.T, o Open) {
	s := open(t, o)
	put(t, s, BatchOf("a", Item("a", 1, 1), Item("a", 2, 1)), cache.Accepted{New: 2})
	put(t, s, BatchOf("a", Item("a", 1, 2), Item("a", 2, 1), Item("a", 3, 1)), cache.Accepted{New: 1, Revised: 1, Unchanged: 1})
	put(t, s, BatchOf("a", Item("a", 1, 1)), cache.Accepted{Revised: 1}) // back to what it was is a change too
	want := summary([]cache.Change{
		change(cache.ChangePut, 1, 1), change(cache.ChangePut, 2, 1), change(cache.ChangeRevise, 1, 2), change(cache.ChangePut, 3, 1), change(cache.ChangeRevise, 1, 1),
	})
	if got := summary(journal(t, s)); got != want {
		t.Errorf("journal:\n%s\nwant:\n%s", got, want)
	}
	if got := latest(t, s, 1, "a"); got[0].Title != "Story 1, version 1" {
		t.Errorf("the item is %q", got[0].Title)
	}
}

func change(kind cache.ChangeKind, n, version int) cache.Change {
	i := Item("a", n, version)
	return cache.Change{Kind: kind, Item: i.ID, Revision: i.Revision}
}

// testKeepsFirstSeen: when an item was first seen, and its permanent id, never change.
func testKeepsFirstSeen(t *testing.T, o Open) {
	s := open(t, o)
	put(t, s, BatchOf("a", Item("a", 1, 1)), cache.Accepted{New: 1})
	later := Item("a", 1, 2)
	later.FirstSeen, later.URI = noon.Add(time.Hour), "tag:other.example,2026:1"
	put(t, s, BatchOf("a", later), cache.Accepted{Revised: 1})
	got := latest(t, s, 1, "a")[0]
	if !got.FirstSeen.Equal(noon.Add(123*time.Millisecond)) || got.URI != "tag:a.example,2026:1" || got.Title != later.Title {
		t.Errorf("%v %s %q", got.FirstSeen, got.URI, got.Title)
	}
}

func testWrongSource(t *testing.T, o Open) {
	s := open(t, o)
	if _, err := s.Put(t.Context(), BatchOf("a", Item("a", 1, 1), Item("b", 1, 1))); err == nil {
		t.Error("an item of another source was put")
	}
	if items := latest(t, s, 10, "a", "b"); len(items) != 0 {
		t.Errorf("a refused batch left %s", ids(items))
	}
}

// testOrder: newest first, ties by id, across sources and across the limit.
func testOrder(t *testing.T, o Open) {
	s := open(t, o)
	tie := func(source string, n int) feeds.Item {
		i := Item(source, n, 1)
		i.Published = noon.Add(-time.Hour)
		return i
	}
	future := Item("b", 500, 1)
	future.Published = noon.Add(24 * time.Hour) // counts from when it was first seen
	put(t, s, BatchOf("a", Item("a", 1, 1), Item("a", 3, 1), tie("a", 101), tie("a", 102), tie("a", 103)), cache.Accepted{New: 5})
	put(t, s, BatchOf("b", Item("b", 2, 1), tie("b", 101), tie("b", 102), future), cache.Accepted{New: 4})
	all := latest(t, s, 100, "a", "b")
	if len(all) != 9 || all[0].ID != future.ID {
		t.Fatalf("%s", ids(all))
	}
	for i := 1; i < len(all); i++ {
		a, b := all[i-1], all[i]
		ra, rb := a.Rank().UnixMilli(), b.Rank().UnixMilli()
		if ra < rb || ra == rb && a.ID >= b.ID {
			t.Errorf("%s stands before %s", a.URI, b.URI)
		}
	}
	for limit := range 10 {
		if got := ids(latest(t, s, limit, "b", "a")); got != ids(all[:min(limit, len(all))]) {
			t.Errorf("the newest %d: %s", limit, got)
		}
	}
	if got := latest(t, s, 100, "b"); len(got) != 4 {
		t.Errorf("of one source: %s", ids(got))
	}
}

func testManySources(t *testing.T, o Open) {
	s := open(t, o)
	var sources []string
	for n := range 620 {
		sources = append(sources, fmt.Sprintf("s%d", n))
	}
	put(t, s, BatchOf("s0", Item("s0", 5, 1)), cache.Accepted{New: 1})
	put(t, s, BatchOf("s310", Item("s310", 3, 1)), cache.Accepted{New: 1})
	put(t, s, BatchOf("s619", Item("s619", 4, 1)), cache.Accepted{New: 1})
	if got := ids(latest(t, s, 2, sources...)); got != "tag:s310.example,2026:3 tag:s619.example,2026:4" {
		t.Errorf("the newest two of 620 sources: %s", got)
	}
}

func testItems(t *testing.T, o Open) {
	s := open(t, o)
	a, b := Item("a", 1, 1), Item("b-c", 1, 1)
	put(t, s, BatchOf("a", a), cache.Accepted{New: 1})
	put(t, s, BatchOf("b-c", b), cache.Accepted{New: 1})
	got, err := s.Items(t.Context(), []string{b.ID, "a-aaaaaaaaaaaaaaaaaaaa", "nonsense", "", a.ID})
	if err != nil || ids(got) != b.URI+" "+a.URI {
		t.Errorf("%s %v", ids(got), err)
	}
	if got, err := s.Items(t.Context(), nil); err != nil || len(got) != 0 {
		t.Errorf("no ids: %v %v", got, err)
	}
}

func testPoll(t *testing.T, o Open) {
	s := open(t, o)
	poll := cache.Poll{
		ETag: `W/"x y"`, LastModified: "Tue, 10 Mar 2026 12:00:00 GMT", URL: "https://a.example/feed", BodyDigest: "1:abc", Last: noon, Changed: noon,
		Next: noon.Add(time.Hour), Failures: 3, Outcome: "failed", Problem: "没有 answer", Losses: []string{"one", "two"}, Items: 7,
		Hub: "https://hub.example/", Topic: "https://a.example/self", Hold: noon, Robots: noon, Reader: "1", Pending: []string{"a-1", "a-2"},
		Effective: "https://b.example/feed", Server: "192.0.2.1", FailingSince: noon, Gone: true,
		Pace:  cache.Pace{Least: 2 * time.Hour, SkipHours: []int{0, 23}, SkipDays: []time.Weekday{time.Sunday}},
		Moved: cache.Move{To: "https://b.example/feed", Since: noon, Times: 4, Adopted: true},
	}
	if err := s.SavePoll(t.Context(), "a", poll); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Poll(t.Context(), "a"); err != nil || !cmp.Equal(got, poll) {
		t.Errorf("%+v %v", got, err)
	}
	put(t, s, BatchOf("a", Item("a", 1, 1)), cache.Accepted{New: 1})
	if got, err := s.Poll(t.Context(), "a"); err != nil || got.ETag != `"1"` {
		t.Errorf("after a put: %+v %v", got, err)
	}
	if got, err := s.Poll(t.Context(), "b"); err != nil || got.ETag != "" {
		t.Errorf("of another source: %+v %v", got, err)
	}
}

func testSubscription(t *testing.T, o Open) {
	s := open(t, o)
	if got, err := s.Subscription(t.Context(), "a"); err != nil || got != (cache.Subscription{}) {
		t.Errorf("of nothing: %+v %v", got, err)
	}
	subscription := cache.Subscription{
		Hub: "https://hub.example/", Topic: "https://a.example/feed", Token: "token", Secret: "secret", Asked: noon, Tries: 2,
		Agreed: noon.Add(time.Second), Until: noon.Add(time.Hour), Delivered: noon.Add(time.Minute), Missed: noon, Problem: "没有 answer",
	}
	if err := s.SaveSubscription(t.Context(), "a", subscription); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Subscription(t.Context(), "a"); err != nil || !cmp.Equal(got, subscription) {
		t.Errorf("%+v %v", got, err)
	}
	if poll, err := s.Poll(t.Context(), "a"); err != nil || !cmp.Equal(poll, cache.Poll{}) {
		t.Errorf("the poll beside it: %+v %v", poll, err)
	}
	if got, err := s.Subscription(t.Context(), "b"); err != nil || got != (cache.Subscription{}) {
		t.Errorf("of another source: %+v %v", got, err)
	}
}

// testReopen: everything is there for the next process.
func testReopen(t *testing.T, o Open) {
	s := o(t)
	put(t, s, BatchOf("a", Item("a", 1, 1)), cache.Accepted{New: 1})
	at, err := s.Stamp(t.Context(), "top", "digest", noon)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, o)
	put(t, s, BatchOf("a", Item("a", 1, 1)), cache.Accepted{Unchanged: 1})
	if got := latest(t, s, 10, "a"); len(got) != 1 {
		t.Errorf("items: %s", ids(got))
	}
	if changes := journal(t, s); len(changes) != 1 {
		t.Errorf("journal: %v", changes)
	}
	if again, err := s.Stamp(t.Context(), "top", "digest", noon.Add(time.Hour)); err != nil || !again.Equal(at) {
		t.Errorf("stamp %v, was %v, %v", again, at, err)
	}
}
