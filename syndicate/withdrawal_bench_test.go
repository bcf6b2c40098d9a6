package syndicate_test

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"reprint/syndicate"
)

// BenchmarkMillionWithdrawals makes the set of a million withdrawn items, as a server does when
// it starts.
func BenchmarkMillionWithdrawals(b *testing.B) {
	before := heapOf()
	entries := make([]syndicate.Withdrawal, 1_000_000)
	for i := range entries {
		id := fmt.Sprintf("weekly-%020d", i)
		entries[i] = syndicate.Withdrawal{
			Target: syndicate.ItemTarget(id), Epoch: int64(i + 1), Cause: syndicate.Rights, At: time.Unix(int64(i), 0), Addresses: []string{"weekly.example/" + id},
		}.By(fmt.Sprintf("%012x", i))
	}
	var set *syndicate.Withdrawals
	for b.Loop() {
		set = syndicate.NewWithdrawals(entries...)
	}
	count := len(entries)
	entries = nil // a server has the set alone
	b.ReportMetric(float64(heapOf()-before)/(1<<20), "MB")
	if set.Len() != count {
		b.Fatal(set.Len())
	}
}

func heapOf() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
