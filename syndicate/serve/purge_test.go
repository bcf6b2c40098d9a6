package serve_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"reprint/feeds"
	"reprint/syndicate"
	"reprint/syndicate/serve"
)

// edge is a CDN in front.
type edge struct {
	mu     sync.Mutex
	broken error
	purged []string
	before func() // called before anything is thrown away
}

func (e *edge) Purge(_ context.Context, tags []string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.before != nil {
		e.before()
	}
	if e.broken != nil {
		return e.broken
	}
	e.purged = append(e.purged, tags...)
	return nil
}

func (e *edge) breaks(err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.broken = err
}

func tagsOf(h http.Header) []string { return strings.Split(h.Get("Cache-Tag"), ",") }

// TestPurge: documents carry the tags of what they hold, and what is withdrawn is purged by tag once it
// is everywhere; the acknowledgment says so, and waits for it.
func TestPurge(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	item, other := story("weekly", 1), story("hill", 1)
	fill(t, store, item, other)
	cdn := new(edge)
	m := joinWith(t, "a", store, new(notebook), cdn)
	for _, path := range append([]string{"/items/" + item.ID}, surfaces...) {
		h := m.get(path).Header()
		for _, tag := range []string{"reprint", "i-" + item.ID, "s-weekly"} {
			if !slices.Contains(tagsOf(h), tag) || !slices.Contains(strings.Fields(h.Get("Surrogate-Key")), tag) {
				t.Errorf("%s has no tag %s: %v", path, tag, h)
			}
		}
	}
	if h := m.get("/").Header(); h.Get("Cache-Tag") != "" {
		t.Errorf("what carries no items has tags: %v", h)
	}
	cdn.before = func() {
		if w := m.get("/items/" + item.ID); w.Code != 410 {
			t.Errorf("it is purged while we answer %d", w.Code)
		}
	}
	status, ack := m.order(t, fmt.Sprintf(`{"targets":[%q],"cause":"rights"}`, item.ID))
	if status != 200 || ack.Purge == nil || *ack.Purge != (serve.Purging{State: "done", Tries: 1}) {
		t.Errorf("%d %+v", status, ack)
	}
	if !slices.Contains(cdn.purged, "i-"+item.ID) || slices.Contains(cdn.purged, "i-"+other.ID) {
		t.Errorf("purged: %v", cdn.purged)
	}
	if h := m.get("/feeds/top.rss").Header(); !slices.Contains(tagsOf(h), "i-"+item.ID) {
		t.Errorf("the notice of the withdrawn item cannot be purged: %v", h)
	}
	if status, _ := m.order(t, `{"targets":["origin:Hill Commons"],"cause":"rights"}`); status != 200 || !slices.Contains(cdn.purged, "reprint") {
		t.Errorf("an outlet: %d, %v", status, cdn.purged)
	}
}

// TestPurgeLater: a hook that fails is asked again, and nobody is told that it is over before; a server
// that ends before throws everything away at its next start.
func TestPurgeLater(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	item := story("weekly", 1)
	fill(t, store, item)
	cdn := new(edge)
	cdn.breaks(errors.New("quota"))
	m := joinWith(t, "a", store, new(notebook), cdn)
	status, ack := m.order(t, fmt.Sprintf(`{"targets":[%q],"cause":"rights","key":"k"}`, item.ID))
	if status != 202 || ack.Level != "everywhere" || ack.Purge.State != "pending" || ack.Purge.Problem != "quota" || ack.Purge.Tries == 0 {
		t.Fatalf("%d %+v %+v", status, ack, ack.Purge)
	}
	m.stop()
	cdn.breaks(nil)
	m = joinWith(t, "a", store, m.notes, cdn)
	eventually(t, "it is purged", func() bool { return m.operator("/api/orders/k").Code == 200 })
	if !slices.Equal(cdn.purged, []string{"reprint"}) {
		t.Errorf("purged: %v", cdn.purged)
	}
	if n := len(m.notes.all.Purges); n != 0 {
		t.Errorf("%d purges are due", n)
	}
}

// TestNoTagsWithoutHook: where nobody purges, nobody is sent tags.
func TestNoTagsWithoutHook(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	fill(t, store, story("weekly", 1))
	m := join(t, "a", store, new(notebook))
	if h := m.get("/feeds/top.rss").Header(); h.Get("Cache-Tag")+h.Get("Surrogate-Key") != "" {
		t.Errorf("%v", h)
	}
}

// TestTags: many items are purged by the tag that every large document has.
func TestTags(t *testing.T) {
	t.Parallel()
	id := feeds.NewID("weekly", "x")
	for _, tt := range []struct {
		target syndicate.Target
		want   string
	}{
		{syndicate.ItemTarget(id), "i-" + id + " many"},
		{syndicate.SourceTarget("weekly"), "many s-weekly"},
		{syndicate.OriginTarget("x"), "reprint"},
		{syndicate.PictureTarget("https://a.example/a.jpg"), "reprint"},
	} {
		if got := strings.Join(serve.Tags([]syndicate.Withdrawal{{Target: tt.target}, {Target: tt.target}}), " "); got != tt.want {
			t.Errorf("%s: %s", tt.target, got)
		}
	}
}

