package serve

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"

	"reprint/feeds"
	"reprint/syndicate"
)

// errTargets tells that a request names nothing that can be withdrawn.
var errTargets = badRequest("name at least one target: an item's id, source:ID, origin:NAME or picture:URL, picture-of:SOURCE:URL")

// NewKey makes the key of a withdrawal that is asked for once.
func NewKey() string { return rand.Text() }

// ItemStore is what [Entries] needs of the store; [cache.Store] states what each promises.
type ItemStore interface {
	Items(ctx context.Context, ids []string) ([]feeds.Item, error)
	Latest(ctx context.Context, sources []string, limit int) ([]feeds.Item, error)
	Standing(ctx context.Context, targets []syndicate.Target) ([]syndicate.Withdrawal, error)
}

// Entries makes the entries that withdraw targets, or put them back, on the model of one. The
// entry of an item takes along where it stood, so that it stays down when it comes again, and
// the copies that other sources have brought from there get entries of their own.
func Entries(ctx context.Context, store ItemStore, sources []string, targets []string, model syndicate.Withdrawal) ([]syndicate.Withdrawal, error) {
	if err := checkOrder(syndicate.Order{Targets: targets, Model: model}); err != nil {
		return nil, err
	}
	var entries []syndicate.Withdrawal
	add := func(t syndicate.Target, addresses []string) {
		if slices.ContainsFunc(entries, func(e syndicate.Withdrawal) bool { return e.Target == t }) {
			return
		}
		e := model
		e.Target, e.Addresses = t, addresses
		entries = append(entries, e)
	}
	for _, text := range targets {
		t, err := syndicate.ParseTarget(text)
		if err != nil {
			return nil, badRequest(err.Error())
		}
		items, err := store.Items(ctx, itemOf(t))
		if err != nil {
			return nil, err
		}
		if len(items) == 0 {
			add(t, nil)
			continue
		}
		add(t, syndicate.AddressesOf(items[0]))
		copies, err := copiesOf(ctx, store, sources, items[0])
		if err != nil {
			return nil, err
		}
		for _, c := range copies {
			add(syndicate.ItemTarget(c.ID), syndicate.AddressesOf(c))
		}
	}
	return entries, setAside(ctx, store, entries)
}

// setAside notes on entries that put back what a source took back which word of it they
// overrule: the source may go on saying it.
func setAside(ctx context.Context, store ItemStore, entries []syndicate.Withdrawal) error {
	var targets []syndicate.Target
	for _, e := range entries {
		if e.Reinstated {
			targets = append(targets, e.Target)
		}
	}
	if len(targets) == 0 {
		return nil
	}
	known, err := store.Standing(ctx, targets)
	for _, k := range known {
		at := slices.IndexFunc(entries, func(e syndicate.Withdrawal) bool { return e.Target == k.Target })
		entries[at].Despite = k.Overruled()
	}
	return err
}

// checkOrder tells what is wrong with an order, as far as that can be told without the store.
func checkOrder(order syndicate.Order) error {
	if len(order.Targets) == 0 {
		return errTargets
	}
	if !order.Model.Reinstated && !slices.Contains(syndicate.Causes, order.Model.Cause) {
		return badRequest(fmt.Sprintf("the cause %q is none of %v", order.Model.Cause, syndicate.Causes))
	}
	for _, text := range order.Targets {
		if _, err := syndicate.ParseTarget(text); err != nil {
			return badRequest(err.Error())
		}
	}
	return nil
}

func itemOf(t syndicate.Target) []string {
	if id := t.Item(); id != "" {
		return []string{id}
	}
	return nil
}

// searched is how many of the newest items are looked through for copies.
const searched = 5000

// copiesOf finds the items that stood where an item stands.
func copiesOf(ctx context.Context, store ItemStore, sources []string, item feeds.Item) ([]feeds.Item, error) {
	keys := syndicate.AddressesOf(item)
	newest, err := store.Latest(ctx, sources, searched)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(newest, func(i feeds.Item) bool {
		return i.ID == item.ID || !slices.ContainsFunc(syndicate.AddressesOf(i), func(key string) bool { return slices.Contains(keys, key) })
	}), nil
}

// Problem tells whether an error is about what was asked for, in words for whoever asked.
func Problem(err error) (string, bool) {
	var bad badRequest
	ok := errors.As(err, &bad)
	return string(bad), ok
}
