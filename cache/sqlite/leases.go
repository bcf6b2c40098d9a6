package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"reprint/cache"
)

// clock is SQLite's own, in milliseconds: all processes on the file have the same.
const clock = "CAST(unixepoch('subsec') * 1000 AS INTEGER)"

// Enroll implements cache.Store.
func (s *Store) Enroll(ctx context.Context, server string, lease time.Duration) (cache.Roll, error) {
	var roll cache.Roll
	err := s.transact(ctx, func(tx *sql.Tx) error {
		roll = cache.Roll{}
		if err := mindTheClock(ctx, tx); err != nil {
			return err
		}
		err := tx.QueryRowContext(ctx, "SELECT session FROM enrolled WHERE server = ? AND until > "+clock, server).Scan(&roll.Session)
		if errors.Is(err, sql.ErrNoRows) {
			roll.Session, err = nextTurn(ctx, tx)
		}
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM enrolled WHERE until <= "+clock); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "INSERT INTO enrolled (server, session, until) VALUES (?, ?, "+clock+` + ?)
			ON CONFLICT (server) DO UPDATE SET session = excluded.session, until = excluded.until`, server, roll.Session, lease.Milliseconds())
		if err != nil {
			return err
		}
		roll.Servers, err = enrolled(ctx, tx)
		return err
	})
	return roll, err
}

// mindTheClock lets nothing last longer than it may that is from before the clock was set back.
func mindTheClock(ctx context.Context, tx *sql.Tx) error {
	longest := cache.LongestLease.Milliseconds()
	_, err := tx.ExecContext(ctx, "UPDATE enrolled SET until = "+clock+" + ? WHERE until > "+clock+" + ?", longest, longest)
	return err
}

// nextTurn gives out a number that is greater than all before.
func nextTurn(ctx context.Context, tx *sql.Tx) (turn int64, err error) {
	err = tx.QueryRowContext(ctx, "UPDATE turns SET last = last + 1 RETURNING last").Scan(&turn)
	return turn, err
}

// enrolled returns the servers that poll sources.
func enrolled(ctx context.Context, tx *sql.Tx) ([]string, error) {
	rows, err := tx.QueryContext(ctx, "SELECT server FROM enrolled ORDER BY server")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var servers []string
	for rows.Next() {
		var server string
		if err := rows.Scan(&server); err != nil {
			return nil, err
		}
		servers = append(servers, server)
	}
	return servers, rows.Err()
}

// Claim implements cache.Store.
func (s *Store) Claim(ctx context.Context, server string, session int64, take, leave []string) (map[string]int64, error) {
	fences := make(map[string]int64)
	err := s.transact(ctx, func(tx *sql.Tx) error {
		clear(fences)
		var known int64
		err := tx.QueryRowContext(ctx, "SELECT session FROM enrolled WHERE server = ? AND until > "+clock, server).Scan(&known)
		if errors.Is(err, sql.ErrNoRows) || err == nil && known != session {
			return nil // the session is over
		}
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM claims WHERE session = ? AND source IN (SELECT value FROM json_each(?))", session, list(leave)); err != nil {
			return err
		}
		return claimSource(ctx, tx, session, take, fences)
	})
	return fences, err
}

// claimSource takes what is free and fills in the fences of what the session holds.
func claimSource(ctx context.Context, tx *sql.Tx, session int64, take []string, fences map[string]int64) error {
	fence, err := nextTurn(ctx, tx)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO claims (source, session, fence) SELECT value, ?, ? FROM json_each(?) WHERE true
		ON CONFLICT (source) DO UPDATE SET session = excluded.session, fence = excluded.fence
		WHERE claims.session NOT IN (SELECT session FROM enrolled WHERE until > `+clock+")", session, fence, list(take))
	if err != nil {
		return err
	}
	rows, err := tx.QueryContext(ctx, "SELECT source, fence FROM claims WHERE session = ? AND source IN (SELECT value FROM json_each(?))", session, list(take))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var source string
		var fence int64
		if err := rows.Scan(&source, &fence); err != nil {
			return err
		}
		fences[source] = fence
	}
	return rows.Err()
}

// Retire implements cache.Store.
func (s *Store) Retire(ctx context.Context, server string) error {
	return s.transact(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM enrolled WHERE server = ?", server)
		return err
	})
}

// Holders implements cache.Store.
func (s *Store) Holders(ctx context.Context) (map[string]string, error) {
	type claim struct{ source, server string }
	claims, err := query(ctx, s, func(rows *sql.Rows) (c claim, err error) {
		err = rows.Scan(&c.source, &c.server)
		return c, err
	}, "SELECT source, server FROM claims JOIN enrolled USING (session) WHERE until > "+clock)
	holders := make(map[string]string, len(claims))
	for _, c := range claims {
		holders[c.source] = c.server
	}
	return holders, err
}
