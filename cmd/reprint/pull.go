package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"reprint/cmd/reprint/pull"
)

// pullToken is the environment variable with the partner's token.
const pullToken = "REPRINT_TOKEN"

type pullCmd struct {
	Site   string `arg:"" help:"The publisher's address, such as https://news.example.org."`
	Dir    string `required:"" placeholder:"DIR" help:"Where to keep the items."`
	Follow bool   `help:"Go on: wait for what is new until the process is ended."`
	Limit  int    `placeholder:"N" help:"Changes a page, 1 to 500; the publisher's usual by default."`
	JSON   bool   `help:"Print for machines."`
}

// Help is the long help.
func (pullCmd) Help() string {
	return "Example:\n  REPRINT_TOKEN=rp_… reprint pull https://news.example.org --dir reprints\n\n" +
		"Keeps DIR equal to what the publisher grants: one HTML and one JSON file an item, each with its notices;\ndeletes what may not be shown any more; checks and keeps the receipts. Needs no configuration.\n" +
		"It can be ended and run again at any time, such as from cron.\n\n" + exitHelp()
}

// followWait is how long the publisher may wait for something new.
const followWait = 20 * time.Second

// Run pulls once, or goes on.
func (c *pullCmd) Run(ctx context.Context, p *process) error {
	token := strings.TrimSpace(os.Getenv(pullToken))
	if token == "" {
		return usage("set %s to the token that the publisher gave you", pullToken)
	}
	if !strings.HasPrefix(c.Site, "http://") && !strings.HasPrefix(c.Site, "https://") {
		return usage("%q is no web address", c.Site)
	}
	dir, err := pull.OpenDir(c.Dir)
	if err != nil {
		return err
	}
	client := pull.NewClient(c.Site, token)
	options := pull.Options{Limit: c.Limit}
	for {
		result, err := pull.Once(ctx, client, dir, options)
		if err == nil && (!c.Follow || result != (pull.Result{Owed: result.Owed})) {
			err = c.print(p, result)
		}
		if errors.Is(err, context.Canceled) && ctx.Err() != nil && c.Follow {
			return nil
		}
		if err != nil || !c.Follow {
			return err
		}
		options.Wait = followWait
	}
}

func (c *pullCmd) print(p *process, r pull.Result) error {
	if c.JSON {
		return printJSON(p.stdout, r)
	}
	owed := ""
	if r.Owed > 0 {
		owed = fmt.Sprintf("; %d receipts are still owed: their server cannot be reached", r.Owed)
	}
	_, err := fmt.Fprintf(p.stdout, "%d items written, %d removed, %d receipts checked%s\n", r.Written, r.Removed, r.Receipts, owed)
	return err
}
