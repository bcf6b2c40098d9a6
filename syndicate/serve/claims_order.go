package serve

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"reprint/syndicate"
	"reprint/syndicate/claim"
)

// order is what has to be withdrawn or put back when something happens to a claim; nil for nothing. Its key is how the keys of
// the orders begin that carry it out.
func (d ClaimDesk) order(c claim.Claim, e claim.Event) *syndicate.Order {
	model := syndicate.Withdrawal{At: d.Now().UTC(), Note: noteOf(c)}
	targets := namesOf(c)
	switch e.Kind {
	case claim.Withheld:
		model.Cause = syndicate.Claimed
		if e.By == claim.ByRule {
			targets = c.Items
		}
	case claim.Upheld:
		model.Cause = syndicate.Rights
	case claim.Rejected, claim.Retracted:
		if _, withheld := c.Last(claim.Withheld); !withheld {
			return nil
		}
		model.Reinstated, model.Cause = true, syndicate.Claimed
	default:
		return nil
	}
	if len(targets) == 0 {
		return nil
	}
	return &syndicate.Order{Key: fmt.Sprintf("claim-%d-%.8s-%s", c.Number, c.Key, e.Kind), Targets: targets, Model: model}
}

// noteOf is how a withdrawal says for which claim it is.
func noteOf(c claim.Claim) string { return fmt.Sprintf("%s%d", claimNote, c.Number) }

const claimNote = "claim "

// isAClaims tells whether an entry is there because of a claim that may be taken back.
func isAClaims(w syndicate.Withdrawal) bool {
	return w.Cause == syndicate.Claimed && strings.HasPrefix(w.Note, claimNote)
}

// carriedWithin is how long it may take to carry out what has happened to a claim. Nobody else does it again before.
const carriedWithin = 10 * time.Second

// carryOut has the items of a claim withdrawn, or put back, as far as that is left to do.
func (d ClaimDesk) carryOut(ctx context.Context, c claim.Claim, wanted *syndicate.Order, isLeft func(standing syndicate.Withdrawal) bool) error {
	if wanted == nil {
		return nil
	}
	orders, err := d.plan(ctx, c, *wanted, isLeft)
	if err != nil {
		return notReached(c, err)
	}
	for _, order := range orders {
		if err := d.Place(ctx, order); err != nil {
			return notReached(c, err)
		}
	}
	if !wanted.Model.Reinstated || len(orders) == 0 {
		return nil
	}
	return d.withholdAnew(ctx, c)
}

// everything is left to do where somebody says so.
func everything(syndicate.Withdrawal) bool { return true }

// errNotReached tells that something has happened to a claim that its items do not show.
var errNotReached = errors.New("that is on the record, but has not reached its items yet; it is tried again within minutes, and when you say it once more")

// notReached says so of a claim. What is wrong with the orders is nothing that was wrong with what was asked for.
func notReached(c claim.Claim, err error) error {
	if problem, ok := Problem(err); ok {
		err = errors.New(problem)
	}
	return fmt.Errorf("claim %d is %s: %w: %w", c.Number, c.State(), errNotReached, err)
}
