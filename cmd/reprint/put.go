package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"reprint/cache"
	"reprint/cmd/reprint/config"
	"reprint/syndicate"
	"reprint/syndicate/ledger"
	"reprint/syndicate/serve"
)

// outcome is what became of an order.
type outcome struct {
	serve.Acknowledgment
	Withdrawals []syndicate.Withdrawal `json:"withdrawals"`
	About       []serve.About          `json:"about,omitempty"`
}

// put has targets withdrawn, or put back, and waits until that is everywhere. A server of this machine does it, if there
// is one that answers: it goes on with what takes longer.
func put(ctx context.Context, p *process, conf *config.Config, store cache.Store, targets []string, asJSON bool, model syndicate.Withdrawal) error {
	order := syndicate.Order{Key: serve.NewKey(), Targets: targets, Model: model}
	if problem, ok := serve.Problem(serve.CheckOrder(order)); ok { // a server would be sent other words than were typed
		return usage("%s", problem)
	}
	became, err := outcome{}, errNoServer
	if isServed(conf) {
		became, err = askServer(ctx, p, conf, order)
	}
	switch {
	case isRefusal(err):
		return usage("%v", err)
	case err != nil:
		became, err = putAlone(ctx, p, conf, store, order)
	}
	if problem, ok := serve.Problem(err); ok {
		return usage("%s", problem)
	}
	if err != nil {
		return err
	}
	return tellBecame(p, became, asJSON)
}

// tellBecame prints what became of an order. That it is not over, or about nothing, is a finding.
func tellBecame(p *process, became outcome, asJSON bool) error {
	var err error
	if asJSON {
		err = printJSON(p.stdout, became)
	} else {
		printBecame(p, became)
	}
	if err == nil && (!became.IsOver() || slices.ContainsFunc(became.About, serve.About.IsUnknownItem)) {
		return &exitError{code: exitFindings}
	}
	return err
}

var errNoServer = errors.New("no server runs on this machine")

// isServed tells whether a server runs on this machine: it has the ledger.
func isServed(conf *config.Config) bool {
	l, err := ledger.Open(ledgerDir(conf), ledger.Options{Name: ledgerName(conf.House.Site.URL)})
	if err == nil {
		err = l.Close()
	}
	return errors.Is(err, ledger.ErrInUse)
}

// putAlone does it without a server of this machine.
func putAlone(ctx context.Context, p *process, conf *config.Config, store cache.Store, order syndicate.Order) (outcome, error) {
	entries, err := enter(ctx, store, order)
	if err != nil {
		return outcome{}, err
	}
	kept, err := rememberHere(ctx, p, conf, entries)
	if err != nil {
		return outcome{}, err
	}
	wait, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	a, err := serve.Acknowledge(wait, store, serve.LastEpoch(entries))
	if err == nil && a.Level == serve.LevelEverywhere {
		err = stand(ctx, store, entries)
	}
	if err == nil && a.Level == serve.LevelEverywhere && !kept {
		a, err = onDisk(ctx, store, a)
	}
	if err != nil {
		return outcome{}, err
	}
	if a.Level == serve.LevelEverywhere {
		if a.Purge, err = purgeFor(ctx, p, conf, entries); err != nil {
			return outcome{}, err
		}
	}
	copies, err := putCopies(ctx, p, conf, store, entries, &a)
	if err != nil {
		return outcome{}, err
	}
	became := outcome{Acknowledgment: a, Withdrawals: append(entries, copies...)}
	if !order.Model.Reinstated {
		became.About, err = namesOf(store, conf).Count(ctx, conf.Rules, order.Targets, p.now())
	}
	return became, err
}

// putCopies does with copies what was done with the items of entries. They are down, or up, as soon as those are everywhere, so that the
// caches in front can be told of them then.
func putCopies(ctx context.Context, p *process, conf *config.Config, store cache.Store, entries []syndicate.Withdrawal, a *serve.Acknowledgment) ([]syndicate.Withdrawal, error) {
	copies, found, failed := serve.SearchCopies(ctx, store, sourceIDs(conf), entries, p.now())
	if failed != nil {
		failed = fmt.Errorf("copies of it are like it already, but neither partners nor the caches in front are told of all of them yet; say it once more: %w", failed)
	}
	_, err := rememberHere(ctx, p, conf, copies)
	if a.Level == serve.LevelEverywhere && len(found) > 0 {
		purged, hookErr := purgeFor(ctx, p, conf, found)
		if a.Purge != nil && a.Purge.State == serve.PurgeDone {
			a.Purge = purged
		}
		err = errors.Join(err, hookErr)
	}
	return copies, errors.Join(failed, err)
}

