package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"reprint/cache"
)

// Poll implements cache.Store.
func (s *Store) Poll(ctx context.Context, source string) (cache.Poll, error) {
	var text string
	var poll cache.Poll
	err := s.read.QueryRowContext(ctx, "SELECT poll FROM polls WHERE source = ?", source).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return poll, nil
	}
	if err != nil {
		return poll, unavailable(err)
	}
	return poll, json.Unmarshal([]byte(text), &poll)
}

// SavePoll implements cache.Store.
func (s *Store) SavePoll(ctx context.Context, source string, poll cache.Poll) error {
	return s.transact(ctx, func(tx *sql.Tx) error { return savePoll(ctx, tx, source, poll) })
}

func savePoll(ctx context.Context, tx *sql.Tx, source string, poll cache.Poll) error {
	text, err := json.Marshal(poll)
	if err != nil {
		return err
	}
	saved, err := tx.ExecContext(ctx, `INSERT INTO polls (source, poll) VALUES (?, ?) ON CONFLICT (source) DO UPDATE SET poll = excluded.poll
		WHERE coalesce(json_extract(polls.poll, '$.Fence'), 0) <= ?`, source, string(text), poll.Fence)
	if err != nil {
		return err
	}
	if rows, err := saved.RowsAffected(); err != nil || rows == 0 {
		return errors.Join(err, cache.ErrFenced)
	}
	return nil
}

// Subscription implements cache.Store.
func (s *Store) Subscription(ctx context.Context, source string) (cache.Subscription, error) {
	var text string
	var subscription cache.Subscription
	err := s.read.QueryRowContext(ctx, "SELECT subscription FROM subscriptions WHERE source = ?", source).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return subscription, nil
	}
	if err != nil {
		return subscription, unavailable(err)
	}
	return subscription, json.Unmarshal([]byte(text), &subscription)
}

// SaveSubscription implements cache.Store.
func (s *Store) SaveSubscription(ctx context.Context, source string, subscription cache.Subscription) error {
	text, err := json.Marshal(subscription)
	if err != nil {
		return err
	}
	return s.transact(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO subscriptions (source, subscription) VALUES (?, ?) ON CONFLICT (source) DO UPDATE SET subscription = excluded.subscription", source, string(text))
		return err
	})
}
