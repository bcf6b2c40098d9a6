package redis

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"reprint/feeds"
)

// Ranked implements cache.Store. A sorted set gives equal scores in one order only, so those
// at the two ends of what is read are read whole.
func (s *Store) Ranked(ctx context.Context, sources []string, from time.Time, after string, to time.Time, limit int) ([]feeds.Item, error) {
	var all []ranked
	for _, source := range sources {
		some, err := s.rankedOf(ctx, source, -float64(from.UnixMilli()), after, -float64(to.UnixMilli()), limit)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	slices.SortFunc(all, func(a, b ranked) int { return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.id, b.id)) })
	return s.load(ctx, all[:min(limit, len(all))])
}

// rankedOf finds the places of one source's items: at least limit of them, if there are.
func (s *Store) rankedOf(ctx context.Context, source string, from float64, after string, to float64, limit int) ([]ranked, error) {
	if to > from {
		return nil, nil
	}
	all, err := s.scored(ctx, source, text(from), text(from), -1)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(r ranked) bool { return r.id <= after })
	rest, err := s.scored(ctx, source, text(to), "("+text(from), limit)
	if err != nil || len(rest) < limit {
		return append(all, rest...), err
	}
	last := rest[len(rest)-1].score
	rest = slices.DeleteFunc(rest, func(r ranked) bool { return r.score == last })
	ties, err := s.scored(ctx, source, text(last), text(last), -1)
	return append(append(all, rest...), ties...), err
}

// scored returns the items of a source with scores in a range, the greatest first.
func (s *Store) scored(ctx context.Context, source, least, most string, count int) ([]ranked, error) {
	var found []goredis.Z
	err := persist(ctx, func() error {
		var err error
		found, err = s.client.ZRevRangeByScoreWithScores(ctx, s.keys.rank(source), &goredis.ZRangeBy{Min: least, Max: most, Count: int64(count)}).Result()
		return err
	})
	var all []ranked
	for _, z := range found {
		id, _ := z.Member.(string)
		all = append(all, ranked{id, source, z.Score})
	}
	return all, err
}

func text(score float64) string { return strconv.FormatFloat(score, 'f', -1, 64) }
