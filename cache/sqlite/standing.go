package sqlite

import (
	"context"

	"reprint/syndicate"
)

// Standing implements cache.Store.
func (s *Store) Standing(ctx context.Context, targets []syndicate.Target) ([]syndicate.Withdrawal, error) {
	return query(ctx, s, scanWithdrawal, "SELECT target, entry FROM withdrawals WHERE target IN (SELECT value FROM json_each(?))", list(texts(targets)))
}

func texts(targets []syndicate.Target) []string {
	texts := make([]string, len(targets))
	for i, t := range targets {
		texts[i] = string(t)
	}
	return texts
}
