package access_test

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"reprint/syndicate/access"
)

// TestFilings: what is refused because many others file does not count, and those who have a claim are heard whatever others do.
func TestFilings(t *testing.T) {
	t.Parallel()
	f := access.NewFilings()
	now := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	for n := range 100 {
		if _, ok := f.Filed(netip.MustParseAddr(fmt.Sprintf("192.0.2.%d", n)), now); !ok {
			t.Fatalf("claim %d", n)
		}
	}
	honest := netip.MustParseAddr("198.51.100.1")
	for range 10 {
		if wait, ok := f.Filed(honest, now); ok || wait > time.Minute {
			t.Fatalf("%v, wait %v", ok, wait)
		}
	}
	for n := range 5 {
		now = now.Add(time.Minute)
		if wait, ok := f.Filed(honest, now); !ok {
			t.Errorf("claim %d, after others: wait %v", n, wait)
		}
	}
	now = now.Add(time.Minute)
	if wait, ok := f.Filed(honest, now); ok || wait <= 0 || wait > 10*time.Minute {
		t.Errorf("the sixth: %v, wait %v", ok, wait)
	}
	for n := range 6 {
		if _, ok := f.Said("one", now); ok != (n < 5) {
			t.Errorf("word %d of a claim: %v", n, ok)
		}
	}
	if _, ok := f.Said("another", now); !ok {
		t.Error("another claim is held up")
	}
}
