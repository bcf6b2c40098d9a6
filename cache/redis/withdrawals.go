package redis

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"reprint/cache"
	"reprint/syndicate"
)

// Withdraw implements cache.Store.
func (s *Store) Withdraw(ctx context.Context, key string, w syndicate.Withdrawal) (syndicate.Withdrawal, error) {
	if err := cache.CheckEntry(key, w); err != nil {
		return w, err
	}
	known := w.Epoch
	w.Epoch = 0 // it stands before the entry
	text, err := json.Marshal(w)
	if err != nil {
		return w, err
	}
	c := cache.WithdrawalChange(w)
	k := s.keys
	var stored string
	err = persist(ctx, func() error {
		var err error
		stored, err = withdrawScript.Run(ctx, s.client, []string{k.withdrawn(), k.epochs(), k.epoch(), k.head(), k.log(), k.sum(), k.identity()},
			string(w.Target), key, text, string(c.Kind), c.Item, c.Source, c.At.UnixMilli(), strconv.FormatBool(w.Reinstated),
			strconv.FormatBool(w.IsPutBack()), strconv.FormatBool(w.IsWeak() && !w.Completes()), w.Seen, known, strconv.FormatBool(w.Completes()), strconv.FormatBool(w.Upstream != nil)).Text()
		return err
	})
	if err != nil {
		return w, err
	}
	return decodeWithdrawal(w.Target, stored)
}

// decodeWithdrawal reads an entry. Whether its target is withdrawn stands before what the rest says of it, so where that
// cannot be read the target stays as it is, and the other entries are heard.
func decodeWithdrawal(target syndicate.Target, stored string) (syndicate.Withdrawal, error) {
	var w syndicate.Withdrawal
	parts := strings.SplitN(stored, "\t", 3)
	if len(parts) != 3 {
		return w, fmt.Errorf("withdrawal of %s: %d parts", target, len(parts))
	}
	epoch, err := strconv.ParseInt(parts[0], 10, 64)
	if err != nil {
		return w, fmt.Errorf("withdrawal of %s: %w", target, err)
	}
	text := parts[2][strings.LastIndexByte(parts[2], '\t')+1:] // there is no tab in JSON
	if json.Unmarshal([]byte(text), &w) != nil {
		w = syndicate.Withdrawal{Target: target, Reinstated: parts[1] == "true", Note: "the store's entry is damaged"}
	}
	w.Target, w.Epoch = target, epoch // the target is the one in the store's sum, which JSON may have garbled
	return w, nil
}

// Withdrawals implements cache.Store.
func (s *Store) Withdrawals(ctx context.Context, after int64, limit int) ([]syndicate.Withdrawal, error) {
	var stored []string
	err := persist(ctx, func() error {
		var err error
		stored, err = withdrawalsScript.Run(ctx, s.client, []string{s.keys.withdrawn(), s.keys.epochs()}, "("+strconv.FormatInt(after, 10), limit, cache.PageBytes).StringSlice()
		return err
	})
	if err != nil {
		return nil, err
	}
	var all []syndicate.Withdrawal
	for i := 0; i+1 < len(stored); i += 2 {
		w, err := decodeWithdrawal(syndicate.Target(stored[i]), stored[i+1])
		if err != nil {
			return nil, err
		}
		all = append(all, w)
	}
	return all, nil
}

// restoredAtOnce is how many entries one script puts back: a few milliseconds, in which Redis does nothing else.
const restoredAtOnce = 500

// Restore implements cache.Store.
func (s *Store) Restore(ctx context.Context, entries []syndicate.Withdrawal) error {
	k := s.keys
	for some := range slices.Chunk(entries, restoredAtOnce) {
		args := make([]any, 0, len(some)*restoredArgs)
		for _, w := range some {
			c, epoch := cache.WithdrawalChange(w), w.Epoch
			w.Epoch = 0 // it stands before the entry
			text, err := json.Marshal(w)
			if err != nil {
				return err
			}
			args = append(args, string(w.Target), text, epoch, string(c.Kind), c.Item, c.Source, c.At.UnixMilli(), strconv.FormatBool(w.Reinstated))
		}
		err := persist(ctx, func() error {
			return restoreScript.Run(ctx, s.client, []string{k.withdrawn(), k.epochs(), k.epoch(), k.head(), k.log(), k.sum(), k.identity()}, args...).Err()
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Identity implements cache.Store.
func (s *Store) Identity(ctx context.Context) (cache.Identity, error) {
	var reply []any
	err := persist(ctx, func() error {
		var err error
		reply, err = identityScript.Run(ctx, s.client, s.keys.whatItIs(), rand.Text()).Slice()
		return err
	})
	if err != nil {
		return cache.Identity{}, err
	}
	return s.decodeIdentity(reply)
}

func (s *Store) decodeIdentity(reply []any) (cache.Identity, error) {
	var i cache.Identity
	if len(reply) != 6 {
		return i, fmt.Errorf("identity of %d parts", len(reply))
	}
	i.ID, _ = reply[0].(string)
	epoch, _ := reply[1].(string)
	sum, _ := reply[2].(string)
	i.Run, _ = reply[3].(string)
	age, _ := reply[4].(string)
	if replicas, _ := reply[5].(string); numberOf(replicas) > 0 {
		s.replicated.Store(true)
	}
	var err, sumErr, ageErr error
	i.Epoch, err = strconv.ParseInt(epoch, 10, 64)
	i.Sum, sumErr = strconv.ParseInt(sum, 10, 64)
	milliseconds, ageErr := strconv.ParseInt(age, 10, 64)
	i.RunAge = time.Duration(milliseconds) * time.Millisecond
	return i, errors.Join(err, sumErr, ageErr)
}

// Beat implements cache.Store.
func (s *Store) Beat(ctx context.Context, b cache.Beat) (cache.Identity, error) {
	text, err := json.Marshal(b)
	if err != nil {
		return cache.Identity{}, err
	}
	var reply []any
	err = persist(ctx, func() error {
		var err error
		reply, err = beatScript.Run(ctx, s.client, append(s.keys.whatItIs(), s.keys.servers()), rand.Text(), b.Server, b.Applied, text).Slice()
		return err
	})
	if err != nil {
		return cache.Identity{}, err
	}
	return s.decodeIdentity(reply)
}

// Leave implements cache.Store.
func (s *Store) Leave(ctx context.Context, server string) error {
	return persist(ctx, func() error { return s.client.HDel(ctx, s.keys.servers(), server).Err() })
}

// Servers implements cache.Store.
func (s *Store) Servers(ctx context.Context) ([]cache.Server, error) {
	var reply []string
	err := persist(ctx, func() error {
		var err error
		reply, err = serversScript.Run(ctx, s.client, []string{s.keys.servers()}, cache.ForgetServer.Milliseconds()).StringSlice()
		return err
	})
	if err != nil {
		return nil, err
	}
	var all []cache.Server
	for i := 0; i+1 < len(reply); i += 2 {
		parts := strings.SplitN(reply[i+1], "\t", 3)
		if len(parts) != 3 {
			return nil, fmt.Errorf("server %s: %d parts", reply[i], len(parts))
		}
		var server cache.Server
		if err := json.Unmarshal([]byte(parts[2]), &server.Beat); err != nil {
			return nil, err
		}
		age, err := strconv.ParseInt(parts[0], 10, 64)
		if err != nil {
			return nil, err
		}
		server.Age = time.Duration(age) * time.Millisecond
		all = append(all, server)
	}
	slices.SortFunc(all, func(a, b cache.Server) int { return cmp.Compare(a.Server, b.Server) })
	return all, nil
}
