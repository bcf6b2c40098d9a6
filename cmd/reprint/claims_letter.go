package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"reprint/syndicate/claim"
	"reprint/syndicate/serve"
)

type claimsLetterCmd struct {
	configFlag
	Number int64  `arg:"" help:"The number of the claim."`
	Letter string `arg:"" help:"To the claimant: receipt, reply (what was answered) or result. To the one whom it concerns: forward (what is claimed) or statement (what was decided)."`
	Dir    string `placeholder:"DIR" help:"Write it to a file there instead of printing it."`
	Sent   bool   `help:"Put on the record that it is sent."`
	By     string `placeholder:"NAME" help:"Who sends it, with --sent."`
}

// Help is the long help.
func (claimsLetterCmd) Help() string {
	return "Example:\n  reprint claims letter 17 forward --dir letters --sent --by 'Lin Qing'\n\n" +
		"Nothing is sent by this: you do that, so that a person has read it.\n\n" + exitHelp()
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
	house, err := claimDesk(p, conf, store, remembering{}).House(ctx, one)
	if err != nil {
		return err
	}
	letter := claim.Letter(c.Letter)
	text, err := letter.Write(one, house)
	if err != nil {
		return usage("%v", err)
	}
	sent := claim.Event{Kind: claim.Sent, By: c.By, Letter: letter}
	if problem, ok := serve.Problem(serve.CheckDecision(one, sent)); c.Sent && ok {
		return usage("%s", problem)
	}
	if err := c.put(p, text); err != nil || !c.Sent {
		return err
	}
	step := claimStep{p: p, conf: conf, store: store} // only what is there can be sent
	_, _, err = step.take(ctx, c.Number, sent)
	return err
}

// put prints a letter, or writes it to a file.
func (c *claimsLetterCmd) put(p *process, text string) error {
	if c.Dir == "" {
		_, err := fmt.Fprint(p.stdout, text)
		return err
	}
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return err
	}
	path := filepath.Join(c.Dir, fmt.Sprintf("claim-%d-%s.txt", c.Number, c.Letter))
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return err
	}
	_, err := fmt.Fprintln(p.stdout, path)
	return err
}
