package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"time"

	"reprint/cache"
	"reprint/cmd/reprint/config"
	"reprint/feeds/ingest"
)

type doctorCmd struct {
	configFlag
	JSON bool `help:"Print for machines."`
}

// Help is the long help.
func (doctorCmd) Help() string {
	return "Example:\n  reprint doctor --config reprint.yaml\n\nLooks and changes nothing, beside a server that runs too.\n\n" + exitHelp()
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
	findings = append(findings, checkPort(ctx, "listen", conf.Listen), checkPort(ctx, "admin_listen", conf.AdminListen),
		checkPrivate(conf.AdminListen), checkData(conf.Data), checkZones(conf), checkUser(p.uid))
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

// checkPort looks whether an address is free. A server that runs on it is no mistake.
func checkPort(ctx context.Context, key, address string) cache.Finding {
	l, err := listen(ctx, address, key)
	if err != nil {
		return cache.Finding{Check: key, Severity: cache.Warn, Detail: err.Error(), Remedy: "no remedy is needed if that is your running server"}
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

// checkZones looks whether the system knows time zones: dates of sources depend on them.
func checkZones(conf *config.Config) cache.Finding {
	names := make(map[string]bool)
	for _, s := range conf.Sources {
		if s.Zone != nil {
			names[s.Zone.String()] = true
		}
	}
	return cache.Finding{Check: "time zones", Detail: fmt.Sprintf("%d in use, all known", len(names))}
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
