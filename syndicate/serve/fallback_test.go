package serve_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"reprint/cache/cachetest/redistest"
	"reprint/cache/redis"
)

// TestStoreFallsBackMeanwhile: the store comes back empty between a server's last look at it and the entry that it makes. The
// entry counts all the same, though all epochs are forgotten, and is acknowledged when it is true.
func TestStoreFallsBackMeanwhile(t *testing.T) {
	t.Parallel()
	process := redistest.Start(t)
	store, err := redis.Open(t.Context(), process.URL("f"), "")
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	item, other := story("weekly", 1), story("hill", 1)
	fill(t, store, item, other)
	a, b := join(t, "a", store, new(notebook)), join(t, "b", store, new(notebook))
	eventually(t, "both answer", func() bool { return a.get("/items/"+item.ID).Code == 200 && b.get("/items/"+item.ID).Code == 200 })
	order := func(m *member, id string, back bool) {
		t.Helper()
		body := fmt.Sprintf(`{"targets":[%q],"cause":"rights","reinstate":%v,"key":"%s %v %d"}`, id, back, id, back, time.Now().UnixNano())
		eventually(t, "the order is everywhere", func() bool { status, ack := m.order(t, body); return status == 200 && ack.Level == "everywhere" })
	}
	for range 3 { // epochs that the store will have forgotten
		order(a, item.ID, false)
		order(b, item.ID, true)
	}
	a.store.before = func() {
		process.Kill()
		process.Wipe(t)
		process.Run(t)
		fill(t, store, item, other)
	}
	order(a, item.ID, false)
	for range 40 {
		for _, m := range []*member{a, b} {
			if w := m.get("/items/" + item.ID); w.Code == 200 {
				t.Fatal("it is shown after the acknowledgment")
			}
			if w := m.get("/feeds/top.json"); strings.Contains(w.Body.String(), item.Link) {
				t.Fatal("a feed shows it after the acknowledgment")
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	eventually(t, "all is well again", func() bool { return b.get("/items/"+other.ID).Code == 200 && b.get("/items/"+item.ID).Code == 410 })
	if e := entryOf(t, store, item.ID); e.Reinstated || e.Epoch != 7 {
		t.Errorf("%+v", e)
	}
}
