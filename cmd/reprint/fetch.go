package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"reprint/cache"
	"reprint/cmd/reprint/config"
	"reprint/feeds/fetch"
	"reprint/feeds/ingest"
	"reprint/syndicate"
	"reprint/syndicate/serve"
)

type fetchCmd struct {
	configFlag
	Source []string `arg:"" optional:"" help:"Ids of sources; all where none is named."`
	JSON   bool     `help:"Print for machines."`
}

// Help is the long help.
func (fetchCmd) Help() string {
	return "Example:\n  reprint fetch weekly hill\n\nPolls at once, whatever the schedule says, and conditionally, like every poll.\n\n" + exitHelp()
}

// Run polls the sources, one after the other.
func (c *fetchCmd) Run(ctx context.Context, p *process) error {
	conf, err := c.load()
	if err != nil {
		return err
	}
	sources, err := pick(conf.Sources, c.Source)
	if err != nil {
		return err
	}
	store, err := openStore(ctx, conf.Store)
	if err != nil {
		return err
	}
	defer store.Close()
	f := &fetching{process: p, conf: conf, store: store}
	ing, err := newIngester(p, store, conf, ingest.Options{Withdraw: serve.Upstream{Store: store, Now: p.now, Note: f.note}})
	if err != nil {
		return err
	}
	var reports []fetchReport
	for i, s := range sources {
		if p.terminal && len(sources) > 1 {
			fmt.Fprintf(p.stderr, "%d of %d: %s\r", i+1, len(sources), s.ID)
		}
		o := f.once(ctx, ing, s)
		reports = append(reports, reportOf(o))
		if !c.JSON {
			printOutcome(p.stdout, o)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	if c.JSON {
		if err := printJSON(p.stdout, reports); err != nil {
			return err
		}
	}
	if f.failed > 0 {
		return &exitError{exitFailed, fmt.Sprintf("%d of %d sources failed", f.failed, len(sources))}
	}
	if f.unpurged > 0 {
		return &exitError{code: exitFindings}
	}
	return nil
}

// fetching is one run of the command.
type fetching struct {
	*process
	conf     *config.Config
	store    cache.Store
	news     []syndicate.Withdrawal // what the source took back, or put back
	failed   int                    // sources
	unpurged int                    // sources with news of which the caches in front were not told
}

// note takes in what a source took back.
func (f *fetching) note(ctx context.Context, entries []syndicate.Withdrawal) error {
	f.news = append(f.news, entries...)
	_, err := rememberHere(ctx, f.process, f.conf, entries)
	return err
}

// once polls one source.
func (f *fetching) once(ctx context.Context, ing *ingest.Ingester, s ingest.Source) ingest.Outcome {
	f.news = nil
	o := ing.Once(ctx, s)
	if o.Err != nil {
		f.failed++
	}
	if err := f.purge(context.WithoutCancel(ctx)); err != nil {
		fmt.Fprintf(f.stderr, "%s: the caches in front are not purged of what it took back; purge them by hand: %v\n", s.ID, err)
		f.unpurged++
	}
	return o
}

// purge tells the caches in front what the source took back, once that is everywhere: no server does it for a command.
func (f *fetching) purge(ctx context.Context) error {
	if len(f.news) == 0 || f.conf.Purge.URL == "" {
		return nil
	}
	wait, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	a, err := serve.Acknowledge(wait, f.store, serve.LastEpoch(f.news))
	if err != nil {
		return err
	}
	if a.Level != serve.LevelEverywhere {
		return fmt.Errorf("it is not confirmed by %s", strings.Join(a.Waiting, ", "))
	}
	purged, err := purgeFor(ctx, f.process, f.conf, f.news)
	if err == nil && purged.State != serve.PurgeDone {
		err = errors.New(purged.Problem)
	}
	return err
}

// pick returns the sources with these ids, or all.
func pick(sources []ingest.Source, ids []string) ([]ingest.Source, error) {
	if len(ids) == 0 {
		return sources, nil
	}
	var known []string
	for _, s := range sources {
		known = append(known, s.ID)
	}
	var picked []ingest.Source
	for _, id := range ids {
		at := slices.Index(known, id)
		if at < 0 {
			return nil, usage("there is no source %q; the configuration has: %s", id, strings.Join(known, ", "))
		}
		picked = append(picked, sources[at])
	}
	return picked, nil
}

// newIngester makes an ingester on a store. The options may carry a log and an observer.
func newIngester(p *process, store cache.Store, conf *config.Config, o ingest.Options) (*ingest.Ingester, error) {
	client, err := fetch.New(fetch.Options{UserAgent: "Reprint/1 (+" + conf.House.Site.URL + ")", Allow: conf.FetchAllow, Now: p.now})
	if err != nil {
		return nil, err
	}
	o.Fetch, o.Locate, o.Hub, o.Robots = client, client.Locate, client, fetch.NewRobots(client)
	o.Store, o.Authority, o.Now = store, conf.Authority, p.now
	return ingest.New(o), nil
}

// fetchReport is what fetch prints of a source for machines.
type fetchReport struct {
	Source    string    `json:"source"`
	Result    string    `json:"result"`
	Items     int       `json:"items"`
	New       int       `json:"new"`
	Revised   int       `json:"revised"`
	Unchanged int       `json:"unchanged"`
	TakenBack []taken   `json:"taken_back,omitempty"`
	PutBack   []string  `json:"put_back,omitempty"`
	Losses    []string  `json:"losses"`
	Problem   string    `json:"problem,omitempty"`
	Next      time.Time `json:"next"`
	Millis    int64     `json:"milliseconds"`
}

// taken is what a source took back.
type taken struct {
	Item    string `json:"item"`
	Picture string `json:"picture,omitempty"`
	Where   string `json:"where"`
	Reason  string `json:"reason,omitempty"`
}

func reportOf(o ingest.Outcome) fetchReport {
	losses := o.Losses
	if losses == nil {
		losses = []string{}
	}
	var back []taken
	for _, d := range o.TakenBack {
		back = append(back, taken{d.Item, d.Picture, d.Where, d.Reason})
	}
	return fetchReport{
		Source: o.Source, Result: string(o.Result), Items: o.Items, New: o.Accepted.New, Revised: o.Accepted.Revised,
		Unchanged: o.Items - o.Accepted.New - o.Accepted.Revised, Losses: losses, TakenBack: back, PutBack: o.PutBack, Problem: o.Problem, Next: o.Next, Millis: o.Took.Milliseconds(),
	}
}

func printOutcome(w io.Writer, o ingest.Outcome) {
	switch o.Result {
	case ingest.ResultFailed:
		fmt.Fprintf(w, "%-16s failed: %s\n", o.Source, o.Problem)
	case ingest.ResultNotModified:
		fmt.Fprintf(w, "%-16s not modified\n", o.Source)
	default:
		fmt.Fprintf(w, "%-16s %d items: %d new, %d revised, %d unchanged (%d ms)\n", o.Source, o.Items,
			o.Accepted.New, o.Accepted.Revised, o.Items-o.Accepted.New-o.Accepted.Revised, o.Took.Milliseconds())
	}
	for _, d := range o.TakenBack {
		fmt.Fprintf(w, "%-16s   taken back: %s (%s)\n", "", strings.TrimSpace(d.Item+" "+d.Picture), strings.TrimSpace(d.Where+" "+d.Reason))
	}
	for _, id := range o.PutBack {
		fmt.Fprintf(w, "%-16s   published again: %s\n", "", id)
	}
	for _, l := range o.Losses {
		fmt.Fprintf(w, "%-16s   left out: %s\n", "", l)
	}
}
