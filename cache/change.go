package cache

import (
	"reprint/feeds"
	"reprint/syndicate"
)

// WithdrawalChange is the entry of the journal for a withdrawal, without its position.
func WithdrawalChange(w syndicate.Withdrawal) Change {
	c := Change{Kind: ChangeWithdraw, Item: string(w.Target), At: w.At}
	if id := w.Target.Item(); id != "" {
		c.Item, c.Source = id, feeds.SourceOf(id)
	}
	if w.Reinstated {
		c.Kind = ChangeReinstate
	}
	return c
}
