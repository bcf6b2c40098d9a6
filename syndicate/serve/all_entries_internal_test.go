package serve

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"testing"

	"reprint/syndicate"
)

// tied are entries in the order of their epochs, as a store keeps them.
type tied []syndicate.Withdrawal

func (s tied) Withdrawals(_ context.Context, after int64, limit int) ([]syndicate.Withdrawal, error) {
	from, _ := slices.BinarySearchFunc(s, after+1, func(w syndicate.Withdrawal, epoch int64) int { return cmp.Compare(w.Epoch, epoch) })
	return s[from:min(len(s), from+limit)], nil
}

// TestAllEntriesHaveOneEpoch: entries of one epoch are all read, wherever a page ends.
func TestAllEntriesHaveOneEpoch(t *testing.T) {
	t.Parallel()
	for _, count := range []int{0, 1, journalPage - 1, journalPage, journalPage + 1, 3*journalPage + 7} {
		for _, first := range []int{0, 1} { // whether pairs begin at odd places
			var store tied
			for n := range count {
				store = append(store, syndicate.Withdrawal{Target: syndicate.Target(fmt.Sprint("source:", n)), Epoch: int64((n+first)/2 + 1)})
			}
			all, err := AllEntries(t.Context(), store)
			if err != nil || all.Len() != count {
				t.Errorf("%d of %d entries are read: %v", all.Len(), count, err)
			}
		}
	}
}
