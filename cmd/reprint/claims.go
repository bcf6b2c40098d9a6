package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"reprint/cache"
	"reprint/cmd/reprint/config"
	"reprint/syndicate"
	"reprint/syndicate/access"
	"reprint/syndicate/claim"
	"reprint/syndicate/ledger"
	"reprint/syndicate/serve"
)

type claimsCmd struct {
	List    claimsListCmd    `cmd:"" help:"List the claims that are open, or all."`
	Show    claimsShowCmd    `cmd:"" help:"Show a claim with what became of it."`
	Resolve claimsResolveCmd `cmd:"" help:"Decide a claim: uphold or reject it, or withhold what it names until then."`
	Letter  claimsLetterCmd  `cmd:"" help:"Write a letter about a claim, as text to be sent."`
	Erase   claimsEraseCmd   `cmd:"" help:"Delete who filed a claim that is decided."`
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

// Run lists.
func (c *claimsListCmd) Run(ctx context.Context, p *process) error {
	_, store, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	all, err := serve.AllClaims(ctx, store)
	if err != nil {
		return err
	}
	shown := []claim.Claim{}
	for _, one := range all {
		if _, over := one.Outcome(); c.All || !over {
			shown = append(shown, one)
		}
	}
	if c.JSON {
		return printJSON(p.stdout, shown)
	}
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NUMBER\tSTATE\tDUE\tBY\tABOUT")
	for _, one := range shown {
		due := one.Due.Format(time.DateOnly)
		if one.IsOverdue(p.now()) {
			due += " overdue"
		}
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\n", one.Number, one.State(), due, printable(one.Filing.Name), printable(strings.Join(one.Filing.Places, " ")))
	}
	return w.Flush()
}

// printable keeps what a stranger wrote on one line, and from moving the cursor.
func printable(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return ' '
		}
		return r
	}, s)
	if runes := []rune(s); len(runes) > 80 {
		return string(runes[:79]) + "…"
	}
	return s
}

type claimsShowCmd struct {
	configFlag
	Number int64 `arg:"" help:"The number of the claim."`
	JSON   bool  `help:"Print for machines."`
}

// Run shows.
func (c *claimsShowCmd) Run(ctx context.Context, p *process) error {
	_, store, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	one, err := oneClaim(ctx, store, c.Number)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(p.stdout, one)
	}
	printClaim(p, one)
	return nil
}

func oneClaim(ctx context.Context, store cache.Store, number int64) (claim.Claim, error) {
	one, err := store.Complaint(ctx, number)
	if errors.Is(err, cache.ErrNoClaim) {
		return one, usage("there is no claim %d; reprint claims list --all shows them", number)
	}
	return one, err
}

func printClaim(p *process, c claim.Claim) {
	f := c.Filing
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	row := func(name, text string) {
		if text != "" {
			fmt.Fprintf(w, "%s\t%s\n", name, strings.ReplaceAll(keepLines(text), "\n", "\n\t"))
		}
	}
	row("claim", fmt.Sprintf("%d, %s", c.Number, c.State()))
	row("filed", c.At.Format(time.DateTime))
	row("due", c.Due.Format(time.DateOnly))
	row("by", f.Name)
	row("for", f.Behalf)
	row("mail", f.Email)
	row("phone", f.Phone)
	row("address", f.Address)
	row("work", f.Work)
	row("places", strings.Join(f.Places, "\n"))
	row("items", strings.Join(c.Items, "\n"))
	row("reasons", f.Reasons)
	row("meets", strings.Join(f.Meets(), " "))
	for _, e := range c.Events {
		row(string(e.Kind), e.At.Format(time.DateTime)+", "+e.By+"\n"+e.Text)
	}
	_ = w.Flush()
}

// keepLines keeps a stranger's text from moving the cursor but for its lines.
func keepLines(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && (r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0) {
			return ' '
		}
		return r
	}, s)
}

type claimsResolveCmd struct {
	configFlag
	Number   int64  `arg:"" help:"The number of the claim."`
	Uphold   bool   `xor:"outcome" required:"" help:"What it names is withdrawn."`
	Reject   bool   `xor:"outcome" required:"" help:"What was withheld because of it is shown again."`
	Withhold bool   `xor:"outcome" required:"" help:"What it names is withdrawn until you decide."`
	Answered bool   `xor:"outcome" required:"" help:"The one whom it concerns has answered, by letter; --reason is the answer."`
	By       string `required:"" placeholder:"NAME" help:"Who decides; the claimant is told."`
	Reason   string `placeholder:"TEXT" help:"Why; the claimant is told."`
	JSON     bool   `help:"Print for machines."`
}

// Help is the long help.
func (claimsResolveCmd) Help() string {
	return "Example:\n  reprint claims resolve 17 --uphold --by 'Lin Qing' --reason 'The picture is an agency\\'s.'\n\n" +
		"Saying it once more does what was cut short.\n\n" + exitHelp()
}

