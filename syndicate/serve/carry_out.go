package serve

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"reprint/syndicate"
)

// carriedAtOnce is how many entries are entered between two words with the store, and carriedPart for which part of a lease
// at most: a large order must not end it.
const (
	carriedAtOnce = 50
	carriedPart   = 10
)

// carryOut tells the store of what was ordered here, some entries at a time, and returns how many these were. It is called where the set
// is one with the store's, and fails only where the store does not answer. It may do again what was done before a crash; the key
// makes that the same. It is a part of a beat.
func (s *Server) carryOut(ctx context.Context) (carried int, err error) {
	for _, order := range s.orders.waiting() {
		if carried >= carriedAtOnce {
			break
		}
		n, err := s.advance(ctx, order, carriedAtOnce-carried)
		carried += n
		if err != nil {
			return carried, err
		}
	}
	return carried, nil
}

// advance goes on with one order, and returns how many entries the store has taken. An order is settled once what it entered
// is in the set, and so on the disk: a store that has fallen back until then is told of it again.
func (s *Server) advance(ctx context.Context, order *open, most int) (entered int, err error) {
	if order.entries != nil && order.entered == len(order.entries) {
		if s.has(order.entries) {
			return 0, s.settle(ctx, order, order.overtaken)
		}
		order.entries = nil
	}
	if order.entries == nil {
		order.entered, order.overtaken = 0, nil
		order.mark = order.Mark()
		order.entries, err = s.prepare(ctx, order)
		if err != nil && !isAway(err) {
			return 0, s.settle(ctx, order, err)
		}
		if err != nil {
			return 0, err
		}
	}
	for until := s.now().Add(s.lease / carriedPart); entered < most && order.entered < len(order.entries) && !s.now().After(until); entered++ {
		if err := s.enter(ctx, order); err != nil {
			return entered, err
		}
		if errors.Is(order.overtaken, errUsedKey) { // it is another order, and nothing of this one was done
			order.entries = nil
			return entered, s.settle(ctx, order, errUsedKey)
		}
	}
	return entered, nil
}

// enter adds the next entry of an order to the store's set.
func (s *Server) enter(ctx context.Context, order *open) error {
	e := order.entries[order.entered]
	if done, ok := s.carriedOut(order, e.Target); ok { // before a crash, or by another server: what was ordered since counts
		order.entries[order.entered] = done
		order.entered++
		return nil
	}
	e = e.By(order.mark)
	e.Epoch = s.authority.epoch.Load() // the store may have fallen back since it was asked
	stored, err := s.store.Withdraw(ctx, order.Key, e)
	if err != nil {
		return err
	}
	if e.IsOvertaken(stored) && e.CopyOf == "" { // between the look and the word of the store; copies are looked for afterwards
		order.overtaken = errOvertaken(stored)
	}
	if !e.IsOvertaken(stored) && isOfAnotherOrder(e, stored) {
		order.overtaken = errUsedKey
		if order.entered > 0 {
			order.overtaken = badRequest(fmt.Sprintf("%s was ordered under this key before, otherwise, and stays so; the rest of this order is carried out: give what is left a key of its own", e.Target))
		}
	}
	order.entries[order.entered] = stored
	order.entered++
	return nil
}

// carriedOut returns what counts about a target, if an order was carried out on it.
func (s *Server) carriedOut(order *open, target syndicate.Target) (counts syndicate.Withdrawal, done bool) {
	s.authority.read(func(set *syndicate.Withdrawals) { counts, _ = set.Standing(target) })
	return counts, counts.HasBeenBy(order.mark)
}

// isOfAnotherOrder tells whether the store did not take an entry because another order, given to another server, had the
// same key and is about the same target. It says something else then.
func isOfAnotherOrder(e, stored syndicate.Withdrawal) bool {
	return !e.IsWeak() && (e.Reinstated != stored.Reinstated || e.Cause != stored.Cause || e.Authority != stored.Authority || e.Replacement != stored.Replacement)
}

// prepare makes the entries of an order.
func (s *Server) prepare(ctx context.Context, order *open) ([]syndicate.Withdrawal, error) {
	if err := s.isOvertaken(order); err != nil {
		return nil, err
	}
	entries, err := Entries(ctx, s.store, order.Targets, order.Model)
	if err != nil {
		return nil, err
	}
	var along []syndicate.Withdrawal
	s.authority.read(func(set *syndicate.Withdrawals) { along = takenAlong(entries, set.All) })
	along, err = unclaimed(ctx, s.store, along)
	return append(entries, along...), err
}

// has tells whether entries are in the set, or what counts instead of them.
func (s *Server) has(entries []syndicate.Withdrawal) (has bool) {
	s.authority.read(func(set *syndicate.Withdrawals) { has = len(lackedBy(set, entries)) == 0 })
	return has
}

// settle makes durable what became of an order: it was entered, or came to nothing for a problem.
func (s *Server) settle(ctx context.Context, order *open, problem error) error {
	became := settled{entries: order.entries, Settlement: syndicate.Settlement{
		Key: order.Key, Digest: order.Digest(), Purge: len(order.entries) > 0 && s.purges.hook != nil, Copies: slices.ContainsFunc(order.entries, hasCopies),
	}}
	became.Epoch = LastEpoch(order.entries)
	if problem != nil {
		became.Problem = problem.Error()
	}
	if s.memory != nil {
		if err := s.memory.RememberSettlement(ctx, became.Settlement); err != nil {
			return err
		}
	}
	s.orders.note(became)
	if became.Purge {
		s.purges.add(purge{key: order.Key, epoch: became.Epoch, tags: Tags(order.entries), searching: became.Copies, since: s.now()})
	}
	if became.Copies {
		s.copies.add(order.Order)
	}
	return nil
}

// isOvertaken fails if something that an order would put back was withdrawn after the order: it
// may have waited for long. What it has put back already is another matter.
func (s *Server) isOvertaken(order *open) (err error) {
	if !order.Model.Reinstated {
		return nil
	}
	s.authority.read(func(set *syndicate.Withdrawals) {
		for _, text := range order.Targets {
			target, _ := syndicate.ParseTarget(text)
			if standing, _ := set.Standing(target); isOvertaken(order.Model, standing) && !standing.HasBeenBy(order.mark) {
				err = errOvertaken(standing)
			}
		}
	})
	return err
}

func errOvertaken(by syndicate.Withdrawal) error {
	return badRequest(fmt.Sprintf("%s was withdrawn again since, at %s; order it anew if it is to come back", by.Target, by.At.Format("2006-01-02 15:04:05")))
}
