package serve_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"reprint/feeds"
	"reprint/syndicate"
	"reprint/syndicate/serve"
)

// TestCopiesComeBackWithAClaim: the copies that were found after an item was withheld come back with it, but for those that another
// claim withholds by their own name, which come back when that is over.
func TestCopiesComeBackWithAClaim(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	original, again, named := longStory("weekly", 1, 1), longStory("hill", 7, 1), longStory("hill", 8, 1)
	fill(t, store, original, again, named)
	m := join(t, "a", store, new(notebook))
	m.claims(t, 1, original.ID)
	for _, i := range []feeds.Item{again, named} {
		eventually(t, "the copy has its own entry", func() bool { return entryOf(t, store, i.ID).CopyOf == syndicate.ItemTarget(original.ID) })
	}
	m.claims(t, 2, named.ID)
	check := func(when string, want ...int) {
		t.Helper()
		for n, i := range []feeds.Item{original, again, named} {
			if code := m.get("/items/" + i.ID).Code; code != want[n] || entryOf(t, store, i.ID).Reinstated != (want[n] == 200) {
				t.Errorf("%s: item %d answers %d, want %d: %+v", when, n, code, want[n], entryOf(t, store, i.ID))
			}
		}
	}
	check("withheld", 410, 410, 410)
	if w, d := m.decide(t, 1, "rejected"); w.Code != 200 || d.Level != serve.LevelEverywhere {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	check("the first is over", 200, 200, 410)
	if w, _ := m.decide(t, 2, "rejected"); w.Code != 200 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	check("both are", 200, 200, 200)
}

// TestCopyLeftBehind: a copy that got its entry after its original was put back comes back when that is said once more, or by itself.
func TestCopyLeftBehind(t *testing.T) {
	t.Parallel()
	for _, bySelf := range []bool{false, true} {
		o := claimOffice(t)
		item, copied := article(1).ID, article(2).ID
		o.submit("/claims/new", filed(item, true))
		if code, body := o.decide(t, 1, "rejected", "no"); code != 200 {
			t.Fatal(code, body)
		}
		w := syndicate.Withdrawal{Target: syndicate.ItemTarget(copied), CopyOf: syndicate.ItemTarget(item), Cause: syndicate.Claimed, Note: "claim 1", At: o.now}
		if _, err := o.store.Withdraw(t.Context(), "copy", w); err != nil {
			t.Fatal(err)
		}
		o.now = o.now.Add(time.Minute)
		if w := o.get("/items/"+copied, ""); w.Code != 410 {
			t.Fatal(w.Code)
		}
		if bySelf {
			if err := o.AgreeOnClaims(t.Context()); err != nil {
				t.Fatal(err)
			}
		} else if code, body := o.decide(t, 1, "rejected", "no"); code != 200 {
			t.Fatal(code, body)
		}
		if w := o.get("/items/"+copied, ""); w.Code != 200 {
			t.Errorf("by itself %v: the copy answers %d", bySelf, w.Code)
		}
	}
}

// TestCopyStaysWithItsOriginal: a copy that is down because its original is does not come back with the end of a claim about itself.
func TestCopyStaysWithItsOriginal(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	original, again := longStory("weekly", 1, 1), longStory("hill", 7, 1)
	fill(t, store, original, again)
	m := join(t, "a", store, new(notebook))
	m.claims(t, 1, original.ID)
	m.hasFound(t, again)
	m.claims(t, 2, again.ID)
	if w, _ := m.decide(t, 2, "rejected"); w.Code != 200 || entryOf(t, store, again.ID).Reinstated {
		t.Errorf("%d, the copy: %+v", w.Code, entryOf(t, store, again.ID))
	}
	if w, _ := m.decide(t, 1, "rejected"); w.Code != 200 || !entryOf(t, store, again.ID).Reinstated {
		t.Errorf("%d, the copy: %+v", w.Code, entryOf(t, store, again.ID))
	}
}

// TestClaimedCopyStaysDown: the copy that an open claim withholds stays down when its original is put back, also where the claim found
// it down already.
func TestClaimedCopyStaysDown(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	original, copied := longStory("weekly", 1, 1), longStory("hill", 7, 1)
	fill(t, store, original, copied)
	m := join(t, "a", store, new(notebook))
	m.order(t, fmt.Sprintf(`{"targets":[%q],"cause":"rights"}`, original.ID))
	m.hasFound(t, copied)
	m.claims(t, 1, "https://qinghe.example/items/"+copied.ID)
	if code, ack := m.order(t, fmt.Sprintf(`{"key":"up","targets":[%q],"reinstate":true}`, original.ID)); code != 200 {
		t.Fatalf("%d %+v", code, ack)
	}
	eventually(t, "copies were looked for", func() bool {
		m.notes.mu.Lock()
		defer m.notes.mu.Unlock()
		return slices.Contains(m.notes.searched, "up")
	})
	if e := entryOf(t, store, copied.ID); e.Reinstated || m.get("/items/"+copied.ID).Code != 410 || m.get("/items/"+original.ID).Code != 200 {
		t.Errorf("%+v", e)
	}
}
