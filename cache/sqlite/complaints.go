package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

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
		if c.Number, err = nextClaim(ctx, tx); err != nil {
			return err
		}
		return keepClaim(ctx, tx, c)
	})
	return c, err
}

func nextClaim(ctx context.Context, tx *sql.Tx) (number int64, err error) {
	return number, tx.QueryRowContext(ctx, "SELECT coalesce(max(number), 0) + 1 FROM complaints").Scan(&number)
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
	if err == nil && wrong == nil && c.IsErased() {
		err = s.forgetLog(ctx)
	}
	return errors.Join(err, wrong)
}

// How long it is waited for those who read, and how often it is tried.
const (
	forgetWithin = 5 * time.Second
	forgetAgain  = 50 * time.Millisecond
)

// forgetLog takes what was deleted out of the write-ahead log too. Somebody who reads keeps it from that for as long as he does;
// meanwhile others write.
func (s *Store) forgetLog(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, forgetWithin)
	defer cancel()
	for {
		done, err := s.emptyLog(ctx)
		if done || err != nil && ctx.Err() == nil {
			return unavailable(err)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w: what was erased is still in the log of the store, because somebody reads it; say it once more", cache.ErrUnavailable)
		case <-time.After(forgetAgain):
		}
	}
}

// emptyLog tries so once, without waiting for anybody.
func (s *Store) emptyLog(ctx context.Context) (done bool, err error) {
	c, err := s.write.Conn(ctx)
	if err != nil {
		return false, err
	}
	if _, err := c.ExecContext(ctx, "PRAGMA busy_timeout = 0"); err != nil {
		return false, errors.Join(err, c.Close())
	}
	var busy, frames, moved int
	err = c.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &frames, &moved)
	_, again := c.ExecContext(context.WithoutCancel(ctx), fmt.Sprintf("PRAGMA busy_timeout = %d", busyTimeout.Milliseconds()))
	return busy == 0, errors.Join(err, again, c.Close())
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
	return query(ctx, s, scanClaim, "SELECT claim FROM complaints WHERE number > ? ORDER BY number LIMIT ?", after, limit)
}

// OpenComplaints implements cache.Store.
func (s *Store) OpenComplaints(ctx context.Context) ([]claim.Claim, error) {
	return query(ctx, s, scanClaim, "SELECT claim FROM complaints WHERE due IS NOT NULL ORDER BY number")
}

func scanClaim(rows *sql.Rows) (claim.Claim, error) {
	var c claim.Claim
	var text string
	if err := rows.Scan(&text); err != nil {
		return c, err
	}
	return c, json.Unmarshal([]byte(text), &c)
}

// CountComplaints implements cache.Store.
func (s *Store) CountComplaints(ctx context.Context, now time.Time) (open, overdue int, err error) {
	row := s.read.QueryRowContext(ctx, "SELECT count(*), count(*) FILTER (WHERE due < ?) FROM complaints WHERE due IS NOT NULL", now.Unix())
	return open, overdue, unavailable(row.Scan(&open, &overdue))
}

// RestoreComplaints implements cache.Store.
func (s *Store) RestoreComplaints(ctx context.Context, claims []claim.Claim) error {
	return s.transact(ctx, func(tx *sql.Tx) error {
		for _, c := range claims {
			if err := restoreClaim(ctx, tx, c); err != nil {
				return err
			}
		}
		return nil
	})
}

func restoreClaim(ctx context.Context, tx *sql.Tx, c claim.Claim) error {
	known, err := knownClaim(tx.QueryRowContext(ctx, "SELECT claim FROM complaints WHERE key = ?", c.Key))
	if err != nil {
		return err
	}
	if known != nil {
		if !c.Supersedes(*known) {
			return nil
		}
		c.Number = known.Number
		return keepClaim(ctx, tx, c)
	}
	other, err := knownClaim(tx.QueryRowContext(ctx, "SELECT claim FROM complaints WHERE number = ?", c.Number))
	if err == nil && other != nil {
		c.Number, err = nextClaim(ctx, tx)
	}
	if err != nil {
		return err
	}
	return keepClaim(ctx, tx, c)
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

// keepClaim writes a claim. Nothing of what it was before stays in the file, so that what is erased later is gone.
func keepClaim(ctx context.Context, tx *sql.Tx, c claim.Claim) error {
	text, err := json.Marshal(c)
	if err != nil {
		return err
	}
	var due *int64
	if c.IsOpen() {
		seconds := c.Due.Unix()
		due = &seconds
	}
	if _, err := tx.ExecContext(ctx, "PRAGMA secure_delete = ON"); err != nil {
		return err
	}
	if _, err = tx.ExecContext(ctx, `INSERT INTO complaints (number, key, due, claim) VALUES (?, ?, ?, ?)
		ON CONFLICT (number) DO UPDATE SET due = excluded.due, claim = excluded.claim`, c.Number, c.Key, due, string(text)); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "PRAGMA secure_delete = OFF")
	return err
}
