package redis

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"

	goredis "github.com/redis/go-redis/v9"

	"reprint/cache"
	"reprint/syndicate/claim"
)

// File implements cache.Store.
func (s *Store) File(ctx context.Context, c claim.Claim) (claim.Claim, error) {
	c.Number = 0 // the script gives it
	text, err := json.Marshal(c)
	if err != nil {
		return c, err
	}
	var reply []string
	err = persist(ctx, func() error {
		var err error
		reply, err = fileScript.Run(ctx, s.client, []string{s.keys.complaints(), s.keys.complaintKeys(), s.keys.complaintNumber()}, c.Key, text).StringSlice()
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
	return s.replaceClaim(ctx, known, c)
}

// replaceClaim writes a claim if the store still has what was seen.
func (s *Store) replaceClaim(ctx context.Context, seen string, c claim.Claim) error {
	number := c.Number
	c.Number = 0
	text, err := json.Marshal(c)
	if err != nil {
		return err
	}
	var done int
	err = persist(ctx, func() error {
		var err error
		done, err = reviseScript.Run(ctx, s.client, []string{s.keys.complaints(), s.keys.complaintKeys(), s.keys.complaintNumber()}, number, seen, text, c.Key).Int()
		return err
	})
	if err == nil && done == 0 {
		return cache.ErrRevised
	}
	return err
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

// Complaints implements cache.Store. There are few.
func (s *Store) Complaints(ctx context.Context, after int64, limit int) ([]claim.Claim, error) {
	found, err := s.hash(ctx, s.keys.complaints())
	if err != nil {
		return nil, err
	}
	var all []claim.Claim
	for number, text := range found {
		c, err := decodeClaim(number, text)
		if err != nil {
			return nil, err
		}
		if c.Number > after {
			all = append(all, c)
		}
	}
	slices.SortFunc(all, func(a, b claim.Claim) int { return int(a.Number - b.Number) })
	return all[:min(len(all), limit)], nil
}

// RestoreComplaints implements cache.Store.
func (s *Store) RestoreComplaints(ctx context.Context, claims []claim.Claim) error {
	for _, c := range claims {
		for {
			seen := ""
			known, err := s.Complaint(ctx, c.Number)
			if err == nil && !c.Supersedes(known) {
				break
			}
			if err == nil {
				seen, err = s.claimText(ctx, c.Number)
			}
			if err != nil && !errors.Is(err, cache.ErrNoClaim) {
				return err
			}
			if err := s.replaceClaim(ctx, seen, c); !errors.Is(err, cache.ErrRevised) {
				if err != nil {
					return err
				}
				break
			}
		}
	}
	return nil
}
