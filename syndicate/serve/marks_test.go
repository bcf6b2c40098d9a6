package serve_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"reprint/feeds"
	"reprint/syndicate"
)

// TestMarkOfWhatHasLeft: an item that newer ones have pushed out of a feed is still in readers. Its withdrawal puts the notice
// into the feed all the same, however many come after it.
func TestMarkOfWhatHasLeft(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	old, other := story("weekly", 300), story("hill", 300)
	fill(t, store, old, other, story("inner", 300))
	m := join(t, "a", store, new(notebook))
	for n := range 8 {
		fill(t, store, story("weekly", n+1))
	}
	eventually(t, "the channel is full", func() bool {
		got := m.get("/feeds/weekly.json").Body.String()
		return strings.Contains(got, `"https://weekly.example/1"`) && strings.Contains(got, `"https://weekly.example/2"`)
	})
	if got := m.get("/feeds/weekly.atom").Body.String(); strings.Contains(got, old.ID) {
		t.Fatal("the old item is still there")
	}
	if status, ack := m.order(t, fmt.Sprintf(`{"targets":[%q,%q,%q],"cause":"rights"}`, old.ID, other.ID, story("inner", 300).ID)); status != 200 {
		t.Fatalf("%d %+v", status, ack)
	}
	for _, path := range []string{"/feeds/weekly.rss", "/feeds/weekly.atom", "/feeds/weekly.json"} {
		var got string
		eventually(t, path+" tells of it", func() bool {
			got = m.get(path).Body.String()
			return strings.Contains(got, old.ID) && strings.Contains(got, "撤回")
		})
		if strings.Contains(got, other.ID) || strings.Contains(got, "inner-") {
			t.Errorf("%s tells of what it never had:\n%s", path, got)
		}
	}
	m.order(t, fmt.Sprintf(`{"targets":[%q],"reinstate":true}`, old.ID))
	eventually(t, "the notice goes again", func() bool { return !strings.Contains(m.get("/feeds/weekly.atom").Body.String(), old.ID) })
}

// TestTombstoneOfWhatHasLeft: so it is with the tombstone that follows the notice, and with one that comes at once.
func TestTombstoneOfWhatHasLeft(t *testing.T) {
	t.Parallel()
	for name, noticeTime := range map[string]time.Duration{"later": 24 * time.Hour, "at once": -1} {
		var items []feeds.Item
		for n := range 5 {
			items = append(items, article(n+1))
		}
		o := newOffice(t, items...)
		o.house.Site.NoticeTime = noticeTime
		if err := o.Reload(rules(t, o.house), o.partners()); err != nil {
			t.Fatal(err)
		}
		old := items[4]
		o.withdraw(t, syndicate.ItemTarget(old.ID), false)
		tombstone := func() bool {
			return strings.Contains(o.get("/feeds/weekly.atom", "").Body.String(), `<at:deleted-entry ref="`+old.URI+`"`)
		}
		if got := tombstone(); got != (noticeTime < 0) {
			t.Errorf("%s: at first there is a tombstone: %v", name, got)
		}
		o.now = o.now.Add(25 * time.Hour)
		if !tombstone() {
			t.Errorf("%s: there is no tombstone after the notice", name)
		}
	}
}

// TestMarksBesideOthers: neither an entry that is late and of long ago, nor many of items that the channel never had, take the place
// of the mark of one that it had.
func TestMarksBesideOthers(t *testing.T) {
	t.Parallel()
	var items []feeds.Item
	for n := range 6 {
		i := article(n + 1)
		if n == 0 || n == 2 {
			i.Tags = []string{"water"}
			i.Revision = i.Digest()
		}
		items = append(items, i)
	}
	o := newOffice(t, items...)
	o.house.Channels = append(o.house.Channels, syndicate.Channel{ID: "water", Title: "Water", Sources: []string{"weekly"}, Tags: []string{"water"}, Limit: 1})
	if err := o.Reload(rules(t, o.house), o.partners()); err != nil {
		t.Fatal(err)
	}
	for _, i := range items[2:5] {
		o.withdraw(t, syndicate.ItemTarget(i.ID), false)
	}
	late := syndicate.Withdrawal{Target: syndicate.ItemTarget(items[5].ID), Cause: syndicate.Rights, At: o.now.Add(-3 * syndicate.StubTime)}
	if _, err := o.store.Withdraw(t.Context(), "late", late); err != nil {
		t.Fatal(err)
	}
	o.now = o.now.Add(3 * time.Second)
	got := o.get("/feeds/water.json", "").Body.String()
	if !strings.Contains(got, items[0].ID) || !strings.Contains(got, items[2].ID) || strings.Contains(got, items[3].ID) {
		t.Errorf("%s, which had %s and %s:\n%s", "/feeds/water.json", items[0].ID, items[2].ID, got)
	}
}

// TestMarksInAnArchive: what was withdrawn leaves a mark in the archive of its day, which says that it has changed.
func TestMarksInAnArchive(t *testing.T) {
	t.Parallel()
	a, b := article(1), article(2)
	o := newOffice(t, a, b)
	const path = "/feeds/weekly/archive/2026-03-10"
	before := o.get(path+".atom", "zj/k1").Body.String()
	if !strings.Contains(before, a.Link) || !strings.Contains(before, b.Link) {
		t.Fatalf("it is not there:\n%s", before)
	}
	o.withdraw(t, syndicate.ItemTarget(a.ID), false)
	for _, end := range []string{".rss", ".atom"} {
		got := o.get(path+end, "zj/k1").Body.String()
		if strings.Contains(got, a.Link) || !strings.Contains(got, a.ID) || !strings.Contains(got, b.Link) {
			t.Errorf("%s:\n%s", end, got)
		}
		if strings.Contains(got, "<updated>2026-03-10T00:00:00Z</updated>") || strings.Contains(got, "<lastBuildDate>Tue, 10 Mar 2026 00:00:00 GMT") {
			t.Errorf("%s is dated as before:\n%s", end, got)
		}
	}
}
