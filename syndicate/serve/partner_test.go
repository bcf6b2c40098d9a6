package serve_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"syscall"
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
	var err error
	o.Server, err = serve.New(serve.Options{
		Rules: rules(t, o.house), Partners: o.partners(), Ledger: l, Store: o.store, Now: func() time.Time { return o.now },
		Log: slog.New(slog.NewTextHandler(o.log, &slog.HandlerOptions{Level: slog.LevelDebug})), Metrics: o.metrics, Version: "test",
	})
	if err != nil {
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

func TestPartnerView(t *testing.T) {
	t.Parallel()
	o := newOffice(t, article(1), story("hill", 1), story("inner", 1))
	const last = "全文的最后一句"
	for _, path := range []string{"/feeds/top.rss", "/feeds/top.atom", "/feeds/top.json", "/feeds/top", "/items/" + article(1).ID} {
		public, partner := o.get(path, ""), o.get(path, "zj/k1")
		if public.Code != 200 || partner.Code != 200 {
			t.Fatalf("%s: %d, %d %s", path, public.Code, partner.Code, partner.Body)
		}
		full := path != "/feeds/top" // the page of a channel shows summaries
		if strings.Contains(public.Body.String(), last) || strings.Contains(partner.Body.String(), last) != full {
			t.Errorf("%s: the public or the partner has the wrong text", path)
		}
		if !strings.Contains(partner.Body.String(), "staff.jpg") || strings.Contains(partner.Body.String(), "agency.jpg") || strings.Contains(partner.Body.String(), "nobody.jpg") {
			t.Errorf("%s: wrong pictures", path)
		}
		if !strings.Contains(partner.Body.String(), "转自") || !strings.Contains(partner.Body.String(), "https://qinghe.example/terms/full") {
			t.Errorf("%s: the agreement's wording or terms are missing", path)
		}
		p, q := public.Header(), partner.Header()
		if !strings.HasPrefix(q.Get("Cache-Control"), "private, ") || !strings.HasPrefix(p.Get("Cache-Control"), "public, ") {
			t.Errorf("%s: %q and %q", path, p.Get("Cache-Control"), q.Get("Cache-Control"))
		}
		if p.Get("Vary") != "Accept-Encoding, Authorization" || q.Get("Vary") != p.Get("Vary") || p.Get("ETag") == q.Get("ETag") {
			t.Errorf("%s: Vary %q and %q, ETag %q and %q", path, p.Get("Vary"), q.Get("Vary"), p.Get("ETag"), q.Get("ETag"))
		}
		if p.Get("Reprint-Receipt") != "" || !strings.HasPrefix(q.Get("Reprint-Receipt"), o.ledger.ID()+"-") {
			t.Errorf("%s: receipts %q and %q", path, p.Get("Reprint-Receipt"), q.Get("Reprint-Receipt"))
		}
		if q.Get("X-Robots-Tag") != "noindex" || q.Get("Ratelimit") == "" {
			t.Errorf("%s: %v", path, q)
		}
	}
}

// TestEqualTermsShare: partners with equal terms get the same bytes, made once; others do not.
func TestEqualTermsShare(t *testing.T) {
	t.Parallel()
	o := newOffice(t, article(1))
	zj, hz, qh := o.get("/feeds/top.json", "zj/k1"), o.get("/feeds/top.json", "hz/k1"), o.get("/feeds/top.json", "qh/k1")
	if zj.Body.String() != hz.Body.String() || zj.Header().Get("ETag") != hz.Header().Get("ETag") {
		t.Error("equal terms give different documents")
	}
	if zj.Body.String() == qh.Body.String() {
		t.Error("different terms give the same document")
	}
	if made := counter(t, o.metrics, "reprint_renderings_total"); made != 2 {
		t.Errorf("%v renderings for two terms", made)
	}
	pulls := o.pulls(t)
	if len(pulls) != 3 || pulls[0].Pulled.Edition != pulls[1].Pulled.Edition || pulls[1].N != pulls[0].N+1 {
		t.Fatalf("%d pulls", len(pulls))
	}
	for i, want := range []string{"zj-2026@", "hz-2026@", "qh-2026@"} {
		p := pulls[i].Pulled
		if len(p.Agreements) != 1 || !strings.HasPrefix(p.Agreements[0], want) {
			t.Errorf("pull %d rests on %v", i, p.Agreements)
		}
	}
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

// TestTimeChangesTheView: an embargo that runs out, an agreement that ends, a change of the
// rules show at the next request, and no validator from before is good any more.
func TestTimeChangesTheView(t *testing.T) {
	t.Parallel()
	o := newOffice(t, article(1), article(2), article(3)) // published 1, 2 and 3 hours before noon
	full := func(token string) int {
		t.Helper()
		w := o.get("/feeds/top.json", token)
		if w.Code != 200 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		return strings.Count(w.Body.String(), "全文的最后一句")
	}
	if n := full("qh/k1"); n != 1 {
		t.Fatalf("%d items, embargo of 2.5 h", n)
	}
	before := o.get("/feeds/top.json", "qh/k1").Header().Get("ETag")
	o.now = noon.Add(30 * time.Minute).Add(-time.Millisecond)
	if n := full("qh/k1"); n != 1 {
		t.Errorf("%d items just before the embargo's end", n)
	}
	o.now = noon.Add(30 * time.Minute)
	if w := o.get("/feeds/top.json", "qh/k1", "If-None-Match", before); w.Code != 200 {
		t.Errorf("a validator from under the embargo gives %d", w.Code)
	}
	if n := full("qh/k1"); n != 2 {
		t.Errorf("%d items at the embargo's end", n)
	}
	o.now = noon.Add(240*time.Hour - time.Millisecond)
	if n := full("zj/k1"); n != 3 {
		t.Errorf("%d items in the last moment of the agreement", n)
	}
	if age := o.get("/feeds/top.json", "zj/k1").Header().Get("Cache-Control"); age != "private, max-age=0, must-revalidate" {
		t.Errorf("in the last moment of the agreement: %q", age)
	}
	o.now = noon.Add(240 * time.Hour)
	if n := full("zj/k1"); n != 0 {
		t.Errorf("%d items after the agreement", n)
	}
	o.now = noon
	h := partnerHouse()
	h.Partners[0].Agreements[0].Text = syndicate.Excerpt
	if err := o.Reload(rules(t, h), o.partners()); err != nil {
		t.Fatal(err)
	}
	if n := full("zj/k1"); n != 0 {
		t.Errorf("%d items under the new wording", n)
	}
}

func TestDailyCap(t *testing.T) {
	t.Parallel()
	o := newOffice(t, article(1), article(2), article(3), article(4))
	full := func() (n int) {
		return strings.Count(o.get("/feeds/top.json", "cap/k1").Body.String(), "全文的最后一句")
	}
	if n := full(); n != 2 {
		t.Fatalf("%d items, two a day", n)
	}
	if w := o.get("/items/"+article(3).ID, "cap/k1"); strings.Contains(w.Body.String(), "全文的最后一句") {
		t.Error("the page of an item goes round the cap")
	}
	if w := o.get("/items/"+article(1).ID, "cap/k1"); !strings.Contains(w.Body.String(), "全文的最后一句") {
		t.Error("an item that has its place does not keep it")
	}
	o.now = noon.Add(12 * time.Hour)
	if n := full(); n != 4 {
		t.Errorf("%d items on the second day", n)
	}
}

// TestCredentials: everything that a credential can be, and what comes of it.
func TestCredentials(t *testing.T) {
	t.Parallel()
	o := newOffice(t, article(1))
	basic := func(partner, secret string) string {
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(partner+":"+secret))
	}
	good := o.secrets["zj/k1"]
	for _, tt := range []struct {
		header string
		status int
		detail string
	}{
		{"Bearer " + good, 200, ""},
		{basic("zj", good), 200, ""},
		{basic("hz", good), 401, "not those of a partner"},
		{basic("zj", "wrong"), 401, "not those of a partner"},
		{"Bearer " + good[:40], 401, "not copied whole"},
		{"Bearer " + o.secrets["zj/old"], 401, "not valid any more"},
		{"Bearer " + o.secrets["zj/early"], 401, "not valid yet"},
		{"Digest x", 401, "neither Basic"},
		{"Bearer", 401, "neither Basic"},
	} {
		w := o.get("/feeds/top.json", "", "Authorization", tt.header)
		if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.detail) {
			t.Errorf("%.20s: %d %s", tt.header, w.Code, w.Body)
		}
		if w.Code == 401 && (len(w.Header().Values("WWW-Authenticate")) != 2 || w.Header().Get("Cache-Control") != "no-store") {
			t.Errorf("%.20s: %v", tt.header, w.Header())
		}
	}
	r := httptest.NewRequest("GET", "/feeds/top.json", nil)
	r.Header["Authorization"] = []string{"Bearer " + good, "Bearer " + good}
	w := httptest.NewRecorder()
	if o.Public().ServeHTTP(w, r); w.Code != 401 {
		t.Errorf("two headers: %d", w.Code)
	}
}

