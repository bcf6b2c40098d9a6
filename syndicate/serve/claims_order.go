package serve

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"reprint/syndicate"
	"reprint/syndicate/claim"
)

// order is what has to be withdrawn or put back when something happens to a claim; nil for nothing.
func (d ClaimDesk) order(c claim.Claim, e claim.Event) *syndicate.Order {
	model := syndicate.Withdrawal{At: d.Now().UTC(), Note: noteOf(c)}
	targets := slices.Concat(c.Items, c.Hidden)
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

// carryOut has the items of a claim withdrawn, or put back. What is down for another reason is left alone: a claim must not
// take its place, because taking back the claim would show it again.
func (d ClaimDesk) carryOut(ctx context.Context, c claim.Claim, order *syndicate.Order) error {
	if order == nil {
		return nil
	}
	others, err := d.heldByOthers(ctx, c)
	if err != nil {
		return err
	}
	var targets []string
	for _, target := range order.Targets {
		t, err := syndicate.ParseTarget(target)
		if err != nil {
			return err
		}
		standing, err := d.Store.Standing(ctx, []syndicate.Target{t})
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(standing, isDownOtherwise) && (!order.Model.Reinstated || isDown(standing) && !slices.Contains(others, target)) {
			targets = append(targets, target)
			order.Model.Seen = max(order.Model.Seen, LastEpoch(standing))
		}
	}
	if order.Targets = targets; len(targets) == 0 {
		return nil
	}
	if !order.Model.Reinstated {
		order.Model.Seen = 0
	}
	if err := d.Place(ctx, *order); err != nil {
		return fmt.Errorf("claim %d is %s, but that has not reached its items yet; say it once more: %w", c.Number, c.State(), err)
	}
	return nil
}

// isDownOtherwise tells whether something is withdrawn, and not because of a claim that may be taken back.
func isDownOtherwise(w syndicate.Withdrawal) bool {
	return !w.Reinstated && (w.Cause != syndicate.Claimed || !strings.HasPrefix(w.Note, claimNote))
}

func isDown(standing []syndicate.Withdrawal) bool {
	return slices.ContainsFunc(standing, func(w syndicate.Withdrawal) bool { return !w.Reinstated })
}

// heldByOthers returns what other claims keep down that nobody has decided.
func (d ClaimDesk) heldByOthers(ctx context.Context, c claim.Claim) ([]string, error) {
	open, err := d.Store.OpenComplaints(ctx)
	var held []string
	for _, o := range open {
		if o.Key != c.Key && o.IsWithheld() {
			held = slices.Concat(held, o.Items, o.Hidden)
		}
	}
	return held, err
}

// claimTargets are the targets of the items and pictures that a claim names.
func claimTargets(c claim.Claim) []syndicate.Target {
	var targets []syndicate.Target
	for _, name := range slices.Concat(c.Items, c.Hidden) {
		if t, err := syndicate.ParseTarget(name); err == nil {
			targets = append(targets, t)
		}
	}
	return targets
}
