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
	Standing(ctx context.Context, targets []syndicate.Target) ([]syndicate.Withdrawal, error)
}

// Entries makes the entries that withdraw targets, or put them back, on the model of one. The
// entry of an item takes along where it stood and what it said, so that it stays down when it comes again.
func Entries(ctx context.Context, store ItemStore, targets []string, model syndicate.Withdrawal) ([]syndicate.Withdrawal, error) {
	if err := checkOrder(syndicate.Order{Targets: targets, Model: model}); err != nil {
		return nil, err
	}
	var entries []syndicate.Withdrawal
	for _, text := range targets {
		t, err := syndicate.ParseTarget(text)
		if err != nil {
			return nil, badRequest(err.Error())
		}
		if slices.ContainsFunc(entries, func(e syndicate.Withdrawal) bool { return e.Target == t }) {
			continue
		}
		e := model
		e.Target = t
		items, err := store.Items(ctx, itemOf(t))
		if err != nil {
			return nil, err
		}
		if len(items) > 0 && !e.Reinstated {
			e = e.WithItem(items[0])
		}
		entries = append(entries, e)
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

// Problem tells whether an error is about what was asked for, in words for whoever asked.
func Problem(err error) (string, bool) {
	var bad badRequest
	ok := errors.As(err, &bad)
	return string(bad), ok
}
