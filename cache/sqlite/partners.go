package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"reprint/cache"
	"reprint/feeds"
)

// Revoke implements cache.Store.
func (s *Store) Revoke(ctx context.Context, r cache.Revocation) error {
	err := s.transact(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, "INSERT OR IGNORE INTO revocations (partner, token, at) VALUES (?, ?, ?)", r.Partner, r.Token, r.At.UnixMilli())
		if err != nil {
			return err
		}
		if added, err := result.RowsAffected(); err != nil || added == 0 {
			return err
		}
		_, err = tx.ExecContext(ctx, "INSERT INTO journal (seq, kind, item, source, revision, at) VALUES ("+position+", ?, ?, '', '', ?)", cache.ChangeRevoke, r.Partner+"/"+r.Token, r.At.UnixMilli())
		return err
	})
	if err == nil {
		s.grown()
	}
	return err
}

// Revocations implements cache.Store.
func (s *Store) Revocations(ctx context.Context) ([]cache.Revocation, error) {
	return query(ctx, s, func(rows *sql.Rows) (cache.Revocation, error) {
		var r cache.Revocation
		var at int64
		err := rows.Scan(&r.Partner, &r.Token, &at)
		r.At = moment(at)
		return r, err
	}, "SELECT partner, token, at FROM revocations ORDER BY partner, token")
}

// Secret implements cache.Store.
func (s *Store) Secret(ctx context.Context, name string, candidate []byte) ([]byte, error) {
	var secret []byte
	err := s.transact(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "INSERT OR IGNORE INTO secrets (name, secret) VALUES (?, ?)", name, candidate); err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, "SELECT secret FROM secrets WHERE name = ?", name).Scan(&secret)
	})
	return secret, err
}

