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
	return s.withdraw(ctx, key, w, 0)
}

// withdraw adds an entry at the next epoch, or puts one back at the epoch that it had.
func (s *Store) withdraw(ctx context.Context, key string, w syndicate.Withdrawal, epoch int64) (syndicate.Withdrawal, error) {
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
			string(w.Target), key, text, epoch, string(c.Kind), c.Item, c.Source, c.At.UnixMilli(), strconv.FormatBool(w.Reinstated), strconv.FormatBool(w.IsPutBack()), w.Seen, known).Text()
		return err
	})
	if err != nil {
		return w, err
	}
	return decodeWithdrawal(stored)
}

func decodeWithdrawal(stored string) (syndicate.Withdrawal, error) {
	var w syndicate.Withdrawal
	parts := strings.SplitN(stored, "\t", 4)
	if len(parts) != 4 {
		return w, fmt.Errorf("withdrawal of %d parts", len(parts))
	}
	if err := json.Unmarshal([]byte(parts[3]), &w); err != nil {
		return w, fmt.Errorf("withdrawal: %w", err)
	}
	var err error
	w.Epoch, err = strconv.ParseInt(parts[0], 10, 64)
	return w, err
}

// Withdrawals implements cache.Store.
func (s *Store) Withdrawals(ctx context.Context, after int64, limit int) ([]syndicate.Withdrawal, error) {
	var stored []string
	err := persist(ctx, func() error {
		var err error
		stored, err = withdrawalsScript.Run(ctx, s.client, []string{s.keys.withdrawn(), s.keys.epochs()}, "("+strconv.FormatInt(after, 10), limit).StringSlice()
		return err
	})
	if err != nil {
		return nil, err
	}
	var all []syndicate.Withdrawal
	for _, text := range stored {
		w, err := decodeWithdrawal(text)
		if err != nil {
			return nil, err
		}
		all = append(all, w)
	}
	return all, nil
}

// Restore implements cache.Store.
func (s *Store) Restore(ctx context.Context, entries []syndicate.Withdrawal) error {
	for _, w := range entries {
		if _, err := s.withdraw(ctx, "", w, w.Epoch); err != nil {
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
	return decodeIdentity(reply)
}

func decodeIdentity(reply []any) (cache.Identity, error) {
	var i cache.Identity
	if len(reply) != 5 {
		return i, fmt.Errorf("identity of %d parts", len(reply))
	}
	i.ID, _ = reply[0].(string)
	epoch, _ := reply[1].(string)
	sum, _ := reply[2].(string)
	i.Run, _ = reply[3].(string)
	age, _ := reply[4].(string)
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
	return decodeIdentity(reply)
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
