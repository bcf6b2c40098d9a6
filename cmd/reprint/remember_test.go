package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"reprint/cmd/reprint/config"
	"reprint/syndicate"
	"reprint/syndicate/claim"
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

func newMemory(t *testing.T) remembering {
	t.Helper()
	conf := &config.Config{Data: t.TempDir()}
	l, err := ledger.Open(ledgerDir(conf), ledger.Options{Name: "x.example/ledger"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return newRemembering(l, conf, time.Now)
}

// TestFailedPurgeIsDueAgain: a purge that was given up is not one that was done; the next start tries it again.
func TestFailedPurgeIsDueAgain(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	for _, key := range []string{"failed", "done"} {
		if err := m.RememberSettlement(t.Context(), syndicate.Settlement{Key: key, Epoch: 1, Purge: true}); err != nil {
			t.Fatal(err)
		}
	}
	for _, p := range []syndicate.Purge{{Key: "failed", Tries: 9, Problem: "quota"}, {Key: "done", Tries: 1}} {
		if err := m.RememberPurge(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	r, err := m.Recall()
	if err != nil || len(r.Purges) != 1 || r.Purges[0].Key != "failed" {
		t.Errorf("due: %v, %v", r.Purges, err)
	}
}

// TestOddPlace: the claims of a data directory are found, whatever that is called.
func TestOddPlace(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	m.claims = filepath.Join(t.TempDir(), "data [old]", "claims")
	if err := m.RememberClaim(t.Context(), claim.Claim{Number: 1, Key: "1"}); err != nil {
		t.Fatal(err)
	}
	if all, err := m.recallClaims(); err != nil || len(all) != 1 {
		t.Errorf("%v, %v", all, err)
	}
}

// TestClaimThatCannotBeWritten: what is tried again and again for want of a file is on the record once, when it can be written.
func TestClaimThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	c := claim.Claim{Number: 1, Key: "1"}
	blocked := m.claimFile(c.Key) + ".new"
	if err := os.MkdirAll(blocked, 0o700); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := m.RememberClaim(t.Context(), c); err == nil {
			t.Fatal("it was written")
		}
	}
	if err := os.Remove(blocked); err != nil {
		t.Fatal(err)
	}
	if err := m.RememberClaim(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	steps := 0
	err := ledger.Read(m.dir, func(e ledger.Entry, _ []byte) error {
		if e.Claim != nil {
			steps++
		}
		return nil
	})
	if err != nil || steps != 1 {
		t.Errorf("%d steps are on the record, %v", steps, err)
	}
}

// TestDamagedClaim: the file of one claim that cannot be read is put aside, and the server starts with the others.
func TestDamagedClaim(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	for number := range int64(2) {
		if err := m.RememberClaim(t.Context(), claim.Claim{Number: number + 1, Key: fmt.Sprint(number + 1)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(m.claimFile("1"), []byte(`{"number":`), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := m.Recall()
	if err != nil || len(r.Claims) != 1 || r.Claims[0].Number != 2 {
		t.Errorf("%v, %v", r.Claims, err)
	}
	if _, err := os.Stat(m.claimFile("1") + ".damaged"); err != nil {
		t.Error(err)
	}
	if left, _ := filepath.Glob(filepath.Join(m.claims, "*.new")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	erased := claim.Claim{Number: 1, Key: "1", Events: []claim.Event{{Kind: claim.Upheld}, {Kind: claim.Erased}}}
	if err := m.RememberClaim(t.Context(), erased); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(m.claimFile("1") + ".damaged"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("who is erased can be read in what was damaged: %v", err)
	}
}
