package serve

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"net/url"
	"slices"
	"strconv"
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
		Items(ctx context.Context, ids []string) ([]feeds.Item, error)
		Latest(ctx context.Context, sources []string, limit int) ([]feeds.Item, error)
		Standing(ctx context.Context, targets []syndicate.Target) ([]syndicate.Withdrawal, error)
	}
	Site    syndicate.Site
	Sources []string // ids
	Now     func() time.Time
	// Place has items withdrawn or put back; giving an order twice is giving it once.
	Place func(ctx context.Context, order syndicate.Order) error
	// Remember makes the state of a claim durable besides the store, and puts it on the record.
	Remember func(ctx context.Context, c claim.Claim) error
	// Secret is what the secret addresses are made with.
	Secret func(ctx context.Context) ([]byte, error)
}

// ClaimSecret is the name of the secret that the addresses of claims are made with.
const ClaimSecret = "claims"

// usualClaimDays is how long the house takes to decide where it does not say.
const usualClaimDays = 30

// File files a claim, under a key that makes doing it twice the same, and withholds what it names where the house does so. Its
// error is a *BadFiling where something is missing.
func (d ClaimDesk) File(ctx context.Context, key string, f claim.Filing) (claim.Claim, error) {
	f = f.Trim()
	if problems := f.Problems(); len(problems) > 0 {
		return claim.Claim{}, &BadFiling{problems}
	}
	items, err := d.named(ctx, f.Places)
	if err != nil {
		return claim.Claim{}, err
	}
	now := d.Now().UTC().Truncate(time.Second)
	c, err := d.Store.File(ctx, claim.Claim{
		Key: key, Filing: f, At: now, Due: now.AddDate(0, 0, cmp.Or(d.Site.ClaimDays, usualClaimDays)), Items: items,
	})
	if err != nil {
		return c, err
	}
	if err := d.Remember(ctx, c); err != nil {
		return c, err
	}
	switch {
	case !d.Site.WithholdSigned || !c.Filing.IsFull() || len(c.Items) == 0:
		return c, nil
	case c.IsWithheld(): // filed once more: it may have been cut short
		return c, d.carryOut(ctx, c, d.order(c, claim.Withheld))
	case c.State() != "open":
		return c, nil
	}
	return d.Happen(ctx, c.Number, claim.Event{Kind: claim.Withheld, By: d.Site.Name})
}

// BadFiling is a filing that cannot be taken.
type BadFiling struct{ Problems []claim.Problem }

// Error names the parts.
func (b *BadFiling) Error() string {
	var parts []string
	for _, p := range b.Problems {
		parts = append(parts, p.Field+": "+string(p.Fault))
	}
	return "the claim cannot be taken: " + strings.Join(parts, ", ")
}

// Happen lets something happen to a claim: the store hears of it first, and then items are withdrawn or put back. What
// has happened already has the same effect once more: it may have been cut short.
func (d ClaimDesk) Happen(ctx context.Context, number int64, e claim.Event) (claim.Claim, error) {
	before, err := d.Store.Complaint(ctx, number)
	if err != nil {
		return before, err
	}
	c, order := before, d.order(before, e.Kind)
	if done, over := before.Outcome(); !over || done.Kind != e.Kind {
		e.At = d.Now().UTC().Truncate(time.Second)
		if order != nil {
			e.Order = order.Key
		}
		if c, err = before.With(e); err != nil {
			return before, badRequest(err.Error())
		}
		if e.Kind == claim.Answered && d.Site.AnswerDays > 0 {
			c.Due = e.At.AddDate(0, 0, d.Site.AnswerDays)
		}
		if err := d.Store.Revise(ctx, c); err != nil {
			return before, err
		}
	}
	if err := d.Remember(ctx, c); err != nil {
		return c, err
	}
	return c, d.carryOut(ctx, c, order)
}

// carryOut has the items of a claim withdrawn, or put back.
func (d ClaimDesk) carryOut(ctx context.Context, c claim.Claim, order *syndicate.Order) error {
	if order == nil {
		return nil
	}
	if order.Model.Reinstated {
		freed, err := d.freed(ctx, c)
		if err != nil || len(freed) == 0 {
			return err
		}
		order.Targets = nil
		for _, w := range freed {
			order.Targets = append(order.Targets, string(w.Target))
			order.Model.Seen = max(order.Model.Seen, w.Epoch) // what is withdrawn from now on stays so
		}
		order.Key += "-" + order.Digest() // said once more it may be about fewer
	}
	if err := d.Place(ctx, *order); err != nil {
		return fmt.Errorf("claim %d is %s, but that has not reached its items yet; say it once more: %w", c.Number, c.State(), err)
	}
	return nil
}

// Decide lets happen what somebody at the house decides.
func (d ClaimDesk) Decide(ctx context.Context, number int64, e claim.Event) (claim.Claim, error) {
	before, err := d.Store.Complaint(ctx, number)
	if err != nil {
		return before, err
	}
	e.By, e.Text = strings.TrimSpace(e.By), strings.TrimSpace(e.Text)
	if err := CheckDecision(before, e); err != nil {
		return before, err
	}
	return d.Happen(ctx, number, e)
}

