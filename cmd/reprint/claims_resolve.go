package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"reprint/cache"
	"reprint/cmd/reprint/config"
	"reprint/syndicate"
	"reprint/syndicate/access"
	"reprint/syndicate/claim"
	"reprint/syndicate/ledger"
	"reprint/syndicate/serve"
)

type claimsResolveCmd struct {
	configFlag
	Number   int64  `arg:"" help:"The number of the claim."`
	Uphold   bool   `xor:"outcome" required:"" help:"What it names is withdrawn."`
	Reject   bool   `xor:"outcome" required:"" help:"What was withheld because of it is shown again."`
	Withhold bool   `xor:"outcome" required:"" help:"What it names is withdrawn until you decide."`
	Answered bool   `xor:"outcome" required:"" help:"The one whom it concerns has answered, by letter; --reason is the answer."`
	By       string `required:"" placeholder:"NAME" help:"Who decides; the claimant is told."`
	Reason   string `placeholder:"TEXT" help:"Why, with the ground in law or in a contract; both sides are told."`
	JSON     bool   `help:"Print for machines."`
}

// Help is the long help.
func (claimsResolveCmd) Help() string {
	return "Example:\n  reprint claims resolve 17 --uphold --by 'Lin Qing' --reason 'The picture belongs to an agency.'\n\n" +
		"Returns when every server shows what was decided. Saying it once more does what was cut short.\n\n" + exitHelp()
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
	return decideClaim(ctx, p, c.configFlag, c.Number, claim.Event{Kind: kind, By: c.By, Text: c.Reason}, c.JSON)
}

type claimsEraseCmd struct {
	configFlag
	Number int64  `arg:"" help:"The number of the claim."`
	By     string `required:"" placeholder:"NAME" help:"Who does it; it is on the record."`
	JSON   bool   `help:"Print for machines."`
}

// Help is the long help.
func (claimsEraseCmd) Help() string {
	return "Example:\n  reprint claims erase 17 --by 'Lin Qing'\n\n" +
		"What became of the claim stays. Other servers forget within minutes, those that are down when they come back.\n\n" + exitHelp()
}

// Run deletes.
func (c *claimsEraseCmd) Run(ctx context.Context, p *process) error {
	return decideClaim(ctx, p, c.configFlag, c.Number, claim.Event{Kind: claim.Erased, By: c.By}, c.JSON)
}

