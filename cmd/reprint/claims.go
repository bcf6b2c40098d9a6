package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"reprint/cache"
	"reprint/feeds"
	"reprint/syndicate/claim"
	"reprint/syndicate/serve"
)

type claimsCmd struct {
	List    claimsListCmd    `cmd:"" help:"List the claims that are open, or all."`
	Show    claimsShowCmd    `cmd:"" help:"Show a claim with what became of it."`
	Resolve claimsResolveCmd `cmd:"" help:"Decide a claim: uphold or reject it, or withhold what it names until then."`
	Letter  claimsLetterCmd  `cmd:"" help:"Write a letter about a claim, as text to be sent."`
	Erase   claimsEraseCmd   `cmd:"" help:"Delete who filed and who answered a claim that is decided."`
}

// Help is the long help.
func (claimsCmd) Help() string {
	return "Examples:\n  reprint claims list\n  reprint claims show 17\n  reprint claims letter 17 forward --dir letters\n" +
		"  reprint claims resolve 17 --reject --by 'Lin Qing' --reason 'There is a contract of 2025.'\n\n" + exitHelp()
}

type claimsListCmd struct {
	configFlag
	All  bool `help:"Also those that are decided."`
	JSON bool `help:"Print for machines."`
}

// Help is the long help.
func (claimsListCmd) Help() string {
	return "Example:\n  reprint claims list --all --json\n\n" + exitHelp()
}

// Run lists.
func (c *claimsListCmd) Run(ctx context.Context, p *process) error {
	conf, store, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	read := store.OpenComplaints
	if c.All {
		read = func(ctx context.Context) ([]claim.Claim, error) { return serve.AllClaims(ctx, store) }
	}
	all, err := read(ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		shown := []serve.ClaimStatus{}
		for _, one := range all {
			shown = append(shown, serve.NewClaimStatus(one, p.now()))
		}
		return printJSON(p.stdout, shown)
	}
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NUMBER\tSTATE\tDUE\tBY\tABOUT")
	for _, one := range all {
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\n", one.Number, one.State(), dueOf(one, conf.House.Site.Zone, p.now()), brief(one.Filing.Name), brief(strings.Join(one.Filing.Places, " ")))
	}
	return w.Flush()
}

// dueOf is the last day on which a claim is to be decided, where the house is; a dash once it is.
func dueOf(c claim.Claim, zone *time.Location, now time.Time) string {
	switch due := feeds.Day(c.Due, zone); {
	case !c.IsOpen():
		return "-"
	case c.IsOverdue(now):
		return due + " overdue"
	default:
		return due
	}
}

func in(t time.Time, zone *time.Location) time.Time {
	if zone == nil {
		zone = time.UTC
	}
	return t.In(zone)
}

// brief is the beginning of what a stranger wrote, on one line.
func brief(s string) string { return feeds.Cut(feeds.OneLine(s), 80) }

type claimsShowCmd struct {
	configFlag
	Number int64 `arg:"" help:"The number of the claim."`
	JSON   bool  `help:"Print for machines."`
}

// Help is the long help.
func (claimsShowCmd) Help() string {
	return "Example:\n  reprint claims show 17 --json\n\n" + exitHelp()
}

// Run shows.
func (c *claimsShowCmd) Run(ctx context.Context, p *process) error {
	conf, store, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	one, err := oneClaim(ctx, store, c.Number)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(p.stdout, serve.NewClaimStatus(one, p.now()))
	}
	return printClaim(p, one, conf.House.Site.Zone)
}

func oneClaim(ctx context.Context, store cache.Store, number int64) (claim.Claim, error) {
	one, err := store.Complaint(ctx, number)
	if errors.Is(err, cache.ErrNoClaim) {
		return one, usage("there is no claim %d; reprint claims list --all shows them", number)
	}
	return one, err
}

// printClaim prints a claim. What strangers wrote cannot move the cursor.
func printClaim(p *process, c claim.Claim, zone *time.Location) error {
	f := c.Filing
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	row := func(name, text string) {
		if text != "" {
			fmt.Fprintf(w, "%s\t%s\n", name, strings.ReplaceAll(feeds.Lines(text), "\n", "\n\t"))
		}
	}
	moment := func(t time.Time) string { return in(t, zone).Format("2006-01-02 15:04 MST") }
	row("claim", fmt.Sprintf("%d, %s", c.Number, c.State()))
	row("filed", moment(c.At))
	row("due", dueOf(c, zone, p.now()))
	row("by", f.Name)
	row("for", f.Behalf)
	row("mail", f.Email)
	row("phone", f.Phone)
	row("address", f.Address)
	if f.Oath {
		row("signed", f.Signature)
	}
	if f.Child {
		row("about", "the sexual abuse of a child")
	}
	row("work", f.Work)
	row("places", strings.Join(f.Places, "\n"))
	row("items", strings.Join(c.Items, "\n"))
	row("hidden", strings.Join(c.Hidden, "\n"))
	row("reasons", f.Reasons)
	row("meets", strings.Join(c.Meets(), " "))
	for _, e := range c.Events {
		row(string(e.Kind), strings.Join(slices.DeleteFunc([]string{moment(e.At) + ", " + e.By, string(e.Letter), e.Text, counterOf(e)}, isEmpty), "\n"))
	}
	return w.Flush()
}

func isEmpty(s string) bool { return s == "" }

// counterOf is who answered.
func counterOf(e claim.Event) string {
	if e.Counter == nil {
		return ""
	}
	c := e.Counter
	return strings.Join(slices.DeleteFunc([]string{c.Name, c.Email, c.Phone, c.Address, "meets " + strings.Join(c.Meets(), " ")}, isEmpty), "\n")
}
