package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"reprint/cache"
	"reprint/cmd/reprint/config"
	"reprint/syndicate"
	"reprint/syndicate/ledger"
	"reprint/syndicate/serve"
)

// within is how long a command waits until a withdrawal is everywhere.
const within = 15 * time.Second

type withdrawCmd struct {
	configFlag
	Targets     []string `arg:"" optional:"" name:"target" help:"Items (id, page here, or link at the source), source:ID, origin:NAME, picture:URL."`
	Reason      string   `required:"" placeholder:"CAUSE" help:"rights, correction, legal or retracted."`
	Note        string   `help:"For the record; never shown."`
	Authority   string   `placeholder:"URL" help:"Who ordered it, for legal."`
	Replacement string   `help:"The text to show instead, for correction."`
	Phrase      string   `help:"All items whose title or text holds this; printed only, until --yes is given."`
	Address     string   `placeholder:"PART" help:"All items whose link, id or pictures hold this; printed only, until --yes is given."`
	Yes         bool     `help:"Withdraw what --phrase and --address find."`
	JSON        bool     `help:"Print for machines."`
}

// Help is the long help.
func (withdrawCmd) Help() string {
	return "Examples:\n  reprint withdraw weekly-abcdefghijklmnopqrst --reason rights --note 'letter of 10 March'\n  reprint withdraw picture:https://img.example/a.jpg --reason rights\n" +
		"  reprint withdraw --phrase 'the old mill' --reason correction            # shows what it would withdraw\n  reprint withdraw --address hill.example/2026/ --reason rights --yes\n\n" +
		"Returns when no server shows it any more; that takes at most the lease of a server that has died.\n\n" + exitHelp()
}

// Run withdraws.
func (c *withdrawCmd) Run(ctx context.Context, p *process) error {
	model := syndicate.Withdrawal{Cause: syndicate.Cause(c.Reason), At: p.now().UTC(), Note: c.Note, Authority: c.Authority, Replacement: c.Replacement}
	conf, store, err := c.open(ctx)
	if errors.Is(err, cache.ErrUnavailable) && c.Phrase == "" && c.Address == "" {
		return orderWithout(ctx, p, conf, syndicate.Order{Targets: c.Targets, Model: model}, c.JSON)
	}
	if err != nil {
		return err
	}
	defer store.Close()
	targets, err := resolve(ctx, store, conf, c.Targets)
	if err != nil {
		return err
	}
	if c.Phrase != "" || c.Address != "" {
		found, err := c.search(ctx, p, store, conf)
		if err != nil || !c.Yes {
			return err
		}
		targets = append(targets, found...)
	}
	return put(ctx, p, conf, store, targets, c.JSON, model)
}

func (f configFlag) open(ctx context.Context) (*config.Config, cache.Store, error) {
	conf, err := f.load()
	if err != nil {
		return nil, nil, err
	}
	store, err := openStore(ctx, conf.Store)
	return conf, store, err
}

// search finds items by a phrase or an address, and prints them.
func (c *withdrawCmd) search(ctx context.Context, p *process, store cache.Store, conf *config.Config) ([]string, error) {
	items, err := serve.Find(ctx, store, sourceIDs(conf), syndicate.Search{Phrase: c.Phrase, Address: c.Address}, p.now())
	if problem, ok := serve.Problem(err); ok {
		return nil, usage("%s", problem)
	}
	if err != nil {
		return nil, err
	}
	found := make([]string, len(items))
	for n, i := range items {
		found[n] = i.ID
		if !c.JSON {
			fmt.Fprintf(p.stdout, "%s  %s\n", i.ID, i.Title)
		}
	}
	if !c.Yes && c.JSON {
		return nil, printJSON(p.stdout, struct {
			Found []string `json:"found"`
		}{found})
	}
	if !c.Yes {
		fmt.Fprintf(p.stdout, "%d items; nothing was withdrawn. Add --yes to withdraw them.\n", len(found))
	}
	return found, nil
}

type reinstateCmd struct {
	configFlag
	Targets []string `arg:"" name:"target" help:"What was withdrawn, as it was named then."`
	Note    string   `help:"For the record; never shown."`
	JSON    bool     `help:"Print for machines."`
}

// Help is the long help.
func (reinstateCmd) Help() string {
	return "Example:\n  reprint reinstate weekly-abcdefghijklmnopqrst --note 'settled'\n\nThe withdrawal stays on the record; this is a later entry.\n\n" + exitHelp()
}

