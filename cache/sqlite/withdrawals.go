package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"reprint/cache"
	"reprint/syndicate"
)

// Withdraw implements cache.Store.
func (s *Store) Withdraw(ctx context.Context, key string, w syndicate.Withdrawal) (syndicate.Withdrawal, error) {
	if err := cache.CheckEntry(key, w); err != nil {
		return w, err
	}
	err := s.transact(ctx, func(tx *sql.Tx) error {
		known, knownKey, err := knownWithdrawal(ctx, tx, w.Target)
		if err != nil {
			return err
		}
		if known != nil && (knownKey == key || w.IsPutBack() && known.Upstream == nil || w.IsOvertaken(*known) || w.GivesWayTo(*known)) {
			w = *known
			return nil
		}
		if err := tx.QueryRowContext(ctx, "SELECT max(epoch, ?) + 1 FROM identity", w.Epoch).Scan(&w.Epoch); err != nil {
			return err
		}
		more, err := keepWithdrawal(ctx, tx, key, known, w)
		if err != nil {
			return err
		}
		return addToIdentity(ctx, tx, w.Epoch, more)
	})
	if err == nil {
		s.grown()
	}
	return w, err
}

// knownWithdrawal returns the entry about a target and its key; nil if there is none.
func knownWithdrawal(ctx context.Context, tx *sql.Tx, target syndicate.Target) (*syndicate.Withdrawal, string, error) {
	var key, text string
	err := tx.QueryRowContext(ctx, "SELECT key, entry FROM withdrawals WHERE target = ?", target).Scan(&key, &text)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, "", nil
	}
	if err != nil {
		return nil, "", err
	}
	known := new(syndicate.Withdrawal)
	err = json.Unmarshal([]byte(text), known)
	known.Target = target
	return known, key, err
}

