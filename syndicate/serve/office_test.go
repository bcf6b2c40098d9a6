package serve_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"reprint/cache"
	"reprint/cache/sqlite"
	"reprint/feeds"
	"reprint/syndicate"
	"reprint/syndicate/access"
	"reprint/syndicate/ledger"
	"reprint/syndicate/serve"
)

// office is a server with partners, over a real store and a real ledger.
type office struct {
	*serve.Server
	store   cache.Store
	notes   *notebook // nil is no memory
	ledger  *ledger.Ledger
	dir     string
	now     time.Time
	secrets map[string]string // by partner/token
	log     *bytes.Buffer
	metrics *prometheus.Registry
	book    *access.Book
	house   syndicate.House

	bareRate int // of the partner bare
}

// partnerHouse is the house with partners: zj and hz on the same terms, qh on lesser ones,
// two whose agreement has bounds, and one that has tokens and no agreement.
func partnerHouse() syndicate.House {
	h := house()
	h.Site.DenyCredits = []string{"视觉中国"}
	weekly := func(id string) syndicate.Agreement {
		return syndicate.Agreement{
			ID: id, Covers: syndicate.Coverage{Licenses: []string{"house"}}, Text: syndicate.Full, Pictures: syndicate.PicturesStaff,
			From: noon.Add(-240 * time.Hour), Until: noon.Add(240 * time.Hour), Attribution: "转自{source}", Terms: "https://qinghe.example/terms/full", ReaderLink: "r1",
		}
	}
	brief := syndicate.Agreement{ID: "qh-2026", Covers: syndicate.Coverage{Licenses: []string{"house"}}, Text: syndicate.Full, Embargo: 150 * time.Minute}
	capped := syndicate.Agreement{ID: "cap-2026", Covers: syndicate.Coverage{Licenses: []string{"house"}}, Text: syndicate.Full, DailyCap: 2}
	h.Partners = []syndicate.Partner{
		{ID: "zj", Name: "浙江在线", Agreements: []syndicate.Agreement{weekly("zj-2026")}},
		{ID: "hz", Name: "杭州在线", Agreements: []syndicate.Agreement{weekly("hz-2026")}},
		{ID: "qh", Name: "Qinghe Radio", Agreements: []syndicate.Agreement{brief}},
		{ID: "cap", Name: "Capped", Agreements: []syndicate.Agreement{capped}},
		{ID: "bare", Name: "Bare"},
	}
	return h
}

func newOffice(t testing.TB, items ...feeds.Item) *office {
	t.Helper()
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "store.db"))
	if err != nil {
		t.Fatal(err)
	}
	return newOfficeOn(t, store, items...)
}

func newOfficeOn(t testing.TB, store cache.Store, items ...feeds.Item) *office {
	t.Helper()
	var err error
	o := &office{store: store, dir: filepath.Join(t.TempDir(), "ledger"), now: noon, bareRate: 100, secrets: make(map[string]string), log: new(bytes.Buffer), house: partnerHouse()}
	if o.ledger, err = ledger.Open(o.dir, ledger.Options{Name: "qinghe.example/ledger"}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = o.ledger.Close(), store.Close() })
	o.put(t, items...)
	o.issue(t)
	o.serve(t, o.ledger)
	return o
}

// issue makes the tokens of all partners, some with bounds.
func (o *office) issue(t testing.TB) {
	t.Helper()
	var tokens []access.Token
	for name, bounds := range map[string]access.Token{
		"zj/k1": {}, "zj/k2": {}, "hz/k1": {}, "qh/k1": {}, "cap/k1": {}, "bare/k1": {},
		"zj/rss": {Formats: []access.Format{access.RSS}}, "zj/weekly": {Channels: []string{"weekly"}}, "zj/api": {Formats: []access.Format{access.API}},
		"zj/old": {Until: noon}, "zj/early": {From: noon.Add(time.Hour)},
	} {
		secret, err := access.NewSecret(strings.NewReader(fmt.Sprintf("%-32s", name)))
		if err != nil {
			t.Fatal(err)
		}
		o.secrets[name] = secret
		bounds.Partner, bounds.ID, _ = strings.Cut(name, "/")
		bounds.Hash = access.HashOf(secret)
		tokens = append(tokens, bounds)
	}
	var err error
	if o.book, err = access.NewBook(tokens); err != nil {
		t.Fatal(err)
	}
}

