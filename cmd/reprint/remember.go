package main

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"reprint/cache"
	"reprint/cmd/reprint/config"
	"reprint/syndicate"
	"reprint/syndicate/access"
	"reprint/syndicate/ledger"
	"reprint/syndicate/serve"
)

// remembering keeps in this server's ledger what serve remembers; secrets have a directory of their own, because the
// ledger is shown to others.
type remembering struct {
	ledger  *ledger.Ledger
	dir     string
	secrets string
	claims  string
	now     func() time.Time
	log     *slog.Logger // nil where nobody reads it
}

func newRemembering(l *ledger.Ledger, conf *config.Config, now func() time.Time) remembering {
	return remembering{ledger: l, dir: ledgerDir(conf), secrets: filepath.Join(conf.Data, "secrets"), claims: filepath.Join(conf.Data, "claims"), now: now}
}

// Recall implements serve.Memory.
func (m remembering) Recall() (serve.Recollection, error) {
	var r serve.Recollection
	var ordered []syndicate.Order
	open, unpurged, unsearched := make(map[string]bool), make(map[string]syndicate.Settlement), make(map[string]bool)
	err := ledger.Read(m.dir, func(e ledger.Entry, _ []byte) error {
		switch {
		case e.Withdrawn != nil:
			r.Entries = append(r.Entries, *e.Withdrawn)
		case e.Store != nil:
			r.Store = e.Store.ID
		case e.Revoked != nil:
			r.Revoked = append(r.Revoked, cache.Revocation{Partner: e.Revoked.Partner, Token: e.Revoked.Token, At: e.At})
		case e.Ordered != nil:
			ordered = append(ordered, *e.Ordered)
			open[e.Ordered.Key] = true
		case e.Settled != nil:
			delete(open, e.Settled.Key)
			r.Settled = append(r.Settled, *e.Settled)
			if e.Settled.Purge {
				unpurged[e.Settled.Key] = *e.Settled
			}
			if e.Settled.Copies {
				unsearched[e.Settled.Key] = true
			}
		case e.Searched != nil:
			delete(unsearched, e.Searched.Order)
		case e.Purged != nil && e.Purged.Problem == "": // one that failed is due again, and is tried for another day
			delete(unpurged, e.Purged.Key)
		}
		return nil
	})
	r.Copies = slices.DeleteFunc(slices.Clone(ordered), func(order syndicate.Order) bool { return !unsearched[order.Key] })
	r.Orders = slices.DeleteFunc(ordered, func(order syndicate.Order) bool { return !open[order.Key] })
	r.Purges = slices.Collect(maps.Values(unpurged))
	if err != nil {
		return r, err
	}
	if r.Secrets, err = m.recallSecrets(); err != nil {
		return r, err
	}
	r.Claims, err = m.recallClaims()
	return r, err
}

// recallSecrets reads the secrets that were remembered.
func (m remembering) recallSecrets() (map[string][]byte, error) {
	files, err := os.ReadDir(m.secrets)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	all := make(map[string][]byte)
	for _, f := range files {
		secret, err := os.ReadFile(filepath.Join(m.secrets, f.Name()))
		if err != nil {
			return nil, err
		}
		if len(secret) == access.LinkSecretBytes && filepath.Ext(f.Name()) != beside { // another was being written when the process ended
			all[f.Name()] = secret
		}
	}
	return all, err
}

// RememberSecret implements serve.Memory.
func (m remembering) RememberSecret(name string, secret []byte) error {
	path := filepath.Join(m.secrets, name)
	if known, err := os.ReadFile(path); err == nil && bytes.Equal(known, secret) {
		return nil
	}
	if err := os.MkdirAll(m.secrets, 0o700); err != nil {
		return err
	}
	fresh, err := writeBeside(path, secret)
	if err != nil {
		return err
	}
	return takePlace(fresh, path)
}

// append puts entries on the record, and waits for the disk even where ctx ends: else nobody knew whether they are
// there, and they would be put there again.
func (m remembering) append(ctx context.Context, entries ...ledger.Entry) error {
	_, err := m.ledger.Append(context.WithoutCancel(ctx), entries...)
	return err
}

// Remember implements serve.Memory.
func (m remembering) Remember(ctx context.Context, entries []syndicate.Withdrawal) error {
	list := make([]ledger.Entry, len(entries))
	for i := range entries {
		list[i] = ledger.Entry{At: m.now(), Kind: ledger.KindWithdrawn, Withdrawn: &entries[i]}
	}
	return m.append(ctx, list...)
}

// RememberStore implements serve.Memory.
func (m remembering) RememberStore(ctx context.Context, store string) error {
	return m.append(ctx, ledger.Entry{At: m.now(), Kind: ledger.KindStore, Store: &ledger.StoreAgreed{ID: store}})
}

// RememberOrder implements serve.Memory.
func (m remembering) RememberOrder(ctx context.Context, order syndicate.Order) error {
	return m.append(ctx, ledger.Entry{At: m.now(), Kind: ledger.KindOrdered, Ordered: &order})
}

// RememberSettlement implements serve.Memory.
func (m remembering) RememberSettlement(ctx context.Context, s syndicate.Settlement) error {
	return m.append(ctx, ledger.Entry{At: m.now(), Kind: ledger.KindSettled, Settled: &s})
}

// RememberSearch implements serve.Memory.
func (m remembering) RememberSearch(ctx context.Context, order string) error {
	return m.append(ctx, ledger.Entry{At: m.now(), Kind: ledger.KindSearched, Searched: &ledger.Searched{Order: order}})
}

// RememberPurge implements serve.Memory.
func (m remembering) RememberPurge(ctx context.Context, p syndicate.Purge) error {
	return m.append(ctx, ledger.Entry{At: m.now(), Kind: ledger.KindPurged, Purged: &p})
}
