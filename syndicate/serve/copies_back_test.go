package serve_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"reprint/syndicate"
	"reprint/syndicate/serve"
)

// TestCopiesThatCameLater: when an item is put back, what came meanwhile and tells its story is put back by an entry of its own, and
// nothing that somebody has decided about otherwise.
func TestCopiesThatCameLater(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	original, other := longStory("weekly", 1, 1), longStory("hill", 2, 2)
	fill(t, store, original, other)
	m := join(t, "a", store, new(notebook))
	give := func(key string, i string, putBack bool) {
		t.Helper()
		if code, ack := m.order(t, fmt.Sprintf(`{"key":%q,"targets":[%q],"cause":"rights","reinstate":%t}`, key, i, putBack)); code != 200 {
			t.Fatalf("%d %+v", code, ack)
		}
		eventually(t, key+": copies were looked for", func() bool {
			m.notes.mu.Lock()
			defer m.notes.mu.Unlock()
			return slices.Contains(m.notes.searched, key)
		})
	}
	give("down", original.ID, false)
	later, own := longStory("hill", 8, 1), longStory("inner", 9, 1)
	fill(t, store, later, own)
	give("own", own.ID, false)
	if code := m.get("/items/" + later.ID).Code; code != http.StatusGone {
		t.Errorf("what came later: %d", code)
	}
	if e := entryOf(t, store, later.ID); e.CopyOf != syndicate.ItemTarget(own.ID) {
		t.Fatalf("%+v", e)
	}
	latest := longStory("hill", 10, 1)
	fill(t, store, latest)
	give("up", original.ID, true)
	if e := entryOf(t, store, latest.ID); e.Target != "" {
		t.Errorf("what another withdrawal takes along has the entry %+v", e)
	}
	give("lifted", own.ID, true)
	e := entryOf(t, store, latest.ID)
	if !e.Reinstated || e.CopyOf != syndicate.ItemTarget(own.ID) || e.Seen == 0 || e.Addresses != nil || e.Wording != nil {
		t.Errorf("%+v", e)
	}
	eventually(t, "all are there", func() bool {
		feed := m.get("/feeds/hill.rss").Body.String()
		return strings.Contains(feed, latest.ID) && m.get("/items/"+later.ID).Code == 200 && m.get("/items/"+latest.ID).Code == 200
	})
	if e := entryOf(t, store, other.ID); e.Target != "" {
		t.Errorf("another story has the entry %+v", e)
	}
	again, err := serve.WithdrawCopies(t.Context(), store, []string{"weekly", "hill", "inner"}, []syndicate.Withdrawal{entryOf(t, store, original.ID), entryOf(t, store, own.ID)}, time.Now())
	if err != nil || len(again) != 0 {
		t.Errorf("once more: %+v, %v", again, err)
	}
}

// TestCopyWithdrawnByItself: an item that came later and was withdrawn by itself stays down when the other is put back.
func TestCopyWithdrawnByItself(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	original, later := longStory("weekly", 1, 1), longStory("hill", 8, 1)
	fill(t, store, original)
	withdraw := func(key string, w syndicate.Withdrawal) syndicate.Withdrawal {
		t.Helper()
		w.At = noon
		w, err := store.Withdraw(t.Context(), key, w)
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	down := withdraw("down", syndicate.Withdrawal{Target: syndicate.ItemTarget(original.ID), Cause: syndicate.Rights}.WithItem(original))
	fill(t, store, later)
	court := withdraw("court", syndicate.Withdrawal{Target: syndicate.ItemTarget(later.ID), Cause: syndicate.Legal})
	back := down
	back.Reinstated, back.Seen = true, court.Epoch
	back = withdraw("up", back)
	added, err := serve.WithdrawCopies(t.Context(), store, []string{"weekly", "hill"}, []syndicate.Withdrawal{back}, noon)
	if err != nil || len(added) != 0 {
		t.Errorf("%+v, %v", added, err)
	}
	if e := entryOf(t, store, later.ID); e.Reinstated || e.Epoch != court.Epoch {
		t.Errorf("%+v", e)
	}
}

// TestPartnersHearOfCopiesThatCameLater: a partner that follows the cursor read of the copy while it was down, and is told of it when it is back.
func TestPartnersHearOfCopiesThatCameLater(t *testing.T) {
	t.Parallel()
	original, again := longStory("hill", 1, 1), longStory("weekly", 2, 1)
	o := newOffice(t, original)
	cursor := o.changes(t, "zj/k1", "", 100).Cursor
	follow := func(want string) {
		t.Helper()
		o.now = o.now.Add(3 * time.Second)
		a := o.changes(t, "zj/k1", cursor, 100)
		cursor = a.Cursor
		if got := a.kinds(); got != want {
			t.Errorf("told: %q, want %q", got, want)
		}
	}
	w := syndicate.Withdrawal{Target: syndicate.ItemTarget(original.ID), Cause: syndicate.Rights, At: noon}.WithItem(original)
	w, err := o.store.Withdraw(t.Context(), "k", w)
	if err != nil {
		t.Fatal(err)
	}
	o.put(t, again)
	follow("")
	w.Reinstated, w.Seen = true, w.Epoch
	if w, err = o.store.Withdraw(t.Context(), "back", w); err != nil {
		t.Fatal(err)
	}
	follow("")
	for want := range 2 { // twice is once
		added, err := serve.WithdrawCopies(t.Context(), o.store, []string{"weekly", "hill"}, []syndicate.Withdrawal{w}, noon)
		if err != nil || len(added) != 1-want {
			t.Fatalf("%+v, %v", added, err)
		}
	}
	follow("granted full granted-by-agreement")
}

// TestCopyFoundWhileAnOrderWaits: an order to put back is neither undone nor told to be by a search that finds a copy after it was
// given: nobody has decided anything since.
func TestCopyFoundWhileAnOrderWaits(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	original, copied := longStory("weekly", 1, 1), longStory("hill", 2, 1)
	fill(t, store, original, copied)
	down := syndicate.Withdrawal{Target: syndicate.ItemTarget(original.ID), Cause: syndicate.Rights, At: time.Now().UTC()}
	seen := entered(t, store, "down", down.WithItem(original))
	notes := new(notebook)
	notes.all.Orders = []syndicate.Order{{Key: "up", Targets: []string{original.ID}, Model: syndicate.Withdrawal{Reinstated: true, At: time.Now().UTC(), Seen: seen}}}
	entered(t, store, "copy", syndicate.Withdrawal{Target: syndicate.ItemTarget(copied.ID), CopyOf: down.Target, Cause: down.Cause, At: down.At, Seen: 1})
	m := join(t, "a", store, notes)
	eventually(t, "the order is everywhere", func() bool { return m.operator("/api/orders/up").Code == 200 })
	eventually(t, "both are back", func() bool { return m.get("/items/"+original.ID).Code == 200 && m.get("/items/"+copied.ID).Code == 200 })
}
