package main

import (
	"context"
	"maps"
	"slices"
	"time"

	"reprint/syndicate"
	"reprint/syndicate/ledger"
	"reprint/syndicate/serve"
)

// remembering keeps withdrawals in this server's ledger.
type remembering struct {
	ledger *ledger.Ledger
	dir    string
	now    func() time.Time
}

// Recall implements serve.Memory.
func (m remembering) Recall() (serve.Recollection, error) {
	var r serve.Recollection
	var ordered []syndicate.Order
	open, unpurged := make(map[string]bool), make(map[string]syndicate.Settlement)
	err := ledger.Read(m.dir, func(e ledger.Entry, _ []byte) error {
		switch {
		case e.Withdrawn != nil:
			r.Entries = append(r.Entries, *e.Withdrawn)
		case e.Store != nil:
			r.Store = e.Store.ID
		case e.Ordered != nil:
			ordered = append(ordered, *e.Ordered)
			open[e.Ordered.Key] = true
		case e.Settled != nil:
			delete(open, e.Settled.Key)
			r.Settled = append(r.Settled, *e.Settled)
			if e.Settled.Purge {
				unpurged[e.Settled.Key] = *e.Settled
			}
		case e.Purged != nil:
			delete(unpurged, e.Purged.Key)
		}
		return nil
	})
	r.Orders = slices.DeleteFunc(ordered, func(order syndicate.Order) bool { return !open[order.Key] })
	r.Purges = slices.Collect(maps.Values(unpurged))
	return r, err
}

// Remember implements serve.Memory.
func (m remembering) Remember(ctx context.Context, entries []syndicate.Withdrawal) error {
	list := make([]ledger.Entry, len(entries))
	for i := range entries {
		list[i] = ledger.Entry{At: m.now(), Kind: ledger.KindWithdrawn, Withdrawn: &entries[i]}
	}
	_, err := m.ledger.Append(ctx, list...)
	return err
}

// RememberStore implements serve.Memory.
func (m remembering) RememberStore(ctx context.Context, store string) error {
	_, err := m.ledger.Append(ctx, ledger.Entry{At: m.now(), Kind: ledger.KindStore, Store: &ledger.StoreAgreed{ID: store}})
	return err
}

// RememberOrder implements serve.Memory.
func (m remembering) RememberOrder(ctx context.Context, order syndicate.Order) error {
	_, err := m.ledger.Append(ctx, ledger.Entry{At: m.now(), Kind: ledger.KindOrdered, Ordered: &order})
	return err
}

// RememberSettlement implements serve.Memory.
func (m remembering) RememberSettlement(ctx context.Context, s syndicate.Settlement) error {
	_, err := m.ledger.Append(ctx, ledger.Entry{At: m.now(), Kind: ledger.KindSettled, Settled: &s})
	return err
}

// RememberPurge implements serve.Memory.
func (m remembering) RememberPurge(ctx context.Context, p syndicate.Purge) error {
	_, err := m.ledger.Append(ctx, ledger.Entry{At: m.now(), Kind: ledger.KindPurged, Purged: &p})
	return err
}
