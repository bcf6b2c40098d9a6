package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"reprint/cache"
	"reprint/syndicate/claim"
)

// File implements cache.Store.
func (s *Store) File(ctx context.Context, c claim.Claim) (claim.Claim, error) {
	err := s.transact(ctx, func(tx *sql.Tx) error {
		known, err := knownClaim(tx.QueryRowContext(ctx, "SELECT claim FROM complaints WHERE key = ?", c.Key))
		if known != nil || err != nil {
			if known != nil {
				c = *known
			}
			return err
		}
		if err := tx.QueryRowContext(ctx, "SELECT coalesce(max(number), 0) + 1 FROM complaints").Scan(&c.Number); err != nil {
			return err
		}
		return keepClaim(ctx, tx, c)
	})
	return c, err
}

// Revise implements cache.Store.
func (s *Store) Revise(ctx context.Context, c claim.Claim) error {
	var wrong error
	err := s.transact(ctx, func(tx *sql.Tx) error {
		known, err := knownClaim(tx.QueryRowContext(ctx, "SELECT claim FROM complaints WHERE number = ?", c.Number))
		if err != nil {
			return err
		}
		if write, problem := cache.Revises(known, c); problem != nil || !write {
			wrong = problem
			return nil
		}
		return keepClaim(ctx, tx, c)
	})
	return errors.Join(err, wrong)
}

// Complaint implements cache.Store.
func (s *Store) Complaint(ctx context.Context, number int64) (claim.Claim, error) {
	known, err := knownClaim(s.read.QueryRowContext(ctx, "SELECT claim FROM complaints WHERE number = ?", number))
	if err != nil {
		return claim.Claim{}, unavailable(err)
	}
	if known == nil {
		return claim.Claim{}, cache.ErrNoClaim
	}
	return *known, nil
}

// Complaints implements cache.Store.
func (s *Store) Complaints(ctx context.Context, after int64, limit int) ([]claim.Claim, error) {
	return query(ctx, s, func(rows *sql.Rows) (claim.Claim, error) {
		var c claim.Claim
		var text string
		if err := rows.Scan(&text); err != nil {
			return c, err
		}
		return c, json.Unmarshal([]byte(text), &c)
	}, "SELECT claim FROM complaints WHERE number > ? ORDER BY number LIMIT ?", after, limit)
}

// RestoreComplaints implements cache.Store.
func (s *Store) RestoreComplaints(ctx context.Context, claims []claim.Claim) error {
	return s.transact(ctx, func(tx *sql.Tx) error {
		for _, c := range claims {
			known, err := knownClaim(tx.QueryRowContext(ctx, "SELECT claim FROM complaints WHERE number = ?", c.Number))
			if err != nil {
				return err
			}
			if known != nil && !c.Supersedes(*known) {
				continue
			}
			if err := keepClaim(ctx, tx, c); err != nil {
				return err
			}
		}
		return nil
	})
}

// knownClaim reads a row; nil if there is none.
func knownClaim(row *sql.Row) (*claim.Claim, error) {
	var text string
	if err := row.Scan(&text); err != nil {
		return nil, ignoreNone(err)
	}
	c := new(claim.Claim)
	return c, json.Unmarshal([]byte(text), c)
}

func keepClaim(ctx context.Context, tx *sql.Tx, c claim.Claim) error {
	text, err := json.Marshal(c)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO complaints (number, key, events, claim) VALUES (?, ?, ?, ?)
		ON CONFLICT (number) DO UPDATE SET events = excluded.events, claim = excluded.claim`, c.Number, c.Key, len(c.Events), string(text))
	return err
}
