package redis

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"reprint/cache"
	"reprint/syndicate/claim"
)

// claimArguments are what the scripts of complaints begin with: the key, the claim without its number, which is kept beside
// it, and until when it is to be decided.
func claimArguments(c claim.Claim, more ...any) ([]any, error) {
	due := ""
	if c.IsOpen() {
		due = strconv.FormatInt(c.Due.Unix(), 10)
	}
	c.Number = 0
	text, err := json.Marshal(c)
	return append([]any{c.Key, text, due}, more...), err
}

// File implements cache.Store.
func (s *Store) File(ctx context.Context, c claim.Claim) (claim.Claim, error) {
	arguments, err := claimArguments(c)
	if err != nil {
		return c, err
	}
	var reply []string
	err = persist(ctx, func() error {
		var err error
		reply, err = fileScript.Run(ctx, s.client, s.keys.ofComplaints(), arguments...).StringSlice()
		return err
	})
	if err != nil {
		return c, err
	}
	return decodeClaim(reply[0], reply[1])
}

func decodeClaim(number, text string) (claim.Claim, error) {
	var c claim.Claim
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		return c, err
	}
	var err error
	c.Number, err = strconv.ParseInt(number, 10, 64)
	return c, err
}

// Revise implements cache.Store.
func (s *Store) Revise(ctx context.Context, c claim.Claim) error {
	known, err := s.claimText(ctx, c.Number)
	if err != nil {
		return err
	}
	before, err := decodeClaim(strconv.FormatInt(c.Number, 10), known)
	if err != nil {
		return err
	}
	if write, err := cache.Revises(&before, c); err != nil || !write {
		return err
	}
	done, err := s.changeClaim(ctx, reviseScript, c, known)
	if err == nil && done == 0 {
		return cache.ErrRevised
	}
	return err
}

// changeClaim runs a script that writes a claim which has a number; last is its last argument.
func (s *Store) changeClaim(ctx context.Context, script *goredis.Script, c claim.Claim, last any) (done int, err error) {
	arguments, err := claimArguments(c, c.Number, last)
	if err != nil {
		return 0, err
	}
	err = persist(ctx, func() error {
		var err error
		done, err = script.Run(ctx, s.client, s.keys.ofComplaints(), arguments...).Int()
		return err
	})
	return done, err
}

// claimText returns a claim as it is stored.
func (s *Store) claimText(ctx context.Context, number int64) (text string, err error) {
	err = persist(ctx, func() error {
		text, err = s.client.HGet(ctx, s.keys.complaints(), strconv.FormatInt(number, 10)).Result()
		return err
	})
	if errors.Is(err, goredis.Nil) {
		return "", cache.ErrNoClaim
	}
	return text, err
}

// Complaint implements cache.Store.
func (s *Store) Complaint(ctx context.Context, number int64) (claim.Claim, error) {
	text, err := s.claimText(ctx, number)
	if err != nil {
		return claim.Claim{}, err
	}
	return decodeClaim(strconv.FormatInt(number, 10), text)
}

// claimsAtOnce is how many claims are read in one round trip.
const claimsAtOnce = 100

// Complaints implements cache.Store. Numbers have few gaps.
func (s *Store) Complaints(ctx context.Context, after int64, limit int) ([]claim.Claim, error) {
	var last int64
	err := persist(ctx, func() error {
		var err error
		last, err = s.client.Get(ctx, s.keys.complaint("number")).Int64()
		if errors.Is(err, goredis.Nil) {
			return nil
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	var all []claim.Claim
	for after < last && len(all) < limit {
		upTo := min(after+int64(min(claimsAtOnce, limit-len(all))), last)
		var numbers []string
		for n := after + 1; n <= upTo; n++ {
			numbers = append(numbers, strconv.FormatInt(n, 10))
		}
		found, err := s.claimsOf(ctx, numbers)
		if err != nil {
			return nil, err
		}
		all, after = append(all, found...), upTo
	}
	return all, nil
}

// claimsOf reads the claims of some numbers, without those that are not there.
func (s *Store) claimsOf(ctx context.Context, numbers []string) ([]claim.Claim, error) {
	var found []any
	err := persist(ctx, func() error {
		var err error
		found, err = s.client.HMGet(ctx, s.keys.complaints(), numbers...).Result()
		return err
	})
	if err != nil {
		return nil, err
	}
	var all []claim.Claim
	for i, text := range found {
		if text, ok := text.(string); ok {
			c, err := decodeClaim(numbers[i], text)
			if err != nil {
				return nil, err
			}
			all = append(all, c)
		}
	}
	return all, nil
}

// OpenComplaints implements cache.Store.
func (s *Store) OpenComplaints(ctx context.Context) ([]claim.Claim, error) {
	var numbers []string
	err := persist(ctx, func() error {
		var err error
		numbers, err = s.client.ZRange(ctx, s.keys.openComplaints(), 0, -1).Result()
		return err
	})
	if err != nil {
		return nil, err
	}
	var all []claim.Claim
	for some := range slices.Chunk(numbers, claimsAtOnce) {
		found, err := s.claimsOf(ctx, some)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	slices.SortFunc(all, func(a, b claim.Claim) int { return cmp.Compare(a.Number, b.Number) })
	return all, nil
}

// CountComplaints implements cache.Store.
func (s *Store) CountComplaints(ctx context.Context, now time.Time) (open, overdue int, err error) {
	err = persist(ctx, func() error {
		pipe := s.client.Pipeline()
		all := pipe.ZCard(ctx, s.keys.openComplaints())
		late := pipe.ZCount(ctx, s.keys.openComplaints(), "-inf", "("+strconv.FormatInt(now.Unix(), 10))
		_, err := pipe.Exec(ctx)
		open, overdue = int(all.Val()), int(late.Val())
		return err
	})
	return open, overdue, err
}

// RestoreComplaints implements cache.Store.
func (s *Store) RestoreComplaints(ctx context.Context, claims []claim.Claim) error {
	for _, c := range claims {
		if _, err := s.changeClaim(ctx, restoreClaimsScript, c, len(c.Events)); err != nil {
			return err
		}
	}
	return nil
}