// TestTakenBackIsPurged: what a source takes back is purged like what the operator withdraws, and by the next start if the server ends
// before.
func TestTakenBackIsPurged(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	item := story("weekly", 1)
	fill(t, store, item)
	cdn := new(edge)
	cdn.breaks(errors.New("quota"))
	m := joinWith(t, "a", store, new(notebook), cdn)
	u := serve.Upstream{Store: store, Now: time.Now, Note: m.TakenBack}
	if _, err := u.TakeBack(t.Context(), []feeds.Deletion{{Item: item.ID, When: time.Now(), Where: "at:deleted-entry"}}); err != nil {
		t.Fatal(err)
	}
	if due := len(m.notes.all.Purges); due != 1 {
		t.Errorf("%d purges are remembered", due)
	}
	cdn.breaks(nil)
	eventually(t, "it is purged", func() bool {
		cdn.mu.Lock()
		defer cdn.mu.Unlock()
		return slices.Contains(cdn.purged, "i-"+item.ID)
	})
}

// TestCopiesHaveTags: a feed that links the copy of a story elsewhere is purged when that copy is withdrawn.
func TestCopiesHaveTags(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	item, again := story("weekly", 1), story("hill", 1)
	again.Link = item.Link
	again.Revision = again.Digest()
	fill(t, store, item, again)
	m := joinWith(t, "a", store, new(notebook), new(edge))
	for _, path := range surfaces {
		w := m.get(path)
		for _, id := range []string{item.ID, again.ID} {
			if !slices.Contains(tagsOf(w.Header()), "i-"+id) {
				t.Errorf("%s has no tag for %s: %v", path, id, w.Header())
			}
		}
	}
}

// has tells whether the edge was told of a tag.
func (e *edge) has(tag string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Contains(e.purged, tag)
}

// TestPurgeOfCopies: nobody is told that a purge is done before the copies were looked for and are purged too, also where the server ends
// in between; where there is no hook nobody waits for that.
func TestPurgeOfCopies(t *testing.T) {
	t.Parallel()
	for _, restarted := range []bool{false, true} {
		t.Run(fmt.Sprintf("restarted %t", restarted), func(t *testing.T) {
			t.Parallel()
			store := onSQLite(t)
			original, again := longStory("weekly", 1, 1), longStory("hill", 7, 1)
			fill(t, store, original, again)
			cdn := new(edge)
			m := joinWith(t, "a", store, new(notebook), cdn)
			m.store.lost.Store(true)
			status, ack := m.order(t, fmt.Sprintf(`{"targets":[%q],"cause":"rights","key":"k"}`, original.ID))
			if status != 202 || ack.Level != "everywhere" || ack.Purge == nil || ack.Purge.State != "pending" || !cdn.has("i-"+original.ID) {
				t.Fatalf("%d %+v %+v", status, ack, ack.Purge)
			}
			if cdn.has("i-" + again.ID) {
				t.Error("the copy is purged already: the test shows nothing")
			}
			if restarted {
				m.stop()
				m = joinWith(t, "a", store, m.notes, cdn)
			}
			m.store.lost.Store(false)
			eventually(t, "it is purged", func() bool { return m.operator("/api/orders/k").Code == 200 })
			if !cdn.has("i-"+again.ID) && !cdn.has("reprint") {
				t.Errorf("the copy is not purged: %v", cdn.purged)
			}
			m.notes.mu.Lock()
			defer m.notes.mu.Unlock()
			if n := len(m.notes.all.Purges); n != 0 {
				t.Errorf("%d purges are due", n)
			}
		})
	}
	t.Run("without a hook", func(t *testing.T) {
		t.Parallel()
		store := onSQLite(t)
		original := longStory("weekly", 1, 1)
		fill(t, store, original)
		m := join(t, "a", store, new(notebook))
		m.store.lost.Store(true)
		if status, ack := m.order(t, fmt.Sprintf(`{"targets":[%q],"cause":"rights"}`, original.ID)); status != 200 || ack.Purge != nil {
			t.Errorf("%d %+v", status, ack)
		}
	})
}

// TestPurgeOfWhatGaveWay: a purge waits for the last of its entries, also where another one is from before.
func TestPurgeOfWhatGaveWay(t *testing.T) {
	t.Parallel()
	m := joinWith(t, "a", onSQLite(t), new(notebook), new(edge))
	if err := m.TakenBack(t.Context(), []syndicate.Withdrawal{{Target: "source:a", Epoch: 7}, {Target: "source:b", Epoch: 2}}); err != nil {
		t.Fatal(err)
	}
	m.notes.mu.Lock()
	defer m.notes.mu.Unlock()
	if due := m.notes.all.Purges; len(due) != 1 || due[0].Epoch != 7 {
		t.Errorf("%+v", due)
	}
}