// stand fails if something else counts by now than entries that are everywhere: a store that had fallen back gave them epochs
// that servers knew of already, and was given back what those had.
func stand(ctx context.Context, store cache.Withdrawals, entries []syndicate.Withdrawal) error {
	targets := make([]syndicate.Target, len(entries))
	for i, e := range entries {
		targets[i] = e.Target
	}
	standing, err := store.Standing(ctx, targets)
	if err != nil {
		return err
	}
	counts := syndicate.NewWithdrawals(standing...)
	for _, e := range entries {
		if known, down := counts.Standing(e.Target); down == e.Reinstated {
			return fmt.Errorf("%s is otherwise again since epoch %d, because the store had lost what the servers know; say it once more", e.Target, known.Epoch)
		}
	}
	return nil
}

// enter adds the entries that withdraw targets, or put them back, to the store.
func enter(ctx context.Context, store cache.Store, order syndicate.Order) ([]syndicate.Withdrawal, error) {
	identity, err := store.Identity(ctx)
	if err != nil {
		return nil, err
	}
	servers, err := store.Servers(ctx)
	if err != nil {
		return nil, err
	}
	known := identity.Epoch
	for _, s := range servers { // who knows more than a store that has fallen back
		known = max(known, s.Applied)
	}
	if order.Model.Reinstated && order.Model.Seen == 0 {
		order.Model.Seen = max(known, 1) // what is withdrawn from now on stays so
	}
	entries, err := serve.Entries(ctx, store, order.Targets, order.Model)
	if err != nil {
		return nil, err
	}
	if order.Model.Reinstated {
		along, err := serve.TakenAlong(ctx, store, entries)
		if err != nil {
			return nil, err
		}
		entries = append(entries, along...)
	}
	mark := order.Mark()
	for i, e := range entries {
		e = e.By(mark)
		e.Epoch = known
		if entries[i], err = store.Withdraw(ctx, order.Key, e); err != nil {
			return nil, fmt.Errorf("%d of %d are entered, then: %w", i, len(entries), err)
		}
		if e.IsOvertaken(entries[i]) && e.CopyOf == "" { // copies are looked for afterwards
			return nil, fmt.Errorf("%d of %d are entered; %s was withdrawn again at this moment, as %s: reinstate it anew if it is to come back", i, len(entries), e.Target, entries[i].Cause)
		}
	}
	return entries, nil
}

// rememberHere keeps entries in the ledger of this machine, if no server that runs here does
// that: the store is not to be the only one that knows them. It tells whether it did.
func rememberHere(ctx context.Context, p *process, conf *config.Config, entries []syndicate.Withdrawal) (bool, error) {
	if len(entries) == 0 {
		return true, nil
	}
	l, err := ledger.Open(ledgerDir(conf), ledger.Options{Name: ledgerName(conf.House.Site.URL)})
	if errors.Is(err, ledger.ErrInUse) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("ledger: %w", err)
	}
	return true, errors.Join(newRemembering(l, conf, p.now).Remember(ctx, entries), l.Close())
}

// noLedger is who is waited for where nobody but the store knows an entry.
const noLedger = "the ledger of this machine: its server has it, and does not answer; end that server, and say this once more"

// onDisk lowers an acknowledgment that says everywhere because all servers are silent: then no ledger has the entries.
func onDisk(ctx context.Context, store cache.Store, a serve.Acknowledgment) (serve.Acknowledgment, error) {
	servers, err := store.Servers(ctx)
	for _, s := range servers {
		if s.Applied >= a.Epoch && s.Age <= s.Lease {
			return a, err
		}
	}
	a.Level, a.Waiting = serve.LevelStored, []string{noLedger}
	return a, err
}

func printBecame(p *process, became outcome) {
	about := make(map[syndicate.Target]string)
	for _, t := range became.About {
		switch {
		case t.IsUnknownItem():
			about[t.Target] = "  the store has no such item: look whether the id is right. One that comes by it stays down"
		case t.Target.Item() == "":
			about[t.Target] = fmt.Sprintf("  about %d of the newest %d items", t.Items, serve.CountedThrough)
		}
	}
	for _, e := range became.Withdrawals {
		word := "withdrawn "
		if e.Reinstated {
			word = "reinstated"
		}
		fmt.Fprintf(p.stdout, "%s  epoch %-6d %s%s\n", word, e.Epoch, e.Target, about[e.Target])
	}
	switch {
	case became.Level == serve.LevelEverywhere:
		fmt.Fprintln(p.stdout, "everywhere: "+everywhereMeans(became.Withdrawals))
		if became.Purge != nil && became.Purge.State != serve.PurgeDone {
			fmt.Fprintf(p.stdout, "the caches in front are not purged yet: %s\n", became.Purge.Problem)
		}
	case became.Level == serve.LevelJournaled:
		fmt.Fprintln(p.stdout, "journaled: the store does not answer; the order is on the disk of this machine, and is carried out as soon as a server here hears the store")
	default:
		fmt.Fprintf(p.stdout, "stored, but not confirmed by %s: they may still answer as before\n", strings.Join(became.Waiting, ", "))
	}
}

// everywhereMeans says what entries that are everywhere have done.
func everywhereMeans(entries []syndicate.Withdrawal) string {
	if len(entries) > 0 && entries[0].Reinstated {
		return "no server withholds it for this any more; feeds are made anew within a second"
	}
	return "no server answers otherwise"
}
