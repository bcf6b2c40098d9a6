package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"reprint/cmd/reprint/config"
	"reprint/syndicate"
)

// TestPurger: a CDN is sent tags in its own two ways, with the secret in the header that it wants, some
// at a time.
func TestPurger(t *testing.T) {
	t.Setenv(purgeSecret, "s3cret")
	var mu sync.Mutex
	var said []string
	var secrets []http.Header
	cdn := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var body struct{ Tags []string }
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil || strings.Join(body.Tags, " ") != r.Header.Get("Surrogate-Key") {
			t.Errorf("%v, %v", body, err)
		}
		mu.Lock()
		defer mu.Unlock()
		said, secrets = append(said, body.Tags...), append(secrets, r.Header)
	}))
	defer cdn.Close()
	p := &process{now: time.Now}
	for header, want := range map[string]string{"Authorization": "Bearer s3cret", "Fastly-Key": "s3cret"} {
		said, secrets = nil, nil
		conf := &config.Config{Purge: config.Purge{URL: cdn.URL, Header: header}, FetchAllow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}
		hook, err := newPurger(p, conf)
		if err != nil {
			t.Fatal(err)
		}
		var tags []string
		for n := range 70 {
			tags = append(tags, fmt.Sprint("i-", n))
		}
		if err := hook.Purge(t.Context(), tags); err != nil {
			t.Fatal(err)
		}
		if strings.Join(said, " ") != strings.Join(tags, " ") || len(secrets) != 3 || secrets[0].Get(header) != want {
			t.Errorf("%s: %d tags in %d requests, %v", header, len(said), len(secrets), secrets[0])
		}
	}
}

// TestPurgeFor: a command says how the purge went, and whoever has no hook is not bothered.
func TestPurgeFor(t *testing.T) {
	t.Parallel()
	broken := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no such zone", http.StatusNotFound) }))
	defer broken.Close()
	p := &process{now: time.Now}
	conf := &config.Config{FetchAllow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}
	entries := []syndicate.Withdrawal{{Target: syndicate.SourceTarget("a")}}
	if state, err := purgeFor(t.Context(), p, conf, entries); state != nil || err != nil {
		t.Errorf("without a hook: %v %v", state, err)
	}
	conf.Purge = config.Purge{URL: broken.URL, Header: "Authorization"}
	state, err := purgeFor(t.Context(), p, conf, entries)
	if err != nil || state.State != "failed" || state.Tries != purgeTries || !strings.Contains(state.Problem, "no such zone") {
		t.Errorf("%+v %v", state, err)
	}
}
