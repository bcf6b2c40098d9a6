package redis

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	goredis "github.com/redis/go-redis/v9"

	"reprint/cache"
)

// Poll implements cache.Store.
func (s *Store) Poll(ctx context.Context, source string) (cache.Poll, error) {
	var poll cache.Poll
	err := s.readRecord(ctx, s.keys.poll(source), &poll)
	return poll, err
}

// SavePoll implements cache.Store.
func (s *Store) SavePoll(ctx context.Context, source string, poll cache.Poll) error {
	text, err := json.Marshal(poll)
	if err != nil {
		return err
	}
	return s.unlessFenced(ctx, func() (any, error) {
		return savePollScript.Run(ctx, s.client, []string{s.keys.poll(source)}, text, fenceOf(&poll)).Result()
	})
}

// fenceOf returns the fence of a poll's state, "" where there is no state to save.
func fenceOf(poll *cache.Poll) string {
	if poll == nil {
		return ""
	}
	return strconv.FormatInt(poll.Fence, 10)
}

// unlessFenced runs an idempotent step that may find that another server polls the source now.
func (s *Store) unlessFenced(ctx context.Context, step func() (any, error)) error {
	var reply any
	err := persist(ctx, func() error {
		var err error
		reply, err = step()
		return err
	})
	if err == nil && reply == fenced {
		return cache.ErrFenced
	}
	return err
}

// Subscription implements cache.Store.
func (s *Store) Subscription(ctx context.Context, source string) (cache.Subscription, error) {
	var subscription cache.Subscription
	err := s.readRecord(ctx, s.keys.subscription(source), &subscription)
	return subscription, err
}

// SaveSubscription implements cache.Store.
func (s *Store) SaveSubscription(ctx context.Context, source string, subscription cache.Subscription) error {
	return s.writeRecord(ctx, s.keys.subscription(source), subscription)
}

// readRecord reads a record that is kept as JSON under one key. One that is not there leaves into
// as it is.
func (s *Store) readRecord(ctx context.Context, key string, into any) error {
	var text string
	err := persist(ctx, func() error {
		var err error
		text, err = s.client.Get(ctx, key).Result()
		if errors.Is(err, goredis.Nil) {
			text, err = "{}", nil
		}
		return err
	})
	if err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(text), into); err != nil {
		return fmt.Errorf("record %s: %w", key, err)
	}
	return nil
}

func (s *Store) writeRecord(ctx context.Context, key string, record any) error {
	text, err := json.Marshal(record)
	if err != nil {
		return err
	}
	return persist(ctx, func() error { return s.client.Set(ctx, key, text, 0).Err() })
}
