package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"reprint/cache"
	"reprint/cmd/reprint/config"
	"reprint/feeds/fetch"
	"reprint/feeds/ingest"
	"reprint/syndicate"
	"reprint/syndicate/ledger"
	"reprint/syndicate/serve"
)

// service is everything that runs: it polls the sources, follows the journal, and answers.
type service struct {
	process  *process
	log      *slog.Logger
	store    cache.Store
	ledger   *ledger.Ledger
	reporter *reporter
	server   *serve.Server
	ingester *ingest.Ingester
	progress *progress
	polls    *polled
	conf     *config.Config // that the process began with
}

// newService puts the parts together on an open store and an open ledger, after a look at the store's
// surroundings.
func newService(ctx context.Context, p *process, log *slog.Logger, conf *config.Config, store cache.Store, l *ledger.Ledger) (*service, error) {
	if err := fit(ctx, log, store); err != nil {
		return nil, err
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	s := &service{process: p, log: log, store: store, ledger: l, conf: conf, progress: newProgress(log, conf.Sources)}
	s.polls = newPolled(conf.Data)
	s.reporter = newReporter(log, store, l, ledgerDir(conf), p.now)
	name := serverName(l)
	callback := callback(conf.House.Site.URL, conf.FetchAllow)
	var err error
	s.ingester, err = newIngester(p, store, conf, ingest.Options{Log: log, Observe: s.polled, Callback: callback,
		Leases: store, Server: name, Lease: conf.Lease, Held: s.held, Memory: s.polls, Withdraw: s.upstream()})
	if err != nil {
		return nil, err
	}
	hook, err := newPurger(p, conf)
	if err != nil {
		return nil, err
	}
	memory := newRemembering(l, conf, p.now)
	memory.log = log
	options := serve.Options{Rules: conf.Rules, Partners: partners(conf), Ledger: l, Store: store,
		Name: name, Address: conf.AdminListen, AdminHosts: conf.AdminHosts, Lease: conf.Lease, Drain: conf.Drain, Purge: hook, Memory: memory, Now: p.now, Log: log, Metrics: registry, Version: version()}
	if callback != "" {
		options.Push = s.ingester
	}
	if s.server, err = serve.New(options); err != nil {
		return nil, err
	}
	return s, s.applied(ctx, conf)
}

// upstream withdraws what sources take back. The server does not exist yet when it is made.
func (s *service) upstream() serve.Upstream {
	return serve.Upstream{
		Store: s.store, Now: s.process.now,
		Epoch: func() int64 { return s.server.Epoch() },
		Note: func(ctx context.Context, entries []syndicate.Withdrawal) error {
			return s.server.TakenBack(ctx, entries)
		},
	}
}

func partners(conf *config.Config) serve.Partners {
	return serve.Partners{Tokens: conf.Tokens, Rates: conf.Rates}
}

// applied puts it on the record that a configuration is in force.
func (s *service) applied(ctx context.Context, conf *config.Config) error {
	_, err := s.ledger.Append(ctx, ledger.Entry{At: s.process.now(), Kind: ledger.KindConfig, Config: &ledger.ConfigApplied{Digest: conf.Digest}})
	return err
}

// callback is the address under which hubs reach us; empty where they cannot, because the
// site is on an address that is not public.
func callback(site string, allow []netip.Prefix) string {
	u, err := url.Parse(site)
	if err != nil || u.Hostname() == "localhost" {
		return ""
	}
	if at, err := netip.ParseAddr(u.Hostname()); err == nil && fetch.NewGuard(allow).Check("tcp", netip.AddrPortFrom(at, 443)) != nil {
		return ""
	}
	return site + "/push/"
}

// fit looks at the surroundings of the store: what must be right is an error, what should
// be is logged, each with its remedy.
func fit(ctx context.Context, log *slog.Logger, store cache.Store) error {
	for _, f := range store.Check(ctx) {
		switch f.Severity {
		case cache.Refuse:
			return fmt.Errorf("%s: %s; %s", f.Check, f.Detail, f.Remedy)
		case cache.Warn:
			log.Warn(f.Check, "found", f.Detail, "remedy", f.Remedy)
		}
	}
	return nil
}

// moved puts it on the record that a source is asked at another address.
func (s *service) moved(o ingest.Outcome) {
	ctx, cancel := context.WithTimeout(context.Background(), storeTime)
	defer cancel()
	_, err := s.ledger.Append(ctx, ledger.Entry{At: s.process.now(), Kind: ledger.KindMoved, Moved: &ledger.SourceMoved{Source: o.Source, From: o.MovedFrom, To: o.MovedTo}})
	if err != nil {
		s.log.Error("a source moved, and it is not on the record", "source", o.Source, "to", o.MovedTo, "error", err)
	}
}

// polled hears of every poll.
func (s *service) polled(o ingest.Outcome) {
	s.server.Polled(o.Source, string(o.Result), o.Took)
	if o.MovedTo != "" {
		s.moved(o)
	}
	s.progress.polled(o)
}

// held hears how many sources are this server's to poll.
func (s *service) held(sources int) { s.server.NoteHeldSources(sources) }

// run runs until ctx is done, or until a part fails. reload is asked for a new
// configuration whenever the process is told to.
func (s *service) run(ctx context.Context, public, admin net.Listener, reload func() (*config.Config, error)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	serving, served := context.WithCancel(context.WithoutCancel(ctx)) // withdrawals are heard as long as anything is answered
	defer served()
	parts := []func(context.Context) error{
		func(ctx context.Context) error { return s.ingester.Run(ctx, s.conf.Sources) },
		func(context.Context) error { return s.server.Run(serving) },
		func(ctx context.Context) error {
			defer served()
			return s.server.Serve(ctx, public, admin)
		},
		func(ctx context.Context) error { return s.reloads(ctx, reload) },
		s.reporter.run,
	}
	var wg sync.WaitGroup
	ended := make(chan error, len(parts))
	for _, part := range parts {
		wg.Go(func() {
			ended <- part(ctx)
			cancel() // no part goes on without the others
		})
	}
	wg.Wait()
	close(ended)
	errs := []error{s.polls.Close()}
	for err := range ended {
		if !errors.Is(err, context.Canceled) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// reloads goes over to a new configuration when told to. A bad file keeps the last good one.
func (s *service) reloads(ctx context.Context, reload func() (*config.Config, error)) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-s.process.reload:
		}
		conf, err := reload()
		if err == nil {
			err = s.server.Reload(conf.Rules, partners(conf))
		}
		if err != nil {
			s.log.Error("the configuration was not taken over; the last good one stays", "error", err)
			continue
		}
		s.ingester.Reload(conf.Sources)
		if keys := s.conf.AtStartOnly(conf); len(keys) > 0 {
			s.log.Warn("some of what changed takes effect at the next start only", "keys", strings.Join(keys, ", "))
		}
		if err := s.applied(ctx, conf); err != nil {
			s.log.Error("the new configuration is in force, but not on the record", "error", err)
		}
		s.log.Info("configuration taken over", "sources", len(conf.Sources), "channels", len(conf.House.Channels))
	}
}
