package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"reprint/cache"
)

// lookAgain is how often a waiting reader looks for changes that another process made.
// Those of this process wake it at once.
const lookAgain = 250 * time.Millisecond

// position is the next of the journal. It is never below the clock, in microseconds, so that a file
// that was put back from a copy gives out none that somebody has seen.
const position = "max(coalesce((SELECT max(seq) FROM journal), 0) + 1, " + clock + " * 1000)"

// Journal implements cache.Store.
func (s *Store) Journal(ctx context.Context, after int64, limit int, wait time.Duration) ([]cache.Change, int64, error) {
	deadline := time.NewTimer(wait)
	defer deadline.Stop()
	for {
		wake := s.waiting()
		changes, err := s.changes(ctx, after, limit)
		if err != nil {
			return nil, after, err
		}
		if len(changes) > 0 {
			return changes, changes[len(changes)-1].Seq, nil
		}
		again := time.NewTimer(lookAgain)
		select {
		case <-wake:
		case <-again.C:
		case <-deadline.C:
			again.Stop()
			return nil, after, nil
		case <-ctx.Done():
			again.Stop()
			return nil, after, ctx.Err()
		}
		again.Stop()
	}
}

// waiting returns a channel that is closed when the journal grows from now on.
func (s *Store) waiting() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.wake
}

// grown wakes everybody who waits for the journal.
func (s *Store) grown() {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.wake)
	s.wake = make(chan struct{})
}

func (s *Store) changes(ctx context.Context, after int64, limit int) ([]cache.Change, error) {
	rows, err := s.read.QueryContext(ctx, "SELECT seq, kind, item, source, revision, at FROM journal WHERE seq > ? ORDER BY seq LIMIT ?", after, limit)
	if err != nil {
		return nil, unavailable(err)
	}
	defer rows.Close()
	var changes []cache.Change
	for rows.Next() {
		var c cache.Change
		var at int64
		if err := rows.Scan(&c.Seq, &c.Kind, &c.Item, &c.Source, &c.Revision, &at); err != nil {
			return nil, unavailable(err)
		}
		c.At = time.UnixMilli(at).UTC()
		changes = append(changes, c)
	}
	return changes, unavailable(rows.Err())
}

// Head implements cache.Store.
func (s *Store) Head(ctx context.Context) (int64, error) {
	var head int64
	err := s.read.QueryRowContext(ctx, "SELECT coalesce(max(seq), 0) FROM journal").Scan(&head)
	return head, unavailable(err)
}

// Stamp implements cache.Store.
func (s *Store) Stamp(ctx context.Context, document, digest string, now time.Time) (time.Time, error) {
	var changed int64
	err := s.transact(ctx, func(tx *sql.Tx) error {
		var known string
		err := tx.QueryRowContext(ctx, "SELECT digest, changed FROM stamps WHERE document = ?", document).Scan(&known, &changed)
		switch {
		case err == nil && known == digest:
			return nil
		case errors.Is(err, sql.ErrNoRows):
			changed = now.Unix()
		case err != nil:
			return err
		default:
			changed = max(now.Unix(), changed+1)
		}
		_, err = tx.ExecContext(ctx, "INSERT INTO stamps (document, digest, changed) VALUES (?, ?, ?) ON CONFLICT (document) DO UPDATE SET digest = excluded.digest, changed = excluded.changed",
			document, digest, changed)
		return err
	})
	return time.Unix(changed, 0).UTC(), err
}
