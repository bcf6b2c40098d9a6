package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"reprint/cache"
	"reprint/cmd/reprint/config"
	"reprint/feeds"
	"reprint/syndicate"
	"reprint/syndicate/serve"
)

// within is how long a command waits until a withdrawal is everywhere.
const within = 15 * time.Second

type withdrawCmd struct {
	configFlag
	Targets     []string `arg:"" optional:"" name:"target" help:"Items (id, page here, or link at the source), source:ID, origin:NAME, picture:URL, or picture-of:SOURCE:URL for one source's only."`
	Reason      string   `required:"" placeholder:"CAUSE" help:"rights, correction, legal or retracted."`
	Note        string   `help:"For the record; never shown."`
	Authority   string   `placeholder:"WHO" help:"Who ordered it: needed for legal, which the answer 451 names."`
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
	if problem, ok := serve.Problem(serve.CheckGiven(syndicate.Order{Model: model})); ok {
		return usage("%s", problem)
	}
	if len(c.Targets) > 0 && c.searches() {
		return usage("name targets, or look for them with --phrase and --address: give two orders for both")
	}
	conf, store, err := c.open(ctx)
	if errors.Is(err, cache.ErrUnavailable) && !c.searches() {
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
	if c.searches() {
		if targets, err = c.search(ctx, p, store, conf); err != nil || !c.Yes {
			return err
		}
		if len(targets) == 0 {
			return &exitError{code: exitFindings}
		}
	}
	return put(ctx, p, conf, store, targets, c.JSON, model)
}

// searches tells whether the items are to be looked for.
func (c *withdrawCmd) searches() bool { return c.Phrase != "" || c.Address != "" }

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
	}
	if !c.JSON {
		if err := printFound(ctx, p, store, conf.Rules, items); err != nil {
			return nil, err
		}
	}
	if (!c.Yes || len(found) == 0) && c.JSON {
		return nil, printJSON(p.stdout, struct {
			Found []string `json:"found"`
		}{found})
	}
	switch {
	case len(found) == 0:
		fmt.Fprintln(p.stdout, "items found: 0. Nothing was withdrawn.")
	case !c.Yes:
		fmt.Fprintf(p.stdout, "items found: %d. Nothing was withdrawn; add --yes to withdraw them.\n", len(found))
	}
	return found, nil
}

// printFound lists items with what is known of each already.
func printFound(ctx context.Context, p *process, store cache.Store, rules *syndicate.Rulebook, items []feeds.Item) error {
	set, err := serve.AllEntries(ctx, store)
	if err != nil {
		return err
	}
	for _, i := range items {
		note := ""
		if rules.IsWithdrawn(i, set, p.now()) {
			note = "  (withdrawn already)"
		}
		fmt.Fprintf(p.stdout, "%s  %s  %s%s\n", i.ID, i.Rank().Format(time.DateOnly), i.Title, note)
	}
	return nil
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

// namesOf finds what people call things.
func namesOf(store cache.Store, conf *config.Config) serve.Names {
	return serve.Names{Store: store, Site: conf.House.Site.URL, Sources: sourceIDs(conf)}
}

// resolve turns links and pages into ids.
func resolve(ctx context.Context, store cache.Store, conf *config.Config, names []string) ([]string, error) {
	targets, err := namesOf(store, conf).Resolve(ctx, names)
	if problem, ok := serve.Problem(err); ok {
		return nil, usage("%s", problem)
	}
	return targets, err
}
