package serve_test

import (
	"fmt"
	"testing"
	"time"

	"reprint/cache/cachetest/redistest"
	"reprint/cache/redis"
	"reprint/syndicate"
)

// BenchmarkRestored starts a server that knows a hundred thousand withdrawals on a store that has lost them all, and tells how long it takes
// until items are served again. Run it with -benchtime 1x.
func BenchmarkRestored(b *testing.B) {
	const known = 100_000
	for b.Loop() {
		notes := new(notebook)
		for i := range known {
			notes.all.Entries = append(notes.all.Entries, syndicate.Withdrawal{
				Target: syndicate.Target(fmt.Sprintf("item:weekly-%020d", i)), Epoch: int64(i + 1), Cause: syndicate.Rights, At: noon, Addresses: []string{fmt.Sprintf("weekly.example/%d", i)},
			})
		}
		notes.all.Store = "the one before"
		store, err := redis.Open(b.Context(), redistest.Start(b, "appendfsync everysec").URL("h"), "")
		if err != nil {
			b.Fatal(err)
		}
		fill(b, store, story("hill", 1))
		begun := time.Now()
		m := join(b, "a", store, notes)
		for m.get("/feeds/hill.rss").Code != 200 {
			time.Sleep(20 * time.Millisecond)
			if time.Since(begun) > 5*time.Minute {
				b.Fatal("no items are served")
			}
		}
		b.ReportMetric(time.Since(begun).Seconds(), "s")
		m.stop()
		_ = store.Close()
	}
}
