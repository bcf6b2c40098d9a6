package cachetest

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"reprint/cache"
	"reprint/feeds"
)

// oracle is the simplest store that keeps the promises, to compare others with.
type oracle struct {
	items   map[string]feeds.Item
	changes []cache.Change
	polls   map[string]cache.Poll
}

func (o *oracle) put(b cache.Batch) cache.Accepted {
	var accepted cache.Accepted
	for _, i := range b.Items {
		known, ok := o.items[i.ID]
		switch {
		case !ok:
			accepted.New++
			o.changes = append(o.changes, cache.Change{Kind: cache.ChangePut, Item: i.ID, Revision: i.Revision})
		case known.Revision == i.Revision:
			accepted.Unchanged++
			continue
		default:
			accepted.Revised++
			o.changes = append(o.changes, cache.Change{Kind: cache.ChangeRevise, Item: i.ID, Revision: i.Revision})
		}
		o.items[i.ID] = i
	}
	o.polls[b.Source] = *b.Poll
	return accepted
}

func (o *oracle) latest(sources []string, limit int) []feeds.Item {
	var all []feeds.Item
	for _, i := range o.items {
		if slices.Contains(sources, i.Source) {
			all = append(all, i)
		}
	}
	slices.SortFunc(all, func(a, b feeds.Item) int {
		return cmp.Or(cmp.Compare(b.Rank().UnixMilli(), a.Rank().UnixMilli()), cmp.Compare(a.ID, b.ID))
	})
	return all[:min(limit, len(all))]
}

// testOracle puts and reads at random and compares every answer.
func testOracle(t *testing.T, o Open) {
	s := open(t, o)
	want := &oracle{items: make(map[string]feeds.Item), polls: make(map[string]cache.Poll)}
	round := 0 // each check of rapid goes on with sources of its own
	rapid.Check(t, func(r *rapid.T) {
		round++
		sources := []string{fmt.Sprintf("x%d", round), fmt.Sprintf("y%d", round)}
		for range rapid.IntRange(1, 6).Draw(r, "steps") {
			source := rapid.SampledFrom(sources).Draw(r, "source")
			var items []feeds.Item
			for _, n := range rapid.SliceOfNDistinct(rapid.IntRange(0, 6), 0, 5, rapid.ID[int]).Draw(r, "items") {
				items = append(items, Item(source, n, rapid.IntRange(1, 2).Draw(r, "version")))
			}
			batch := BatchOf(source, items...)
			got, err := s.Put(t.Context(), batch)
			if accepted := want.put(batch); err != nil || got != accepted {
				r.Fatalf("Put: %+v %v, want %+v", got, err, accepted)
			}
			limit := rapid.IntRange(1, 9).Draw(r, "limit")
			found, err := s.Latest(t.Context(), sources, limit)
			if err != nil || ids(found) != ids(want.latest(sources, limit)) {
				r.Fatalf("Latest: %s %v", ids(found), err)
			}
			if poll, err := s.Poll(t.Context(), source); err != nil || !gocmp.Equal(poll, want.polls[source]) {
				r.Fatalf("Poll: %+v %v", poll, err)
			}
		}
	})
	if got := summary(journal(t, s)); got != summary(want.changes) {
		t.Errorf("the journal is not the order of what was done")
	}
}