func TestScopesOfTokens(t *testing.T) {
	t.Parallel()
	o := newOffice(t, article(1), story("hill", 1))
	for _, tt := range []struct {
		token, path string
		status      int
	}{
		{"zj/rss", "/feeds/top.rss", 200}, {"zj/rss", "/feeds/top.atom", 403}, {"zj/rss", "/items/" + article(1).ID, 403},
		{"zj/weekly", "/feeds/weekly.rss", 200}, {"zj/weekly", "/feeds/top.rss", 403}, {"zj/weekly", "/feeds/weekly", 200},
		{"zj/weekly", "/items/" + article(1).ID, 200}, {"zj/weekly", "/items/" + story("hill", 1).ID, 403},
		{"zj/api", "/feeds/top.rss", 403}, {"bare/k1", "/feeds/top.rss", 200},
	} {
		if w := o.get(tt.path, tt.token); w.Code != tt.status {
			t.Errorf("%s with %s: %d %s", tt.path, tt.token, w.Code, w.Body)
		}
	}
}

func TestRevokedToken(t *testing.T) {
	t.Parallel()
	o := newOffice(t, article(1))
	if w := o.get("/feeds/top.json", "zj/k1"); w.Code != 200 {
		t.Fatal(w.Code)
	}
	if err := o.store.Revoke(t.Context(), cache.Revocation{Partner: "zj", Token: "k1", At: o.now}); err != nil {
		t.Fatal(err)
	}
	o.now = o.now.Add(2 * time.Second)
	if w := o.get("/feeds/top.json", "zj/k1"); w.Code != 401 || !strings.Contains(w.Body.String(), "revoked") {
		t.Errorf("a lease later: %d %s", w.Code, w.Body)
	}
	if w := o.get("/feeds/top.json", "zj/k2"); w.Code != 200 {
		t.Errorf("the partner's other token: %d", w.Code)
	}
	_ = o.store.Close()
	o.now = o.now.Add(2 * time.Second)
	if w := o.get("/feeds/top.json", "zj/k2"); w.Code < 500 {
		t.Errorf("without the store nobody knows what was revoked: %d", w.Code)
	}
}

