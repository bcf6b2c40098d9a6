package serve_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"reprint/cache"
	"reprint/feeds"
	"reprint/syndicate"
	"reprint/syndicate/serve"
)

// TestTakenBackInNoText: what a source names in no UTF-8 withdraws nothing, and holds up nothing else that it takes back; what it says so
// of an item is kept as far as it can be read.
func TestTakenBackInNoText(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	item := story("weekly", 1)
	u := serve.Upstream{Store: store, Now: time.Now}
	taken, err := u.TakeBack(t.Context(), []feeds.Deletion{
		{Item: item.ID, Picture: "https://img.example/\xd6\xd0.jpg", Where: "media:status"}, {Item: item.ID, Reason: "wrong \xd6\xd0", Where: "media:status"},
	})
	if err != nil || len(taken) != 1 || taken[0].Picture != "" {
		t.Fatalf("%+v, %v", taken, err)
	}
	all, err := store.Withdrawals(t.Context(), 0, 10)
	if err != nil || len(all) != 1 || all[0].Target != syndicate.ItemTarget(item.ID) || all[0].Note != "wrong \uFFFD, in media:status" {
		t.Errorf("%+v, %v", all, err)
	}
}

// exhausted is a store that takes some entries, and no more.
type exhausted struct {
	cache.Store
	takes int
}

func (f *exhausted) Withdraw(ctx context.Context, key string, w syndicate.Withdrawal) (syndicate.Withdrawal, error) {
	if f.takes--; f.takes < 0 {
		return w, cache.ErrUnavailable
	}
	return f.Store.Withdraw(ctx, key, w)
}

// TestTakenBackInPart: what a source took back, or put back, before the store failed is noted, because it is no news to the next call.
func TestTakenBackInPart(t *testing.T) {
	t.Parallel()
	store := &exhausted{Store: onSQLite(t)}
	var noted []string
	u := serve.Upstream{Store: store, Now: time.Now, Note: func(_ context.Context, entries []syndicate.Withdrawal) error {
		for _, e := range entries {
			noted = append(noted, fmt.Sprintf("%s %t", e.Target.Item(), e.Reinstated))
		}
		return nil
	}}
	var deletions []feeds.Deletion
	var items []feeds.Item
	for n := range 3 {
		i := story("weekly", n)
		i.Updated = noon.AddDate(0, 0, 2)
		items, deletions = append(items, i), append(deletions, feeds.Deletion{Item: i.ID, When: noon.AddDate(0, 0, 1), Where: "at:deleted-entry"})
	}
	for _, takes := range []int{2, 3} {
		store.takes = takes
		if _, err := u.TakeBack(t.Context(), deletions); (err == nil) != (takes == 3) {
			t.Fatal(err)
		}
	}
	for _, takes := range []int{1, 3} {
		store.takes = takes
		if _, _, err := u.PutBack(t.Context(), items); (err == nil) != (takes == 3) {
			t.Fatal(err)
		}
	}
	var want []string
	for _, reinstated := range []bool{false, true} {
		for _, i := range items {
			want = append(want, fmt.Sprintf("%s %t", i.ID, reinstated))
		}
	}
	if !slices.Equal(noted, want) {
		t.Errorf("noted: %q, want %q", noted, want)
	}
}
