package serve_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"reprint/cache"
	"reprint/feeds"
	"reprint/syndicate"
	"reprint/syndicate/serve"
)

// wrongText is a replacement that has to go itself.
const wrongText = "the mayor did it"

// replaced is a server with a story that was withdrawn with a replacement.
func replaced(t *testing.T, original feeds.Item, others ...feeds.Item) *member {
	t.Helper()
	store := onSQLite(t)
	fill(t, store, append(others, original)...)
	m := join(t, "a", store, new(notebook))
	if code, ack := m.order(t, fmt.Sprintf(`{"targets":[%q],"cause":"correction","replacement":%q}`, original.ID, wrongText)); code != http.StatusOK {
		t.Fatal(code, ack)
	}
	return m
}

// outlaw withdraws the story anew, so that its replacement goes too.
func (m *member) outlaw(t *testing.T, original, again feeds.Item) {
	t.Helper()
	if code, ack := m.order(t, fmt.Sprintf(`{"targets":[%q],"cause":"legal","authority":"a court"}`, original.ID)); code != http.StatusOK {
		t.Fatal(code, ack)
	}
	m.isOutlawed(t, original, again)
}

// isOutlawed looks for the replacement, and for the reason.
func (m *member) isOutlawed(t *testing.T, original, again feeds.Item) {
	t.Helper()
	for _, path := range []string{"/feeds/hill.rss", "/feeds/hill.atom", "/feeds/hill.json", "/feeds/hill", "/feeds/weekly.rss"} {
		if w := m.get(path); w.Code != http.StatusOK || strings.Contains(w.Body.String(), wrongText) {
			t.Errorf("%s: %d, with the text that has to go", path, w.Code)
		}
	}
	for _, id := range []string{original.ID, again.ID} {
		if w := m.get("/items/" + id); w.Code != http.StatusUnavailableForLegalReasons || strings.Contains(w.Body.String(), wrongText) {
			t.Errorf("/items/%s: %d %s", id, w.Code, w.Body)
		}
	}
}

// TestReplacementOfCopy: a copy that is down with a story shows what stands for the story now, and not what did when it was
// found.
func TestReplacementOfCopy(t *testing.T) {
	t.Parallel()
	original, again := longStory("weekly", 1, 1), longStory("hill", 7, 1)
	m := replaced(t, original, again, longStory("hill", 2, 2))
	m.hasFound(t, again)
	eventually(t, "the copy shows the replacement", func() bool { return strings.Contains(m.get("/feeds/hill.rss").Body.String(), wrongText) })
	m.outlaw(t, original, again)
}

// TestReplacementOfLaterCopy: so does one that came afterwards and has no entry of its own yet.
func TestReplacementOfLaterCopy(t *testing.T) {
	t.Parallel()
	original, again := longStory("weekly", 1, 1), longStory("hill", 7, 1)
	m := replaced(t, original, longStory("hill", 2, 2))
	time.Sleep(500 * time.Millisecond) // copies were looked for
	fill(t, m.store.Store, again)
	eventually(t, "the copy shows the replacement", func() bool { return strings.Contains(m.get("/feeds/hill.rss").Body.String(), wrongText) })
	m.store.lost.Store(true) // and are not found any more
	m.outlaw(t, original, again)
}

// TestReplacementOfRewrittenCopy: also where the copy says something else by now and is down by its name alone.
func TestReplacementOfRewrittenCopy(t *testing.T) {
	t.Parallel()
	original, again := longStory("weekly", 1, 1), longStory("hill", 7, 1)
	store := onSQLite(t)
	fill(t, store, again, longStory("hill", 2, 2), original)
	m := join(t, "a", store, new(notebook))
	correction := fmt.Sprintf(`{"targets":[%q],"cause":"correction","replacement":%q}`, original.ID, wrongText)
	for _, order := range []string{fmt.Sprintf(`{"targets":[%q],"cause":"rights"}`, original.ID), correction} {
		if code, ack := m.order(t, order); code != http.StatusOK {
			t.Fatal(code, ack)
		}
		m.hasFound(t, again)
		fill(t, m.store.Store, longStory("hill", 7, 9)) // its source rewrites it
	}
	fill(t, m.store.Store, longStory("hill", 3, 3)) // makes the channel anew
	eventually(t, "the copy shows the replacement", func() bool {
		body := m.get("/feeds/hill.rss").Body.String()
		return strings.Contains(body, "Tower 3") && strings.Contains(body, wrongText)
	})
	m.outlaw(t, original, again)
	eventually(t, "both have their marks in one channel", func() bool {
		body := m.get("/feeds/top.json").Body.String()
		return strings.Contains(body, original.ID) && strings.Contains(body, again.ID)
	})
}

// interrupted is a store in which something happens between the look of a search for copies and its word.
type interrupted struct {
	cache.Store
	between func()
}

func (i *interrupted) Withdraw(ctx context.Context, key string, w syndicate.Withdrawal) (syndicate.Withdrawal, error) {
	if between := i.between; between != nil && strings.HasPrefix(key, "copy of ") {
		i.between = nil
		between()
	}
	return i.Store.Withdraw(ctx, key, w)
}

// TestReplacementWhileCopiesAreLookedFor: the entry of a copy may come later than what was decided on its story, and say what counted before.
func TestReplacementWhileCopiesAreLookedFor(t *testing.T) {
	t.Parallel()
	original, again := longStory("weekly", 1, 1), longStory("hill", 7, 1)
	store := onSQLite(t)
	fill(t, store, again, longStory("hill", 2, 2), original)
	put := func(key string, model syndicate.Withdrawal) syndicate.Withdrawal {
		model.At = time.Now()
		entries, err := serve.Entries(t.Context(), store, []string{original.ID}, model)
		if err != nil {
			t.Fatal(err)
		}
		stored, err := store.Withdraw(t.Context(), key, entries[0])
		if err != nil {
			t.Fatal(err)
		}
		return stored
	}
	first := put("k1", syndicate.Withdrawal{Cause: syndicate.Correction, Replacement: wrongText})
	late := &interrupted{store, func() { put("k2", syndicate.Withdrawal{Cause: syndicate.Legal, Authority: "a court"}) }}
	added, err := serve.WithdrawCopies(t.Context(), late, []string{"hill", "weekly"}, []syndicate.Withdrawal{first}, time.Now())
	if err != nil || len(added) != 1 {
		t.Fatal(added, err)
	}
	m := join(t, "a", store, new(notebook))
	eventually(t, "it serves", func() bool { return m.get("/feeds/hill.rss").Code == http.StatusOK })
	m.isOutlawed(t, original, again)
}