func TestRateOfPartner(t *testing.T) {
	t.Parallel()
	o := newOffice(t, article(1))
	o.bareRate = 5
	o.serve(t, o.ledger)
	for i := range 5 {
		w := o.get("/feeds/top.json", "bare/k1")
		if w.Code != 200 || w.Header().Get("RateLimit-Policy") != `"partner";q=5;w=60` || w.Header().Get("RateLimit") != fmt.Sprintf(`"partner";r=%d;t=%d`, 4-i, 12*(i+1)) {
			t.Fatalf("request %d: %d %v", i, w.Code, w.Header())
		}
	}
	if w := o.get("/feeds/top.json", "bare/k1"); w.Code != 429 || w.Header().Get("Retry-After") != "12" {
		t.Errorf("the next: %d, Retry-After %q", w.Code, w.Header().Get("Retry-After"))
	}
	o.now = o.now.Add(12 * time.Second)
	if w := o.get("/feeds/top.json", "bare/k1"); w.Code != 200 {
		t.Errorf("12 s later: %d", w.Code)
	}
}

// TestGuessing: whoever guesses is slowed down before the store hears of it, and whoever
// has a right token is not kept out by that.
func TestGuessing(t *testing.T) {
	t.Parallel()
	o := newOffice(t, article(1))
	_ = o.get("/feeds/top.json", "zj/k1")
	refused := 0
	for range 40 {
		w := o.get("/feeds/top.json", "", "Authorization", "Bearer rp_guess")
		if w.Code == 429 {
			refused++
			if w.Header().Get("Retry-After") == "" {
				t.Fatal("no Retry-After")
			}
		}
	}
	if refused != 20 {
		t.Errorf("%d of 40 guesses were refused", refused)
	}
	if w := o.get("/feeds/top.json", "zj/k1"); w.Code != 200 {
		t.Errorf("the right token: %d", w.Code)
	}
}