// decideClaim lets something happen to a claim, and says how far that has got.
func decideClaim(ctx context.Context, p *process, f configFlag, number int64, e claim.Event, asJSON bool) error {
	conf, store, err := f.open(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	step := claimStep{p: p, conf: conf, store: store}
	one, a, err := step.take(ctx, number, e)
	if err != nil {
		return err
	}
	if asJSON {
		err = printJSON(p.stdout, serve.NewDecidedClaim(serve.NewClaimStatus(one, p.now()), a))
	} else {
		printStep(p, one, e.Kind, a)
	}
	if err == nil && !a.IsOver() {
		return &exitError{code: exitFindings}
	}
	return err
}

// printStep says what a claim is now, and by whose word.
func printStep(p *process, c claim.Claim, kind claim.Kind, a serve.Acknowledgment) {
	last, _ := c.Last(kind)
	fmt.Fprintf(p.stdout, "claim %d: %s, by %s\n", c.Number, kind, last.By)
	switch {
	case a.Level == serve.LevelJournaled:
		fmt.Fprintln(p.stdout, "journaled: its items follow as soon as the server of this machine hears the store")
	case a.Level != serve.LevelEverywhere:
		fmt.Fprintf(p.stdout, "stored, but not confirmed by %s: they may still answer as before\n", strings.Join(a.Waiting, ", "))
	case a.Purge != nil && a.Purge.State != serve.PurgeDone:
		fmt.Fprintf(p.stdout, "the caches in front are not purged yet: %s\n", a.Purge.Problem)
	case a.Epoch > 0:
		fmt.Fprintln(p.stdout, "everywhere: no server answers otherwise")
	}
}

// claimStep lets something happen to a claim: with the ledger of this machine, or by way of the server that has it.
type claimStep struct {
	p       *process
	conf    *config.Config
	store   cache.Store
	entries []syndicate.Withdrawal // that were made here
}

// take lets it happen, and tells how far that has got.
func (s *claimStep) take(ctx context.Context, number int64, e claim.Event) (one claim.Claim, a serve.Acknowledgment, err error) {
	before, err := oneClaim(ctx, s.store, number)
	if err != nil {
		return before, a, err
	}
	if problem, ok := serve.Problem(serve.CheckDecision(before, e)); ok {
		return before, a, usage("%s", problem)
	}
	l, err := ledger.Open(ledgerDir(s.conf), ledger.Options{Name: ledgerName(s.conf.House.Site.URL)})
	switch {
	case errors.Is(err, ledger.ErrInUse):
		a, err = askServerStep(ctx, s.p, s.conf, number, e)
	case err == nil:
		a, err = s.decide(ctx, l, number, e)
	}
	if problem, ok := serve.Problem(err); ok {
		return before, a, usage("%s", problem)
	}
	if err != nil {
		return before, a, err
	}
	one, err = oneClaim(ctx, s.store, number)
	return one, a, err
}

// decide lets it happen here.
func (s *claimStep) decide(ctx context.Context, l *ledger.Ledger, number int64, e claim.Event) (a serve.Acknowledgment, err error) {
	m := newRemembering(l, s.conf, s.p.now)
	desk := claimDesk(s.p, s.conf, s.store, m)
	desk.Place = func(ctx context.Context, order syndicate.Order) error {
		entries, err := placeHere(ctx, s.conf, s.store, m, order)
		s.entries = append(s.entries, entries...)
		return err
	}
	one, err := desk.Decide(ctx, number, e)
	if err = errors.Join(err, l.Close()); err != nil {
		return a, err
	}
	return s.acknowledge(ctx, one, e.Kind)
}

// acknowledge waits until what was decided here is everywhere and the caches in front are purged. Where nothing was left to do, an
// earlier try may have been cut short before that.
func (s *claimStep) acknowledge(ctx context.Context, c claim.Claim, kind claim.Kind) (a serve.Acknowledgment, err error) {
	if last, _ := c.Last(kind); last.Order == "" {
		return serve.Acknowledgment{Level: serve.LevelEverywhere}, nil
	}
	entries := s.entries
	if len(entries) == 0 {
		if entries, err = serve.ClaimEntries(ctx, s.store, c); err != nil {
			return a, err
		}
	}
	wait, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	a, err = serve.Acknowledge(wait, s.store, serve.LastEpoch(entries))
	if err != nil || a.Level != serve.LevelEverywhere {
		return a, err
	}
	if err := stand(ctx, s.store, s.entries); err != nil {
		return a, err
	}
	if len(entries) > 0 {
		a.Purge, err = purgeFor(wait, s.p, s.conf, entries)
	}
	return a, err
}

// claimDesk is the desk of a command.
func claimDesk(p *process, conf *config.Config, store cache.Store, m remembering) serve.ClaimDesk {
	return serve.ClaimDesk{
		Store: store, Site: conf.House.Site, Sources: sourceIDs(conf), Now: p.now, Remember: m.RememberClaim,
		Copies: func(ctx context.Context) ([]syndicate.Withdrawal, error) { return serve.CopiesDown(ctx, store) },
		Secret: func(ctx context.Context) ([]byte, error) {
			candidate := make([]byte, access.LinkSecretBytes)
			_, _ = rand.Read(candidate) // never fails
			return store.Secret(ctx, serve.ClaimSecret, candidate)
		},
	}
}

// placeHere carries an order out and remembers that on this machine.
func placeHere(ctx context.Context, conf *config.Config, store cache.Store, m remembering, order syndicate.Order) ([]syndicate.Withdrawal, error) {
	entries, err := enter(ctx, store, order)
	if err != nil {
		return nil, err
	}
	if err := m.Remember(ctx, entries); err != nil {
		return entries, err
	}
	copies, err := serve.WithdrawCopies(ctx, store, sourceIDs(conf), entries, m.now())
	if err != nil || len(copies) == 0 {
		return entries, err
	}
	return append(entries, copies...), m.Remember(ctx, copies)
}

// askServerStep lets the server of this machine do it, and returns how far that has got.
func askServerStep(ctx context.Context, p *process, conf *config.Config, number int64, e claim.Event) (serve.Acknowledgment, error) {
	body, err := json.Marshal(map[string]any{"kind": e.Kind, "by": e.By, "text": e.Text, "letter": e.Letter})
	if err != nil {
		return serve.Acknowledgment{}, err
	}
	answer, err := tellServer(ctx, p, conf, fmt.Sprintf("/api/claims/%d", number), body)
	if err != nil {
		return serve.Acknowledgment{}, err
	}
	var decided serve.DecidedClaim
	err = json.Unmarshal(answer, &decided)
	return decided.Acknowledgment(), err
}
