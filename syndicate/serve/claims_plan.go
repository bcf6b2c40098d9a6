package serve

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"reprint/syndicate"
	"reprint/syndicate/claim"
)

// plan makes the orders by which a wanted one is carried out as things stand; none where nothing is left to do. What is down for
// another reason is left alone: a claim must not take its place, because taking back the claim would show it again. The keys follow
// from what the orders are about and on top of what they come: so saying it once more is the same order, unless something has
// changed.
func (d ClaimDesk) plan(ctx context.Context, c claim.Claim, wanted syndicate.Order, isLeft func(syndicate.Withdrawal) bool) ([]syndicate.Order, error) {
	store, err := d.Store.Identity(ctx) // before the looks: what is withdrawn after them stays so
	if err != nil {
		return nil, err
	}
	if wanted.Model.Reinstated {
		wanted.Model.Seen = max(store.Epoch, 1)
		if wanted.Targets, err = d.withCopies(ctx, wanted.Targets); err != nil {
			return nil, err
		}
	}
	set, err := d.standing(ctx, wanted.Targets)
	if err != nil {
		return nil, err
	}
	held := make(map[syndicate.Target]bool)
	if wanted.Model.Reinstated {
		if held, err = heldByClaims(ctx, d.Store, c.Key); err != nil {
			return nil, err
		}
	}
	var orders []syndicate.Order
	for _, name := range wanted.Targets {
		target, err := syndicate.ParseTarget(name)
		if err != nil {
			return nil, err
		}
		standing, _ := set.Standing(target)
		if model, ok := amend(wanted.Model, standing, set); ok && !held[target] && isLeft(standing) {
			orders = addTo(orders, name, model)
		}
	}
	for i, order := range orders {
		orders[i].Key = fmt.Sprintf("%s-%.12s-%d", wanted.Key, order.Digest(), latest(order, set))
	}
	return orders, nil
}

// withCopies adds to targets what is down as their copies: the search for these may have come to one just after its original was put
// back, or somebody was cut short in between.
func (d ClaimDesk) withCopies(ctx context.Context, names []string) ([]string, error) {
	if d.Copies == nil {
		return names, nil
	}
	copies, err := d.Copies(ctx)
	all, _ := distinct(names)
	names = slices.Clone(names)
	for _, w := range copies {
		if slices.Contains(all, w.CopyOf) && !slices.Contains(all, w.Target) {
			names = append(names, string(w.Target))
		}
	}
	return names, err
}

// isCopyDown tells whether an entry withdraws something as a copy of something else.
func isCopyDown(w syndicate.Withdrawal) bool { return w.CopyOf != "" && !w.Reinstated }

// CopiesDown returns the entries of a store that withdraw something as a copy of something else.
func CopiesDown(ctx context.Context, store entryStore) ([]syndicate.Withdrawal, error) {
	all, err := AllEntries(ctx, store)
	return copiesIn(all), err
}

// copiesIn returns the entries of a set that withdraw something as a copy.
func copiesIn(set *syndicate.Withdrawals) (copies []syndicate.Withdrawal) {
	for w := range set.All {
		if isCopyDown(w) {
			copies = append(copies, w)
		}
	}
	return copies
}

// copiesDown returns those that this server knows. It looks once.
func (s *Server) copiesDown() func(context.Context) ([]syndicate.Withdrawal, error) {
	look := sync.OnceValue(func() (copies []syndicate.Withdrawal) {
		s.authority.read(func(set *syndicate.Withdrawals) { copies = copiesIn(set) })
		return copies
	})
	return func(context.Context) ([]syndicate.Withdrawal, error) { return look(), nil }
}

// standing returns what counts about some targets, and about those of which they are copies.
func (d ClaimDesk) standing(ctx context.Context, names []string) (*syndicate.Withdrawals, error) {
	targets, _ := distinct(names)
	list, err := d.Store.Standing(ctx, targets)
	if err != nil {
		return nil, err
	}
	var originals []syndicate.Target
	for _, w := range list {
		if w.CopyOf != "" && !slices.Contains(targets, w.CopyOf) {
			originals = append(originals, w.CopyOf)
		}
	}
	if len(originals) == 0 {
		return syndicate.NewWithdrawals(list...), nil
	}
	more, err := d.Store.Standing(ctx, originals)
	return syndicate.NewWithdrawals(append(list, more...)...), err
}

// amend returns the model of the entry that a claim puts on top of what stands about a target; false if it leaves that alone. The
// end of a claim puts back what claims alone keep down, and a copy whose original is back. A claim that is upheld takes the place of
// what could be put back without the house: the copy of what a court ordered stays down for that.
func amend(model, standing syndicate.Withdrawal, set *syndicate.Withdrawals) (syndicate.Withdrawal, bool) {
	switch {
	case standing.Target == "" || standing.Reinstated:
		return model, !model.Reinstated
	case model.Reinstated && standing.CopyOf != "":
		original, _ := set.Standing(standing.CopyOf)
		return model, original.Reinstated
	case model.Reinstated:
		return model, isAClaims(standing)
	case model.GivesWayTo(standing), !standing.IsWeak():
		return model, false
	case standing.Cause == syndicate.Legal:
		model.Cause, model.Authority = standing.Cause, standing.Authority
	}
	return model, true
}

// addTo adds a target to the order that has its model.
func addTo(orders []syndicate.Order, name string, model syndicate.Withdrawal) []syndicate.Order {
	at := slices.IndexFunc(orders, func(o syndicate.Order) bool {
		return o.Model.Cause == model.Cause && o.Model.Authority == model.Authority
	})
	if at < 0 {
		return append(orders, syndicate.Order{Targets: []string{name}, Model: model})
	}
	orders[at].Targets = append(orders[at].Targets, name)
	return orders
}

// latest is the epoch of the last entry on top of which an order comes.
func latest(order syndicate.Order, set *syndicate.Withdrawals) (epoch int64) {
	targets, _ := distinct(order.Targets)
	for _, t := range targets {
		standing, _ := set.Standing(t)
		epoch = max(epoch, standing.Epoch)
	}
	return epoch
}

// heldByClaims returns what claims keep down that nobody has decided, but for the one of a key.
func heldByClaims(ctx context.Context, store openClaims, except string) (map[syndicate.Target]bool, error) {
	open, err := store.OpenComplaints(ctx)
	held := make(map[syndicate.Target]bool)
	for _, c := range open {
		if c.Key == except || !c.IsWithheld() {
			continue
		}
		targets, _ := distinct(namesOf(c))
		for _, t := range targets {
			held[t] = true
		}
	}
	return held, err
}

// openClaims is what it needs of the store.
type openClaims interface {
	OpenComplaints(ctx context.Context) ([]claim.Claim, error)
}

// namesOf are the items and pictures that a claim names.
func namesOf(c claim.Claim) []string { return slices.Concat(c.Items, c.Hidden) }
