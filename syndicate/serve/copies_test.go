package serve_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"reprint/cache"
	"reprint/feeds"
	"reprint/syndicate"
	"reprint/syndicate/serve"
)

// longStory is item n of a source that tells the story of a number; every story has words of its own.
func longStory(source string, n, told int) feeds.Item {
	var text strings.Builder
	for line := range 30 {
		fmt.Fprintf(&text, "Keeper %d of tower %d counted %d lamps. ", told*7919+line, told*104729+line*31, told*1299709+line*17)
	}
	i := story(source, n)
	i.Title, i.Text = fmt.Sprintf("Tower %d", told), text.String()
	i.Body = []feeds.Part{{HTML: "<p>" + i.Text + "</p>"}}
	i.Revision = i.Digest()
	return i
}

// entryOf is the entry of the store about an item.
func entryOf(t *testing.T, store cache.Store, id string) syndicate.Withdrawal {
	t.Helper()
	list, err := store.Standing(t.Context(), []syndicate.Target{syndicate.ItemTarget(id)})
	if err != nil {
		t.Fatal(err)
	}
	return append(list, syndicate.Withdrawal{})[0]
}

// hasFound waits until a copy has an entry of its own that the server knows: who puts it back before that is told that it was withdrawn
// again since.
func (m *member) hasFound(t *testing.T, copied feeds.Item) {
	t.Helper()
	eventually(t, "the copy has an entry of its own", func() bool {
		e := entryOf(t, m.store, copied.ID)
		known, _ := m.Knows()
		return e.CopyOf != "" && known >= e.Epoch
	})
}

// entered adds an entry to a store, as another server does, and returns its epoch.
func entered(t *testing.T, store cache.Store, key string, w syndicate.Withdrawal) int64 {
	t.Helper()
	stored, err := store.Withdraw(t.Context(), key, w)
	if err != nil {
		t.Fatal(err)
	}
	return stored.Epoch
}

// TestTheStoryStaysDown: a withdrawn story that another source has at another address, or brings later, is down when the
// withdrawal is acknowledged; the copy gets an entry of its own, and comes back with the original.
func TestTheStoryStaysDown(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	original, again, other := longStory("weekly", 1, 1), longStory("hill", 7, 1), longStory("hill", 2, 2)
	fill(t, store, original, again, other)
	a, b := join(t, "a", store, new(notebook)), join(t, "b", store, new(notebook))
	status := func(m *member, i feeds.Item) int { return m.get("/items/" + i.ID).Code }
	if status(a, again) != http.StatusOK || !strings.Contains(b.get("/feeds/hill.rss").Body.String(), again.Title) {
		t.Fatal("the copy is not there before")
	}
	b.store.slow.Store(int64(300 * time.Millisecond)) // editions are made anew long after
	if code, ack := a.order(t, fmt.Sprintf(`{"targets":[%q],"cause":"rights","note":"letter"}`, original.ID)); code != 200 || ack.Level != "everywhere" {
		t.Fatalf("%d %+v", code, ack)
	}
	gone := func(i feeds.Item) {
		t.Helper()
		for _, m := range []*member{a, b} {
			feed := m.get("/feeds/hill.rss").Body.String()
			if code := status(m, i); code != http.StatusGone || strings.Contains(feed, i.Title) || !strings.Contains(feed, other.Title) {
				t.Errorf("%s: %d, or the wrong items in the feed", i.ID, code)
			}
		}
	}
	gone(again)
	later := longStory("hill", 8, 1)
	later.Text += "More was not to be learned. "
	later.Revision = later.Digest()
	fill(t, store, later)
	gone(later)
	eventually(t, "the copy has its own entry", func() bool { return entryOf(t, store, again.ID).CopyOf == syndicate.ItemTarget(original.ID) })
	if e := entryOf(t, store, again.ID); e.Note != "letter" || e.Cause != syndicate.Rights || e.Wording != nil {
		t.Errorf("%+v", e)
	}
	if e := entryOf(t, store, other.ID); e.Target != "" {
		t.Errorf("another story is withdrawn too: %+v", e)
	}
	eventually(t, "it is on the record that copies were looked for", func() bool {
		a.notes.mu.Lock()
		defer a.notes.mu.Unlock()
		return len(a.notes.searched) == 1
	})
	if code, _ := b.order(t, fmt.Sprintf(`{"targets":[%q],"reinstate":true}`, original.ID)); code != 200 {
		t.Fatal(code)
	}
	eventually(t, "all come back", func() bool { return status(a, original) == 200 && status(a, again) == 200 && status(b, later) == 200 })
}

// TestPartnersHearOfCopies: a partner that follows the cursor is told of the copy that it holds, too.
func TestPartnersHearOfCopies(t *testing.T) {
	t.Parallel()
	original, again := longStory("hill", 1, 1), longStory("weekly", 2, 1)
	o := newOffice(t, original, again)
	cursor := o.changes(t, "zj/k1", "", 100).Cursor
	w := syndicate.Withdrawal{Target: syndicate.ItemTarget(original.ID), Cause: syndicate.Rights, At: noon}.WithItem(original)
	w, err := o.store.Withdraw(t.Context(), "k", w)
	if err != nil {
		t.Fatal(err)
	}
	for want := range 2 { // twice is once
		added, err := serve.WithdrawCopies(t.Context(), o.store, []string{"weekly", "hill"}, []syndicate.Withdrawal{w}, noon)
		if err != nil || len(added) != 1-want {
			t.Fatalf("%+v, %v", added, err)
		}
	}
	o.now = o.now.Add(3 * time.Second)
	if a := o.changes(t, "zj/k1", cursor, 100); a.kinds() != "removed withheld withdrawn" || a.Changes[0].Item != again.ID {
		t.Errorf("%s", a.kinds())
	}
}

// TestCopiesAfterACrash: a search that was cut short is made up for at the next start; what was put back meanwhile is left
// alone.
func TestCopiesAfterACrash(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	original, again, freed := longStory("weekly", 1, 1), longStory("hill", 7, 1), longStory("inner", 8, 1)
	fill(t, store, original, again, freed)
	order := syndicate.Order{Key: "k", Targets: []string{original.ID}, Model: syndicate.Withdrawal{Cause: syndicate.Rights, At: noon}}
	entries, err := serve.Entries(t.Context(), store, order.Targets, order.Model)
	if err != nil {
		t.Fatal(err)
	}
	first, err := store.Withdraw(t.Context(), "k", entries[0])
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Withdraw(t.Context(), "free", syndicate.Withdrawal{Target: syndicate.ItemTarget(freed.ID), Reinstated: true, At: noon}); err != nil {
		t.Fatal(err)
	}
	notes := new(notebook)
	if err := notes.Remember(context.Background(), []syndicate.Withdrawal{first}); err != nil {
		t.Fatal(err)
	}
	notes.all.Orders = []syndicate.Order{order}
	notes.all.Settled = []syndicate.Settlement{{Key: "k", Epoch: first.Epoch, Copies: true}}
	m := join(t, "a", store, notes)
	m.hasFound(t, again)
	eventually(t, "that is on the record", func() bool {
		notes.mu.Lock()
		defer notes.mu.Unlock()
		return slices.Equal(notes.searched, []string{"k"})
	})
	if e := entryOf(t, store, freed.ID); !e.Reinstated {
		t.Errorf("what was put back is withdrawn again: %+v", e)
	}
	m.stop()
}
