package serve

import (
	"context"
	"errors"
	"slices"
	"time"

	"reprint/syndicate"
	"reprint/syndicate/claim"
)

// caughtUpFor is for how long after its end it is made sure that the items of a claim show it.
const caughtUpFor = 7 * 24 * time.Hour

// unsettled returns what last happened to a claim that is about its items, if it may not have reached them: whoever let it happen may
// have been cut short, and somebody else may put back what an open claim withholds.
func unsettled(c claim.Claim, now time.Time) (claim.Event, bool) {
	e, over := c.Outcome()
	if !over {
		e, _ = c.Last(claim.Withheld)
	}
	since := now.Sub(e.At)
	return e, e.Order != "" && since > carriedWithin && (!over || since < caughtUpFor)
}

// catchUp carries out once more what happened to a claim, where it did not reach its items. What somebody at the house decided on
// them since stays.
func (d ClaimDesk) catchUp(ctx context.Context, c claim.Claim) error {
	e, ok := unsettled(c, d.Now())
	if !ok {
		return nil
	}
	return d.carryOut(ctx, c, d.order(c, e), func(standing syndicate.Withdrawal) bool {
		return !standing.At.After(e.At) || standing.IsWeak()
	})
}

// withholdAnew withholds what other claims withhold of the items of one that is over: such a claim gives way to what is down, and may
// have come just before that was put back.
func (d ClaimDesk) withholdAnew(ctx context.Context, c claim.Claim) error {
	open, err := d.Store.OpenComplaints(ctx)
	if err != nil {
		return notReached(c, err)
	}
	for _, o := range open {
		e, withheld := o.Last(claim.Withheld)
		if !withheld || !slices.ContainsFunc(namesOf(o), func(name string) bool { return slices.Contains(namesOf(c), name) }) {
			continue
		}
		if err := d.carryOut(ctx, o, d.order(o, e), syndicate.Withdrawal.IsWeak); err != nil {
			return err
		}
	}
	return nil
}

// unclaimed leaves out of what is put back along with something else what open claims withhold by its own name.
func unclaimed(ctx context.Context, store openClaims, along []syndicate.Withdrawal) ([]syndicate.Withdrawal, error) {
	if len(along) == 0 {
		return nil, nil
	}
	held, err := heldByClaims(ctx, store, "")
	return slices.DeleteFunc(along, func(w syndicate.Withdrawal) bool { return held[w.Target] }), err
}

// catchUpOn makes sure that the items of claims show what happened to these. A server that is not at one with the store does not know
// what was decided on them.
func (s *Server) catchUpOn(ctx context.Context, claims []claim.Claim) error {
	if len(claims) == 0 {
		return nil
	}
	if err := s.ensureLease(ctx); err != nil {
		return err
	}
	desk := s.claimDesk(s.site.Load())
	var failed []error
	for _, c := range claims {
		if err := desk.catchUp(ctx, c); err != nil {
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}
