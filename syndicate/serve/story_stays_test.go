package serve_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"reprint/feeds"
	"reprint/syndicate"
	"reprint/syndicate/serve"
)

// TestWithdrawnAgainAfterItWasEmptied: an item is withdrawn, its source empties it, and the order is made heavier: what it said, and where it stood, is known as before.
func TestWithdrawnAgainAfterItWasEmptied(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	original := longStory("weekly", 1, 1)
	fill(t, store, original)
	m := join(t, "a", store, new(notebook))
	if code, ack := m.order(t, fmt.Sprintf(`{"targets":[%q],"cause":"rights"}`, original.ID)); code != 200 {
		t.Fatal(code, ack)
	}
	early := longStory("hill", 6, 1)
	fill(t, store, early)
	if code := m.get("/items/" + early.ID).Code; code != 410 {
		t.Fatalf("before: %d", code)
	}
	emptied := original
	emptied.Text, emptied.Title = "This article was removed.", "Removed"
	emptied.Body = []feeds.Part{{HTML: "<p>This article was removed.</p>"}}
	emptied.Link = "https://weekly.example/removed"
	emptied.Revision = emptied.Digest()
	fill(t, store, emptied)
	if code, ack := m.order(t, fmt.Sprintf(`{"targets":[%q],"cause":"legal","authority":"https://court.example/7"}`, original.ID)); code != 200 {
		t.Fatal(code, ack)
	}
	late := longStory("hill", 7, 1)
	sameAddress := story("hill", 9)
	sameAddress.Link = original.Link
	sameAddress.Revision = sameAddress.Digest()
	fill(t, store, late, sameAddress)
	for name, i := range map[string]feeds.Item{"copy known before": early, "same story": late, "same address": sameAddress} {
		if w := m.get("/items/" + i.ID); w.Code == 200 {
			t.Errorf("%s: %d is served", name, w.Code)
		}
	}
	time.Sleep(300 * time.Millisecond)
	if strings.Contains(m.get("/feeds/hill.json").Body.String(), late.Link) {
		t.Error("it is in the feed")
	}
}

// TestUpheldAfterItWasEmptied: the same by a claim that is upheld.
func TestUpheldAfterItWasEmptied(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	original := longStory("weekly", 1, 1)
	fill(t, store, original)
	m := join(t, "a", store, new(notebook))
	m.claims(t, 1, original.ID)
	eventually(t, "copies were looked for", func() bool {
		m.notes.mu.Lock()
		defer m.notes.mu.Unlock()
		return len(m.notes.searched) > 0
	})
	emptied := original
	emptied.Text, emptied.Title = "This article was removed.", "Removed"
	emptied.Body = []feeds.Part{{HTML: "<p>This article was removed.</p>"}}
	emptied.Revision = emptied.Digest()
	fill(t, store, emptied)
	late := longStory("hill", 7, 1)
	fill(t, store, late)
	if code := m.get("/items/" + late.ID).Code; code != 410 {
		t.Fatalf("while it is withheld: %d", code)
	}
	if w, _ := m.decide(t, 1, "upheld"); w.Code != 200 {
		t.Fatal(w.Code, w.Body)
	}
	if code := m.get("/items/" + late.ID).Code; code == 200 {
		t.Errorf("after it was upheld the copy is served: %d", code)
	}
}

// TestMovedAfterTheWithdrawal: its source moves a withdrawn item, and another one has it at the new address.
func TestMovedAfterTheWithdrawal(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	item := story("weekly", 1) // short: known by its address alone
	fill(t, store, item)
	m := join(t, "a", store, new(notebook))
	if code, ack := m.order(t, fmt.Sprintf(`{"targets":[%q],"cause":"rights"}`, item.ID)); code != 200 {
		t.Fatal(code, ack)
	}
	moved := item
	moved.Link = "https://weekly.example/new/1"
	moved.Revision = moved.Digest()
	again := story("hill", 9)
	again.Link = moved.Link
	again.Revision = again.Digest()
	fill(t, store, moved)
	eventually(t, "the entry knows the new address", func() bool { return len(entryOf(t, store, item.ID).Addresses) == 3 })
	fill(t, store, again)
	eventually(t, "it is down there too", func() bool { return m.get("/items/"+again.ID).Code == 410 })
}

