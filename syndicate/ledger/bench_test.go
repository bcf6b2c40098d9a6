package ledger

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
)

// BenchmarkAppend compares callers who come alone, each with a write and a checkpoint of
// its own, with callers who come together and share them.
func BenchmarkAppend(b *testing.B) {
	for _, callers := range []struct {
		name  string
		count int
	}{{"one-sync-each", 1}, {"64-callers", 64}, {"512-callers", 512}} {
		b.Run(callers.name, func(b *testing.B) {
			l := open(b, b.TempDir())
			var left atomic.Int64
			left.Store(int64(b.N))
			b.ResetTimer()
			var wg sync.WaitGroup
			for range callers.count {
				wg.Go(func() {
					for left.Add(-1) >= 0 {
						if _, err := l.Append(context.Background(), pull("/feeds/top.rss")); err != nil {
							b.Error(err)
						}
					}
				})
			}
			wg.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "appends/s")
			b.StopTimer()
			closeLedger(b, l)
		})
	}
}

// BenchmarkVerify reads a ledger of 100,000 entries from end to end.
func BenchmarkVerify(b *testing.B) {
	dir := b.TempDir()
	l := open(b, dir)
	const entries = 100_000
	for range entries / 1000 {
		group := make([]Entry, 1000)
		for i := range group {
			group[i] = pull("/feeds/top.rss")
		}
		if _, err := l.Append(context.Background(), group...); err != nil {
			b.Fatal(err)
		}
	}
	closeLedger(b, l)
	for b.Loop() {
		if _, err := Verify(dir, ""); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(entries*b.N)/b.Elapsed().Seconds(), "entries/s")
}
