package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"reprint/cmd/reprint/config"
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
	asked := askServer(ctx, conf.AdminListen, order)
	if asked != nil {
		if err := leaveInLedger(ctx, p, conf, order); err != nil {
			return errors.Join(fmt.Errorf("the store does not answer, and nothing was ordered: %w", asked), err)
		}
	}
	ack := serve.Acknowledgment{Key: order.Key, Level: serve.LevelJournaled}
	if asJSON {
		if err := printJSON(p.stdout, ack); err != nil {
			return err
		}
	} else {
		fmt.Fprintln(p.stdout, "journaled: the store does not answer; the order is on the disk of this machine, and is carried out as soon as a server here hears the store")
	}
	return &exitError{code: exitFindings}
}

// askServer places an order with the server that runs on this machine.
func askServer(ctx context.Context, admin string, order syndicate.Order) error {
	m := order.Model
	body, err := json.Marshal(map[string]any{
		"key": order.Key, "targets": order.Targets, "reinstate": m.Reinstated, "cause": m.Cause, "note": m.Note, "authority": m.Authority, "replacement": m.Replacement,
	})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+admin+"/api/withdrawals", bytes.NewReader(body))
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode == http.StatusOK || answer.StatusCode == http.StatusAccepted {
		return nil
	}
	said, _ := io.ReadAll(io.LimitReader(answer.Body, 1000))
	return fmt.Errorf("the server answers %d: %s", answer.StatusCode, said)
}

// leaveInLedger keeps an order for the next start of a server with this ledger.
func leaveInLedger(ctx context.Context, p *process, conf *config.Config, order syndicate.Order) error {
	l, err := ledger.Open(ledgerDir(conf), ledger.Options{Name: ledgerName(conf.House.Site.URL)})
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	return errors.Join(remembering{l, ledgerDir(conf), p.now}.RememberOrder(ctx, order), l.Close())
}
