package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"reprint/syndicate/report"
)

type partnersCmd struct {
	configFlag
	ID   string `arg:"" optional:"" help:"One partner, with its sources."`
	JSON bool   `help:"Print for machines."`
	CSV  bool   `help:"Print as a table for spreadsheets."`
}

// Help is the long help.
func (partnersCmd) Help() string {
	return "Examples:\n  reprint partners\n  reprint partners zj-online\n  reprint partners --csv > partners.csv\n\n" +
		"Counts what was pulled, from the ledgers of all servers of the store.\n\n" + exitHelp()
}

// Run prints the reports.
func (c *partnersCmd) Run(ctx context.Context, p *process) error {
	conf, err := c.load()
	if err != nil {
		return err
	}
	if c.ID != "" {
		if err := knownPartner(conf, c.ID); err != nil {
			return err
		}
	}
	store, err := openStore(ctx, conf.Store)
	if err != nil {
		return err
	}
	defer store.Close()
	tallies, err := store.Tallies(ctx)
	if err != nil {
		return err
	}
	all := report.Partners(conf.House, tallies, p.now())
	if c.ID != "" {
		all = slices.DeleteFunc(all, func(r report.Partner) bool { return r.ID != c.ID })
	}
	switch {
	case c.JSON:
		return printJSON(p.stdout, all)
	case c.CSV:
		return report.WriteCSV(p.stdout, all)
	}
	printPartners(p.stdout, all, c.ID != "")
	return nil
}

func printPartners(w io.Writer, all []report.Partner, sources bool) {
	fmt.Fprintf(w, "%-20s %8s %8s %8s %8s %9s  %-20s %s\n", "PARTNER", "PULLS", "ITEMS", "FULL", "PICTURES", "EVERY", "LAST", "")
	for _, p := range all {
		every, remark := "", ""
		if p.Interval > 0 {
			every = p.Interval.Round(time.Second).String()
		}
		if p.Stale {
			remark = "silent for longer than usual"
		}
		fmt.Fprintf(w, "%-20s %8d %8d %8d %8d %9s  %-20s %s\n", p.ID, p.Pulls, p.Items, p.Full, p.Pictures, every, when(p.Last), remark)
		if !sources {
			continue
		}
		for _, s := range p.Sources {
			fmt.Fprintf(w, "  %-18s %8d %8d %8d %8d %9s  %s\n", s.ID, s.Pulls, s.Items, s.Full, s.Pictures, "", when(s.Last))
		}
	}
}

// when writes a moment, or that there was none.
func when(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.UTC().Format(time.RFC3339)
}
