package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
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
	"reprint/syndicate/claim"
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
		if len(secret) == access.LinkSecretBytes { // another was being written when the process ended
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
	return os.WriteFile(path, secret, 0o600)
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
	_, err := m.ledger.Append(ctx, ledger.Entry{At: m.now(), Kind: ledger.KindSearched, Searched: &ledger.Searched{Order: order}})
	return err
}

// RememberPurge implements serve.Memory.
func (m remembering) RememberPurge(ctx context.Context, p syndicate.Purge) error {
	return m.append(ctx, ledger.Entry{At: m.now(), Kind: ledger.KindPurged, Purged: &p})
}

// claimFile is where the state of a claim is kept. What a claimant says of himself is to be deleted some day, which
// nothing in the ledger is. It is named after the claim and not after its number, which a store that fell back may give to another.
func (m remembering) claimFile(key string) string {
	return filepath.Join(m.claims, fmt.Sprintf("%.10x.json", sha256.Sum256([]byte(key))))
}

// recallClaims reads the claims that were remembered.
func (m remembering) recallClaims() ([]claim.Claim, error) {
	files, err := filepath.Glob(filepath.Join(m.claims, "*.json"))
	if err != nil {
		return nil, err
	}
	var all []claim.Claim
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			return nil, err
		}
		var c claim.Claim
		if json.Unmarshal(text, &c) != nil {
			// It is one claim, which the store has too; that the server does not start would be worse.
			if err := os.Rename(f, f+".damaged"); err != nil {
				return nil, err
			}
			if m.log != nil {
				m.log.Error("a claim's file cannot be read and was put aside; the claim itself is in the store", "file", f+".damaged")
			}
			continue
		}
		all = append(all, c)
	}
	return all, nil
}

// RememberClaim implements serve.Memory. The same state twice is on the record once.
func (m remembering) RememberClaim(ctx context.Context, c claim.Claim) error {
	text, err := json.Marshal(c)
	if err != nil {
		return err
	}
	path := m.claimFile(c.Key)
	if known, err := os.ReadFile(path); err == nil && bytes.Equal(known, text) {
		return nil
	}
	step := &ledger.ClaimStep{Number: c.Number, State: c.State(), By: "claimant", Items: c.Items, Digest: fmt.Sprintf("%x", sha256.Sum256(text))}
	if n := len(c.Events); n > 0 {
		last := c.Events[n-1]
		step.State, step.By, step.Order = string(last.Kind), last.By, last.Order
	}
	if err := m.append(ctx, ledger.Entry{At: m.now(), Kind: ledger.KindClaim, Claim: step}); err != nil {
		return err
	}
	if err := os.MkdirAll(m.claims, 0o700); err != nil {
		return err
	}
	return replaceFile(path, text)
}

// replaceFile puts a text in the place of a file, so that after a loss of power one of them is there whole.
func replaceFile(path string, text []byte) error {
	f, err := os.OpenFile(path+".new", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(path+".new", path); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
