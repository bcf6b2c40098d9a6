package serve_test

import (
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"reprint/cache/cachetest/redistest"
	"reprint/cache/redis"
	"reprint/syndicate"
)

func TestZZHeal(t *testing.T) {
	n, _ := strconv.Atoi(os.Getenv("HEAL"))
	notes := new(notebook)
	for i := range n {
		notes.all.Entries = append(notes.all.Entries, syndicate.Withdrawal{Target: syndicate.Target(fmt.Sprintf("item:s-%020d", i)), Epoch: int64(i + 1), Cause: syndicate.Rights, At: noon, Addresses: []string{fmt.Sprintf("a.example/%d", i)}})
	}
	notes.all.Store = "another"
	store, err := redis.Open(t.Context(), redistest.Start(t, "appendfsync everysec").URL("h"), "")
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	fill(t, store, story("weekly", 1))
	begun := time.Now()
	m := join(t, "a", store, notes)
	for m.get("/feeds/top.rss").Code != 200 {
		time.Sleep(200 * time.Millisecond)
		if time.Since(begun) > 5*time.Minute {
			i, err := store.Identity(t.Context())
			t.Fatal("not healed", i, err)
		}
	}
	t.Logf("%d healed in %v", n, time.Since(begun))
}
