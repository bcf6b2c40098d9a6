package main

import (
	"context"
	"fmt"
	"testing"
	"time"

	"reprint/cmd/reprint/config"
	"reprint/syndicate"
	"reprint/syndicate/ledger"
)

// TestRememberedOnce: who hears that something was not remembered does it again. So nothing is on the record of
// which that was said, also where whoever waits for it does not wait any longer.
func TestRememberedOnce(t *testing.T) {
	t.Parallel()
	conf := &config.Config{Data: t.TempDir()}
	l, err := ledger.Open(ledgerDir(conf), ledger.Options{Name: "test"})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	m := newRemembering(l, conf, time.Now)
	for n := range 20 {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		for m.RememberSettlement(ctx, syndicate.Settlement{Key: fmt.Sprint(n)}) != nil {
			ctx = t.Context()
		}
	}
	all, err := m.Recall()
	if err != nil || len(all.Settled) != 20 {
		t.Errorf("20 orders were settled, %d are on the record, %v", len(all.Settled), err)
	}
}
