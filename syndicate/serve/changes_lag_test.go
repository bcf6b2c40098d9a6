package serve_test

import (
	"fmt"
	"testing"
	"time"

	"reprint/feeds"
	"reprint/syndicate"
)

// TestChangesOfALaggingServer: a partner whose calls are answered by several servers, of which one has not heard of a withdrawal yet, is told of it.
func TestChangesOfALaggingServer(t *testing.T) {
	t.Parallel()
	a := newOffice(t)
	a.house.Sources = append(a.house.Sources, syndicate.Source{ID: "daily", Name: "清河周刊网", Home: "https://qinghe.example/", License: "house"})
	a.serve(t, a.ledger)
	for n := range 10 {
		a.put(t, article(n))
	}
	for n := range 150 {
		i := article(n)
		i.Source, i.URI, i.Link = "daily", fmt.Sprintf("tag:daily.example,2026:%d", n), fmt.Sprintf("https://daily.example/%d", n)
		i.Text = fmt.Sprintf("%d %s", n, i.Text)
		i.ID = feeds.NewID("daily", i.URI)
		i.Revision = i.Digest()
		a.put(t, i)
	}
	b := *a
	b.serve(t, a.ledger)
	if w := b.get("/partner/changes?limit=1", "zj/k1"); w.Code != 200 { // b has its lease
		t.Fatal(w.Code, w.Body)
	}
	if _, err := a.store.Withdraw(t.Context(), "k", syndicate.Withdrawal{Target: syndicate.SourceTarget("daily"), Cause: syndicate.Rights, At: a.now}); err != nil {
		t.Fatal(err)
	}
	a.now = a.now.Add(3 * time.Second) // a asks the store; b's lease runs
	last := make(map[string]string)
	read := func(o *office, cursor string) (string, bool) {
		ans := o.changes(t, "zj/k1", cursor, 10)
		for _, c := range ans.Changes {
			last[c.Item] = c.Change + "/" + c.Form
		}
		return ans.Cursor, ans.More
	}
	cursor, _ := read(a, "")
	for range 3 {
		cursor, _ = read(&b, cursor)
	}
	for range 100 {
		var more bool
		if cursor, more = read(a, cursor); !more {
			break
		}
	}
	left := 0
	for id, what := range last {
		if what[:7] != "removed" && feeds.SourceOf(id) == "daily" {
			left++
		}
	}
	if left > 0 {
		t.Errorf("%d withdrawn items were told of and never removed", left)
	}
}

// TestChangesOfARestoredWithdrawal: a withdrawal that a store lost and was given back is told, though its epoch is old.
func TestChangesOfARestoredWithdrawal(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for n := range 5 {
		o.put(t, article(n))
	}
	// an epoch that is greater, for something else
	if _, err := o.store.Withdraw(t.Context(), "x", syndicate.Withdrawal{Target: syndicate.PictureTarget("https://x.example/a.jpg"), Cause: syndicate.Rights, At: o.now, Epoch: 11}); err != nil {
		t.Fatal(err)
	}
	o.now = o.now.Add(3 * time.Second)
	ans := o.changes(t, "zj/k1", "", 100)
	lost := syndicate.Withdrawal{Target: syndicate.SourceTarget("weekly"), Cause: syndicate.Rights, At: o.now, Epoch: 10}
	if err := o.store.Restore(t.Context(), []syndicate.Withdrawal{lost}); err != nil {
		t.Fatal(err)
	}
	removed := 0
	cursor := ans.Cursor
	for n := range 20 {
		if n%2 == 1 {
			o.now = o.now.Add(3 * time.Second)
		}
		if w := o.get("/partner/changes?limit=100&after="+cursor, "zj/k1"); w.Code != 200 {
			continue // it hears the store first
		}
		a := o.changes(t, "zj/k1", cursor, 100)
		cursor = a.Cursor
		for _, c := range a.Changes {
			if c.Change == "removed" {
				removed++
			}
		}
	}
	if removed != 5 {
		t.Errorf("%d of 5 are removed; item answers %d", removed, o.get("/items/"+article(1).ID, "zj/k1").Code)
	}
}