// CheckDecision tells what is wrong with a decision of the house, see [Problem]; nil if it can be made.
func CheckDecision(c claim.Claim, e claim.Event) error {
	switch e.Kind {
	case claim.Withheld, claim.Upheld, claim.Rejected, claim.Answered, claim.Erased:
	default:
		return badRequest(fmt.Sprintf("%q is nothing that the house decides: withheld, upheld, rejected, answered or erased", e.Kind))
	}
	if e.By == "" {
		return badRequest("say who decides: it is told to the claimant, and is on the record")
	}
	if (e.Kind == claim.Upheld || e.Kind == claim.Rejected) && e.Text == "" {
		return badRequest("say why: the claimant has a right to the reasons")
	}
	if done, over := c.Outcome(); over && done.Kind == e.Kind {
		return nil // once more
	}
	if _, err := c.With(e); err != nil {
		return badRequest(err.Error())
	}
	return nil
}

// order is what has to be withdrawn or put back when something happens to a claim; nil for nothing.
func (d ClaimDesk) order(c claim.Claim, kind claim.Kind) *syndicate.Order {
	if len(c.Items) == 0 {
		return nil
	}
	model := syndicate.Withdrawal{At: d.Now().UTC(), Note: claimNote(c)}
	switch kind {
	case claim.Withheld:
		model.Cause = syndicate.Claimed
	case claim.Upheld:
		model.Cause = syndicate.Rights
	case claim.Rejected, claim.Retracted:
		if !slices.ContainsFunc(c.Events, func(e claim.Event) bool { return e.Kind == claim.Withheld }) {
			return nil
		}
		model.Reinstated = true
	default:
		return nil
	}
	order := &syndicate.Order{Targets: c.Items, Model: model}
	of := sha256.Sum256([]byte(c.Key)) // a store that has lost its claims gives the numbers again
	order.Key = fmt.Sprintf("claim-%d-%s-%x", c.Number, kind, of[:6])
	return order
}

// claimNote is the note of the entries that a claim makes.
func claimNote(c claim.Claim) string { return fmt.Sprintf("claim %d", c.Number) }

// freed returns what stands about those of the items of a claim that claims alone keep down, and no other open one: what
// was withdrawn for another reason, before or since, stays so.
func (d ClaimDesk) freed(ctx context.Context, c claim.Claim) ([]syndicate.Withdrawal, error) {
	targets := make([]syndicate.Target, len(c.Items))
	for i, id := range c.Items {
		targets[i] = syndicate.ItemTarget(id)
	}
	standing, err := d.Store.Standing(ctx, targets)
	if err != nil {
		return nil, err
	}
	all, err := AllClaims(ctx, d.Store)
	if err != nil {
		return nil, err
	}
	own, held := map[string]bool{claimNote(c): true}, make(map[string]bool)
	for _, o := range all {
		if o.Number == c.Number || !slices.ContainsFunc(o.Items, func(id string) bool { return slices.Contains(c.Items, id) }) {
			continue
		}
		own[claimNote(o)] = true // an entry of a claim stays where another names the item too
		for _, id := range o.Items {
			held[id] = held[id] || o.IsWithheld()
		}
	}
	return slices.DeleteFunc(standing, func(w syndicate.Withdrawal) bool {
		return w.Reinstated || w.Cause != syndicate.Claimed || !own[w.Note] || held[w.Target.Item()]
	}), nil
}

// searchedForClaims is how many of the newest items are looked through for an address that is not one of ours.
const searchedForClaims = 2000

// mostNamed is how many items a claim is about: the newest. A picture may stand in any number of them; the rest is for a
// person to withdraw.
const mostNamed = 100

// named returns the ids of the items that places name: by id, by the address of their page here, by their link, or by one
// of their pictures. What is something else is for a person to read.
func (d ClaimDesk) named(ctx context.Context, places []string) ([]string, error) {
	var ids, links []string
	for _, p := range places {
		if id, ok := strings.CutPrefix(p, d.Site.URL+"/items/"); ok {
			ids = append(ids, id)
		} else if u, err := url.Parse(p); err == nil && u.Host != "" {
			links = append(links, p)
		} else {
			ids = append(ids, p)
		}
	}
	found, err := d.Store.Items(ctx, ids)
	if err != nil {
		return nil, err
	}
	if len(links) > 0 {
		newest, err := d.Store.Latest(ctx, d.Sources, searchedForClaims)
		if err != nil {
			return nil, err
		}
		for _, i := range newest {
			if slices.Contains(links, i.Link) || slices.ContainsFunc(i.Pictures(), func(p feeds.Picture) bool { return slices.Contains(links, p.URL) }) {
				found = append(found, i)
			}
		}
	}
	var names []string
	for _, i := range found {
		if len(names) < mostNamed && !slices.Contains(names, i.ID) {
			names = append(names, i.ID)
		}
	}
	return names, nil
}

// The parts that somebody may have in a claim, which make the secret addresses differ.
const (
	asClaimant = "status"
	asAnswerer = "answer"
)

// token is the secret part of the address of a claim.
func token(secret []byte, part string, number int64) string {
	mac := hmac.New(sha256.New, secret)
	_, _ = mac.Write([]byte(part + " " + strconv.FormatInt(number, 10)))
	return strings.ToLower(base32.StdEncoding.EncodeToString(mac.Sum(nil)[:20]))
}

// House is who writes the letters of a claim, with its secret addresses.
func (d ClaimDesk) House(ctx context.Context, number int64) (claim.House, error) {
	secret, err := d.Secret(ctx)
	at := func(part string) string {
		return d.Site.URL + "/claims/" + strconv.FormatInt(number, 10) + "/" + token(secret, part, number)
	}
	return claim.House{Name: d.Site.Name, Email: d.Site.Contact.Email, Phone: d.Site.Contact.Phone, Status: at(asClaimant), Answer: at(asAnswerer)}, err
}
