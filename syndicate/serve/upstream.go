package serve

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"reprint/feeds"
	"reprint/syndicate"
)

// WithdrawalStore is what [Upstream] needs of the store; [cache.Store] states what each promises.
type WithdrawalStore interface {
	openClaims
	Standing(ctx context.Context, targets []syndicate.Target) ([]syndicate.Withdrawal, error)
	Withdraw(ctx context.Context, key string, w syndicate.Withdrawal) (syndicate.Withdrawal, error)
}

// Upstream withdraws what sources take back, and puts back what they publish again (R42). Its
// entries are like the operator's: they are in the journal, and every server that hears of them
// keeps them in its own ledger. They are about the item alone; what another source brought from
// the same address is that source's.
type Upstream struct {
	Store WithdrawalStore
	Now   func() time.Time
	// Epoch is the greatest epoch that this server knows, see [cache.Store]; nil where it knows none.
	Epoch func() int64
	// Note is told of the entries that were added; may be nil.
	Note func(ctx context.Context, entries []syndicate.Withdrawal) error
}

// TakeBack withdraws, and returns the deletions that withdrew something. Doing it again does
// nothing.
func (u Upstream) TakeBack(ctx context.Context, deletions []feeds.Deletion) ([]feeds.Deletion, error) {
	targets := make([]syndicate.Target, len(deletions))
	for i, d := range deletions {
		targets[i] = syndicate.DeletionTarget(d)
	}
	known, err := u.standing(ctx, targets)
	if err != nil {
		return nil, err
	}
	var taken []feeds.Deletion
	var entries []syndicate.Withdrawal
	for i, d := range deletions {
		if !utf8.ValidString(string(targets[i])) { // no store takes such an entry, and nothing that is stored has such a name
			continue
		}
		entry, ok, err := u.takeBack(ctx, known[targets[i]], d)
		if err != nil {
			return taken, errors.Join(err, u.note(ctx, entries)) // these stand, and are no news to the next call
		}
		if ok {
			known[entry.Target] = entry
			taken, entries = append(taken, d), append(entries, entry)
		}
	}
	return taken, u.note(ctx, entries)
}

// takeBack heeds one deletion, and tells whether that changed something. A claim that withholds the item may end at this moment.
func (u Upstream) takeBack(ctx context.Context, known syndicate.Withdrawal, d feeds.Deletion) (syndicate.Withdrawal, bool, error) {
	for {
		entry, ok := syndicate.TakeBack(known, d, u.Now())
		if !ok {
			return known, false, nil
		}
		stored, err := u.withdraw(ctx, "taken back", entry)
		if err != nil || !entry.IsOvertaken(stored) {
			return stored, err == nil, err
		}
		known = stored
	}
}

// PutBack puts back what of the items was withdrawn by their source's word alone and is dated
// later now. It returns the ids of those, and of those that stay withdrawn because they are not.
func (u Upstream) PutBack(ctx context.Context, items []feeds.Item) (back, down []string, err error) {
	targets := make([]syndicate.Target, len(items))
	for i, item := range items {
		targets[i] = syndicate.ItemTarget(item.ID)
	}
	known, err := u.standing(ctx, targets)
	if err != nil {
		return nil, nil, err
	}
	held, err := u.heldBack(ctx, known)
	if err != nil {
		return nil, nil, err
	}
	var entries []syndicate.Withdrawal
	for i, item := range items {
		entry, ok := syndicate.PutBack(known[targets[i]], item, u.Now())
		if ok = ok && (!entry.Reinstated || !held[targets[i]]); !ok {
			if known[targets[i]].IsUpstreams() {
				down = append(down, item.ID)
			}
			continue
		}
		if entry, err = u.withdraw(ctx, "put back", entry); err != nil {
			return back, down, errors.Join(err, u.note(ctx, entries))
		}
		if !entry.Reinstated { // it stays down for a claim, or somebody here withdrew it at the same moment
			continue
		}
		back, entries = append(back, item.ID), append(entries, entry)
	}
	return back, down, u.note(ctx, entries)
}

// heldBack returns what open claims withhold of what sources took back: their entries gave way to these.
func (u Upstream) heldBack(ctx context.Context, known map[syndicate.Target]syndicate.Withdrawal) (map[syndicate.Target]bool, error) {
	for _, w := range known {
		if w.IsUpstreams() {
			return heldByClaims(ctx, u.Store, "")
		}
	}
	return nil, nil
}

func (u Upstream) withdraw(ctx context.Context, what string, entry syndicate.Withdrawal) (syndicate.Withdrawal, error) {
	if u.Epoch != nil {
		entry.Epoch = u.Epoch()
	}
	entry.Note = strings.ToValidUTF8(entry.Note, "\uFFFD")
	return u.Store.Withdraw(ctx, keyOf(what, entry), entry)
}

func (u Upstream) note(ctx context.Context, entries []syndicate.Withdrawal) error {
	if u.Note == nil || len(entries) == 0 {
		return nil
	}
	return u.Note(ctx, entries)
}

func (u Upstream) standing(ctx context.Context, targets []syndicate.Target) (map[syndicate.Target]syndicate.Withdrawal, error) {
	list, err := u.Store.Standing(ctx, targets)
	known := make(map[syndicate.Target]syndicate.Withdrawal, len(list))
	for _, w := range list {
		known[w.Target] = w
	}
	return known, err
}

// keyOf names the word of a source, so that two servers that read it at the same time withdraw
// once.
func keyOf(what string, w syndicate.Withdrawal) string {
	word := w.LastWord()
	return what + " " + word.When.UTC().Format(time.RFC3339Nano) + " " + word.Where
}
