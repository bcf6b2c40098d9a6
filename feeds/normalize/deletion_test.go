package normalize_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"reprint/feeds"
	"reprint/feeds/normalize"
	"reprint/feeds/parse"
)

// stone is a tombstone of an item of the tests' source.
func stone(ref, when string) parse.Tombstone { return parse.Tombstone{Ref: ref, When: when} }

// one is an entry with a date.
func one(guid, updated string) parse.Entry {
	return parse.Entry{GUID: guid, Title: parse.Text{Value: "T"}, Updated: updated}
}

// TestDeletions: what a document takes back, and what stays in it.
func TestDeletions(t *testing.T) {
	t.Parallel()
	const early, late = "2026-03-09T10:00:00Z", "2026-03-09T11:00:00Z"
	retracted := func(e parse.Entry, when string) parse.Entry {
		e.Retraction = &parse.Retraction{Where: "media:status", State: "deleted", When: when}
		return e
	}
	for _, c := range []struct {
		name     string
		doc      parse.Document
		items    string // GUIDs
		taken    string // GUIDs with the time of day
		problems int
	}{
		{"a tombstone alone", parse.Document{Tombstones: []parse.Tombstone{stone("1", early)}}, "", "1 10:00", 0},
		{"a tombstone as old as its entry", parse.Document{Tombstones: []parse.Tombstone{stone("1", early)}, Entries: []parse.Entry{one("1", early), one("2", early)}}, "2", "1 10:00", 0},
		{"an older tombstone", parse.Document{Tombstones: []parse.Tombstone{stone("1", early)}, Entries: []parse.Entry{one("1", late)}}, "1", "", 0},
		{"a zone that is not UTC", parse.Document{Tombstones: []parse.Tombstone{stone("1", "2026-03-09T18:30:00+08:00")}, Entries: []parse.Entry{one("1", late)}}, "1", "", 0},
		{"an entry without dates", parse.Document{Tombstones: []parse.Tombstone{stone("1", early)}, Entries: []parse.Entry{one("1", "")}}, "", "1 10:00", 0},
		{"a tombstone without a date", parse.Document{Tombstones: []parse.Tombstone{stone("1", "")}}, "", "1", 0},
		{"one without a date beside its entry", parse.Document{Tombstones: []parse.Tombstone{stone("1", "")}, Entries: []parse.Entry{one("1", early)}}, "1", "", 0},
		{"absurd dates", parse.Document{Tombstones: []parse.Tombstone{stone("1", "yesterday"), stone("2", "0001-01-01T00:00:00Z"), stone("3", "9999-12-31T23:59:59-12:00")}}, "", "1 2 3", 2},
		{"the latest of several counts", parse.Document{Tombstones: []parse.Tombstone{stone("1", early), stone("1", late), stone("1", early)}}, "", "1 11:00", 0},
		{"no ref", parse.Document{Tombstones: []parse.Tombstone{stone("", early), stone(" ", early)}}, "", "", 2},
		{"an id with spaces, as entries have it", parse.Document{Tombstones: []parse.Tombstone{stone("a b", late)}, Entries: []parse.Entry{one("a b", early)}}, "", "a b 11:00", 0},
		{"a status", parse.Document{Entries: []parse.Entry{retracted(one("1", early), "")}}, "", "1 10:00", 0},
		{"a status with a date of its own", parse.Document{Entries: []parse.Entry{retracted(one("1", early), late)}}, "", "1 11:00", 0},
		{"a status, and the item again", parse.Document{Entries: []parse.Entry{retracted(one("1", early), ""), one("1", late)}}, "1", "", 0},
		{"the item, and then a status", parse.Document{Entries: []parse.Entry{one("1", early), retracted(one("1", late), "")}}, "", "1 11:00", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			content := normalize.Read(c.doc, from)
			var items, taken []string
			for _, i := range content.Items {
				items = append(items, i.GUID)
			}
			for _, d := range content.Deletions {
				if d.Item != feeds.NewID(from.Source, d.GUID) || d.Picture != "" {
					t.Errorf("deletion of another item: %+v", d)
				}
				text := d.GUID
				if !d.When.IsZero() {
					text += d.When.Format(" 15:04")
				}
				taken = append(taken, text)
			}
			if got := strings.Join(items, " "); got != c.items {
				t.Errorf("items %q, want %q", got, c.items)
			}
			if got := strings.Join(taken, " "); got != c.taken {
				t.Errorf("taken back %q, want %q", got, c.taken)
			}
			if len(content.Losses) != c.problems {
				t.Errorf("losses %q, want %d", content.Losses, c.problems)
			}
		})
	}
}

