package main

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"reprint/cache"
	"reprint/cache/sqlite"
	"reprint/cmd/reprint/config"
	"reprint/feeds"
	"reprint/syndicate"
	"reprint/syndicate/ledger"
	"reprint/syndicate/serve"
)

// between is a store in which something happens between a command's look and its word.
type between struct {
	cache.Store
	happens func()
}

func (b *between) Items(ctx context.Context, ids []string) ([]feeds.Item, error) {
	if b.happens != nil {
		b.happens()
		b.happens = nil
	}
	return b.Store.Items(ctx, ids)
}

func openSQLite(t *testing.T) cache.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "store.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// TestReinstateAtTheSameMoment: a command that puts back does not put back what a court took meanwhile.
func TestReinstateAtTheSameMoment(t *testing.T) {
	t.Parallel()
	s := openSQLite(t)
	withdraw := func(key string, cause syndicate.Cause) {
		if _, err := s.Withdraw(t.Context(), key, syndicate.Withdrawal{Target: "source:weekly", Cause: cause, At: time.Now()}); err != nil {
			t.Fatal(err)
		}
	}
	withdraw("first", syndicate.Rights)
	order := syndicate.Order{Key: "back", Targets: []string{"source:weekly"}, Model: syndicate.Withdrawal{Reinstated: true, At: time.Now()}}
	if _, err := enter(t.Context(), &between{s, func() { withdraw("court", syndicate.Legal) }}, order); err == nil {
		t.Error("nothing is said of it")
	}
	known, err := s.Standing(t.Context(), []syndicate.Target{"source:weekly"})
	if err != nil || known[0].Reinstated {
		t.Errorf("%+v, %v", known, err)
	}
	order.Key = "anew"
	if back, err := enter(t.Context(), s, order); err != nil || !back[0].Reinstated {
		t.Errorf("%+v, %v", back, err)
	}
}

// TestNoLedgerHasIt: where the server of this machine has the ledger and does not answer, and no other is heard, a
// withdrawal is not said to be everywhere: the store alone knows it.
func TestNoLedgerHasIt(t *testing.T) {
	t.Parallel()
	p, _, _, _ := newProcess()
	conf := &config.Config{Data: t.TempDir(), AdminListen: "127.0.0.1:1"}
	conf.House.Site.URL = "https://hill.example"
	rules, problems := syndicate.Compile(syndicate.House{Site: syndicate.Site{URL: "https://hill.example", UnknownOrigin: "cc"}, Licenses: []syndicate.License{{ID: "cc", Name: map[string]string{"en": "CC"}}}})
	if len(problems) > 0 {
		t.Log(problems)
	}
	conf.Rules = rules
	s := openSQLite(t)
	order := syndicate.Order{Key: "k", Targets: []string{"source:weekly"}, Model: syndicate.Withdrawal{Cause: syndicate.Rights, At: time.Now()}}
	l, err := ledger.Open(ledgerDir(conf), ledger.Options{Name: "hill.example/ledger"})
	if err != nil {
		t.Fatal(err)
	}
	if !isServed(conf) {
		t.Error("the ledger is in use")
	}
	if became, err := putAlone(t.Context(), p, conf, s, order); err != nil || became.Level != serve.LevelStored || became.Waiting[0] != noLedger {
		t.Errorf("%+v, %v", became, err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if became, err := putAlone(t.Context(), p, conf, s, order); err != nil || became.Level != serve.LevelEverywhere {
		t.Errorf("%+v, %v", became, err)
	}
}

// TestServerNames: two processes with copies of one data directory do not share a line in the list of servers.
func TestServerNames(t *testing.T) {
	t.Parallel()
	l, err := ledger.Open(t.TempDir(), ledger.Options{Name: "hill.example/ledger"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	if one, two := serverName(l), serverName(l); one == two {
		t.Errorf("both are %s", one)
	}
}

// TestStand: a command does not say that something is withdrawn that servers have put back from what they know.
func TestStand(t *testing.T) {
	t.Parallel()
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "store.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	order := syndicate.Order{Key: "k", Targets: []string{"source:a"}, Model: syndicate.Withdrawal{Cause: syndicate.Rights, At: time.Now()}}
	entries, err := enter(t.Context(), store, order)
	if err != nil {
		t.Fatal(err)
	}
	if err := stand(t.Context(), store, entries); err != nil {
		t.Error(err)
	}
	if err := store.Restore(t.Context(), []syndicate.Withdrawal{{Target: "source:a", Epoch: 8, Reinstated: true}}); err != nil {
		t.Fatal(err)
	}
	if err := stand(t.Context(), store, entries); err == nil || !strings.Contains(err.Error(), "once more") {
		t.Errorf("%v", err)
	}
}

// TestNotUTF8: what a terminal of another encoding sends is refused, and neither a server nor the store is told anything else than was typed.
func TestNotUTF8(t *testing.T) {
	t.Parallel()
	p, _, _, _ := newProcess()
	conf := &config.Config{Data: t.TempDir(), AdminListen: "127.0.0.1:1"}
	s := openSQLite(t)
	const name = "picture:https://img.example/\xd6\xd0.jpg"
	model := syndicate.Withdrawal{Cause: syndicate.Rights, At: time.Now()}
	if err := put(t.Context(), p, conf, s, []string{name}, false, model); err == nil || !strings.Contains(err.Error(), "UTF-8") {
		t.Errorf("%v", err)
	}
	q, _, stderr, _ := newProcess()
	if code := run(t.Context(), q, []string{"withdraw", name, "--reason", "rights"}); code != exitUsage || !strings.Contains(stderr.String(), "UTF-8") {
		t.Errorf("as it is typed: %d %s", code, stderr)
	}
	order := syndicate.Order{Targets: []string{name}, Model: model}
	if err := orderWithout(t.Context(), p, conf, order, false); err == nil || !strings.Contains(err.Error(), "UTF-8") {
		t.Errorf("%v", err)
	}
	if all, err := s.Withdrawals(t.Context(), 0, 10); err != nil || len(all) != 0 {
		t.Errorf("%+v, %v", all, err)
	}
}