func TestOnTheRecord(t *testing.T) {
	t.Parallel()
	o := newOffice(t, article(1), story("hill", 1))
	w := o.get("/feeds/top.rss", "zj/k1")
	tag := w.Header().Get("ETag")
	if again := o.get("/feeds/top.rss", "zj/k1", "If-None-Match", tag); again.Code != 304 || again.Header().Get("Reprint-Receipt") != "" {
		t.Errorf("unchanged: %d %v", again.Code, again.Header())
	}
	if head := o.ask("HEAD", "/feeds/top.rss", "zj/k1", nil); head.Code != 200 || head.Header().Get("Reprint-Receipt") != "" {
		t.Errorf("HEAD: %d %v", head.Code, head.Header())
	}
	_ = o.get("/feeds/top.rss", "")
	pulls := o.pulls(t)
	if len(pulls) != 1 {
		t.Fatalf("%d pulls on the record, want the one with content", len(pulls))
	}
	p := pulls[0].Pulled
	if p.Partner != "zj" || p.Token != "k1" || p.Path != "/feeds/top.rss" || p.Items != 2 || p.Licensed != 1 || !pulls[0].At.Equal(noon) {
		t.Errorf("%+v", p)
	}
	if fmt.Sprintf("%s-%d", o.ledger.ID(), pulls[0].N) != w.Header().Get("Reprint-Receipt") {
		t.Errorf("receipt %q for entry %d", w.Header().Get("Reprint-Receipt"), pulls[0].N)
	}
	held, err := o.store.Held(t.Context(), "zj", []string{article(1).ID, story("hill", 1).ID})
	if err != nil || len(held) != 2 || held[article(1).ID].Form != int(syndicate.Full) || held[article(1).ID].Pictures != 1 {
		t.Errorf("held: %+v, %v", held, err)
	}
}

// failing is a ledger that cannot write.
type failing struct {
	*ledger.Ledger
	err error
}

func (f *failing) Append(ctx context.Context, entries ...ledger.Entry) (int64, error) {
	if f.err != nil {
		return 0, f.err
	}
	return f.Ledger.Append(ctx, entries...)
}

