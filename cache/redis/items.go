package redis

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	goredis "github.com/redis/go-redis/v9"

	"reprint/cache"
	"reprint/feeds"
)

// Known implements cache.Store.
func (s *Store) Known(ctx context.Context, source string, ids []string) (map[string]cache.Known, error) {
	found, err := s.lookUp(ctx, s.keys.known(source), ids)
	if err != nil {
		return nil, err
	}
	known := make(map[string]cache.Known, len(ids))
	for i, value := range found {
		if value != "" {
			known[ids[i]] = decodeKnown(value)
		}
	}
	return known, nil
}

// ranked is an item's place in the order.
type ranked struct {
	id, source string
	score      float64 // its rank in milliseconds below zero: smaller is newer
}

// Latest implements cache.Store.
func (s *Store) Latest(ctx context.Context, sources []string, limit int) ([]feeds.Item, error) {
	if len(sources) == 0 || limit <= 0 {
		return nil, nil
	}
	var lists []*goredis.ZSliceCmd
	err := persist(ctx, func() error {
		lists = nil
		_, err := s.client.Pipelined(ctx, func(p goredis.Pipeliner) error {
			for _, source := range sources {
				lists = append(lists, p.ZRangeWithScores(ctx, s.keys.rank(source), 0, int64(limit-1)))
			}
			return nil
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	var all []ranked
	for i, l := range lists {
		for _, z := range l.Val() {
			id, _ := z.Member.(string)
			all = append(all, ranked{id, sources[i], z.Score})
		}
	}
	slices.SortFunc(all, func(a, b ranked) int { return cmp.Or(cmp.Compare(a.score, b.score), cmp.Compare(a.id, b.id)) })
	return s.load(ctx, all[:min(limit, len(all))])
}

// Items implements cache.Store.
func (s *Store) Items(ctx context.Context, ids []string) ([]feeds.Item, error) {
	var all []ranked
	for _, id := range ids {
		if source := feeds.SourceOf(id); source != "" {
			all = append(all, ranked{id: id, source: source})
		}
	}
	return s.load(ctx, all)
}

// load reads items in the order given. One that is gone is left out.
func (s *Store) load(ctx context.Context, wanted []ranked) ([]feeds.Item, error) {
	if len(wanted) == 0 {
		return nil, nil
	}
	bySource := make(map[string][]string)
	for _, w := range wanted {
		bySource[w.source] = append(bySource[w.source], w.id)
	}
	stored, err := s.read(ctx, bySource)
	if err != nil {
		return nil, err
	}
	var items []feeds.Item
	for _, w := range wanted {
		value, ok := stored[w.id]
		if !ok {
			continue
		}
		item, err := s.codec.Decode([]byte(value))
		if err != nil {
			return nil, fmt.Errorf("item %s: %w", w.id, err)
		}
		items = append(items, item)
	}
	return items, nil
}

// read reads stored items of several sources in one round trip.
func (s *Store) read(ctx context.Context, bySource map[string][]string) (map[string]string, error) {
	stored := make(map[string]string)
	err := persist(ctx, func() error {
		replies := make(map[string]*goredis.SliceCmd)
		_, err := s.client.Pipelined(ctx, func(p goredis.Pipeliner) error {
			for source, ids := range bySource {
				replies[source] = p.HMGet(ctx, s.keys.items(source), ids...)
			}
			return nil
		})
		for source, reply := range replies {
			for i, v := range reply.Val() {
				if value, ok := v.(string); ok {
					stored[bySource[source][i]] = value
				}
			}
		}
		return err
	})
	return stored, err
}
