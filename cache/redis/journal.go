package redis

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"reprint/cache"
)

// blockTime is how long one read of the journal blocks. A blocked read does not hear that
// its context was canceled, so it is short.
const blockTime = 250 * time.Millisecond

// Journal implements cache.Store. A position is the number before the hyphen of a stream
// entry's id.
func (s *Store) Journal(ctx context.Context, after int64, limit int, wait time.Duration) ([]cache.Change, int64, error) {
	for {
		block := min(wait, blockTime)
		changes, err := s.changesAfter(ctx, after, limit, block)
		if err != nil {
			return nil, after, err
		}
		if len(changes) > 0 {
			return changes, changes[len(changes)-1].Seq, nil
		}
		if wait -= block; wait <= 0 {
			return nil, after, nil
		}
		if err := ctx.Err(); err != nil {
			return nil, after, err
		}
	}
}

// changesAfter reads once, and blocks for a while if there is nothing.
func (s *Store) changesAfter(ctx context.Context, after int64, limit int, block time.Duration) ([]cache.Change, error) {
	if block < time.Millisecond {
		block = -1 // do not block at all
	}
	streams, err := s.client.XRead(ctx, &goredis.XReadArgs{
		Streams: []string{s.keys.log(), strconv.FormatInt(after, 10) + "-0"}, Count: int64(limit), Block: block,
	}).Result()
	if errors.Is(err, goredis.Nil) {
		return nil, nil
	}
	if err != nil {
		return nil, unavailable(err)
	}
	var changes []cache.Change
	for _, stream := range streams {
		for _, message := range stream.Messages {
			c, err := decodeChange(message)
			if err != nil {
				return nil, err
			}
			changes = append(changes, c)
		}
	}
	return changes, nil
}

func decodeChange(m goredis.XMessage) (cache.Change, error) {
	position, _, _ := strings.Cut(m.ID, "-")
	seq, err := strconv.ParseInt(position, 10, 64)
	if err != nil {
		return cache.Change{}, fmt.Errorf("journal entry %s: %w", m.ID, err)
	}
	text := func(name string) string {
		v, _ := m.Values[name].(string)
		return v
	}
	at, err := strconv.ParseInt(text("at"), 10, 64)
	if err != nil {
		return cache.Change{}, fmt.Errorf("journal entry %s: %w", m.ID, err)
	}
	return cache.Change{
		Seq: seq, Kind: cache.ChangeKind(text("kind")), Item: text("item"), Source: text("source"), Revision: text("revision"), At: time.UnixMilli(at).UTC(),
	}, nil
}

// Head implements cache.Store.
func (s *Store) Head(ctx context.Context) (int64, error) {
	var head int64
	err := persist(ctx, func() error {
		var err error
		head, err = s.client.Get(ctx, s.keys.head()).Int64()
		if errors.Is(err, goredis.Nil) {
			head, err = 0, nil
		}
		return err
	})
	return head, err
}

// Stamp implements cache.Store.
func (s *Store) Stamp(ctx context.Context, document, digest string, now time.Time) (time.Time, error) {
	var second int64
	err := persist(ctx, func() error {
		var err error
		second, err = stampScript.Run(ctx, s.client, []string{s.keys.stamps()}, document, digest, now.Unix()).Int64()
		return err
	})
	return time.Unix(second, 0).UTC(), err
}