// TestNobodyElsesItems: the same id in the feed of another source is another item (R42).
func TestNobodyElsesItems(t *testing.T) {
	t.Parallel()
	published := normalize.Read(parse.Document{Entries: []parse.Entry{one("tag:qinghe.example,2026:1", "")}}, from)
	attacker := from
	attacker.Source = "attacker"
	taken := normalize.Read(parse.Document{Tombstones: []parse.Tombstone{stone("tag:qinghe.example,2026:1", "2026-03-09T10:00:00Z"), stone(published.Items[0].ID, "2026-03-09T10:00:00Z")}}, attacker)
	for _, d := range taken.Deletions {
		if d.Item == published.Items[0].ID || feeds.SourceOf(d.Item) != "attacker" {
			t.Errorf("it takes back %s", d.Item)
		}
	}
	if len(taken.Deletions) != 2 {
		t.Errorf("%+v", taken.Deletions)
	}
}

// TestDeletedPictures: a picture goes, its item stays; the body's copy of the file is meant too.
func TestDeletedPictures(t *testing.T) {
	t.Parallel()
	doc, err := parse.Parse([]byte(`<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>T</title><item><guid>1</guid><pubDate>Mon, 09 Mar 2026 10:00:00 GMT</pubDate>
<description>&lt;p&gt;Words.&lt;/p&gt;&lt;img src="/a.jpg?w=600"&gt;</description>
<media:content url="/a.jpg" medium="image"><media:status state="deleted" reason="the agency's wish"/></media:content><media:content url="/b.jpg" medium="image"/>
<media:content url="javascript:x"><media:status state="deleted"/></media:content></item></channel></rss>`), parse.Hint{})
	if err != nil {
		t.Fatal(err)
	}
	content := normalize.Read(doc, from)
	if len(content.Items) != 1 || len(content.Deletions) != 1 {
		t.Fatalf("%d items, deletions %+v", len(content.Items), content.Deletions)
	}
	want := feeds.Deletion{
		Item: content.Items[0].ID, GUID: "1", Picture: "https://qinghe.example/a.jpg?w=600", When: time.Date(2026, 3, 9, 10, 0, 0, 0, time.UTC),
		Where: "media:status", Reason: "deleted: the agency's wish",
	}
	if got := content.Deletions[0]; got != want {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

// TestManyDeletions: their number is bounded, and what is lost is told.
func TestManyDeletions(t *testing.T) {
	t.Parallel()
	var doc parse.Document
	for n := range 1000 {
		doc.Tombstones = append(doc.Tombstones, stone(fmt.Sprint("t", n), "2026-03-09T10:00:00Z"))
		e := one(fmt.Sprint("e", n), "")
		e.Retraction = &parse.Retraction{Where: "expired"}
		doc.Entries = append(doc.Entries, e)
	}
	content := normalize.Read(doc, from)
	if len(content.Deletions) != 1000 || len(content.Items) != 0 || len(content.Losses) != 1 {
		t.Errorf("%d deletions, %d items, losses %q", len(content.Deletions), len(content.Items), content.Losses)
	}
}

// TestPartial: an entry that is no item makes the document partial.
func TestPartial(t *testing.T) {
	t.Parallel()
	if content := normalize.Read(parse.Document{Entries: []parse.Entry{one("1", ""), {}}}, from); !content.Partial {
		t.Error("an entry that nothing names is missing, and it is not told")
	}
	if content := normalize.Read(parse.Document{Entries: []parse.Entry{one("1", "")}}, from); content.Partial {
		t.Error("nothing is missing")
	}
}

// FuzzDeletions: whatever a document takes back is of its own source, can be kept, and is not
// among its items.
func FuzzDeletions(f *testing.F) {
	for _, v := range vectors {
		f.Add(v, "2026-03-09T10:00:00Z", v, "2026-03-09T10:00:00Z")
	}
	f.Add("a \x00\u202E b", "9999-12-31T23:59:59-12:00", "a b", "Wed, 02 Aug 2023 09:15:00 +0800")
	f.Fuzz(func(t *testing.T, ref, when, guid, updated string) {
		doc := parse.Document{
			Tombstones: []parse.Tombstone{{Ref: ref, When: when, By: parse.Author{Name: guid}, Comment: parse.Text{Value: updated}}},
			Entries:    []parse.Entry{one(guid, updated), {GUID: updated, Retraction: &parse.Retraction{Where: "x", State: ref, When: updated}}},
		}
		content := normalize.Read(doc, from)
		gone := make(map[string]bool)
		for _, d := range content.Deletions {
			if d.Item != feeds.NewID(from.Source, d.GUID) || gone[d.Item] {
				t.Errorf("deletion %+v", d)
			}
			if _, err := d.When.MarshalJSON(); err != nil {
				t.Errorf("%v cannot be kept: %v", d.When, err)
			}
			for _, s := range []string{d.GUID, d.By, d.Reason} {
				if s != feeds.Scrub(s) {
					t.Errorf("%q cannot be written", s)
				}
			}
			gone[d.Item] = true
		}
		for _, i := range content.Items {
			if gone[i.ID] {
				t.Errorf("%q is both there and gone", i.GUID)
			}
		}
	})
}
