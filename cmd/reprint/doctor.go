package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"reprint/cache"
	"reprint/feeds/ingest"
)

type doctorCmd struct {
	configFlag
	JSON bool `help:"Print for machines."`
}

// Help is the long help.
func (doctorCmd) Help() string {
	return "Example:\n  reprint doctor --config reprint.yaml\n\nLooks, beside a server that runs too, and changes nothing but what the first start would: it makes the data\ndirectory and an empty SQLite store where there are none, and brings an older SQLite file up to date.\n\n" + exitHelp()
}

// storeTime bounds how long doctor waits for the store.
const storeTime = 15 * time.Second

// doctorFinding is a finding for machines.
type doctorFinding struct {
	Check    string `json:"check"`
	Severity string `json:"severity"`
	Detail   string `json:"detail"`
	Remedy   string `json:"remedy,omitempty"`
}

// Run looks at everything and tells what it found.
func (c *doctorCmd) Run(ctx context.Context, p *process) error {
	conf, err := c.load()
	if err != nil {
		return err
	}
	findings := []cache.Finding{{Check: "configuration", Detail: fmt.Sprintf("%d sources, %d channels, %d licenses", len(conf.Sources), len(conf.House.Channels), len(conf.House.Licenses))}}
	runs := isRunning(ctx, p, conf)
	findings = append(findings, checkPort(ctx, "listen", conf.Listen, runs), checkPort(ctx, "admin_listen", conf.AdminListen, runs),
		checkPrivate(conf.AdminListen), checkData(conf.Data), checkUser(p.uid))
	findings = append(findings, checkStore(ctx, conf.Store, conf.Sources)...)
	worst := cache.OK
	for _, f := range findings {
		worst = max(worst, f.Severity)
	}
	if c.JSON {
		err = printFindingsJSON(p.stdout, findings)
	} else {
		printFindings(p.stdout, findings)
	}
	if err == nil && worst > cache.OK {
		return &exitError{code: exitFindings}
	}
	return err
}

func printFindings(w io.Writer, findings []cache.Finding) {
	for _, f := range findings {
		fmt.Fprintf(w, "%-6s %-24s %s\n", f.Severity, f.Check, f.Detail)
		if f.Remedy != "" {
			fmt.Fprintf(w, "%-6s %-24s -> %s\n", "", "", f.Remedy)
		}
	}
}

func printFindingsJSON(w io.Writer, findings []cache.Finding) error {
	list := []doctorFinding{}
	for _, f := range findings {
		list = append(list, doctorFinding{f.Check, f.Severity.String(), f.Detail, f.Remedy})
	}
	return printJSON(w, list)
}

// checkPort looks whether an address is free, or taken by the server that runs here.
func checkPort(ctx context.Context, key, address string, runs bool) cache.Finding {
	l, err := listen(ctx, address, key)
	if errors.Is(err, syscall.EADDRINUSE) && runs {
		return cache.Finding{Check: key, Detail: address + " is taken by the server that runs"}
	}
	if err != nil {
		return cache.Finding{Check: key, Severity: cache.Warn, Detail: err.Error(), Remedy: "end what has the address, or choose another one"}
	}
	_ = l.Close()
	return cache.Finding{Check: key, Detail: address + " is free"}
}

// checkPrivate looks whether the operator's listener is where only the operator is.
func checkPrivate(address string) cache.Finding {
	f := cache.Finding{Check: "admin_listen is private", Detail: address}
	host, _, err := net.SplitHostPort(address)
	ip := net.ParseIP(host)
	if err == nil && (host == "localhost" || ip != nil && (ip.IsLoopback() || ip.IsPrivate())) {
		return f
	}
	f.Severity, f.Remedy = cache.Warn, "bind it to 127.0.0.1 or to an address that only the operator reaches"
	return f
}

// checkData looks whether the data directory can be written.
func checkData(dir string) cache.Finding {
	f := cache.Finding{Check: "data", Detail: dir + " can be written"}
	err := os.MkdirAll(dir, 0o750)
	if err == nil {
		var probe *os.File
		if probe, err = os.CreateTemp(dir, ".doctor-*"); err == nil {
			err = errors.Join(probe.Close(), os.Remove(probe.Name()))
		}
	}
	if err != nil {
		abs, _ := filepath.Abs(dir)
		f.Severity, f.Detail, f.Remedy = cache.Refuse, err.Error(), "make "+abs+" writable for the user that runs reprint, or change the key data"
	}
	return f
}

func checkUser(uid int) cache.Finding {
	if uid == 0 {
		return cache.Finding{Check: "user", Severity: cache.Warn, Detail: "running as root", Remedy: "run reprint as a user of its own; it needs no privileges"}
	}
	return cache.Finding{Check: "user", Detail: fmt.Sprintf("uid %d", uid)}
}

// checkStore opens the store and lets it look at itself.
func checkStore(ctx context.Context, url string, sources []ingest.Source) []cache.Finding {
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	store, err := openStore(ctx, url)
	if err != nil {
		return []cache.Finding{{Check: "store", Severity: cache.Refuse, Detail: err.Error(), Remedy: "start it, or change the key store"}}
	}
	defer store.Close()
	return append(store.Check(ctx), checkServers(ctx, store, sources)...)
}
