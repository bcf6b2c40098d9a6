package cachetest

import (
	"fmt"
	"strings"
	"testing"

	"reprint/syndicate"
)

// testLargeEntries: a page of entries ends where it has become large, and who reads on from there finds all of them.
func testLargeEntries(t *testing.T, o Open) {
	s := o(t)
	const count, size = 90, 100_000
	var large []syndicate.Withdrawal
	for n := range count {
		w := withdrawal(syndicate.Target(fmt.Sprintf("source:large-%d", n)), strings.Repeat("long ", size/5))
		w.Epoch = int64(n + 1)
		large = append(large, w)
	}
	if err := s.Restore(t.Context(), large); err != nil {
		t.Fatal(err)
	}
	pages, found := 0, make(map[syndicate.Target]bool)
	for after := int64(0); ; pages++ {
		page, err := s.Withdrawals(t.Context(), after, 2*count)
		if err != nil || len(page) > count/2 {
			t.Fatalf("page %d has %d entries, %v", pages, len(page), err)
		}
		if len(page) == 0 {
			break
		}
		for _, w := range page {
			if len(w.Note) != size || found[w.Target] {
				t.Errorf("%s: %d bytes, seen before: %v", w.Target, len(w.Note), found[w.Target])
			}
			found[w.Target] = true
		}
		after = page[len(page)-1].Epoch
	}
	if len(found) != count || pages < 2 {
		t.Errorf("%d of %d entries on %d pages", len(found), count, pages)
	}
}
