package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/alecthomas/kong"

	"reprint/cmd/reprint/config"
)

// process is what the commands have of the outside.
type process struct {
	stdout, stderr io.Writer
	terminal       bool // stderr is read by a person
	now            func() time.Time
	reload         <-chan os.Signal
	uid            int
}

// cli is the command line.
type cli struct {
	Demo      demoCmd      `cmd:"" help:"Run the whole service on its own newsroom, with no network."`
	Serve     serveCmd     `cmd:"" help:"Poll the sources and serve the channels."`
	Check     checkCmd     `cmd:"" help:"Check a configuration: every mistake with its place and a remedy."`
	Fetch     fetchCmd     `cmd:"" help:"Poll sources now and tell what came of it."`
	Explain   explainCmd   `cmd:"" help:"Print the decision on an item, clause by clause, with the facts that it rests on."`
	Withdraw  withdrawCmd  `cmd:"" help:"Take something back, on every server and for ever."`
	Reinstate reinstateCmd `cmd:"" help:"Put back what was withdrawn."`
	Claims    claimsCmd    `cmd:"" help:"Read and decide complaints."`
	Token     tokenCmd     `cmd:"" help:"Make, list and revoke the credentials of partners."`
	Partners  partnersCmd  `cmd:"" help:"Tell what partners have pulled, and who has fallen silent."`
	Ledger    ledgerCmd    `cmd:"" help:"Verify, prove and export what is on the record."`
	Pull      pullCmd      `cmd:"" help:"Be a partner: keep a directory equal to what a publisher grants."`
	Doctor    doctorCmd    `cmd:"" help:"Look at the surroundings: store, disk, ports, user, servers."`
	Version   versionCmd   `cmd:"" help:"Print what this binary is."`
}

// configFlag is the flag that most commands have.
type configFlag struct {
	Config string `short:"c" default:"reprint.yaml" placeholder:"FILE" help:"The configuration file; default ${default}."`
}

// load reads the configuration.
func (f configFlag) load() (*config.Config, error) {
	c, err := config.Load(f.Config)
	if os.IsNotExist(err) {
		return nil, usage("there is no file %s; name yours with --config, or start from examples/newsroom/reprint.yaml", f.Config)
	}
	if err != nil {
		return nil, &exitError{exitUsage, err.Error()}
	}
	return c, nil
}

// run does what the arguments say and returns the exit code.
func run(ctx context.Context, p *process, args []string) int {
	var grammar cli
	exited := -1
	parser, err := kong.New(&grammar,
		kong.Name("reprint"),
		kong.Description("Rights-aware feed syndication.\n\n"+exitHelp()),
		kong.Writers(p.stdout, p.stderr),
		kong.Exit(func(code int) { exited = code }),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(p),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100, NoExpandSubcommands: true}),
	)
	if err != nil {
		fmt.Fprintln(p.stderr, "reprint:", err)
		return exitFailed
	}
	if len(args) > 0 && args[0] == "help" { // as many programs have it
		args = append(slices.Clone(args[1:]), "--help")
	}
	var command *kong.Context
	if err = checkText(args); err == nil {
		command, err = parser.Parse(args)
	}
	if exited >= 0 {
		return exited
	}
	if err != nil {
		fmt.Fprintf(p.stderr, "reprint: %v\nreprint --help lists the commands.\n", err)
		return exitUsage
	}
	err = command.Run()
	if err != nil && err.Error() != "" {
		fmt.Fprintf(p.stderr, "reprint: %v\n", err)
	}
	return codeOf(err)
}

// checkText refuses arguments that are not UTF-8. The parser would put other characters into their place, and the command be about
// something else than was typed.
func checkText(args []string) error {
	for _, a := range args {
		if !utf8.ValidString(a) {
			return fmt.Errorf("the argument %q is not UTF-8; is the terminal set to another encoding?", a)
		}
	}
	return nil
}

// printJSON writes a value for machines.
func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