// TestSameTextUnderAnotherHeadline: a text of 500 letters, the same to the letter, by another source under another headline.
func TestSameTextUnderAnotherHeadline(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	original := longStory("weekly", 1, 1)
	original.Text = original.Text[:620]
	original.Body = []feeds.Part{{HTML: "<p>" + original.Text + "</p>"}}
	original.Revision = original.Digest()
	copied := original
	copied.Source, copied.URI, copied.Link, copied.Title = "hill", "tag:hill.example,2026:7", "https://hill.example/7", "What a keeper saw by night"
	copied.ID = feeds.NewID("hill", copied.URI)
	copied.Revision = copied.Digest()
	fill(t, store, original)
	m := join(t, "a", store, new(notebook))
	m.order(t, fmt.Sprintf(`{"targets":[%q],"cause":"legal","authority":"https://court.example/7"}`, original.ID))
	fill(t, store, copied)
	if got := m.get("/items/" + copied.ID).Code; got == 200 {
		t.Errorf("%d; length of the gist %d", got, feeds.NewGist(copied.Text).Length)
	}
}

// TestSameTextOfAnotherDate: the withdrawn text, word by word, by another source, dated otherwise.
func TestSameTextOfAnotherDate(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	original := longStory("weekly", 1, 1)
	fill(t, store, original)
	m := join(t, "a", store, new(notebook))
	m.order(t, fmt.Sprintf(`{"targets":[%q],"cause":"legal","authority":"https://court.example/7"}`, original.ID))
	for name, date := range map[string]time.Time{"31 days later": original.Published.Add(31 * 24 * time.Hour), "1970": time.Unix(0, 0).UTC(), "31 days before": original.Published.Add(-31 * 24 * time.Hour)} {
		copied := longStory("hill", 7, 1)
		copied.URI += name
		copied.ID = feeds.NewID("hill", copied.URI)
		copied.Link += "/" + strings.ReplaceAll(name, " ", "")
		copied.Published = date
		copied.Revision = copied.Digest()
		fill(t, store, copied)
		if code := m.get("/items/" + copied.ID).Code; code == 200 {
			t.Errorf("%s: %d", name, code)
		}
	}
}

// TestCopyWithAZeroDate: a copy that is dated 1970 tells the story word by word.
func TestCopyWithAZeroDate(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	item, copied := longStory("weekly", 1, 1), longStory("hill", 7, 1)
	copied.Published = time.Date(1970, 1, 1, 0, 0, 0, 0, time.FixedZone("", 8*3600))
	copied.Revision = copied.Digest()
	fill(t, store, item)
	m := join(t, "a", store, new(notebook))
	m.order(t, `{"targets":["`+item.ID+`"],"cause":"legal","authority":"https://court.example/7"}`)
	fill(t, store, copied)
	if got := m.get("/items/" + copied.ID).Code; got == 200 {
		t.Errorf("%d", got)
	}
}

// TestCopyBefore1970: a copy dated before 1970, by a zero written in +0800, is down, and partners are told.
func TestCopyBefore1970(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	item := longStory("weekly", 1, 1)
	copied := longStory("hill", 2, 2)
	copied.Link = item.Link
	copied.Published = time.Date(1970, 1, 1, 0, 0, 0, 0, time.FixedZone("", 8*3600))
	copied.Revision = copied.Digest()
	fill(t, store, item, copied)
	m := join(t, "a", store, new(notebook))
	if code, ack := m.order(t, fmt.Sprintf(`{"key":"k","targets":[%q],"cause":"rights"}`, item.ID)); code != 200 {
		t.Fatal(code, ack)
	}
	if got := m.get("/items/" + copied.ID).Code; got != 410 {
		t.Errorf("%d", got)
	}
	eventually(t, "copies were looked for", func() bool {
		m.notes.mu.Lock()
		defer m.notes.mu.Unlock()
		return len(m.notes.searched) > 0
	})
	if e := entryOf(t, store, copied.ID); e.CopyOf == "" {
		t.Errorf("the copy has no entry: partners are not told")
	}
}

