package serve

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"reprint/cache"
	"reprint/feeds"
	"reprint/syndicate"
)

// errTargets tells that a request names nothing that can be withdrawn.
var errTargets = badRequest("name at least one target: an item's id, source:ID, origin:NAME, picture:URL or picture-of:SOURCE:URL")

// NewKey makes the key of a withdrawal that is asked for once.
func NewKey() string { return rand.Text() }

// ItemStore is what [Entries] needs of the store; [cache.Store] states what each promises.
type ItemStore interface {
	Items(ctx context.Context, ids []string) ([]feeds.Item, error)
	Standing(ctx context.Context, targets []syndicate.Target) ([]syndicate.Withdrawal, error)
}

// Entries makes the entries that withdraw targets, or put them back, on the model of one. The
// entry of an item takes along where it stood and what it said, so that it stays down when it comes again; where the store
// has it no more, by the entry before.
func Entries(ctx context.Context, store ItemStore, targets []string, model syndicate.Withdrawal) ([]syndicate.Withdrawal, error) {
	if err := CheckOrder(syndicate.Order{Targets: targets, Model: model}); err != nil {
		return nil, err
	}
	list, ids := distinct(targets)
	items, err := store.Items(ctx, ids)
	if err != nil {
		return nil, err
	}
	known, err := store.Standing(ctx, list)
	if err != nil {
		return nil, err
	}
	before, stored := make(map[syndicate.Target]syndicate.Withdrawal), make(map[syndicate.Target]feeds.Item)
	for _, k := range known {
		before[k.Target] = k
	}
	for _, i := range items {
		stored[syndicate.ItemTarget(i.ID)] = i
	}
	entries := make([]syndicate.Withdrawal, len(list))
	for n, t := range list {
		e := model
		e.Target, e.Addresses, e.Wording, e.Earlier = t, before[t].Addresses, before[t].Wording, before[t].Earlier // the store may have the item no more
		if item, ok := stored[t]; ok && !e.Reinstated {
			e = e.WithItem(item)
		}
		e.Despite, e.Orders = before[t].LastWord(), before[t].Orders // the source may go on saying it
		entries[n], _ = e.AfterClaim(before[t])
	}
	return entries, nil
}

// distinct returns targets, each once, and the ids of those that are items. Those that are none are left out.
func distinct(texts []string) (targets []syndicate.Target, ids []string) {
	seen := make(map[syndicate.Target]bool)
	for _, text := range texts {
		t, err := syndicate.ParseTarget(text)
		if err != nil || seen[t] {
			continue
		}
		seen[t] = true
		targets = append(targets, t)
		if id := t.Item(); id != "" {
			ids = append(ids, id)
		}
	}
	return targets, ids
}

// The bounds of an order.
const (
	mostTargets = 1000
	longestKey  = 200  // bytes
	longestName = 2000 // bytes, of a target
	// As JSON, in bytes: every ledger must take an order whole, and each of its entries with what the item is known by.
	longestOrder = 512 << 10
	longestModel = 128 << 10
)

// CheckOrder tells what is wrong with an order, as far as that can be told without the store.
func CheckOrder(order syndicate.Order) error {
	if len(order.Targets) == 0 {
		return errTargets
	}
	if err := checkCount(order.Targets); err != nil {
		return err
	}
	if len(order.Key) > longestKey {
		return badRequest(fmt.Sprintf("the key has %d bytes; use at most %d", len(order.Key), longestKey))
	}
	if err := cache.CheckEntry(order.Key, order.Model); err != nil {
		return badRequest(err.Error())
	}
	if !order.Model.Reinstated && !slices.Contains(syndicate.Causes, order.Model.Cause) {
		return badRequest(fmt.Sprintf("the cause %q is none of rights, correction, legal and retracted", order.Model.Cause))
	}
	for _, text := range order.Targets {
		if err := checkTarget(text); err != nil {
			return err
		}
	}
	return checkSize(order)
}

// checkSize tells whether an order is more than can be put on the record.
func checkSize(order syndicate.Order) error {
	whole, err := json.Marshal(order)
	if err != nil {
		return err
	}
	model, err := json.Marshal(order.Model)
	if err != nil {
		return err
	}
	switch {
	case len(model) > longestModel:
		return badRequest(fmt.Sprintf("the note, the authority and the replacement have %d bytes together; at most %d: shorten them", len(model), longestModel))
	case len(whole) > longestOrder:
		return badRequest(fmt.Sprintf("the order has %d bytes; at most %d: give several orders", len(whole), longestOrder))
	}
	return nil
}

// CheckGiven tells what is wrong with an order that somebody at the house gives, besides what [CheckOrder] does.
func CheckGiven(order syndicate.Order) error {
	model := order.Model
	switch {
	case model.Cause == syndicate.Claimed:
		return badRequest("only claims have the cause claim; use rights, correction, legal or retracted")
	case model.Cause == syndicate.Legal && !model.Reinstated && model.Authority == "":
		return badRequest("say who ordered it: the cause legal needs an authority, which the answer 451 names")
	case model.Authority != "" && model.Cause != syndicate.Legal:
		return badRequest("an authority goes with the cause legal: nobody would read of it")
	case model.Replacement != "" && model.Cause != syndicate.Correction:
		return badRequest("a replacement goes with the cause correction: nobody would read it")
	}
	return nil
}

// checkTarget tells what is wrong with the name of a target.
func checkTarget(text string) error {
	if len(text) > longestName || strings.ContainsFunc(text, unicode.IsControl) {
		return badRequest(fmt.Sprintf("the target %q has control characters in it, or more than %d bytes", feeds.Cut(text, 60), longestName))
	}
	if err := cache.CheckEntry("", syndicate.Withdrawal{Target: syndicate.Target(text)}); err != nil {
		return badRequest(err.Error())
	}
	if _, err := syndicate.ParseTarget(text); err != nil {
		return badRequest(err.Error())
	}
	return nil
}

// Problem tells whether an error is about what was asked for, in words for whoever asked.
func Problem(err error) (string, bool) {
	var bad badRequest
	ok := errors.As(err, &bad)
	return string(bad), ok
}

// checkCount tells whether so many targets go in one order.
func checkCount(targets []string) error {
	if len(targets) > mostTargets {
		return badRequest(fmt.Sprintf("%d targets in one order; at most %d: give several orders, or withdraw their source", len(targets), mostTargets))
	}
	return nil
}

// LastEpoch is the greatest epoch of entries; 0 if there are none. One that changed nothing has an older one.
func LastEpoch(entries []syndicate.Withdrawal) (epoch int64) {
	for _, e := range entries {
		epoch = max(epoch, e.Epoch)
	}
	return epoch
}