// keepWithdrawal stores an entry instead of the one that is known, and journals it. It returns what that adds to the sum.
func keepWithdrawal(ctx context.Context, tx *sql.Tx, key string, known *syndicate.Withdrawal, w syndicate.Withdrawal) (int64, error) {
	text, err := json.Marshal(w)
	if err != nil {
		return 0, err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO withdrawals (target, epoch, key, entry) VALUES (?, ?, ?, ?)
		ON CONFLICT (target) DO UPDATE SET epoch = excluded.epoch, key = excluded.key, entry = excluded.entry`, w.Target, w.Epoch, key, string(text))
	if err != nil {
		return 0, err
	}
	more := w.Fingerprint()
	if known != nil {
		more = syndicate.AddSum(more, -known.Fingerprint())
	}
	c := cache.WithdrawalChange(w)
	_, err = tx.ExecContext(ctx, "INSERT INTO journal (seq, kind, item, source, revision, at) VALUES ("+position+", ?, ?, ?, '', ?)", c.Kind, c.Item, c.Source, c.At.UnixMilli())
	return more, err
}

// addToIdentity notes the greatest epoch, and what was added to the sum.
func addToIdentity(ctx context.Context, tx *sql.Tx, epoch, more int64) error {
	var sum int64
	if err := tx.QueryRowContext(ctx, "SELECT sum FROM identity").Scan(&sum); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, "UPDATE identity SET epoch = max(epoch, ?), sum = ?", epoch, syndicate.AddSum(sum, more))
	return err
}

// Withdrawals implements cache.Store.
func (s *Store) Withdrawals(ctx context.Context, after int64, limit int) ([]syndicate.Withdrawal, error) {
	rows, err := s.read.QueryContext(ctx, "SELECT target, entry FROM withdrawals WHERE epoch > ? ORDER BY epoch LIMIT ?", after, limit)
	if err != nil {
		return nil, unavailable(err)
	}
	defer rows.Close()
	var all []syndicate.Withdrawal
	for read := 0; read < cache.PageBytes && rows.Next(); {
		w, size, err := scanSized(rows)
		if err != nil {
			return nil, unavailable(err)
		}
		read += size
		all = append(all, w)
	}
	return all, unavailable(rows.Err())
}

// scanWithdrawal reads an entry.
func scanWithdrawal(rows *sql.Rows) (syndicate.Withdrawal, error) {
	w, _, err := scanSized(rows)
	return w, err
}

// scanSized reads an entry and tells how many bytes it has. Its target is the one in the store's sum, which JSON may have garbled.
func scanSized(rows *sql.Rows) (w syndicate.Withdrawal, size int, err error) {
	var target syndicate.Target
	var text string
	if err := rows.Scan(&target, &text); err != nil {
		return w, 0, err
	}
	err = json.Unmarshal([]byte(text), &w)
	w.Target = target
	return w, len(text), err
}

// restoredAtOnce is how many entries one transaction puts back; meanwhile nobody else can write.
const restoredAtOnce = 500

// Restore implements cache.Store.
func (s *Store) Restore(ctx context.Context, entries []syndicate.Withdrawal) error {
	for some := range slices.Chunk(entries, restoredAtOnce) {
		if err := s.transact(ctx, func(tx *sql.Tx) error { return restore(ctx, tx, some) }); err != nil {
			return err
		}
		s.grown()
	}
	return nil
}

func restore(ctx context.Context, tx *sql.Tx, entries []syndicate.Withdrawal) error {
	var epoch, more int64
	for _, w := range entries {
		known, _, err := knownWithdrawal(ctx, tx, w.Target)
		if err != nil {
			return err
		}
		if known != nil && !w.Supersedes(*known) {
			continue
		}
		added, err := keepWithdrawal(ctx, tx, "", known, w)
		if err != nil {
			return err
		}
		epoch, more = max(epoch, w.Epoch), syndicate.AddSum(more, added)
	}
	return addToIdentity(ctx, tx, epoch, more)
}

// Identity implements cache.Store.
func (s *Store) Identity(ctx context.Context) (cache.Identity, error) {
	var i cache.Identity
	err := s.read.QueryRowContext(ctx, "SELECT id, epoch, sum FROM identity").Scan(&i.ID, &i.Epoch, &i.Sum)
	return i, unavailable(err)
}

// Beat implements cache.Store. The clock is SQLite's own.
func (s *Store) Beat(ctx context.Context, b cache.Beat) (cache.Identity, error) {
	var i cache.Identity
	err := s.transact(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO servers (server, applied, lease, version, address, at) VALUES (?, ?, ?, ?, ?, `+clock+`)
			ON CONFLICT (server) DO UPDATE SET applied = excluded.applied, lease = excluded.lease, version = excluded.version, address = excluded.address, at = excluded.at`,
			b.Server, b.Applied, b.Lease.Milliseconds(), b.Version, b.Address)
		if err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, "SELECT id, epoch, sum FROM identity").Scan(&i.ID, &i.Epoch, &i.Sum)
	})
	return i, err
}

// Replicas implements cache.Store. There are none.
func (s *Store) Replicas(context.Context, time.Duration) (cache.Replication, error) {
	return cache.Replication{}, nil
}

// Leave implements cache.Store.
func (s *Store) Leave(ctx context.Context, server string) error {
	return s.transact(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM servers WHERE server = ?", server)
		return err
	})
}

// Servers implements cache.Store.
func (s *Store) Servers(ctx context.Context) ([]cache.Server, error) {
	ahead, isAhead := 0, "SELECT count(*) FROM servers WHERE at > "+clock
	if err := s.read.QueryRowContext(ctx, isAhead).Scan(&ahead); err != nil {
		return nil, unavailable(err)
	}
	if ahead > 0 { // from before the clock was set back: their ages are reckoned from now on
		if _, err := s.write.ExecContext(ctx, "UPDATE servers SET at = "+clock+" WHERE at > "+clock); err != nil {
			return nil, unavailable(err)
		}
	}
	return query(ctx, s, func(rows *sql.Rows) (cache.Server, error) {
		var server cache.Server
		var age, lease int64
		err := rows.Scan(&server.Server, &server.Applied, &lease, &server.Version, &server.Address, &age)
		server.Lease = time.Duration(lease) * time.Millisecond
		server.Age = time.Duration(max(age, 0)) * time.Millisecond
		return server, err
	}, `SELECT server, applied, lease, version, address, age FROM (SELECT *, `+clock+` - at AS age FROM servers) WHERE age < ? ORDER BY server`,
		cache.ForgetServer.Milliseconds())
}
