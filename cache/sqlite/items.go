package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"reprint/cache"
	"reprint/feeds"
)

// Known implements cache.Store.
func (s *Store) Known(ctx context.Context, source string, ids []string) (map[string]cache.Known, error) {
	known := make(map[string]cache.Known, len(ids))
	if len(ids) == 0 {
		return known, nil
	}
	rows, err := s.read.QueryContext(ctx,
		"SELECT items.id, revision, uri, first_seen FROM json_each(?) AS asked CROSS JOIN items ON items.id = asked.value WHERE source = ?", list(ids), source)
	if err != nil {
		return nil, unavailable(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		var k cache.Known
		var seen int64
		if err := rows.Scan(&id, &k.Revision, &k.URI, &seen); err != nil {
			return nil, unavailable(err)
		}
		k.FirstSeen = time.UnixMilli(seen).UTC()
		known[id] = k
	}
	return known, unavailable(rows.Err())
}

// list passes any number of strings as one argument.
func list(values []string) string {
	if values == nil {
		return "[]" // and not null, which is one value
	}
	b, _ := json.Marshal(values) // strings always encode
	return string(b)
}

// Put implements cache.Store.
func (s *Store) Put(ctx context.Context, batch cache.Batch) (cache.Accepted, error) {
	var accepted cache.Accepted
	err := s.transact(ctx, func(tx *sql.Tx) error {
		accepted = cache.Accepted{}
		for _, item := range batch.Items {
			if item.Source != batch.Source {
				return fmt.Errorf("item %s is not of source %s", item.ID, batch.Source)
			}
			if err := s.put(ctx, tx, item, batch.At, &accepted); err != nil {
				return err
			}
		}
		if batch.Poll == nil {
			return nil
		}
		return savePoll(ctx, tx, batch.Source, *batch.Poll)
	})
	if err != nil {
		return cache.Accepted{}, err
	}
	if accepted.New+accepted.Revised > 0 {
		s.grown()
	}
	return accepted, nil
}

// put stores one item, if it is new or changed, and journals it.
func (s *Store) put(ctx context.Context, tx *sql.Tx, item feeds.Item, at time.Time, accepted *cache.Accepted) error {
	var revision string
	var seen int64
	kind := cache.ChangeRevise
	err := tx.StmtContext(ctx, s.statements.look).QueryRowContext(ctx, item.ID).Scan(&revision, &item.URI, &seen)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		kind = cache.ChangePut
		item.FirstSeen = item.FirstSeen.UTC().Truncate(time.Millisecond)
		accepted.New++
	case err != nil:
		return err
	case revision == item.Revision:
		accepted.Unchanged++
		return nil
	default:
		item.FirstSeen = time.UnixMilli(seen).UTC()
		accepted.Revised++
	}
	stored, err := s.codec.Encode(item)
	if err != nil {
		return err
	}
	if _, err := tx.StmtContext(ctx, s.statements.keep).ExecContext(ctx, item.ID, item.Source, item.Revision, item.URI, item.FirstSeen.UnixMilli(),
		item.Rank().UnixMilli(), stored); err != nil {
		return err
	}
	_, err = tx.StmtContext(ctx, s.statements.note).ExecContext(ctx, string(kind), item.ID, item.Source, item.Revision, at.UnixMilli())
	return err
}

// sourcesAtOnce is how many sources one query asks for: SQLite takes at most 500 parts of a
// compound query.
const sourcesAtOnce = 100

// Latest implements cache.Store.
func (s *Store) Latest(ctx context.Context, sources []string, limit int) ([]feeds.Item, error) {
	if limit <= 0 {
		return nil, nil
	}
	var newest []feeds.Item
	for group := range slices.Chunk(sources, sourcesAtOnce) {
		items, err := s.latest(ctx, group, limit)
		if err != nil {
			return nil, err
		}
		newest = append(newest, items...)
	}
	if len(sources) > sourcesAtOnce {
		slices.SortStableFunc(newest, byRank)
		newest = newest[:min(limit, len(newest))]
	}
	return newest, nil
}

// byRank is the order of Latest.
func byRank(a, b feeds.Item) int {
	return cmp.Or(cmp.Compare(b.Rank().UnixMilli(), a.Rank().UnixMilli()), cmp.Compare(a.ID, b.ID))
}

// latest returns the newest items of a group of sources: one ordered scan of the index for
// each source, then a merge, because sorting all their items would cost more with every
// item that is kept. The items themselves are read last, when it is clear which they are.
func (s *Store) latest(ctx context.Context, sources []string, limit int) ([]feeds.Item, error) {
	one := "SELECT * FROM (SELECT rowid AS place, rank, id FROM items WHERE source = ? ORDER BY rank DESC, id LIMIT ?)"
	query := strings.Repeat(one+" UNION ALL ", len(sources)-1) + one + " ORDER BY rank DESC, id LIMIT ?"
	var args []any
	for _, source := range sources {
		args = append(args, source, limit)
	}
	return s.items(ctx, "SELECT item FROM ("+query+") AS newest CROSS JOIN items ON items.rowid = newest.place ORDER BY newest.rank DESC, newest.id", append(args, limit)...)
}

// Items implements cache.Store.
func (s *Store) Items(ctx context.Context, ids []string) ([]feeds.Item, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return s.items(ctx, "SELECT items.item FROM json_each(?) AS asked CROSS JOIN items ON items.id = asked.value ORDER BY asked.key", list(ids))
}

// items runs a query for stored items and decodes them.
func (s *Store) items(ctx context.Context, query string, args ...any) ([]feeds.Item, error) {
	rows, err := s.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, unavailable(err)
	}
	defer rows.Close()
	var items []feeds.Item
	for rows.Next() {
		var stored sql.RawBytes
		if err := rows.Scan(&stored); err != nil {
			return nil, unavailable(err)
		}
		item, err := s.codec.Decode(stored)
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	return items, unavailable(rows.Err())
}
