package redis

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

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
	return s.writeRecord(ctx, s.keys.poll(source), poll)
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