// serve puts a server over the office's store; its clock is the office's.
func (o *office) serve(t testing.TB, l serve.Ledger) {
	t.Helper()
	o.metrics = prometheus.NewRegistry()
	options := serve.Options{
		Rules: rules(t, o.house), Partners: o.partners(), Ledger: l, Store: o.store, Now: func() time.Time { return o.now },
		Log: slog.New(slog.NewTextHandler(o.log, &slog.HandlerOptions{Level: slog.LevelDebug})), Metrics: o.metrics, Version: "test",
	}
	if o.notes != nil {
		options.Memory = o.notes
	}
	var err error
	if o.Server, err = serve.New(options); err != nil {
		t.Fatal(err)
	}
}

func (o *office) partners() serve.Partners {
	return serve.Partners{Tokens: o.book, Rates: map[string]int{"zj": 1000, "hz": 1000, "qh": 1000, "cap": 1000, "bare": o.bareRate}}
}

func (o *office) put(t testing.TB, items ...feeds.Item) {
	t.Helper()
	bySource := make(map[string][]feeds.Item)
	for _, i := range items {
		bySource[i.Source] = append(bySource[i.Source], i)
	}
	for source, list := range bySource {
		if _, err := o.store.Put(context.Background(), cache.Batch{Source: source, Items: list, At: o.now}); err != nil {
			t.Fatal(err)
		}
	}
}

// get asks with a token; an empty name is the public.
func (o *office) get(path, token string, headers ...string) *httptest.ResponseRecorder {
	return o.ask(http.MethodGet, path, token, nil, headers...)
}

func (o *office) ask(method, path, token string, body io.Reader, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, body)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+o.secrets[token])
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	o.Public().ServeHTTP(w, r)
	return w
}

// pulls are the pulls in the ledger.
func (o *office) pulls(t testing.TB) []ledger.Entry {
	t.Helper()
	var all []ledger.Entry
	err := ledger.Read(o.dir, func(e ledger.Entry, _ []byte) error {
		if e.Pulled != nil {
			all = append(all, e)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// article is an item of the house with a staff picture, an agency's and one of nobody.
// withdraw withdraws something, or puts it back, at another server.
func (o *office) withdraw(t testing.TB, target syndicate.Target, reinstated bool) {
	t.Helper()
	w := syndicate.Withdrawal{Target: target, Reinstated: reinstated, Cause: syndicate.Rights, At: o.now}
	if _, err := o.store.Withdraw(t.Context(), fmt.Sprint(target, reinstated), w); err != nil {
		t.Fatal(err)
	}
	o.now = o.now.Add(3 * time.Second) // the lease is out, so the store is asked
}

func article(n int) feeds.Item {
	staff := feeds.Picture{URL: "https://img.example/staff.jpg", Medium: "image", Credit: "清河周刊网记者李明摄"}
	agency := feeds.Picture{URL: "https://img.example/agency.jpg", Medium: "image", Credit: "视觉中国供图"}
	nobody := feeds.Picture{URL: "https://img.example/nobody.jpg", Medium: "image"}
	i := story("weekly", n)
	i.Text = strings.Repeat("县城的老水塔修缮完工。", 10)
	i.Body = []feeds.Part{{HTML: "<p>" + i.Text + "</p>"}, {Picture: &staff}, {Picture: &agency}, {HTML: "<p>全文的最后一句。</p>"}}
	i.Media = []feeds.Picture{nobody}
	i.Revision = i.Digest()
	return i
}

func counter(t testing.TB, registry *prometheus.Registry, name string) float64 {
	t.Helper()
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	total := 0.0
	for _, f := range families {
		if f.GetName() == name {
			for _, m := range f.GetMetric() {
				total += m.GetCounter().GetValue()
			}
		}
	}
	return total
}
