package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"reprint/cmd/reprint/config"
	"reprint/syndicate/claim"
	"reprint/syndicate/ledger"
	"reprint/syndicate/serve"
)

// fileClaim files a claim of NAME about PLACE, as somebody does on the pages; the scripts' file-claim CONFIG NAME PLACE [child].
func fileClaim(ts *testscript.TestScript, _ bool, args []string) {
	conf, err := config.Load(ts.MkAbs(args[0]))
	ts.Check(err)
	conf.Data = ts.MkAbs(conf.Data)
	f := claim.Filing{Name: args[1], Email: "ada@example.org", Phone: "1", Address: "Mill Lane", Work: "w", Places: []string{args[2]}, Reasons: "It is mine.\n\x1b[2JI wrote it.", Faith: true, Oath: true, Signature: "A", Language: "en", Child: len(args) > 3}
	store, err := openStore(context.Background(), "sqlite:"+ts.MkAbs("store.db"))
	ts.Check(err)
	defer store.Close()
	l, err := ledger.Open(ledgerDir(conf), ledger.Options{Name: ledgerName(conf.House.Site.URL)})
	ts.Check(err)
	defer l.Close()
	p := &process{now: time.Now}
	_, err = claimDesk(p, conf, store, newRemembering(l, conf, p.now)).File(context.Background(), args[1], f)
	ts.Check(err)
}

// TestClaimFiles: what is remembered of a claim is one file, named after the claim; the same state twice is on the record once, and
// what was erased is in no file.
func TestClaimFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	conf := &config.Config{Data: dir}
	l, err := ledger.Open(ledgerDir(conf), ledger.Options{Name: "x.example/ledger"})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	m := newRemembering(l, conf, time.Now)
	c := claim.Claim{Number: 7, Key: "../../k", Filing: claim.Filing{Name: "Ada of Mill Lane"}}
	states := []claim.Claim{c, c}
	for _, kind := range []claim.Kind{claim.Upheld, claim.Erased} {
		if c, err = c.With(claim.Event{Kind: kind, By: "Bo"}); err != nil {
			t.Fatal(err)
		}
		states = append(states, c)
	}
	steps := 0
	for n, state := range states {
		if err := m.RememberClaim(t.Context(), state); err != nil {
			t.Fatal(err)
		}
		files, err := os.ReadDir(filepath.Join(dir, "claims"))
		if err != nil || len(files) != 1 {
			t.Fatalf("state %d: %v, %v", n, files, err)
		}
	}
	if err := ledger.Read(m.dir, func(e ledger.Entry, text []byte) error {
		if e.Claim != nil {
			steps++
		}
		if bytes.Contains(text, []byte("Mill Lane")) {
			t.Errorf("the ledger tells who claims: %s", text)
		}
		return nil
	}); err != nil || steps != 3 {
		t.Errorf("%d steps, %v", steps, err)
	}
	recalled, err := m.Recall()
	if err != nil || len(recalled.Claims) != 1 || recalled.Claims[0].Filing.Name != "" || len(recalled.Claims[0].Events) != 2 {
		t.Errorf("%+v, %v", recalled.Claims, err)
	}
}

// TestClaimStepOfTheServer: what the server of this machine says of how far a decision has got is what the command says: not before the
// caches are purged that it is over.
func TestClaimStepOfTheServer(t *testing.T) {
	t.Parallel()
	became := serve.NewDecidedClaim(serve.ClaimStatus{Claim: claim.Claim{Number: 7, Key: "k"}}, serve.Acknowledgment{
		Key: "claim-7", Epoch: 3, Level: serve.LevelEverywhere, Purge: &serve.Purging{State: serve.PurgePending, Tries: 2, Problem: "quota"},
	})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/claims/7" {
			t.Error(r.URL)
		}
		w.WriteHeader(http.StatusAccepted)
		_ = json.NewEncoder(w).Encode(became)
	}))
	defer server.Close()
	conf := &config.Config{AdminListen: server.Listener.Addr().String()}
	a, err := askServerStep(t.Context(), &process{now: time.Now}, conf, 7, claim.Event{Kind: claim.Upheld, By: "Bo"})
	if err != nil || a.IsOver() || !reflect.DeepEqual(a, became.Acknowledgment()) || a.Purge.Problem != "quota" || a.Key != "claim-7" {
		t.Errorf("%+v, %v", a, err)
	}
}