// TestPartnerOfACopyBefore1970: the partner that holds such a copy is told by the log.
func TestPartnerOfACopyBefore1970(t *testing.T) {
	t.Parallel()
	for _, date := range []time.Time{noon.Add(-time.Hour), time.Date(1970, 1, 1, 0, 0, 0, 0, time.FixedZone("", 8*3600))} {
		o := newOffice(t)
		o.notes = new(notebook)
		o.serve(t, o.ledger)
		item, copied := article(1), article(2)
		copied.Link, copied.Published = item.Link, date
		copied.Revision = copied.Digest()
		o.put(t, item, copied)
		a := o.changes(t, "zj/k1", "", 100)
		for a.More {
			a = o.changes(t, "zj/k1", a.Cursor, 100)
		}
		stop := run(t, o.Server)
		o.order(t, fmt.Sprintf(`{"targets":[%q],"cause":"rights"}`, item.ID))
		eventually(t, "copies were looked for", func() bool {
			o.notes.mu.Lock()
			defer o.notes.mu.Unlock()
			return len(o.notes.searched) > 0
		})
		stop()
		told := false
		o.serve(t, o.ledger)
		for {
			a = o.changes(t, "zj/k1", a.Cursor, 100)
			for _, c := range a.Changes {
				told = told || c.Item == copied.ID && c.Change == "removed"
			}
			if !a.More {
				break
			}
		}
		w := o.get("/partner/must-remove", "zj/k1")
		t.Logf("%s: told %v, on the must-remove list %v", date, told, strings.Contains(w.Body.String(), copied.ID))
		if !told {
			t.Errorf("%s: the partner is not told that the copy is down", date)
		}
	}
	_ = serve.LevelEverywhere
}

// TestSearchBefore1970: the search by which an operator withdraws finds what is dated before 1970.
func TestSearchBefore1970(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	item, old := longStory("weekly", 1, 1), longStory("hill", 2, 2)
	old.Published = time.Date(1970, 1, 1, 0, 0, 0, 0, time.FixedZone("", 8*3600))
	old.Revision = old.Digest()
	fill(t, store, item, old)
	m := join(t, "a", store, new(notebook))
	if got := m.get("/items/" + old.ID).Code; got != 200 {
		t.Fatal(got)
	}
	found, err := serve.Find(t.Context(), store, []string{"weekly", "hill"}, syndicate.Search{Phrase: "Keeper"}, time.Now())
	if err != nil || len(found) != 2 {
		t.Errorf("%d found, want 2; %v", len(found), err)
	}
	_ = feeds.Item{}
}

// TestFreedCopyIsInTheFeeds: what is freed by itself, or was never withdrawn, is in a channel that has the withdrawn original too.
func TestFreedCopyIsInTheFeeds(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"freed by the operator", "its original was taken back by its source alone"} {
		store := onSQLite(t)
		original, copied := longStory("weekly", 1, 1), longStory("hill", 7, 1)
		fill(t, store, original, copied)
		m := join(t, "a", store, new(notebook))
		if strings.HasPrefix(how, "freed") {
			m.order(t, fmt.Sprintf(`{"targets":[%q],"cause":"rights"}`, original.ID))
			m.hasFound(t, copied)
			if code, ack := m.order(t, fmt.Sprintf(`{"targets":[%q],"reinstate":true}`, copied.ID)); code != 200 {
				t.Fatal(code, ack)
			}
		} else {
			u := serve.Upstream{Store: store, Now: time.Now}
			if _, err := u.TakeBack(t.Context(), []feeds.Deletion{{Item: original.ID, When: time.Now(), Where: "at:deleted-entry"}}); err != nil {
				t.Fatal(err)
			}
		}
		eventually(t, "its page is there", func() bool { return m.get("/items/"+copied.ID).Code == 200 })
		for _, path := range []string{"/feeds/hill.json", "/feeds/top.json"} {
			eventually(t, how+": it is in "+path, func() bool { return strings.Contains(m.get(path).Body.String(), copied.Link) })
		}
	}
}

