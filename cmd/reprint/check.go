package main

import (
	"errors"
	"fmt"

	"reprint/cmd/reprint/config"
)

type checkCmd struct {
	configFlag
	JSON bool `help:"Print for machines."`
}

// Help is the long help.
func (checkCmd) Help() string {
	return "Example:\n  reprint check --config reprint.yaml\n\n" + exitHelp()
}

// checkReport is what check prints for machines.
type checkReport struct {
	OK       bool             `json:"ok"`
	Problems []config.Problem `json:"problems"`
	Sources  int              `json:"sources"`
	Channels int              `json:"channels"`
	Licenses int              `json:"licenses"`
	Partners int              `json:"partners"`
}

// Run checks a configuration.
func (c *checkCmd) Run(p *process) error {
	loaded, err := c.load()
	var problems config.Problems
	if err != nil && (!c.JSON || !errors.As(parseError(c.Config), &problems)) {
		return err
	}
	report := checkReport{OK: err == nil, Problems: problems}
	if report.Problems == nil {
		report.Problems = []config.Problem{}
	}
	if err == nil {
		h := loaded.House
		report.Sources, report.Channels, report.Licenses, report.Partners = len(h.Sources), len(h.Channels), len(h.Licenses), len(h.Partners)
	}
	if c.JSON {
		if err := printJSON(p.stdout, report); err != nil {
			return err
		}
		if !report.OK {
			return &exitError{code: exitUsage}
		}
		return nil
	}
	fmt.Fprintf(p.stdout, "%s is right: %d sources, %d channels, %d licenses, %d partners.\n",
		c.Config, report.Sources, report.Channels, report.Licenses, report.Partners)
	return nil
}

// parseError returns what config.Load says of a file, as the list it is.
func parseError(path string) error {
	_, err := config.Load(path)
	return err
}
