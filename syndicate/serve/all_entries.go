package serve

import (
	"context"

	"reprint/syndicate"
)

// entryStore is where the entries are.
type entryStore interface {
	Withdrawals(ctx context.Context, after int64, limit int) ([]syndicate.Withdrawal, error)
}

// AllEntries reads the entries of a store that count. Two may have one epoch, so a page begins with what may be the end of
// the one before.
func AllEntries(ctx context.Context, store entryStore) (*syndicate.Withdrawals, error) {
	all := syndicate.NewWithdrawals()
	for after := int64(0); ; {
		page, err := store.Withdrawals(ctx, after, journalPage)
		if err != nil {
			return nil, err
		}
		fresh := 0
		for _, e := range page {
			if all.Add(e) {
				fresh++
			}
		}
		if fresh == 0 {
			return all, nil
		}
		after = page[len(page)-1].Epoch - 1
	}
}