// Run decides.
func (c *claimsResolveCmd) Run(ctx context.Context, p *process) error {
	kind := claim.Upheld
	switch {
	case c.Reject:
		kind = claim.Rejected
	case c.Withhold:
		kind = claim.Withheld
	case c.Answered:
		kind = claim.Answered
	}
	return claimStep(ctx, p, c.configFlag, c.Number, claim.Event{Kind: kind, By: c.By, Text: c.Reason}, c.JSON)
}

type claimsEraseCmd struct {
	configFlag
	Number int64  `arg:"" help:"The number of the claim."`
	By     string `required:"" placeholder:"NAME" help:"Who does it; it is on the record."`
	JSON   bool   `help:"Print for machines."`
}

// Run deletes.
func (c *claimsEraseCmd) Run(ctx context.Context, p *process) error {
	return claimStep(ctx, p, c.configFlag, c.Number, claim.Event{Kind: claim.Erased, By: c.By}, c.JSON)
}

// claimStep lets something happen to a claim: with the ledger of this machine, or by way of the server that has it.
func claimStep(ctx context.Context, p *process, f configFlag, number int64, e claim.Event, asJSON bool) error {
	conf, store, err := f.open(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	before, err := oneClaim(ctx, store, number)
	if err != nil {
		return err
	}
	if problem, ok := serve.Problem(serve.CheckDecision(before, e)); ok {
		return usage("%s", problem)
	}
	l, err := ledger.Open(ledgerDir(conf), ledger.Options{Name: ledgerName(conf.House.Site.URL)})
	switch {
	case errors.Is(err, ledger.ErrInUse):
		err = askServerStep(ctx, p, conf, number, e)
	case err == nil:
		_, err = claimDesk(p, conf, store, newRemembering(l, conf, p.now)).Decide(ctx, number, e)
		err = errors.Join(err, l.Close())
	}
	if problem, ok := serve.Problem(err); ok {
		return usage("%s", problem)
	}
	if err != nil {
		return err
	}
	one, err := oneClaim(ctx, store, number)
	if err != nil {
		return err
	}
	if asJSON {
		return printJSON(p.stdout, one)
	}
	fmt.Fprintf(p.stdout, "claim %d: %s\n", one.Number, one.State())
	return nil
}

// claimDesk is the desk of a command.
func claimDesk(p *process, conf *config.Config, store cache.Store, m remembering) serve.ClaimDesk {
	return serve.ClaimDesk{
		Store: store, Site: conf.House.Site, Sources: sourceIDs(conf), Now: p.now, Remember: m.RememberClaim,
		Place: func(ctx context.Context, order syndicate.Order) error {
			entries, err := enter(ctx, store, order)
			if err != nil {
				return err
			}
			if err := m.Remember(ctx, entries); err != nil {
				return err
			}
			copies, err := serve.WithdrawCopies(ctx, store, sourceIDs(conf), entries, p.now())
			if err != nil {
				return err
			}
			if err := m.Remember(ctx, copies); err != nil {
				return err
			}
			return purgeOnce(ctx, p, conf, store, append(entries, copies...))
		},
		Secret: func(ctx context.Context) ([]byte, error) {
			candidate := make([]byte, access.LinkSecretBytes)
			_, _ = rand.Read(candidate) // never fails
			return store.Secret(ctx, serve.ClaimSecret, candidate)
		},
	}
}

// askServerStep lets the server of this machine do it.
func askServerStep(ctx context.Context, p *process, conf *config.Config, number int64, e claim.Event) error {
	body, err := json.Marshal(map[string]any{"kind": e.Kind, "by": e.By, "text": e.Text})
	if err != nil {
		return err
	}
	_, err = tellServer(ctx, p, conf, fmt.Sprintf("/api/claims/%d", number), body)
	return err
}

type claimsLetterCmd struct {
	configFlag
	Number int64  `arg:"" help:"The number of the claim."`
	Letter string `arg:"" help:"receipt (to the claimant), forward (to the one whom it concerns), reply (the answer, to the claimant) or result (to the claimant)."`
	Dir    string `placeholder:"DIR" help:"Write it to a file there instead of printing it."`
}

// Run writes a letter.
func (c *claimsLetterCmd) Run(ctx context.Context, p *process) error {
	conf, store, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	one, err := oneClaim(ctx, store, c.Number)
	if err != nil {
		return err
	}
	house, err := claimDesk(p, conf, store, remembering{}).House(ctx, c.Number)
	if err != nil {
		return err
	}
	text, err := claim.Letter(c.Letter).Write(one, house)
	if err != nil {
		return usage("%v", err)
	}
	if c.Dir == "" {
		_, err = fmt.Fprint(p.stdout, text)
		return err
	}
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return err
	}
	path := filepath.Join(c.Dir, fmt.Sprintf("claim-%d-%s.txt", c.Number, c.Letter))
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return err
	}
	_, err = fmt.Fprintln(p.stdout, path)
	return err
}
