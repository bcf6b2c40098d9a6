package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"reprint/cache"
	"reprint/syndicate"
)

// Withdraw implements cache.Store.
func (s *Store) Withdraw(ctx context.Context, key string, w syndicate.Withdrawal) (syndicate.Withdrawal, error) {
	err := s.transact(ctx, func(tx *sql.Tx) error {
		var known, text string
		err := tx.QueryRowContext(ctx, "SELECT key, entry FROM withdrawals WHERE target = ?", w.Target).Scan(&known, &text)
		if ignoreNone(err) != nil {
			return err
		}
		if err == nil && known == key {
			return json.Unmarshal([]byte(text), &w)
		}
		if err := tx.QueryRowContext(ctx, "UPDATE identity SET epoch = epoch + 1 RETURNING epoch").Scan(&w.Epoch); err != nil {
			return err
		}
		return keepWithdrawal(ctx, tx, key, w)
	})
	if err == nil {
		s.grown()
	}
	return w, err
}

// keepWithdrawal stores an entry and journals it.
func keepWithdrawal(ctx context.Context, tx *sql.Tx, key string, w syndicate.Withdrawal) error {
	text, err := json.Marshal(w)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO withdrawals (target, epoch, key, entry) VALUES (?, ?, ?, ?)
		ON CONFLICT (target) DO UPDATE SET epoch = excluded.epoch, key = excluded.key, entry = excluded.entry`, w.Target, w.Epoch, key, string(text))
	if err != nil {
		return err
	}
	c := cache.WithdrawalChange(w)
	_, err = tx.ExecContext(ctx, "INSERT INTO journal (kind, item, source, revision, at) VALUES (?, ?, ?, '', ?)", c.Kind, c.Item, c.Source, c.At.UnixMilli())
	return err
}

// Withdrawals implements cache.Store.
func (s *Store) Withdrawals(ctx context.Context, after int64, limit int) ([]syndicate.Withdrawal, error) {
	return query(ctx, s, func(rows *sql.Rows) (syndicate.Withdrawal, error) {
		var text string
		var w syndicate.Withdrawal
		if err := rows.Scan(&text); err != nil {
			return w, err
		}
		return w, json.Unmarshal([]byte(text), &w)
	}, "SELECT entry FROM withdrawals WHERE epoch > ? ORDER BY epoch LIMIT ?", after, limit)
}

// Restore implements cache.Store.
func (s *Store) Restore(ctx context.Context, entries []syndicate.Withdrawal) error {
	err := s.transact(ctx, func(tx *sql.Tx) error {
		for _, w := range entries {
			var known int64
			err := tx.QueryRowContext(ctx, "SELECT epoch FROM withdrawals WHERE target = ?", w.Target).Scan(&known)
			if ignoreNone(err) != nil {
				return err
			}
			if err == nil && known >= w.Epoch {
				continue
			}
			if err := keepWithdrawal(ctx, tx, "", w); err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, "UPDATE identity SET epoch = max(epoch, ?)", w.Epoch); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		s.grown()
	}
	return err
}

// Identity implements cache.Store.
func (s *Store) Identity(ctx context.Context) (cache.Identity, error) {
	var i cache.Identity
	err := s.read.QueryRowContext(ctx, "SELECT id, epoch FROM identity").Scan(&i.ID, &i.Epoch)
	return i, unavailable(err)
}

// Beat implements cache.Store. The clock is SQLite's own.
func (s *Store) Beat(ctx context.Context, b cache.Beat) (cache.Identity, error) {
	var i cache.Identity
	err := s.transact(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO servers (server, applied, version, address, at) VALUES (?, ?, ?, ?, CAST(unixepoch('subsec') * 1000 AS INTEGER))
			ON CONFLICT (server) DO UPDATE SET applied = excluded.applied, version = excluded.version, address = excluded.address, at = excluded.at`,
			b.Server, b.Applied, b.Version, b.Address)
		if err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, "SELECT id, epoch FROM identity").Scan(&i.ID, &i.Epoch)
	})
	return i, err
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
	return query(ctx, s, func(rows *sql.Rows) (cache.Server, error) {
		var server cache.Server
		var age int64
		err := rows.Scan(&server.Server, &server.Applied, &server.Version, &server.Address, &age)
		server.Age = time.Duration(max(age, 0)) * time.Millisecond
		return server, err
	}, `SELECT server, applied, version, address, age FROM (SELECT *, CAST(unixepoch('subsec') * 1000 AS INTEGER) - at AS age FROM servers) WHERE age < ? ORDER BY server`,
		cache.ForgetServer.Milliseconds())
}
