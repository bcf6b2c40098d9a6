package main

import (
	"context"
	"time"

	"reprint/syndicate"
	"reprint/syndicate/ledger"
)

// remembering keeps withdrawals in this server's ledger.
type remembering struct {
	ledger *ledger.Ledger
	dir    string
	now    func() time.Time
}

// Recall implements serve.Memory.
func (m remembering) Recall() (entries []syndicate.Withdrawal, store string, err error) {
	err = ledger.Read(m.dir, func(e ledger.Entry, _ []byte) error {
		switch {
		case e.Withdrawn != nil:
			entries = append(entries, *e.Withdrawn)
		case e.Store != nil:
			store = e.Store.ID
		}
		return nil
	})
	return entries, store, err
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
