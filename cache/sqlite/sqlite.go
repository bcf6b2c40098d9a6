// Package sqlite is the store for one machine with nothing to install: one SQLite file.
//
// One connection writes, a few read; WAL lets them do so side by side, and lets another
// process (reprint fetch beside reprint serve) write too. synchronous is FULL: what was
// acknowledged survives the loss of power. A Put is one transaction, so items, journal and
// poll state appear together or not at all.
package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"reprint/cache"
)

// schema holds the steps from an empty file to the version that this code knows, one file
// a version. A step never changes once it was released.
//
//go:embed schema/*.sql
var schema embed.FS

// schemaVersion is what user_version must be. A file of a newer version is refused.
const schemaVersion = 6

// readers is how many connections read at once.
const readers = 4

// busyTimeout is how long a connection waits for another process's write.
const busyTimeout = 10 * time.Second

// Store is a cache.Store in one SQLite file.
type Store struct {
	path  string
	write *sql.DB
	read  *sql.DB
	codec *cache.Codec

	statements statements

	mu   sync.Mutex
	wake chan struct{} // closed and replaced when the journal grows
}

var _ cache.Store = (*Store)(nil)

// Open opens the store in the file at path, and makes file and directory if there are
// none. The file must be on a local disk: SQLite's locks do not hold on network shares.
func Open(ctx context.Context, path string) (*Store, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return nil, err
	}
	codec, err := cache.NewCodec()
	if err != nil {
		return nil, err
	}
	s := &Store{path: path, codec: codec, wake: make(chan struct{})}
	s.write, err = sql.Open("sqlite", address(path, "immediate"))
	if err != nil {
		return nil, err
	}
	s.write.SetMaxOpenConns(1)
	if err := s.migrate(ctx); err != nil {
		return nil, errors.Join(err, s.write.Close())
	}
	if s.statements, err = prepare(ctx, s.write); err != nil {
		return nil, errors.Join(err, s.write.Close())
	}
	s.read, err = sql.Open("sqlite", address(path, "deferred"))
	if err != nil {
		return nil, errors.Join(err, s.write.Close())
	}
	s.read.SetMaxOpenConns(readers)
	s.read.SetMaxIdleConns(readers)
	return s, nil
}

// statements are those that run for every item of a Put. Closing the database closes them.
type statements struct{ look, keep, note *sql.Stmt }

func prepare(ctx context.Context, db *sql.DB) (statements, error) {
	var s statements
	for _, p := range []struct {
		to  **sql.Stmt
		sql string
	}{
		{&s.look, "SELECT revision, uri, first_seen FROM items WHERE id = ?"},
		{&s.keep, `INSERT INTO items (id, source, revision, uri, first_seen, rank, item) VALUES (?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, rank = excluded.rank, item = excluded.item`},
		{&s.note, "INSERT INTO journal (seq, kind, item, source, revision, at) VALUES (" + position + ", ?, ?, ?, ?, ?)"},
	} {
		var err error
		if *p.to, err = db.PrepareContext(ctx, p.sql); err != nil {
			return s, err
		}
	}
	return s, nil
}

// address is the data source name with every setting that a connection needs.
func address(path, lock string) string {
	q := url.Values{"_txlock": {lock}, "_pragma": {
		fmt.Sprintf("busy_timeout(%d)", busyTimeout.Milliseconds()),
		"journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(ON)", "temp_store(MEMORY)", "cache_size(-16000)",
	}}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
}

// migrate makes the tables of an empty file, brings an older one up to date, and refuses one
// that a newer version wrote.
func (s *Store) migrate(ctx context.Context) error {
	return s.transact(ctx, func(tx *sql.Tx) error {
		var version int
		if err := tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
			return err
		}
		if version > schemaVersion {
			return fmt.Errorf("%s was written by a newer version of Reprint (schema %d, this one knows %d): use that version", s.path, version, schemaVersion)
		}
		for next := version + 1; next <= schemaVersion; next++ {
			step, err := schema.ReadFile(fmt.Sprintf("schema/%d.sql", next))
			if err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, string(step)+fmt.Sprintf("PRAGMA user_version = %d;", next)); err != nil {
				return fmt.Errorf("schema %d: %w", next, err)
			}
		}
		return nil
	})
}

// transact runs f in one write transaction.
func (s *Store) transact(ctx context.Context, f func(*sql.Tx) error) error {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return unavailable(err)
	}
	if err := f(tx); err != nil {
		return errors.Join(unavailable(err), ignoreDone(tx.Rollback()))
	}
	return unavailable(tx.Commit())
}

// ignoreDone drops the error of rolling back what is over already.
func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}

// unavailable marks the errors that may pass: the file is locked by another process, the
// disk is full or cannot be read now.
func unavailable(err error) error {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY:
		return fmt.Errorf("%w: %w", cache.ErrUnavailable, err)
	}
	return err
}

// IsBusy tells whether an error is that another process has the file locked, which passes.
func IsBusy(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && (e.Code()&0xff == sqlite3.SQLITE_BUSY || e.Code()&0xff == sqlite3.SQLITE_LOCKED)
}

// Close releases the file.
func (s *Store) Close() error { return errors.Join(s.read.Close(), s.write.Close()) }