// TestPictureLinkedInTheText: a withdrawn picture is not linked in the text either.
func TestPictureLinkedInTheText(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	item := story("hill", 1)
	item.Body = append(item.Body, feeds.Part{HTML: `<p>See <a href="https://img.example/a.jpg">the picture</a> in full.</p>`})
	item.Revision = item.Digest()
	fill(t, store, item)
	m := join(t, "a", store, new(notebook))
	if code, ack := m.order(t, `{"targets":["picture:https://img.example/a.jpg"],"cause":"rights"}`); code != 200 {
		t.Fatal(code, ack)
	}
	if w := m.get("/items/" + item.ID); strings.Contains(w.Body.String(), "https://img.example/a.jpg") {
		t.Errorf("its address is still there: %d", w.Code)
	}
}

// TestPictureSpelledOtherwise: the withdrawn picture under another spelling of its address.
func TestPictureSpelledOtherwise(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	item := story("hill", 1)
	fill(t, store, item)
	m := join(t, "a", store, new(notebook))
	if code, ack := m.order(t, `{"targets":["picture:https://img.example/a.jpg"],"cause":"rights"}`); code != 200 {
		t.Fatal(code, ack)
	}
	for _, address := range []string{"http://img.example/a.jpg", "https://img.example:443/a.jpg", "https://img.example/a.jpg#x", "https://img.example/a.jpg?utm_source=rss", "https://img.example/%61.jpg"} {
		again := item
		picture := *item.Body[1].Picture
		picture.URL = address
		again.Body = []feeds.Part{item.Body[0], {Picture: &picture}}
		again.Revision = again.Digest()
		fill(t, store, again)
		if w := m.get("/items/" + item.ID); strings.Contains(w.Body.String(), address) {
			t.Errorf("%s is served", address)
		}
	}
	if code, _ := m.order(t, `{"targets":["picture:HTTPS://IMG.example/b.jpg"],"cause":"rights"}`); code == 200 {
		picture := *item.Body[1].Picture
		picture.URL = "https://img.example/b.jpg"
		again := item
		again.Body = []feeds.Part{item.Body[0], {Picture: &picture}}
		again.Revision = again.Digest()
		fill(t, store, again)
		if w := m.get("/items/" + item.ID); strings.Contains(w.Body.String(), picture.URL) {
			t.Errorf("acknowledged by the operator's spelling, and served")
		}
	}
}

// TestItemSpelledOtherwise: a short withdrawn item, again under another spelling of its address.
func TestItemSpelledOtherwise(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	item := story("weekly", 1)
	item.Link = "https://weekly.example/~editor/1"
	item.Revision = item.Digest()
	fill(t, store, item)
	m := join(t, "a", store, new(notebook))
	if code, ack := m.order(t, fmt.Sprintf(`{"targets":[%q],"cause":"rights"}`, item.ID)); code != 200 {
		t.Fatal(code, ack)
	}
	for n, address := range []string{"https://weekly.example:443/~editor/1", "https://weekly.example/%7Eeditor/1", "https://weekly.example/%7eeditor/1", "https://weekly.example//~editor/1"} {
		again := story("hill", 20+n)
		again.Link = address
		again.Revision = again.Digest()
		fill(t, store, again)
		if w := m.get("/items/" + again.ID); w.Code == 200 {
			t.Errorf("%s is served", address)
		}
	}
}