// TestFullDisk: no content leaves that is not on the record, readers notice nothing, and it
// recovers.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	o := newOffice(t, article(1))
	l := &failing{Ledger: o.ledger, err: fmt.Errorf("%w: %w", ledger.ErrFull, syscall.ENOSPC)}
	o.serve(t, l)
	for _, path := range []string{"/feeds/top.rss", "/items/" + article(1).ID} {
		l.err = fmt.Errorf("%w: %w", ledger.ErrFull, syscall.ENOSPC)
		w := o.get(path, "zj/k1")
		if w.Code != 507 || strings.Contains(w.Body.String(), "水塔") || !strings.Contains(w.Body.String(), "disk of the server is full") || w.Header().Get("Retry-After") == "" {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
		if w := o.get(path, ""); w.Code != 200 {
			t.Errorf("%s for the public: %d", path, w.Code)
		}
		l.err = ledger.ErrFailed
		if w := o.get(path, "zj/k1"); w.Code != 503 || strings.Contains(w.Body.String(), "水塔") {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
		l.err = nil
		if w := o.get(path, "zj/k1"); w.Code != 200 {
			t.Errorf("%s after that: %d", path, w.Code)
		}
	}
	o.serve(t, nil)
	if w := o.get("/feeds/top.rss", "zj/k1"); w.Code != 503 {
		t.Errorf("without a ledger: %d", w.Code)
	}
}

func TestReaderLinks(t *testing.T) {
	t.Parallel()
	o := newOffice(t, article(1))
	secret, err := o.store.Secret(t.Context(), serve.LinkSecret, bytes.Repeat([]byte{1}, access.LinkSecretBytes))
	if err != nil {
		t.Fatal(err)
	}
	link := func(partner, name, channel string, f access.Format) string {
		sign := access.NewLinks(secret).Sign(access.Link{Partner: partner, Name: name, Channel: channel, Format: f})
		return "/p/" + partner + "/" + sign + "/" + channel + "." + string(f)
	}
	good := link("zj", "r1", "top", access.RSS)
	w := o.get(good, "")
	if w.Code != 200 || !strings.Contains(w.Body.String(), "全文的最后一句") || !strings.HasPrefix(w.Header().Get("Cache-Control"), "private") {
		t.Fatalf("%d %v", w.Code, w.Header())
	}
	if strings.Contains(w.Body.String(), "/p/zj/") || strings.Contains(fmt.Sprint(w.Header()), "/p/zj/") {
		t.Error("the address stands in the document")
	}
	pulls := o.pulls(t)
	if len(pulls) != 1 || pulls[0].Pulled.Token != "r1" || pulls[0].Pulled.Path != "/p/zj/*/top.rss" {
		t.Errorf("on the record: %+v", pulls[0].Pulled)
	}
	for name, path := range map[string]string{
		"another channel":          strings.Replace(good, "top.rss", "weekly.rss", 1),
		"another format":           strings.Replace(good, ".rss", ".atom", 1),
		"another partner":          strings.Replace(good, "/zj/", "/hz/", 1),
		"a partner without":        link("qh", "", "top", access.RSS),
		"an old name":              link("zj", "r0", "top", access.RSS),
		"no such channel":          link("zj", "r1", "none", access.RSS),
		"no such format":           link("zj", "r1", "top", "html"),
		"the audience of the link": link("zj/zj-2026", "r1", "top", access.RSS),
	} {
		if w := o.get(path, ""); w.Code != 404 {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	if err := o.store.Revoke(t.Context(), cache.Revocation{Partner: "zj", Token: "r1", At: o.now}); err != nil {
		t.Fatal(err)
	}
	o.now = o.now.Add(3 * time.Second)
	if w := o.get(good, ""); w.Code != 401 {
		t.Errorf("revoked: %d", w.Code)
	}
}

// TestCanaries plants secrets everywhere and looks for them in all that is said.
func TestCanaries(t *testing.T) {
	t.Parallel()
	o := newOffice(t, article(1))
	secret, err := o.store.Secret(t.Context(), serve.LinkSecret, bytes.Repeat([]byte{1}, access.LinkSecretBytes))
	if err != nil {
		t.Fatal(err)
	}
	sign := access.NewLinks(secret).Sign(access.Link{Partner: "zj", Name: "r1", Channel: "top", Format: access.RSS})
	wrong := "rp_canarycanarycanarycanarycanarycanarycanarycanarycanarycanary"
	canaries := append([]string{sign, wrong}, o.secrets["zj/k1"], o.secrets["qh/k1"])
	for _, c := range canaries[1:] {
		canaries = append(canaries, base64.StdEncoding.EncodeToString([]byte("zj:"+c)))
	}
	var said strings.Builder
	paths := []string{"/feeds/top.rss", "/feeds/top", "/items/" + article(1).ID, "/items/none", "/nowhere", "/partner/changes", "/p/zj/" + sign + "/top.rss", "/p/zj/" + sign, "/p/zj/" + sign + "/none.rss", "/"}
	for _, method := range []string{"GET", "HEAD", "POST", "DELETE"} {
		for _, path := range paths {
			for _, header := range []string{"", "Bearer " + o.secrets["zj/k1"], "Bearer " + wrong, "Basic " + canaries[4], "Basic " + canaries[5]} {
				w := o.ask(method, path, "", nil, "Authorization", header, "Accept", "text/html")
				fmt.Fprintln(&said, w.Header(), w.Body)
				w = o.ask(method, path, "", nil, "Authorization", header)
				fmt.Fprintln(&said, w.Header(), w.Body)
			}
		}
	}
	families, err := o.metrics.Gather()
	if err != nil {
		t.Fatal(err)
	}
	recorded, err := json.Marshal(o.pulls(t))
	if err != nil {
		t.Fatal(err)
	}
	for where, text := range map[string]string{"responses": said.String(), "log": o.log.String(), "metrics": fmt.Sprint(families), "ledger": string(recorded)} {
		if len(text) < 100 {
			t.Errorf("%s say nothing", where)
		}
		for _, c := range canaries {
			if strings.Contains(text, c) {
				t.Errorf("%s hold %s", where, c)
			}
		}
	}
}
