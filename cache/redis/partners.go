package redis

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"reprint/cache"
)

// Revoke implements cache.Store.
func (s *Store) Revoke(ctx context.Context, r cache.Revocation) error {
	return persist(ctx, func() error {
		return revokeScript.Run(ctx, s.client, []string{s.keys.revoked(), s.keys.head(), s.keys.log()}, r.Partner+"/"+r.Token, r.At.UnixMilli()).Err()
	})
}

// Revocations implements cache.Store.
func (s *Store) Revocations(ctx context.Context) ([]cache.Revocation, error) {
	found, err := s.hash(ctx, s.keys.revoked())
	var all []cache.Revocation
	for name, at := range found {
		partner, token, _ := strings.Cut(name, "/")
		all = append(all, cache.Revocation{Partner: partner, Token: token, At: moment(at)})
	}
	slices.SortFunc(all, func(a, b cache.Revocation) int {
		return cmp.Or(cmp.Compare(a.Partner, b.Partner), cmp.Compare(a.Token, b.Token))
	})
	return all, err
}

// Secret implements cache.Store.
func (s *Store) Secret(ctx context.Context, name string, candidate []byte) ([]byte, error) {
	var secret string
	err := persist(ctx, func() error {
		if err := s.client.HSetNX(ctx, s.keys.secrets(), name, candidate).Err(); err != nil {
			return err
		}
		var err error
		secret, err = s.client.HGet(ctx, s.keys.secrets(), name).Result()
		return err
	})
	return []byte(secret), err
}

// heldAtOnce is how many items one call of a script takes.
const heldAtOnce = 500

// Hold implements cache.Store.
func (s *Store) Hold(ctx context.Context, partner string, held []cache.Held) error {
	for some := range slices.Chunk(held, heldAtOnce) {
		var arguments []any
		for _, h := range some {
			arguments = append(arguments, h.Item, h.Form, h.Pictures, h.First.UnixMilli(), h.Last.UnixMilli())
		}
		err := persist(ctx, func() error {
			return holdScript.Run(ctx, s.client, []string{s.keys.held(partner), s.keys.holds(partner)}, arguments...).Err()
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Held implements cache.Store.
func (s *Store) Held(ctx context.Context, partner string, ids []string) (map[string]cache.Held, error) {
	found, err := s.lookUp(ctx, s.keys.held(partner), ids)
	held := make(map[string]cache.Held)
	for i, value := range found {
		if value != "" {
			held[ids[i]] = decodeHeld(ids[i], value)
		}
	}
	return held, err
}

// Holdings implements cache.Store.
func (s *Store) Holdings(ctx context.Context, partner, after string, limit int) ([]cache.Held, error) {
	least := "-"
	if after != "" {
		least = "(" + after
	}
	var ids []string
	err := persist(ctx, func() error {
		var err error
		ids, err = s.client.ZRangeByLex(ctx, s.keys.holds(partner), &goredis.ZRangeBy{Min: least, Max: "+", Count: int64(limit)}).Result()
		return err
	})
	if err != nil {
		return nil, err
	}
	found, err := s.Held(ctx, partner, ids)
	var all []cache.Held
	for _, id := range ids {
		if h, ok := found[id]; ok {
			all = append(all, h)
		}
	}
	return all, err
}

// Allot implements cache.Store.
func (s *Store) Allot(ctx context.Context, partner, name, day string, most int, ids []string) ([]string, error) {
	var placed []string
	for some := range slices.Chunk(ids, heldAtOnce) {
		arguments := []any{name, day, most}
		for _, id := range some {
			arguments = append(arguments, id)
		}
		err := persist(ctx, func() error {
			more, err := allotScript.Run(ctx, s.client, []string{s.keys.places(partner), s.keys.days(partner)}, arguments...).StringSlice()
			placed = append(placed, more...)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return placed, nil
}

func decodeHeld(id, value string) cache.Held {
	h := cache.Held{Item: id}
	var first, last int64
	_, _ = fmt.Sscan(value, &h.Form, &h.Pictures, &first, &last) // the script wrote it
	h.First, h.Last = time.UnixMilli(first).UTC(), time.UnixMilli(last).UTC()
	return h
}

// Tally implements cache.Store.
func (s *Store) Tally(ctx context.Context, ledger string, from, upTo int64, tallies []cache.Tally) (int64, error) {
	arguments := []any{ledger, from, upTo}
	for _, t := range tallies {
		arguments = append(arguments, t.Partner, t.Source, t.Pulls, t.Items, t.Full, t.Excerpts, t.Links, t.Pictures,
			t.First.UnixMilli(), t.Last.UnixMilli(), cache.EncodeRecent(cache.MergeRecent(t.Recent, nil)))
	}
	var counted int64
	err := persist(ctx, func() error {
		var err error
		counted, err = tallyScript.Run(ctx, s.client, []string{s.keys.counted(), s.keys.tallies(), s.keys.lastPulls()}, arguments...).Int64()
		return err
	})
	return counted, err
}

// Counted implements cache.Store.
func (s *Store) Counted(ctx context.Context, ledger string) (int64, error) {
	var counted int64
	err := persist(ctx, func() error {
		var err error
		counted, err = s.client.HGet(ctx, s.keys.counted(), ledger).Int64()
		if errors.Is(err, goredis.Nil) {
			counted, err = 0, nil
		}
		return err
	})
	return counted, err
}

// Tallies implements cache.Store.
func (s *Store) Tallies(ctx context.Context) ([]cache.Tally, error) {
	counts, err := s.hash(ctx, s.keys.tallies())
	if err != nil {
		return nil, err
	}
	recent, err := s.hash(ctx, s.keys.lastPulls())
	if err != nil {
		return nil, err
	}
	rows := make(map[[2]string]*cache.Tally)
	for name, value := range counts {
		parts := strings.Split(name, "\t")
		if len(parts) != 3 {
			continue
		}
		key := [2]string{parts[0], parts[1]}
		if rows[key] == nil {
			rows[key] = &cache.Tally{Partner: parts[0], Source: parts[1]}
		}
		setTally(rows[key], parts[2], value)
	}
	var all []cache.Tally
	for _, t := range rows {
		if t.Source == "" {
			t.Recent = cache.DecodeRecent(recent[t.Partner])
		}
		all = append(all, *t)
	}
	slices.SortFunc(all, func(a, b cache.Tally) int {
		return cmp.Or(cmp.Compare(a.Partner, b.Partner), cmp.Compare(a.Source, b.Source))
	})
	return all, nil
}

func setTally(t *cache.Tally, field, value string) {
	n, _ := strconv.ParseInt(value, 10, 64) // a script wrote it
	switch field {
	case "pulls":
		t.Pulls = n
	case "items":
		t.Items = n
	case "full":
		t.Full = n
	case "excerpts":
		t.Excerpts = n
	case "links":
		t.Links = n
	case "pictures":
		t.Pictures = n
	case "first":
		t.First = moment(value)
	case "last":
		t.Last = moment(value)
	}
}

// hash reads all of a hash.
func (s *Store) hash(ctx context.Context, key string) (map[string]string, error) {
	var all map[string]string
	err := persist(ctx, func() error {
		var err error
		all, err = s.client.HGetAll(ctx, key).Result()
		return err
	})
	return all, err
}

func moment(millis string) time.Time {
	n, _ := strconv.ParseInt(millis, 10, 64)
	return time.UnixMilli(n).UTC()
}
