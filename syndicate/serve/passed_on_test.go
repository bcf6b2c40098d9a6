package serve_test

import (
	"fmt"
	"testing"
	"time"

	"reprint/feeds"
	"reprint/feeds/normalize"
	"reprint/feeds/parse"
	"reprint/syndicate"
)

// TestPassedOn: another Reprint that takes this one's feeds in hears of a withdrawal in every format, by
// the id that it had the item under, and puts the item back when this one does.
func TestPassedOn(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	item, other := story("hill", 1), story("hill", 2)
	fill(t, store, item, other)
	m := join(t, "a", store, new(notebook))
	read := func(path string) normalize.Content {
		t.Helper()
		w := m.get(path)
		doc, err := parse.Parse(w.Body.Bytes(), parse.Hint{ContentType: w.Header().Get("Content-Type")})
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		return normalize.Read(doc, normalize.From{Source: "us", Feed: "https://us.example" + path, Authority: "b.example,2026"})
	}
	formats := []string{"/feeds/top.rss", "/feeds/top.atom", "/feeds/top.json"}
	before := make(map[string]string)
	for _, path := range formats {
		content := read(path)
		if len(content.Deletions) != 0 || len(content.Items) != 2 {
			t.Fatalf("%s before: %+v", path, content)
		}
		for _, i := range content.Items {
			if i.Link == item.Link {
				before[path] = i.ID
			}
		}
	}
	if status, ack := m.order(t, fmt.Sprintf(`{"targets":[%q],"cause":"rights"}`, item.ID)); status != 200 {
		t.Fatalf("%d %+v", status, ack)
	}
	withdrawn := make(map[string]feeds.Deletion)
	for _, path := range formats {
		content := read(path)
		if len(content.Items) != 1 || content.Items[0].Link != other.Link {
			t.Errorf("%s: %d items are left", path, len(content.Items))
		}
		if len(content.Deletions) != 1 || content.Deletions[0].Item != before[path] || feeds.SourceOf(before[path]) != "us" {
			t.Errorf("%s: %+v, want one of %q", path, content.Deletions, before[path])
			continue
		}
		withdrawn[path] = content.Deletions[0]
	}
	if status, ack := m.order(t, fmt.Sprintf(`{"targets":[%q],"reinstate":true}`, item.ID)); status != 200 {
		t.Fatalf("%d %+v", status, ack)
	}
	for _, path := range formats {
		var content normalize.Content
		eventually(t, "it is back", func() bool {
			content = read(path)
			return len(content.Items) == 2
		})
		w, _ := syndicate.TakeBack(syndicate.Withdrawal{}, withdrawn[path], time.Now())
		for _, i := range content.Items {
			if back, isBack := syndicate.PutBack(w, i, time.Now()); isBack != (i.ID == before[path]) {
				t.Errorf("%s: %s, dated %v, was withdrawn at %v: put back is %v, %+v", path, i.Link, i.Dated(), withdrawn[path].When, isBack, back)
			}
		}
	}
}
