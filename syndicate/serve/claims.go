package serve

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"reprint/cache"
	"reprint/feeds"
	"reprint/syndicate"
	"reprint/syndicate/claim"
)

// ClaimDesk is where claims are filed and decided. The server and the command line share it.
type ClaimDesk struct {
	Store interface {
		cache.Complaints
		NameStore
		Identity(ctx context.Context) (cache.Identity, error)
	}
	Site    syndicate.Site
	Sources []string // ids
	Now     func() time.Time
	// Shown tells whether the public is, or was, shown an item. What it never was is not told to a claimant.
	Shown func(item feeds.Item) bool
	// Place has items withdrawn or put back; giving an order twice is giving it once.
	Place func(ctx context.Context, order syndicate.Order) error
	// Copies returns what is withdrawn as a copy of something else; nil is nothing.
	Copies func(ctx context.Context) ([]syndicate.Withdrawal, error)
	// Remember makes the state of a claim durable besides the store, and puts it on the record.
	Remember func(ctx context.Context, c claim.Claim) error
	// Secret is what the secret addresses are made with.
	Secret func(ctx context.Context) ([]byte, error)
}

// usualClaimDays is how long the house takes to decide where it does not say.
const usualClaimDays = 30

// File files a claim, and withholds what it names where the house does so. The same words under the same key are one claim,
// however often they come. Its error is a *BadFiling where something is missing.
func (d ClaimDesk) File(ctx context.Context, key string, f claim.Filing) (claim.Claim, error) {
	f = f.Clean()
	if problems := f.Problems(); len(problems) > 0 {
		return claim.Claim{}, &BadFiling{problems}
	}
	own, err := d.keyOf(ctx, key, f)
	if err != nil {
		return claim.Claim{}, err
	}
	now := d.Now().UTC().Truncate(time.Second)
	c := claim.Claim{Key: own, Filing: f, At: now, Due: claim.DueAfter(now, cmp.Or(d.Site.ClaimDays, usualClaimDays), d.Site.Zone)}
	if c.Items, c.Hidden, err = d.named(ctx, f.Places); err != nil {
		return c, err
	}
	if c, err = d.Store.File(ctx, c); err != nil {
		return c, err
	}
	ctx, cancel := toTheEnd(ctx)
	defer cancel()
	if err := d.Remember(ctx, c); err != nil {
		return c, err
	}
	if d.Site.WithholdSigned && c.Filing.IsFull() && len(c.Items) > 0 && (c.State() == "open" || c.IsWithheld()) {
		return d.Happen(ctx, c.Number, claim.Event{Kind: claim.Withheld, By: claim.ByRule})
	}
	return c, nil
}

// BadFiling is a filing, or an answer, that cannot be taken.
type BadFiling struct{ Problems []claim.Problem }

// Error names the parts.
func (b *BadFiling) Error() string {
	var parts []string
	for _, p := range b.Problems {
		parts = append(parts, p.Field+": "+string(p.Fault))
	}
	return "this cannot be taken: " + strings.Join(parts, ", ")
}

// Happen lets something happen to a claim: the store hears of it first, and then items are withdrawn or put back. What
// has happened already has the same effect once more: it may have been cut short.
func (d ClaimDesk) Happen(ctx context.Context, number int64, e claim.Event) (claim.Claim, error) {
	before, err := d.Store.Complaint(ctx, number)
	if err != nil {
		return before, err
	}
	c, order := before, d.order(before, e)
	if !before.Is(e.Kind) {
		e.At = d.Now().UTC().Truncate(time.Second)
		if order != nil {
			e.Order = order.Key
		}
		if c, err = before.With(e); err != nil {
			return before, badRequest(err.Error())
		}
		if e.Kind == claim.Answered && d.Site.AnswerDays > 0 {
			c.Due = claim.DueAfter(e.At, d.Site.AnswerDays, d.Site.Zone)
		}
	}
	if !before.Is(e.Kind) || e.Kind == claim.Erased { // the store may not have forgotten all of it
		if err := d.Store.Revise(ctx, c); err != nil {
			return before, err
		}
	}
	ctx, cancel := toTheEnd(ctx)
	defer cancel()
	if err := d.Remember(ctx, c); err != nil {
		return c, err
	}
	return c, d.carryOut(ctx, c, order, everything)
}

// toTheEnd lets what the store has heard of be carried out also where nobody waits for it any more.
func toTheEnd(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), carriedWithin)
}

// Decide lets happen what somebody at the house decides.
func (d ClaimDesk) Decide(ctx context.Context, number int64, e claim.Event) (claim.Claim, error) {
	before, err := d.Store.Complaint(ctx, number)
	if err != nil {
		return before, err
	}
	e.By, e.Text = feeds.OneLine(e.By), feeds.Lines(e.Text)
	if err := CheckDecision(before, e); err != nil {
		return before, err
	}
	return d.Happen(ctx, number, e)
}

// CheckDecision tells what is wrong with a decision of the house, see [Problem]; nil if it can be made.
func CheckDecision(c claim.Claim, e claim.Event) error {
	switch e.Kind {
	case claim.Withheld, claim.Upheld, claim.Rejected, claim.Answered, claim.Sent, claim.Erased:
	default:
		return badRequest(fmt.Sprintf("%q is nothing that the house decides: withheld, upheld, rejected, answered, sent or erased", e.Kind))
	}
	switch e.By {
	case "":
		return badRequest("say who decides: it is told to the claimant, and is on the record")
	case claim.ByClaimant, claim.ByAnswerer, claim.ByRule:
		return badRequest(fmt.Sprintf("%q is no name of somebody at the house", e.By))
	}
	if (e.Kind == claim.Upheld || e.Kind == claim.Rejected) && e.Text == "" {
		return badRequest("say why: the claimant has a right to the reasons")
	}
	if len([]rune(e.Text)) > claim.MostReasons || len([]rune(e.By)) > claim.MostLine {
		return badRequest(fmt.Sprintf("that is too long: %d characters are the most for the text, %d for the name", claim.MostReasons, claim.MostLine))
	}
	if c.Is(e.Kind) {
		return nil // once more
	}
	if _, err := c.With(e); err != nil {
		return badRequest(err.Error())
	}
	return nil
}