// Hold implements cache.Store.
func (s *Store) Hold(ctx context.Context, partner string, held []cache.Held) error {
	return s.transact(ctx, func(tx *sql.Tx) error {
		for _, h := range held {
			_, err := tx.ExecContext(ctx, `INSERT INTO holdings (partner, item, form, pictures, first, last) VALUES (?, ?, ?, ?, ?, ?)
				ON CONFLICT (partner, item) DO UPDATE SET form = max(form, excluded.form), pictures = max(pictures, excluded.pictures),
					first = min(first, excluded.first), last = max(last, excluded.last)`,
				partner, h.Item, h.Form, h.Pictures, h.First.UnixMilli(), h.Last.UnixMilli())
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Held implements cache.Store.
func (s *Store) Held(ctx context.Context, partner string, ids []string) (map[string]cache.Held, error) {
	found, err := query(ctx, s, scanHeld, "SELECT item, form, pictures, first, last FROM holdings WHERE partner = ? AND item IN (SELECT value FROM json_each(?))", partner, list(ids))
	held := make(map[string]cache.Held, len(found))
	for _, h := range found {
		held[h.Item] = h
	}
	return held, err
}

// Holdings implements cache.Store.
func (s *Store) Holdings(ctx context.Context, partner, after string, limit int) ([]cache.Held, error) {
	return query(ctx, s, scanHeld, "SELECT item, form, pictures, first, last FROM holdings WHERE partner = ? AND item > ? ORDER BY item LIMIT ?", partner, after, limit)
}

func scanHeld(rows *sql.Rows) (cache.Held, error) {
	var h cache.Held
	var first, last int64
	err := rows.Scan(&h.Item, &h.Form, &h.Pictures, &first, &last)
	h.First, h.Last = moment(first), moment(last)
	return h, err
}

// Allot implements cache.Store.
func (s *Store) Allot(ctx context.Context, partner, name, day string, most int, ids []string) ([]string, error) {
	var placed []string
	err := s.transact(ctx, func(tx *sql.Tx) error {
		placed = nil
		for _, id := range ids {
			_, err := tx.ExecContext(ctx, `INSERT OR IGNORE INTO places (partner, name, item, day) SELECT ?, ?, ?, ?
				WHERE (SELECT count(*) FROM places WHERE partner = ? AND name = ? AND day = ?) < ?`, partner, name, id, day, partner, name, day, most)
			if err != nil {
				return err
			}
			var has bool
			if err := tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM places WHERE partner = ? AND name = ? AND item = ?)", partner, name, id).Scan(&has); err != nil {
				return err
			}
			if has {
				placed = append(placed, id)
			}
		}
		return nil
	})
	return placed, err
}

// Tally implements cache.Store.
func (s *Store) Tally(ctx context.Context, ledger string, from, upTo int64, tallies []cache.Tally) (int64, error) {
	var counted int64
	err := s.transact(ctx, func(tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, "SELECT position FROM counted WHERE ledger = ?", ledger).Scan(&counted)
		if err != nil && !errors.Is(err, sql.ErrNoRows) || counted != from {
			return ignoreNone(err)
		}
		for _, t := range tallies {
			if err := addTally(ctx, tx, t); err != nil {
				return err
			}
		}
		counted = upTo
		_, err = tx.ExecContext(ctx, "INSERT INTO counted (ledger, position) VALUES (?, ?) ON CONFLICT (ledger) DO UPDATE SET position = excluded.position", ledger, upTo)
		return err
	})
	return counted, err
}

func addTally(ctx context.Context, tx *sql.Tx, t cache.Tally) error {
	var known string
	err := tx.QueryRowContext(ctx, "SELECT recent FROM tallies WHERE partner = ? AND source = ?", t.Partner, t.Source).Scan(&known)
	if ignoreNone(err) != nil {
		return err
	}
	recent := cache.EncodeRecent(cache.MergeRecent(t.Recent, cache.DecodeRecent(known)))
	_, err = tx.ExecContext(ctx, `INSERT INTO tallies (partner, source, pulls, items, whole, excerpts, links, pictures, first, last, recent)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (partner, source) DO UPDATE SET
			pulls = pulls + excluded.pulls, items = items + excluded.items, whole = whole + excluded.whole, excerpts = excerpts + excluded.excerpts,
			links = links + excluded.links, pictures = pictures + excluded.pictures, first = min(first, excluded.first), last = max(last, excluded.last),
			recent = excluded.recent`,
		t.Partner, t.Source, t.Pulls, t.Items, t.Full, t.Excerpts, t.Links, t.Pictures, t.First.UnixMilli(), t.Last.UnixMilli(), recent)
	return err
}

// Counted implements cache.Store.
func (s *Store) Counted(ctx context.Context, ledger string) (int64, error) {
	var counted int64
	err := s.read.QueryRowContext(ctx, "SELECT position FROM counted WHERE ledger = ?", ledger).Scan(&counted)
	return counted, unavailable(ignoreNone(err))
}

// Tallies implements cache.Store.
func (s *Store) Tallies(ctx context.Context) ([]cache.Tally, error) {
	return query(ctx, s, func(rows *sql.Rows) (cache.Tally, error) {
		var t cache.Tally
		var first, last int64
		var recent string
		err := rows.Scan(&t.Partner, &t.Source, &t.Pulls, &t.Items, &t.Full, &t.Excerpts, &t.Links, &t.Pictures, &first, &last, &recent)
		t.First, t.Last, t.Recent = moment(first), moment(last), cache.DecodeRecent(recent)
		return t, err
	}, "SELECT partner, source, pulls, items, whole, excerpts, links, pictures, first, last, recent FROM tallies ORDER BY partner, source")
}

// Ranked implements cache.Store. The items themselves are read last, when it is clear which
// they are.
func (s *Store) Ranked(ctx context.Context, sources []string, from time.Time, after string, to time.Time, limit int) ([]feeds.Item, error) {
	return s.items(ctx, `SELECT items.item FROM (
			SELECT rowid AS place, rank, id FROM items
			WHERE source IN (SELECT value FROM json_each(?)) AND rank BETWEEN ? AND ? AND (rank, id) > (?, ?) ORDER BY rank, id LIMIT ?
		) AS wanted CROSS JOIN items ON items.rowid = wanted.place ORDER BY wanted.rank, wanted.id`,
		list(sources), from.UnixMilli(), to.UnixMilli(), from.UnixMilli(), after, limit)
}

// query reads all rows of a question.
func query[T any](ctx context.Context, s *Store, scan func(*sql.Rows) (T, error), question string, arguments ...any) ([]T, error) {
	rows, err := s.read.QueryContext(ctx, question, arguments...)
	if err != nil {
		return nil, unavailable(err)
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, unavailable(fmt.Errorf("row %d: %w", len(all), err))
		}
		all = append(all, one)
	}
	return all, unavailable(rows.Err())
}

func moment(millis int64) time.Time { return time.UnixMilli(millis).UTC() }

// ignoreNone drops the error of a row that is not there.
func ignoreNone(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	return err
}
