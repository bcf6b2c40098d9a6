package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"reprint/cache"
	"reprint/cmd/reprint/config"
	"reprint/feeds"
	"reprint/feeds/ingest"
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

// newEdge is a CDN in front that notes what it is told to throw away.
func newEdge(t *testing.T) (url string, purged func() string) {
	var mu sync.Mutex
	var said []string
	cdn := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		said = append(said, r.Header.Get("Surrogate-Key"))
	}))
	t.Cleanup(cdn.Close)
	return cdn.URL, func() string {
		mu.Lock()
		defer mu.Unlock()
		return strings.Join(said, " ")
	}
}

const fetchedFeed = `<feed xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/1.0"><title>Weekly</title><id>tag:w,2026:f</id>
<updated>2026-03-01T00:00:00Z</updated>%s
<entry><id>tag:w,2026:1</id><title>The mill</title><updated>2026-03-01T00:00:00Z</updated><link href="https://news.example/1"/><content>The mill turns.</content></entry></feed>`

// TestFetchPurges: what a source takes back when a command fetches it is purged by that command; a hook that fails is told of.
func TestFetchPurges(t *testing.T) {
	t.Parallel()
	url, purged := newEdge(t)
	for _, broken := range []bool{false, true} {
		dir := t.TempDir()
		write := func(name, text string) {
			t.Helper()
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if broken {
			url = "http://127.0.0.1:1/"
		}
		write("reprint.yaml", fmt.Sprintf(`site: {name: Weekly, url: "https://feeds.example", contact: {email: rights@news.example}, unknown_origin: open}
store: sqlite:data/reprint.db
fetch: {allow: ["127.0.0.0/8"]}
purge: {url: %q}
licenses: [{id: open, name: {en: Open}, public: {text: full}, reprint: free}]
sources: [{id: weekly, name: Weekly, home: "https://news.example/", feed: weekly.xml, license: open}]
channels: [{id: top, title: Top}]
`, url))
		write("weekly.xml", fmt.Sprintf(fetchedFeed, ""))
		if code, out := command(t, "fetch", "-c", filepath.Join(dir, "reprint.yaml")); code != 0 || purged() != "" && !broken {
			t.Fatalf("%d %s, purged: %s", code, out, purged())
		}
		write("weekly.xml", fmt.Sprintf(fetchedFeed, `<at:deleted-entry ref="tag:w,2026:1" when="2026-03-02T00:00:00Z"/>`))
		code, out := command(t, "fetch", "-c", filepath.Join(dir, "reprint.yaml"))
		if !strings.Contains(out, "taken back") || code != map[bool]int{true: exitFindings}[broken] {
			t.Errorf("%d %s", code, out)
		}
		if id := feeds.NewID("weekly", "tag:w,2026:1"); !strings.Contains(purged(), "i-"+id) {
			t.Errorf("purged: %s", purged())
		}
	}
}

// TestPutPurgesCopies: a command without a server purges what is down along with what it withdraws, also where that has its entry
// already; and it puts back by name what came meanwhile.
func TestPutPurgesCopies(t *testing.T) {
	t.Parallel()
	p, _, _, _ := newProcess()
	url, purged := newEdge(t)
	rules, _ := syndicate.Compile(syndicate.House{Site: syndicate.Site{URL: "https://hill.example"}})
	conf := &config.Config{
		Data: t.TempDir(), AdminListen: "127.0.0.1:1", Rules: rules, Sources: []ingest.Source{{ID: "weekly"}, {ID: "hill"}},
		Purge: config.Purge{URL: url, Header: "Authorization"}, FetchAllow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
	}
	store := openSQLite(t)
	item := func(source, id string) feeds.Item {
		t.Helper()
		i := feeds.Item{ID: feeds.NewID(source, id), GUID: id, URI: "tag:" + source + ",2026:" + id, Source: source, Title: "The mill", Link: "https://news.example/1", Published: time.Now(), FirstSeen: time.Now()}
		i.Revision = i.Digest()
		if _, err := store.Put(t.Context(), cache.Batch{Source: source, Items: []feeds.Item{i}, At: time.Now()}); err != nil {
			t.Fatal(err)
		}
		return i
	}
	original, again := item("weekly", "1"), item("hill", "2")
	give := func(key string, putBack bool) outcome {
		t.Helper()
		order := syndicate.Order{Key: key, Targets: []string{original.ID}, Model: syndicate.Withdrawal{Cause: syndicate.Rights, Reinstated: putBack, At: time.Now()}}
		became, err := putAlone(t.Context(), p, conf, store, order)
		if err != nil || !became.IsOver() {
			t.Fatalf("%s: %+v %+v, %v", key, became, became.Purge, err)
		}
		return became
	}
	for n := range 2 {
		before := len(purged())
		if give(fmt.Sprint("down", n), false); !strings.Contains(purged()[before:], "i-"+again.ID) {
			t.Errorf("purged: %s", purged()[before:])
		}
	}
	later := item("hill", "3")
	entries := give("up", true).Withdrawals
	if n := len(entries); n != 3 || entries[2].Target != syndicate.ItemTarget(later.ID) || !entries[2].Reinstated || !strings.Contains(purged(), "i-"+later.ID) {
		t.Errorf("%+v, purged: %s", entries, purged())
	}
}
