package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"reprint/cmd/reprint/config"
	"reprint/syndicate/ledger"
)

// ledgerDir is where this server keeps its ledger.
func ledgerDir(conf *config.Config) string { return filepath.Join(conf.Data, "ledger") }

// A command has the ledger for a moment: it is tried again so often, with a rest between.
const (
	ledgerTries = 40
	ledgerRest  = 50 * time.Millisecond
)

// openLedger opens the ledger of this server.
func openLedger(log *slog.Logger, conf *config.Config) (*ledger.Ledger, error) {
	dir := ledgerDir(conf)
	options := ledger.Options{Name: ledgerName(conf.House.Site.URL)}
	l, err := ledger.Open(dir, options)
	for n := 0; n < ledgerTries && errors.Is(err, ledger.ErrInUse); n++ {
		time.Sleep(ledgerRest)
		l, err = ledger.Open(dir, options)
	}
	if err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	if cut := l.Cut(); cut > 0 {
		log.Warn("the end of the ledger was not whole and was taken away; it was never acknowledged", "dir", dir, "bytes", cut)
	}
	return l, nil
}

// ledgerName names a new ledger's key after the site.
func ledgerName(site string) string {
	u, err := url.Parse(site)
	if err != nil || u.Hostname() == "" {
		return "reprint/ledger"
	}
	return u.Hostname() + "/ledger"
}

// serverName tells this process from others of the same store: by its ledger, and by chance, because somebody may have
// copied a data directory.
func serverName(l *ledger.Ledger) string {
	host, err := os.Hostname()
	if err != nil {
		host = "server"
	}
	return host + "-" + l.ID() + "-" + strings.ToLower(rand.Text()[:6])
}
