package serve

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"

	"reprint/feeds"
	"reprint/syndicate"
)

// putBack tells of a copy that came after what was withdrawn and is shown now that this was put back, and puts back one that a search
// had found down just when that happened. It frees the copy of nothing: what somebody decided about it stays, and what is down for
// something else too is told of when that is put back.
func (c *copySearch) putBack(ctx context.Context, i copied, now *syndicate.Withdrawals) error {
	of, again := now.Standing(i.of)
	own, _ := now.Standing(i.target)
	isLeft := own.CopyOf == of.Target && !own.Reinstated
	if again || !of.Reinstated || !isLeft && !isUntold(own, of) {
		return nil
	}
	if down, err := c.isDown(ctx, i.Item); down && !isLeft || err != nil {
		return err
	}
	if held, err := c.isHeld(ctx, i.target); held || err != nil {
		return err
	}
	e := of.Forgets()
	e.Target, e.CopyOf, e.Despite, e.Meanwhile = i.target, of.Target, own.LastWord(), nil
	e.Seen, e.Orders = max(of.Seen, own.Epoch, 1), own.Orders // somebody may withdraw the copy at this moment
	stored, err := c.store.Withdraw(ctx, fmt.Sprintf("put back with %s at %d", of.Target, of.Epoch), e)
	if err != nil || e.IsOvertaken(stored) {
		return err
	}
	c.added = append(c.added, stored)
	return nil
}

// isHeld tells whether an open claim withholds a copy by its own name: its entry may have given way to that of the copy.
func (c *copySearch) isHeld(ctx context.Context, copied syndicate.Target) (bool, error) {
	if c.held == nil {
		held, err := heldByClaims(ctx, c.store, "")
		if err != nil {
			return false, err
		}
		c.held = held
	}
	return c.held[copied], nil
}

// isUntold tells whether nothing that counts about a copy tells partners that it is back: it has no entry, or one from when something
// else was put back whose copy it is too.
func isUntold(own, of syndicate.Withdrawal) bool {
	return own.Target == "" || own.Reinstated && own.CopyOf != "" && own.Epoch < of.Epoch
}

// downIn tells whether items are down, by all that the store has. It reads that when it is asked first.
func downIn(store CopyStore) func(context.Context, feeds.Item) (bool, error) {
	var set *syndicate.Withdrawals
	return func(ctx context.Context, i feeds.Item) (bool, error) {
		if set == nil {
			all, err := AllEntries(ctx, store)
			if err != nil {
				return false, err
			}
			set = all
		}
		_, down := set.Of(i)
		return down, nil
	}
}

// TakenAlong returns the entries that put back what was withdrawn along with the items that entries put back.
func TakenAlong(ctx context.Context, store interface {
	openClaims
	entryStore
}, entries []syndicate.Withdrawal,
) ([]syndicate.Withdrawal, error) {
	all, err := AllEntries(ctx, store)
	if err != nil {
		return nil, err
	}
	return unclaimed(ctx, store, takenAlong(entries, all.All))
}

func takenAlong(entries []syndicate.Withdrawal, all iter.Seq[syndicate.Withdrawal]) []syndicate.Withdrawal {
	back := make(map[syndicate.Target]syndicate.Withdrawal)
	for _, e := range entries {
		if e.Reinstated {
			back[e.Target] = e
		}
	}
	if len(back) == 0 {
		return nil
	}
	var along []syndicate.Withdrawal
	for e := range all {
		of, ok := back[e.CopyOf]
		if _, named := back[e.Target]; !ok || named || e.Reinstated {
			continue
		}
		of.Target, of.CopyOf, of.Despite, of.Meanwhile = e.Target, e.CopyOf, e.LastWord(), nil
		of = of.Forgets()
		of.Orders = e.Orders
		along = append(along, of)
	}
	slices.SortFunc(along, func(a, b syndicate.Withdrawal) int { return cmp.Compare(a.Target, b.Target) })
	return along
}
