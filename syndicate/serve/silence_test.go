package serve_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"reprint/syndicate/ledger"
)

// TestNotReadyWithoutLease: a server whose store can be read and takes nothing, because its memory or its disk is full or it
// became a replica, withholds all items, and is not ready, and says why.
func TestNotReadyWithoutLease(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	item := story("weekly", 1)
	fill(t, store, item)
	m := join(t, "a", store, new(notebook))
	eventually(t, "it is ready", func() bool { return m.get("/readyz").Code == 200 })
	m.store.full.Store(true)
	eventually(t, "it is not ready, and says why", func() bool {
		w := m.get("/readyz")
		return w.Code == 503 && strings.Contains(w.Body.String(), "no items are served, because it is not known what was withdrawn: the store does not answer")
	})
	if w := m.get("/items/" + item.ID); w.Code != 503 || w.Header().Get("Retry-After") == "" {
		t.Errorf("the item: %d", w.Code)
	}
	m.store.full.Store(false)
	eventually(t, "it is ready again", func() bool { return m.get("/readyz").Code == 200 })
	if w := m.get("/items/" + item.ID); w.Code != 200 {
		t.Errorf("the item: %d", w.Code)
	}
}

// TestNobodyWaitsForTheHelpless: a server that the store hears, but that does not hear the store's answers, or cannot put on
// its disk what was withdrawn, holds up no acknowledgment for longer than its lease. It withholds all items meanwhile,
// with 503 to readers, whatever is the matter with its disk.
func TestNobodyWaitsForTheHelpless(t *testing.T) {
	t.Parallel()
	for what, fault := range map[string]func(m *member, on bool){
		"deaf": func(m *member, on bool) { m.store.deaf.Store(on) },
		"full": func(m *member, on bool) {
			m.notes.breaks(map[bool]error{true: fmt.Errorf("%w: no space", ledger.ErrFull)}[on])
		},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			store := onSQLite(t)
			item := story("weekly", 1)
			fill(t, store, item, story("weekly", 2))
			a, b := join(t, "a", store, new(notebook)), join(t, "b", store, new(notebook))
			eventually(t, "both are ready", func() bool { return a.get("/readyz").Code == 200 && b.get("/readyz").Code == 200 })
			fault(b, true)
			for try := range 3 {
				begun := time.Now()
				if status, ack := a.order(t, fmt.Sprintf(`{"targets":[%q],"cause":"rights","key":"%d"}`, item.ID, try)); status != 200 {
					t.Fatalf("after %v: %d %+v", time.Since(begun), status, ack)
				}
			}
			for _, path := range surfaces {
				if w := b.get(path); w.Code != 503 || w.Header().Get("Retry-After") == "" {
					t.Errorf("%s: %d %s", path, w.Code, w.Body)
				}
			}
			fault(b, false)
			eventually(t, "it serves again", func() bool { return b.get(surfaces[0]).Code == 200 })
			if w := b.get("/items/" + item.ID); w.Code != 410 {
				t.Errorf("the item: %d", w.Code)
			}
		})
	}
}
