package cachetest

import (
	"cmp"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"reprint/cache"
	"reprint/feeds"
)

// testRevoke: a revocation is remembered once, journaled once, and for ever.
func testRevoke(t *testing.T, o Open) {
	s, other := open(t, o), open(t, o)
	first := cache.Revocation{Partner: "zj", Token: "k1", At: noon}
	for _, r := range []cache.Revocation{first, {Partner: "zj", Token: "k1", At: noon.Add(time.Hour)}, {Partner: "qh", Token: "k1", At: noon}} {
		if err := s.Revoke(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	got, err := other.Revocations(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, []cache.Revocation{{Partner: "qh", Token: "k1", At: noon}, first})
	put(t, s, BatchOf("a", Item("a", 1, 1)), cache.Accepted{New: 1})
	var kinds []string
	for _, c := range journal(t, other) {
		kinds = append(kinds, string(c.Kind)+" "+c.Item)
	}
	same(t, kinds, []string{"revoke zj/k1", "revoke qh/k1", "put " + Item("a", 1, 1).ID})
}

// testSecret: whoever comes first makes the secret, and all have the same.
func testSecret(t *testing.T, o Open) {
	s, other := open(t, o), open(t, o)
	var wg sync.WaitGroup
	got := make([]string, 20)
	for i := range got {
		wg.Go(func() {
			store := s
			if i%2 == 1 {
				store = other
			}
			secret, err := store.Secret(t.Context(), "links", []byte{0, byte(i), 255})
			if err != nil {
				t.Error(err)
			}
			got[i] = string(secret)
		})
	}
	wg.Wait()
	if len(slices.Compact(got)) != 1 || len(got[0]) != 3 {
		t.Errorf("secrets differ: %q", got)
	}
	if another, err := s.Secret(t.Context(), "cursors", []byte("x")); err != nil || string(another) != "x" {
		t.Errorf("another name: %q, %v", another, err)
	}
}

func held(item string, form, pictures int, first, last time.Duration) cache.Held {
	return cache.Held{Item: item, Form: form, Pictures: pictures, First: noon.Add(first), Last: noon.Add(last)}
}

func testHold(t *testing.T, o Open) {
	s, other := open(t, o), open(t, o)
	hold := func(partner string, list ...cache.Held) {
		t.Helper()
		if err := s.Hold(t.Context(), partner, list); err != nil {
			t.Fatal(err)
		}
	}
	hold("zj", held("a-1", 3, 0, 0, 0), held("a-3", 1, 0, 0, 0))
	hold("zj", held("a-1", 2, 4, time.Hour, 2*time.Hour), held("a-2", 2, 1, 0, 0))
	hold("zj", held("a-1", 1, 0, -time.Hour, 0))
	hold("qh", held("a-9", 3, 0, 0, 0))
	hold("zj")
	one := held("a-1", 3, 4, -time.Hour, 2*time.Hour)
	two, three := held("a-2", 2, 1, 0, 0), held("a-3", 1, 0, 0, 0)
	got, err := other.Held(t.Context(), "zj", []string{"a-1", "a-3", "a-9", "x"})
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, map[string]cache.Held{"a-1": one, "a-3": three})
	for after, want := range map[string][]cache.Held{"": {one, two}, "a-1": {two, three}, "a-3": nil} {
		got, err := other.Holdings(t.Context(), "zj", after, 2)
		if err != nil {
			t.Fatal(err)
		}
		same(t, got, want)
	}
	if got, err := s.Held(t.Context(), "nobody", []string{"a-1"}); err != nil || len(got) != 0 {
		t.Errorf("%v, %v", got, err)
	}
	var many []cache.Held
	for i := range 1234 {
		many = append(many, held(fmt.Sprintf("m-%04d", i), 1, 0, 0, 0))
	}
	hold("many", many...)
	if got, err := s.Holdings(t.Context(), "many", "m-0199", 5000); err != nil || len(got) != 1034 {
		t.Errorf("%d of many, %v", len(got), err)
	}
}

// testTally: the same part of a ledger is counted once, whoever counts it.
func testTally(t *testing.T, o Open) {
	s, other := open(t, o), open(t, o)
	row := func(source string, n int64, at ...time.Duration) cache.Tally {
		r := cache.Tally{Partner: "zj", Source: source, Pulls: n, Items: 2 * n, Full: n, Excerpts: 3 * n, Links: 4 * n, Pictures: 5 * n, First: noon.Add(at[0]), Last: noon.Add(at[len(at)-1])}
		if source == "" {
			for _, d := range at {
				r.Recent = append(r.Recent, noon.Add(d))
			}
		}
		return r
	}
	tally := func(store cache.Store, ledger string, from, upTo, want int64, rows ...cache.Tally) {
		t.Helper()
		if got, err := store.Tally(t.Context(), ledger, from, upTo, rows); err != nil || got != want {
			t.Fatalf("counted up to %d, want %d: %v", got, want, err)
		}
	}
	tally(s, "one", 0, 5, 5, row("", 1, time.Hour), row("a", 1, time.Hour))
	tally(other, "one", 0, 5, 5, row("", 1, time.Hour)) // again: not counted
	tally(other, "one", 3, 9, 5, row("", 1, time.Hour)) // not from where it ended: not counted
	tally(other, "two", 0, 2, 2, row("", 2, 0, 2*time.Hour), row("a", 2, 0, 2*time.Hour))
	tally(s, "one", 5, 7, 7)
	for ledger, want := range map[string]int64{"one": 7, "two": 2, "three": 0} {
		if got, err := s.Counted(t.Context(), ledger); err != nil || got != want {
			t.Errorf("ledger %s is counted up to %d, %v", ledger, got, err)
		}
	}
	got, err := s.Tallies(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	all := row("", 3, 0, 2*time.Hour)
	all.Recent = []time.Time{noon.Add(2 * time.Hour), noon.Add(time.Hour), noon}
	same(t, got, []cache.Tally{all, row("a", 3, 0, 2*time.Hour)})
	var times []time.Duration
	for i := range 30 {
		times = append(times, time.Duration(i)*time.Minute)
	}
	tally(s, "one", 7, 8, 8, row("", 30, times...))
	got, err = s.Tallies(t.Context())
	if err != nil || len(got) == 0 || len(got[0].Recent) != cache.RecentPulls || !got[0].Recent[0].Equal(noon.Add(2*time.Hour)) || !got[0].Recent[2].Equal(noon.Add(29*time.Minute)) {
		t.Errorf("recent: %+v, %v", got, err)
	}
}

// testAllot: a day has so many places, an item keeps its place, and another day has places again.
func testAllot(t *testing.T, o Open) {
	s, other := open(t, o), open(t, o)
	for _, step := range []struct {
		store   cache.Store
		partner string
		name    string
		day     string
		ids     []string
		want    []string
	}{
		{s, "zj", "a", "2026-03-10", []string{"1", "2", "3"}, []string{"1", "2"}},
		{other, "zj", "a", "2026-03-10", []string{"3", "2", "4", "1"}, []string{"2", "1"}},
		{s, "zj", "a", "2026-03-11", []string{"3", "1", "4", "5"}, []string{"3", "1", "4"}},
		{s, "zj", "b", "2026-03-10", []string{"9"}, []string{"9"}},
		{s, "qh", "a", "2026-03-10", []string{"9"}, []string{"9"}},
		{s, "qh", "a", "2026-03-10", nil, nil},
	} {
		got, err := step.store.Allot(t.Context(), step.partner, step.name, step.day, 2, step.ids)
		if err != nil {
			t.Fatal(err)
		}
		same(t, got, step.want)
	}
}

// testRanked pages through items of which many have one rank, in pages of every size.
func testRanked(t *testing.T, o Open) {
	s := open(t, o)
	var all []feeds.Item
	for _, source := range []string{"a", "b"} {
		var items []feeds.Item
		for n := range 24 {
			i := Item(source, n, 1)
			i.Published = noon.Add(-time.Duration(n/6) * time.Minute) // four ranks of six each
			i.Revision = i.Digest()
			items = append(items, i)
		}
		put(t, s, BatchOf(source, items...), cache.Accepted{New: len(items)})
		all = append(all, items...)
	}
	slices.SortFunc(all, func(x, y feeds.Item) int { return cmp.Or(x.Rank().Compare(y.Rank()), cmp.Compare(x.ID, y.ID)) })
	from, to := noon.Add(-2*time.Minute), noon.Add(-time.Minute)
	var want []string
	for _, i := range all {
		if !i.Rank().Before(from) && !i.Rank().After(to) {
			want = append(want, i.ID)
		}
	}
	for _, limit := range []int{1, 2, 5, 6, 7, 12, 13, 24, 100} {
		var got []string
		at, after := from, ""
		for range 50 {
			page, err := s.Ranked(t.Context(), []string{"a", "b"}, at, after, to, limit)
			if err != nil || len(page) > limit {
				t.Fatalf("%d items, %v", len(page), err)
			}
			if len(page) == 0 {
				break
			}
			for _, i := range page {
				got = append(got, i.ID)
			}
			at, after = page[len(page)-1].Rank(), page[len(page)-1].ID
		}
		if d := gocmp.Diff(want, got); d != "" {
			t.Errorf("pages of %d: %s", limit, d)
		}
	}
	if got, err := s.Ranked(t.Context(), []string{"a"}, to, "", from, 10); err != nil || len(got) != 0 {
		t.Errorf("backwards: %d, %v", len(got), err)
	}
	if got, err := s.Ranked(t.Context(), nil, from, "", to, 10); err != nil || len(got) != 0 {
		t.Errorf("no sources: %d, %v", len(got), err)
	}
}

func same(t *testing.T, got, want any) {
	t.Helper()
	if d := gocmp.Diff(want, got); d != "" {
		t.Errorf("differs (-want +got):\n%s", d)
	}
}
