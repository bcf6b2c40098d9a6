package serve_test

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"reprint/feeds"
	"reprint/syndicate"
)

// TestWithdrawnIsGone: once a withdrawal is acknowledged no server shows it on any surface, a
// validator from before is no good, and the item's address says what happened. It stays so
// over a restart, and under another id; and comes back when it is reinstated.
func TestWithdrawnIsGone(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	item, other := story("weekly", 1), story("hill", 1)
	again := story("hill", 7) // the same page by another source
	again.Link = item.Link
	again.Revision = again.Digest()
	fill(t, store, item, other, again)
	a, b := join(t, "a", store, new(notebook)), join(t, "b", store, new(notebook))
	eventually(t, "both are ready", func() bool { return a.get("/readyz").Code == 200 && b.get("/readyz").Code == 200 })
	tags := make(map[string]string)
	for _, path := range surfaces {
		for _, m := range []*member{a, b} {
			w := m.get(path)
			if w.Code != 200 || !strings.Contains(w.Body.String(), item.Link) {
				t.Fatalf("%s before: %d", path, w.Code)
			}
			tags[path] = w.Header().Get("ETag")
		}
	}
	b.store.slow.Store(int64(300 * time.Millisecond))
	status, ack := a.order(t, fmt.Sprintf(`{"targets":[%q],"cause":"rights","note":"letter"}`, item.ID))
	if status != 200 || ack.Level != "everywhere" {
		t.Fatalf("%d %+v", status, ack)
	}
	for _, m := range []*member{a, b} {
		if w := m.get("/readyz"); w.Code != 200 { // or a balancer would find no server at all
			t.Errorf("not ready: %s", w.Body)
		}
	}
	gone := func(when string, members ...*member) {
		t.Helper()
		for _, m := range members {
			for _, path := range surfaces {
				w := m.get(path, "If-None-Match", tags[path])
				if w.Code != 200 || strings.Contains(w.Body.String(), item.Link) || !strings.Contains(w.Body.String(), other.Link) {
					t.Errorf("%s, %s: %d, or the wrong items", when, path, w.Code)
				}
			}
			for id, want := range map[string]int{item.ID: 410, again.ID: 410, other.ID: 200} {
				if w := m.get("/items/" + id); w.Code != want {
					t.Errorf("%s, item %s: %d, want %d", when, id, w.Code, want)
				}
			}
		}
	}
	gone("after the acknowledgment", a, b)
	fill(t, store, func() feeds.Item { i := item; i.Title = "again"; i.Revision = i.Digest(); return i }())
	time.Sleep(300 * time.Millisecond)
	gone("after it was fetched again", a, b)
	a.stop()
	c := join(t, "c", store, a.notes)
	gone("after a restart", b, c)
	if status, ack := b.order(t, fmt.Sprintf(`{"targets":[%q,%q],"reinstate":true}`, item.ID, again.ID)); status != 200 || ack.Level != "everywhere" {
		t.Fatalf("%d %+v", status, ack)
	}
	deadline := time.Now().Add(20 * time.Second)
	for !strings.Contains(c.get("/feeds/top.rss").Body.String(), item.Link) || c.get("/items/"+item.ID).Code != 200 {
		if time.Now().After(deadline) {
			t.Fatal("it does not come back")
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// TestBroadWithdrawals: a source, an outlet, a picture.
func TestBroadWithdrawals(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	fill(t, store, story("weekly", 1), story("hill", 1))
	m := join(t, "a", store, new(notebook))
	shows := func(what string) bool { return strings.Contains(m.get("/feeds/top.json").Body.String(), what) }
	const picture = "https://img.example/a.jpg"
	for _, tt := range []struct{ target, what, stays string }{
		{"source:weekly", "https://weekly.example/1", "https://hill.example/1"},
		{"origin:hill  commons", "https://hill.example/1", "https://weekly.example/1"},
		{"picture:" + picture, picture, "https://hill.example/1"},
	} {
		if !shows(tt.what) || !shows(tt.stays) {
			t.Fatalf("%s: it is not there before", tt.target)
		}
		if status, ack := m.order(t, fmt.Sprintf(`{"targets":[%q],"cause":"rights"}`, tt.target)); status != 200 {
			t.Fatalf("%d %+v", status, ack)
		}
		if shows(tt.what) || !shows(tt.stays) {
			t.Errorf("%s: wrong items are there", tt.target)
		}
		if status, _ := m.order(t, fmt.Sprintf(`{"targets":[%q],"reinstate":true}`, tt.target)); status != 200 {
			t.Fatal(status)
		}
		deadline := time.Now().Add(20 * time.Second)
		for !shows(tt.what) && time.Now().Before(deadline) {
			time.Sleep(20 * time.Millisecond)
		}
	}
	for _, body := range []string{`{}`, `{"targets":["x y"],"cause":"rights"}`, `{"targets":["source:weekly"],"cause":"mood"}`, `[`} {
		if status, _ := m.order(t, body); status != 400 {
			t.Errorf("%s: %d", body, status)
		}
	}
}

// TestLegalOrder: the law's answer is 451, with who blocks it and who ordered that, whatever it was ordered about.
func TestLegalOrder(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	fill(t, store, story("weekly", 1), story("inner", 1), story("hill", 1))
	m := join(t, "a", store, new(notebook))
	m.order(t, fmt.Sprintf(`{"targets":[%q,%q],"cause":"legal","authority":"https://court.example/7"}`, story("weekly", 1).ID, story("inner", 1).ID))
	m.order(t, `{"targets":["origin:Hill Commons"],"cause":"legal","authority":"https://court.example/8"}`)
	for item, by := range map[string]string{story("weekly", 1).ID: "https://court.example/7", story("hill", 1).ID: "https://court.example/8"} {
		w := m.get("/items/" + item)
		if w.Code != 451 || w.Header().Get("Link") != `<https://qinghe.example/>; rel="blocked-by"` || !strings.Contains(w.Body.String(), by) {
			t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
		}
	}
	if w := m.get("/items/" + story("inner", 1).ID); w.Code != 404 {
		t.Errorf("what nobody could see: %d", w.Code)
	}
}

// TestACutOffServer: a server that does not hear the store answers with no items once its lease
// is out; an acknowledgment waits for it so long and no longer; and it recovers without hands.
func TestACutOffServer(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	item := story("weekly", 1)
	fill(t, store, item, story("hill", 1))
	a, b := join(t, "a", store, new(notebook)), join(t, "b", store, new(notebook))
	for _, m := range []*member{a, b} {
		if w := m.get("/feeds/top.rss"); w.Code != 200 {
			t.Fatal(w.Code)
		}
	}
	b.store.cut.Store(true)
	begun := time.Now()
	status, ack := a.order(t, fmt.Sprintf(`{"targets":[%q],"cause":"rights"}`, item.ID))
	took := time.Since(begun)
	if status != 200 || ack.Level != "everywhere" || took > shortLease+2*time.Second {
		t.Errorf("%d %+v after %v", status, ack, took)
	}
	for _, path := range append([]string{"/items/" + story("hill", 1).ID}, surfaces...) {
		if w := b.get(path); w.Code != 503 || w.Header().Get("Retry-After") == "" || strings.Contains(w.Body.String(), item.Link) {
			t.Errorf("%s at the server that is cut off: %d", path, w.Code)
		}
	}
	if w := b.get("/"); w.Code != 200 {
		t.Errorf("what carries no items: %d", w.Code)
	}
	b.store.cut.Store(false)
	deadline := time.Now().Add(20 * time.Second)
	for b.get("/feeds/top.rss").Code != 200 {
		if time.Now().After(deadline) {
			t.Fatal("it does not recover")
		}
		time.Sleep(20 * time.Millisecond)
	}
	if w := b.get("/feeds/top.rss"); strings.Contains(w.Body.String(), item.Link) {
		t.Error("it shows what was withdrawn meanwhile")
	}
}

// TestAmnesia: a store that comes back empty, or older, is given back what it lost by any
// server that knows it; until then no items are served.
func TestAmnesia(t *testing.T) {
	t.Parallel()
	item := story("weekly", 1)
	old := onSQLite(t)
	fill(t, old, item, story("hill", 1))
	a := join(t, "a", old, new(notebook))
	a.get("/feeds/top.rss")
	if status, _ := a.order(t, fmt.Sprintf(`{"targets":[%q,"source:inner"],"cause":"rights"}`, item.ID)); status != 200 {
		t.Fatal(status)
	}
	a.stop()
	fresh := onSQLite(t) // with the items, and without withdrawals, or with others of the same epochs
	fill(t, fresh, item, story("hill", 1))
	for n := range 3 {
		if _, err := fresh.Withdraw(t.Context(), fmt.Sprint(n), syndicate.Withdrawal{Target: syndicate.SourceTarget(fmt.Sprint("x", n)), Cause: syndicate.Rights, At: noon}); err != nil {
			t.Fatal(err)
		}
	}
	unaware := join(t, "b", fresh, new(notebook))
	b := join(t, "c", fresh, a.notes)
	deadline := time.Now().Add(20 * time.Second)
	for b.get("/feeds/top.rss").Code != 200 && time.Now().Before(deadline) {
		time.Sleep(20 * time.Millisecond)
	}
	if w := b.get("/feeds/top.rss"); w.Code != 200 || strings.Contains(w.Body.String(), item.Link) {
		t.Errorf("the server that knows: %d", w.Code)
	}
	for strings.Contains(unaware.get("/feeds/top.rss").Body.String(), item.Link) {
		if time.Now().After(deadline) {
			t.Fatal("the server that did not know still shows it")
		}
		time.Sleep(20 * time.Millisecond)
	}
	all, err := fresh.Withdrawals(t.Context(), 0, 100)
	if err != nil || len(all) != 5 {
		t.Errorf("%d entries in the store, %v", len(all), err)
	}
}

// TestBrokenMemory: what cannot be remembered is not agreed to, so no items are served.
func TestBrokenMemory(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	fill(t, store, story("weekly", 1))
	notes := new(notebook)
	m := join(t, "a", store, notes)
	m.get("/feeds/top.rss")
	notes.mu.Lock()
	notes.broken = io.ErrShortWrite
	notes.mu.Unlock()
	if _, err := store.Withdraw(t.Context(), "k", syndicate.Withdrawal{Target: syndicate.SourceTarget("weekly"), Cause: syndicate.Rights, At: noon}); err != nil {
		t.Fatal(err)
	}
	time.Sleep(shortLease + 300*time.Millisecond)
	if w := m.get("/feeds/top.rss"); w.Code != 503 {
		t.Errorf("%d", w.Code)
	}
}
