package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"reprint/syndicate/ledger"
)

type ledgerCmd struct {
	Verify        ledgerVerifyCmd  `cmd:"" help:"Read this server's ledger from end to end and tell whether anything was changed."`
	Prove         ledgerProveCmd   `cmd:"" help:"Print the receipt for an entry."`
	Export        ledgerExportCmd  `cmd:"" help:"Print the ledger as CSV (pulls) or JSON (everything)."`
	VerifyReceipt ledgerReceiptCmd `cmd:"" help:"Check a receipt with the publisher's public key; needs nothing else."`
}

// Help is the long help.
func (ledgerCmd) Help() string {
	return "Examples:\n  reprint ledger verify\n  reprint ledger prove 17 > receipt.json\n  reprint ledger export --format csv > pulls.csv\n  reprint ledger verify-receipt receipt.json --key publisher.pub\n\n" +
		"Reading is possible beside a server that runs.\n\n" + exitHelp()
}

type ledgerVerifyCmd struct {
	configFlag
	Key  string `placeholder:"FILE" help:"The public key to check with, such as a copy that lies elsewhere; the one beside the ledger by default."`
	JSON bool   `help:"Print for machines."`
}

// verified is the outcome of a verification for machines.
type verified struct {
	OK         bool   `json:"ok"`
	Entries    int64  `json:"entries"`
	Signed     int64  `json:"signed"`
	Root       string `json:"root,omitempty"`
	Problem    string `json:"problem,omitempty"`
	Unfinished int64  `json:"unfinished_bytes,omitempty"`
}

// Run verifies the ledger.
func (c *ledgerVerifyCmd) Run(p *process) error {
	conf, err := c.load()
	if err != nil {
		return err
	}
	key, err := readKey(c.Key)
	if err != nil {
		return err
	}
	report, err := ledger.Verify(ledgerDir(conf), key)
	if errors.Is(err, fs.ErrNotExist) {
		return &exitError{exitFailed, fmt.Sprintf("there is no ledger in %s; a server that runs makes one", ledgerDir(conf))}
	}
	v := verified{OK: err == nil, Entries: report.Entries, Signed: report.Checkpoint.Size, Unfinished: report.Torn}
	if err == nil {
		v.Root = report.Checkpoint.Root.String()
	} else {
		v.Problem = err.Error()
	}
	if c.JSON {
		if err := printJSON(p.stdout, v); err != nil {
			return err
		}
	} else if v.OK {
		fmt.Fprintf(p.stdout, "whole: %d entries, signed for by\n\n%s", v.Entries, report.Checkpoint.Signed)
	} else {
		fmt.Fprintf(p.stdout, "CHANGED: %s\n", v.Problem)
	}
	if !v.OK {
		return &exitError{code: exitFindings}
	}
	return nil
}

// readKey reads a public key; an empty name is none.
func readKey(name string) (string, error) {
	if name == "" {
		return "", nil
	}
	text, err := os.ReadFile(name)
	return strings.TrimSpace(string(text)), err
}

type ledgerProveCmd struct {
	configFlag
	N string `arg:"" help:"The number of the entry, or what Reprint-Receipt named."`
}

// Run prints a receipt.
func (c *ledgerProveCmd) Run(p *process) error {
	conf, err := c.load()
	if err != nil {
		return err
	}
	number := c.N
	if _, after, ok := strings.Cut(c.N, "-"); ok {
		number = after
	}
	var n int64
	if _, err := fmt.Sscanf(number, "%d", &n); err != nil {
		return usage("%q is no number of an entry", c.N)
	}
	receipt, err := ledger.Prove(ledgerDir(conf), n)
	if err != nil {
		return err
	}
	return printJSON(p.stdout, receipt)
}

type ledgerExportCmd struct {
	configFlag
	Format string `enum:"csv,json" default:"csv" help:"csv for the pulls as a table, json for every entry on a line; default ${default}."`
}

// Run prints the ledger.
func (c *ledgerExportCmd) Run(p *process) error {
	conf, err := c.load()
	if err != nil {
		return err
	}
	if c.Format == "json" {
		return ledger.ExportJSON(ledgerDir(conf), p.stdout)
	}
	return ledger.ExportCSV(ledgerDir(conf), p.stdout)
}

type ledgerReceiptCmd struct {
	File string `arg:"" help:"The receipt, as /partner/receipts/N gave it."`
	Key  string `required:"" placeholder:"FILE" help:"The publisher's public key, as /partner gives it."`
	JSON bool   `help:"Print for machines."`
}

// Run checks a receipt.
func (c *ledgerReceiptCmd) Run(p *process) error {
	text, err := os.ReadFile(c.File)
	if err != nil {
		return err
	}
	key, err := readKey(c.Key)
	if err != nil {
		return err
	}
	receipt, err := ledger.ReadReceipt(bytes.TrimSpace(text))
	if err != nil {
		return err
	}
	entry, checkpoint, err := receipt.Check(key)
	if err != nil {
		return &exitError{exitFindings, fmt.Sprintf("NOT PROVED: %v", err)}
	}
	if c.JSON {
		return printJSON(p.stdout, entry)
	}
	fmt.Fprintf(p.stdout, "proved: entry %d of the ledger of %s, which had %d entries then\n\n%s\n", entry.N, checkpoint.Origin, checkpoint.Size, receipt.Entry)
	return nil
}