// Run puts back.
func (c *reinstateCmd) Run(ctx context.Context, p *process) error {
	model := syndicate.Withdrawal{Reinstated: true, At: p.now().UTC(), Note: c.Note}
	conf, store, err := c.open(ctx)
	if errors.Is(err, cache.ErrUnavailable) {
		return orderWithout(ctx, p, conf, syndicate.Order{Targets: c.Targets, Model: model}, c.JSON)
	}
	if err != nil {
		return err
	}
	defer store.Close()
	targets, err := resolve(ctx, store, conf, c.Targets)
	if err != nil {
		return err
	}
	return put(ctx, p, conf, store, targets, c.JSON, model)
}

// resolve turns links and pages into ids.
func resolve(ctx context.Context, store cache.Store, conf *config.Config, names []string) ([]string, error) {
	var targets []string
	for _, name := range names {
		if t, err := syndicate.ParseTarget(name); err == nil {
			targets = append(targets, string(t))
			continue
		}
		item, err := find(ctx, store, conf, name)
		if err != nil {
			return nil, err
		}
		targets = append(targets, item.ID)
	}
	return targets, nil
}

// put adds the entries and waits until they are everywhere.
func put(ctx context.Context, p *process, conf *config.Config, store cache.Store, targets []string, asJSON bool, model syndicate.Withdrawal) error {
	entries, err := enter(ctx, store, serve.NewKey(), targets, model)
	if problem, ok := serve.Problem(err); ok {
		return usage("%s", problem)
	}
	if err != nil {
		return err
	}
	if err := rememberHere(ctx, p, conf, entries); err != nil {
		return err
	}
	wait, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	a, err := serve.Acknowledge(wait, store, entries[len(entries)-1].Epoch)
	if err != nil {
		return err
	}
	if a.Level == serve.LevelEverywhere {
		if a.Purge, err = purgeFor(wait, p, conf, entries); err != nil {
			return err
		}
	}
	copies, err := serve.WithdrawCopies(ctx, store, sourceIDs(conf), entries, p.now())
	if err != nil {
		return fmt.Errorf("copies of it are down too, but partners are not told of all of them yet; withdraw it once more: %w", err)
	}
	if err := rememberHere(ctx, p, conf, copies); err != nil {
		return err
	}
	entries = append(entries, copies...)
	if asJSON {
		err = printJSON(p.stdout, struct {
			serve.Acknowledgment
			Withdrawals []syndicate.Withdrawal `json:"withdrawals"`
		}{a, entries})
	} else {
		printEntries(p, entries, a)
	}
	if err == nil && !a.IsOver() {
		return &exitError{code: exitFindings}
	}
	return err
}

// enter adds the entries that withdraw targets, or put them back, to the store.
func enter(ctx context.Context, store cache.Store, key string, targets []string, model syndicate.Withdrawal) ([]syndicate.Withdrawal, error) {
	entries, err := serve.Entries(ctx, store, targets, model)
	if err != nil {
		return nil, err
	}
	if model.Reinstated {
		along, err := serve.TakenAlong(ctx, store, entries)
		if err != nil {
			return nil, err
		}
		entries = append(entries, along...)
	}
	servers, err := store.Servers(ctx)
	if err != nil {
		return nil, err
	}
	for i, e := range entries {
		for _, s := range servers { // who knows more than a store that has fallen back
			e.Epoch = max(e.Epoch, s.Applied)
		}
		if entries[i], err = store.Withdraw(ctx, key, e); err != nil {
			return nil, fmt.Errorf("%d of %d are entered, then: %w", i, len(entries), err)
		}
	}
	return entries, nil
}

// rememberHere keeps entries in the ledger of this machine, if no server that runs here does
// that: the store is not to be the only one that knows them.
func rememberHere(ctx context.Context, p *process, conf *config.Config, entries []syndicate.Withdrawal) error {
	if len(entries) == 0 {
		return nil
	}
	l, err := ledger.Open(ledgerDir(conf), ledger.Options{Name: ledgerName(conf.House.Site.URL)})
	if errors.Is(err, ledger.ErrInUse) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	return errors.Join(newRemembering(l, conf, p.now).Remember(ctx, entries), l.Close())
}

func printEntries(p *process, entries []syndicate.Withdrawal, a serve.Acknowledgment) {
	for _, e := range entries {
		word := "withdrawn "
		if e.Reinstated {
			word = "reinstated"
		}
		fmt.Fprintf(p.stdout, "%s  epoch %-6d %s\n", word, e.Epoch, e.Target)
	}
	if a.Level == serve.LevelEverywhere {
		fmt.Fprintln(p.stdout, "everywhere: no server answers otherwise")
		if a.Purge != nil && a.Purge.State != serve.PurgeDone {
			fmt.Fprintf(p.stdout, "the caches in front were not purged: %s\n", a.Purge.Problem)
		}
		return
	}
	fmt.Fprintf(p.stdout, "stored, but not confirmed by %s: they may still answer as before\n", strings.Join(a.Waiting, ", "))
}
