package serve_test

import (
	"strings"
	"testing"
)

// TestCopyOfAWithdrawnSource: what tells the story of an item whose whole source is withdrawn is not shown instead.
func TestCopyOfAWithdrawnSource(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	original, copied := longStory("weekly", 1, 1), longStory("hill", 7, 1)
	fill(t, store, original, copied)
	m := join(t, "a", store, new(notebook))
	eventually(t, "up", func() bool { return m.get("/feeds/top.json").Code == 200 })
	if code, ack := m.order(t, `{"targets":["source:weekly"],"cause":"legal","authority":"https://court.example/7"}`); code != 200 {
		t.Fatal(code, ack)
	}
	eventually(t, "a new edition", func() bool { return m.get("/feeds/top.json").Code == 200 })
	if strings.Contains(m.get("/feeds/top.json").Body.String(), copied.URI) {
		t.Error("it is in the feed")
	}
}
