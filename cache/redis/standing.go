package redis

import (
	"context"

	"reprint/syndicate"
)

// Standing implements cache.Store.
func (s *Store) Standing(ctx context.Context, targets []syndicate.Target) ([]syndicate.Withdrawal, error) {
	fields := make([]string, len(targets))
	for i, t := range targets {
		fields[i] = string(t)
	}
	stored, err := s.lookUp(ctx, s.keys.withdrawn(), fields)
	if err != nil {
		return nil, err
	}
	var all []syndicate.Withdrawal
	for i, text := range stored {
		if text == "" {
			continue
		}
		w, err := decodeWithdrawal(targets[i], text)
		if err != nil {
			return nil, err
		}
		all = append(all, w)
	}
	return all, nil
}
