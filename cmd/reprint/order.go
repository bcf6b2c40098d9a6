package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"time"

	"reprint/cmd/reprint/config"
	"reprint/feeds/fetch"
	"reprint/syndicate"
	"reprint/syndicate/ledger"
	"reprint/syndicate/serve"
)

// orderWithout places an order while the store does not answer: with the server of this machine
// that runs, or in its ledger, where the next start finds it.
func orderWithout(ctx context.Context, p *process, conf *config.Config, order syndicate.Order, asJSON bool) error {
	for _, name := range order.Targets {
		if _, err := syndicate.ParseTarget(name); err != nil {
			return usage("%v; links cannot be looked up, because the store does not answer", err)
		}
	}
	order.Key = serve.NewKey()
	if problem, ok := serve.Problem(serve.CheckOrder(order)); ok {
		return usage("%s", problem)
	}
	became, asked := askServer(ctx, p, conf, order)
	if asked != nil {
		if err := leaveInLedger(ctx, p, conf, order); err != nil {
			return errors.Join(fmt.Errorf("the store does not answer, and nothing was ordered: %w", asked), err)
		}
		became = outcome{Acknowledgment: serve.Acknowledgment{Key: order.Key, Level: serve.LevelJournaled}}
	}
	return tellBecame(p, became, asJSON)
}

// askServer places an order with the server that runs on this machine, and returns what became of it.
func askServer(ctx context.Context, p *process, conf *config.Config, order syndicate.Order) (outcome, error) {
	m := order.Model
	body, err := json.Marshal(map[string]any{
		"key": order.Key, "targets": order.Targets, "reinstate": m.Reinstated, "cause": m.Cause, "note": m.Note, "authority": m.Authority, "replacement": m.Replacement,
	})
	if err != nil {
		return outcome{}, err
	}
	answer, err := tellServer(ctx, p, conf, "/api/withdrawals", body)
	if err != nil {
		return outcome{}, err
	}
	var became outcome
	return became, json.Unmarshal(answer, &became)
}

// isRefusal tells whether a server has read what it was asked, and refuses it.
func isRefusal(err error) bool {
	var e *fetch.Error
	return errors.As(err, &e) && e.Kind == fetch.BadStatus && e.Status >= 400 && e.Status < 500
}

// answerWithin is how long the server of this machine has to answer; it takes five seconds itself at most.
const answerWithin = 8 * time.Second

// tellServer sends JSON to the operator's listener of the server that runs on this machine, and returns what it says.
func tellServer(ctx context.Context, p *process, conf *config.Config, path string, body []byte) ([]byte, error) {
	client, base, err := operatorClient(p, conf)
	if err != nil {
		return nil, err
	}
	return client.Ask(ctx, base+path, fetch.Message{Header: http.Header{"Content-Type": {"application/json"}}, Body: body})
}

// isRunning tells whether a server of this machine answers the operator.
func isRunning(ctx context.Context, p *process, conf *config.Config) bool {
	client, base, err := operatorClient(p, conf)
	if err != nil {
		return false
	}
	answer, err := client.Get(ctx, fetch.Request{URL: base + "/healthz", Accept: "text/plain"})
	return err == nil && len(answer.Documents) == 1 && string(answer.Documents[0].Body) == "ok\n"
}

// operatorClient reaches the operator's listener of this machine, whose address it returns.
func operatorClient(p *process, conf *config.Config) (client *fetch.Client, base string, err error) {
	host, port, err := net.SplitHostPort(conf.AdminListen)
	if err != nil {
		return nil, "", err
	}
	client, err = fetch.New(fetch.Options{UserAgent: "Reprint/1 (+" + conf.House.Site.URL + ")", Allow: reaching(host), Timeout: answerWithin, Now: p.now})
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return client, "http://" + net.JoinHostPort(host, port), err
}

// reaching are the ranges in which the operator's own listener is, besides public ones.
func reaching(host string) []netip.Prefix {
	ranges := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	if ip, err := netip.ParseAddr(host); err == nil {
		ranges = append(ranges, netip.PrefixFrom(ip, ip.BitLen()))
	}
	return ranges
}

// leaveInLedger keeps an order for the next start of a server with this ledger.
func leaveInLedger(ctx context.Context, p *process, conf *config.Config, order syndicate.Order) error {
	l, err := ledger.Open(ledgerDir(conf), ledger.Options{Name: ledgerName(conf.House.Site.URL)})
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	return errors.Join(newRemembering(l, conf, p.now).RememberOrder(ctx, order), l.Close())
}
