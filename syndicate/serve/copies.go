package serve

import (
	"context"
	"fmt"
	"slices"
	"time"

	"reprint/feeds"
	"reprint/syndicate"
)

// What comes again from the address of a withdrawn item, or tells its story at another, is down with it at once (R1, R43),
// because every decision looks for that. But partners read the journal, and the journal names the item alone. So the
// copies that the store has are looked for afterwards, and each gets an entry of its own. When the item is put back they are looked for once
// more: one that came later was never in the journal as withdrawn, and who read it then was shown nothing.

// CopyStore is what [WithdrawCopies] needs of the store; [cache.Store] states what each promises.
type CopyStore interface {
	RankedStore
	openClaims
	Standing(ctx context.Context, targets []syndicate.Target) ([]syndicate.Withdrawal, error)
	Withdraw(ctx context.Context, key string, w syndicate.Withdrawal) (syndicate.Withdrawal, error)
	Withdrawals(ctx context.Context, after int64, limit int) ([]syndicate.Withdrawal, error)
}

// WithdrawCopies looks through all items for copies of those that entries withdraw or put back, does the same with them, and returns the
// entries that it added. What somebody decided about a copy, or about the item itself meanwhile, stays so. Doing it again does nothing.
func WithdrawCopies(ctx context.Context, store CopyStore, sources []string, entries []syndicate.Withdrawal, now time.Time) ([]syndicate.Withdrawal, error) {
	added, _, err := SearchCopies(ctx, store, sources, entries, now)
	return added, err
}

// SearchCopies does what [WithdrawCopies] does. It returns besides which copies were found, those included about which nothing had to be
// added, as entries with no more than a target: the caches in front may have any of them.
func SearchCopies(ctx context.Context, store CopyStore, sources []string, entries []syndicate.Withdrawal, now time.Time) (added, found []syndicate.Withdrawal, err error) {
	search := newCopySearch(store, entries)
	search.isDown = downIn(store)
	err = search.through(ctx, sources, now)
	return search.added, search.found, err
}

// hasCopies tells whether something could be known again as a copy of an entry's item.
func hasCopies(e syndicate.Withdrawal) bool {
	return e.Target.Item() != "" && e.CopyOf == "" && (len(e.Addresses) > 0 || e.Wording != nil)
}

// copySearch is one search.
type copySearch struct {
	store      CopyStore
	down, back *originals
	isDown     func(ctx context.Context, i feeds.Item) (bool, error) // by whatever entry, for copies of what was put back
	held       map[syndicate.Target]bool                             // by open claims; nil before that was asked
	found      []syndicate.Withdrawal                                // about the copies, with no more than their targets
	added      []syndicate.Withdrawal
}

// originals are items whose copies are looked for.
type originals struct {
	known   *syndicate.Withdrawals // as they are withdrawn, or were
	targets []syndicate.Target
}

func newCopySearch(store CopyStore, entries []syndicate.Withdrawal) *copySearch {
	c := &copySearch{store: store, down: &originals{known: syndicate.NewWithdrawals()}, back: &originals{known: syndicate.NewWithdrawals()}}
	for _, e := range entries {
		switch {
		case !hasCopies(e):
		case e.Reinstated:
			e.Reinstated = false
			c.back.add(e)
		default:
			c.down.add(e)
		}
	}
	return c
}

func (o *originals) add(e syndicate.Withdrawal) {
	o.known.Add(e)
	o.targets = append(o.targets, e.Target)
}

// through looks through all items of some sources.
func (c *copySearch) through(ctx context.Context, sources []string, now time.Time) error {
	if len(c.down.targets)+len(c.back.targets) == 0 {
		return nil
	}
	return eachItem(ctx, c.store, sources, now, func(items []feeds.Item) error {
		if err := c.page(ctx, c.down, items, c.withdraw); err != nil {
			return err
		}
		return c.page(ctx, c.back, items, c.putBack)
	})
}

// copied is an item that is a copy of another.
type copied struct {
	feeds.Item
	target, of syndicate.Target
}

// among finds the copies among some items.
func (o *originals) among(items []feeds.Item) (found []copied) {
	for _, i := range items {
		target := syndicate.ItemTarget(i.ID)
		if e, again := o.known.Of(i); again && e.Target != target {
			found = append(found, copied{i, target, e.Target})
		}
	}
	return found
}

// page calls each with the copies among some items, and with what counts about all of them and their originals.
func (c *copySearch) page(ctx context.Context, of *originals, items []feeds.Item, each func(context.Context, copied, *syndicate.Withdrawals) error) error {
	found := of.among(items)
	if len(found) == 0 {
		return nil
	}
	targets := slices.Clone(of.targets)
	for _, i := range found {
		targets = append(targets, i.target)
		c.found = append(c.found, syndicate.Withdrawal{Target: i.target})
	}
	standing, err := c.store.Standing(ctx, targets)
	if err != nil {
		return err
	}
	now := syndicate.NewWithdrawals(standing...)
	for _, i := range found {
		if err := each(ctx, i, now); err != nil {
			return err
		}
	}
	return nil
}

// withdraw gives a copy an entry of its own, unless it has one or is free.
func (c *copySearch) withdraw(ctx context.Context, i copied, now *syndicate.Withdrawals) error {
	own, stands := now.Standing(i.target)
	if stands {
		return nil
	}
	of, again := now.Of(i.Item)
	if !again {
		return nil
	}
	e := of.Forgets()
	e.Target, e.CopyOf, e.Despite, e.Meanwhile = i.target, of.Target, own.LastWord(), nil // the word of its own source
	e.Seen, e.Orders = max(own.Epoch, 1), own.Orders                                      // somebody may put the copy back at this moment
	stored, err := c.store.Withdraw(ctx, fmt.Sprintf("copy of %s at %d", of.Target, of.Epoch), e)
	if err != nil || e.IsOvertaken(stored) {
		return err
	}
	c.added = append(c.added, stored)
	return nil
}
