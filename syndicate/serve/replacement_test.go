package serve_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"reprint/feeds"
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

// outlaw withdraws the story anew, so that its replacement goes too, and looks for that.
func (m *member) outlaw(t *testing.T, original, again feeds.Item) {
	t.Helper()
	if code, ack := m.order(t, fmt.Sprintf(`{"targets":[%q],"cause":"legal","authority":"a court"}`, original.ID)); code != http.StatusOK {
		t.Fatal(code, ack)
	}
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
	eventually(t, "the copy has an entry of its own", func() bool { return entryOf(t, m.store, again.ID).CopyOf != "" })
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
