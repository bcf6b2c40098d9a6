package serve_test

import (
	"testing"
	"time"

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
