package serve_test

import (
	"fmt"
	"testing"
	"time"

	"reprint/feeds"
	"reprint/syndicate/serve"
)

// TestCopyHasItsOwnSourcesWord: what the source of the original said is not set aside for a copy: its own source is heard.
func TestCopyHasItsOwnSourcesWord(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	original, copied := longStory("weekly", 1, 1), longStory("hill", 7, 1)
	fill(t, store, original)
	m := join(t, "a", store, new(notebook))
	u := serve.Upstream{Store: store, Now: time.Now}
	word := func(id string, when time.Time) []feeds.Deletion {
		return []feeds.Deletion{{Item: id, When: when, Where: "at:deleted-entry"}}
	}
	if taken, err := u.TakeBack(t.Context(), word(original.ID, time.Now())); err != nil || len(taken) != 1 {
		t.Fatal(taken, err)
	}
	fill(t, store, copied)
	m.order(t, fmt.Sprintf(`{"targets":[%q],"cause":"rights"}`, original.ID))
	m.hasFound(t, copied)
	m.order(t, fmt.Sprintf(`{"targets":[%q],"reinstate":true}`, copied.ID))
	if taken, err := u.TakeBack(t.Context(), word(copied.ID, time.Now().Add(-time.Hour))); err != nil || len(taken) != 1 {
		t.Errorf("the copy's own source takes it back and is not heard: %v %v", taken, err)
	}
}

// TestSetAsideOverACopy: what an operator set aside stays so when the item was down as a copy meanwhile.
func TestSetAsideOverACopy(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	original, copied := longStory("weekly", 1, 1), longStory("hill", 7, 1)
	fill(t, store, original, copied)
	m := join(t, "a", store, new(notebook))
	u := serve.Upstream{Store: store, Now: time.Now}
	word := []feeds.Deletion{{Item: copied.ID, When: time.Now(), Where: "at:deleted-entry"}}
	if taken, err := u.TakeBack(t.Context(), word); err != nil || len(taken) != 1 {
		t.Fatal(taken, err)
	}
	m.order(t, fmt.Sprintf(`{"targets":[%q],"reinstate":true}`, copied.ID)) // in spite of the word
	if taken, _ := u.TakeBack(t.Context(), word); len(taken) != 0 {
		t.Fatal("set aside already counts")
	}
	m.order(t, fmt.Sprintf(`{"targets":[%q],"cause":"rights"}`, original.ID))
	m.hasFound(t, copied)
	m.order(t, fmt.Sprintf(`{"targets":[%q],"reinstate":true}`, original.ID))
	eventually(t, "the copy is back", func() bool { return entryOf(t, store, copied.ID).Reinstated })
	if taken, err := u.TakeBack(t.Context(), word); err != nil || len(taken) != 0 {
		t.Errorf("the word that the operator set aside counts again: %v %v", taken, err)
	}
}

// TestUndatedWordDuringAClaim: a word without a date that came during a claim is not undone by a copy out of a cache.
func TestUndatedWordDuringAClaim(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	item := longStory("weekly", 1, 1)
	fill(t, store, item)
	m := join(t, "a", store, new(notebook))
	m.claims(t, 1, item.ID)
	u := serve.Upstream{Store: store, Now: time.Now}
	word := []feeds.Deletion{{Item: item.ID, Where: "media:status"}}
	if _, err := u.TakeBack(t.Context(), word); err != nil {
		t.Fatal(err)
	}
	if _, _, err := u.PutBack(t.Context(), []feeds.Item{item}); err != nil { // as it was before, out of a cache
		t.Fatal(err)
	}
	if w, _ := m.decide(t, 1, "rejected"); w.Code != 200 {
		t.Fatal(w.Code, w.Body)
	}
	if w := m.get("/items/" + item.ID); w.Code == 200 {
		t.Errorf("what its source took back is served: %d", w.Code)
	}
}
