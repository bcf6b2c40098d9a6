package ingest_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"reprint/cache"
	"reprint/feeds/fetch"
	"reprint/feeds/ingest"
	"reprint/syndicate"
	"reprint/syndicate/serve"
)

// hub is a publisher and its hub on one TLS server, and the service that subscribes there.
type hub struct {
	*httptest.Server
	client *http.Client
	store  *memory
	site   *httptest.Server // ours

	mu        sync.Mutex
	links     func(h *hub) http.Header // of the feed
	feed      func(h *hub) (contentType, body string)
	subscribe func(w http.ResponseWriter, r *http.Request) bool // false where it answered itself
	asked     []url.Values
	polls     int
}

// newHub starts all three. How it behaves is set before the first poll.
func newHub(t *testing.T, behave func(*hub)) *hub {
	t.Helper()
	h := &hub{store: newMemory()}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /feed", h.serveFeed)
	mux.HandleFunc("POST /hub", h.take)
	mux.Handle("/moved", http.RedirectHandler("/feed", http.StatusFound))
	mux.Handle("/gone", http.RedirectHandler("/feed", http.StatusMovedPermanently))
	mux.Handle("POST /hub307", http.RedirectHandler("/hub", http.StatusTemporaryRedirect))
	mux.Handle("POST /hub308", http.RedirectHandler("/hub", http.StatusPermanentRedirect))
	mux.Handle("POST /hub302", http.RedirectHandler("/hub", http.StatusFound))
	h.Server = httptest.NewTLSServer(mux)
	t.Cleanup(h.Close)
	h.client = h.Client()
	h.feed = func(h *hub) (string, string) { return "application/atom+xml", h.atom("1") }
	behave(h)
	return h
}

// atom is the feed with a hub, and one entry for each name.
func (h *hub) atom(names ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<feed xmlns="http://www.w3.org/2005/Atom"><id>tag:a.example,2026:f</id><title>t</title><updated>2026-03-10T12:00:00Z</updated>
<link rel="hub" href="%s/hub"/><link rel="self" href="%s/feed"/>`, h.URL, h.URL)
	for _, name := range names {
		fmt.Fprintf(&b, `<entry><id>tag:a.example,2026:%s</id><title>%s</title><updated>2026-03-10T12:00:00Z</updated><link href="https://a.example/%s"/></entry>`, name, name, name)
	}
	b.WriteString("</feed>")
	return b.String()
}

func (h *hub) serveFeed(w http.ResponseWriter, _ *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.polls++
	contentType, body := h.feed(h)
	if h.links != nil {
		maps.Copy(w.Header(), h.links(h))
	}
	w.Header().Set("Content-Type", contentType)
	_, _ = io.WriteString(w, body)
}

// take takes a subscription and asks back, as a hub does.
func (h *hub) take(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	h.mu.Lock()
	h.asked = append(h.asked, r.PostForm)
	answers := h.subscribe
	h.mu.Unlock()
	if answers != nil && !answers(w, r) {
		return
	}
	w.WriteHeader(http.StatusAccepted)
	form := r.PostForm
	go h.verify(form, form.Get("hub.topic"))
}

// verify asks the subscriber whether it meant it, and returns its answer.
func (h *hub) verify(form url.Values, topic string) (int, string) {
	q := url.Values{"hub.mode": {form.Get("hub.mode")}, "hub.topic": {topic}, "hub.challenge": {"challenge & more"}, "hub.lease_seconds": {"3600"}}
	r, err := h.client.Get(form.Get("hub.callback") + "?" + q.Encode())
	if err != nil {
		return 0, err.Error()
	}
	defer r.Body.Close()
	body, _ := io.ReadAll(r.Body)
	return r.StatusCode, string(body)
}

// deliver sends a document to the subscriber, signed as sign says, and returns the status.
func (h *hub) deliver(t *testing.T, contentType, body string, sign func(secret string) string) int {
	t.Helper()
	form := h.form(t)
	r, err := http.NewRequest(http.MethodPost, form.Get("hub.callback"), strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", contentType)
	if signature := sign(form.Get("hub.secret")); signature != "" {
		r.Header.Set("X-Hub-Signature", signature)
	}
	answer, err := h.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	return answer.StatusCode
}

// form is the last request to subscribe.
func (h *hub) form(t *testing.T) url.Values {
	t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.asked) == 0 {
		t.Fatal("the hub was never asked")
	}
	return h.asked[len(h.asked)-1]
}

// signed signs a body as the recommendation has it.
func signed(body string) func(string) string {
	return func(secret string) string {
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write([]byte(body))
		return "sha256=" + hex.EncodeToString(mac.Sum(nil))
	}
}

// run runs the service for one source until the test ends.
func (h *hub) run(t *testing.T, s ingest.Source) *ingest.Ingester {
	t.Helper()
	transport := h.client.Transport.(*http.Transport).Clone()
	transport.DisableCompression = true
	client, err := fetch.NewOver(transport, fetch.Options{UserAgent: "test", Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	public := http.NewServeMux()
	h.site = httptest.NewServer(public)
	t.Cleanup(h.site.Close)
	g := ingest.New(ingest.Options{
		Fetch: client, Hub: client, Callback: h.site.URL + "/push/", Store: h.store, Authority: "a.example,2026", Now: time.Now,
	})
	server, err := serve.New(serve.Options{
		Rules: rulebook(t), Store: noStore{}, Now: time.Now, Log: slog.New(slog.DiscardHandler), Metrics: prometheus.NewRegistry(), Push: g,
	})
	if err != nil {
		t.Fatal(err)
	}
	public.Handle("/", server.Public())
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- g.Run(ctx, []ingest.Source{s}) }()
	t.Cleanup(func() {
		cancel()
		<-ended
	})
	return g
}

// noStore is a store that the pages of this test do not need.
type noStore struct{ serve.Store }

func rulebook(t *testing.T) *syndicate.Rulebook {
	t.Helper()
	book, problems := syndicate.Compile(syndicate.House{
		Site:     syndicate.Site{Name: "a", URL: "https://us.example", Language: "en", Contact: syndicate.Contact{Email: "a@us.example"}, UnknownOrigin: "open"},
		Licenses: []syndicate.License{{ID: "open", Name: map[string]string{"en": "Open"}, Public: syndicate.Grant{Text: syndicate.Full}}},
		Sources:  []syndicate.Source{{ID: "a", Name: "A", Home: "https://a.example/", License: "open"}},
		Channels: []syndicate.Channel{{ID: "top", Title: "Top", Limit: 10}},
	})
	for _, p := range problems {
		t.Fatal(p)
	}
	return book
}

func (h *hub) source(path string) ingest.Source {
	return ingest.Source{ID: "a", Name: "A", Feed: h.URL + path, Every: time.Hour}
}

// eventually waits for something to become true.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for range 1000 {
		if is() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("it never came about that %s", what)
}

func (m *memory) subscription() cache.Subscription {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.subs["a"]
}

func (m *memory) titles() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []string
	for _, title := range m.title {
		all = append(all, title)
	}
	return strings.Join(all, " ")
}

func (h *hub) subscribed(t *testing.T) {
	t.Helper()
	eventually(t, "the hub agreed", func() bool { return h.store.subscription().Holds(time.Now()) })
}

// TestSubscribes in every way in which a hub can be named, through every redirect that keeps
// the request what it is, to the topic that the feed says it is.
func TestSubscribes(t *testing.T) {
	t.Parallel()
	rss := func(h *hub) (string, string) {
		return "application/rss+xml", `<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>t</title><link>https://a.example/</link><description>d</description>
<atom:link rel="hub" href="` + h.URL + `/hub"/><atom:link rel="self" href="` + h.URL + `/feed"/><item><title>1</title><guid isPermaLink="false">tag:a.example,2026:1</guid></item></channel></rss>`
	}
	json := func(h *hub) (string, string) {
		return "application/feed+json", `{"version":"https://jsonfeed.org/version/1.1","title":"t","feed_url":"` + h.URL + `/feed","hubs":[{"type":"WebSub","url":"` + h.URL + `/hub"}],"items":[{"id":"tag:a.example,2026:1","content_text":"1"}]}`
	}
	link := func(at, self string) func(*hub) http.Header {
		return func(h *hub) http.Header {
			return http.Header{"Link": {`<` + h.URL + at + `>; rel="hub", <` + h.URL + self + `>; rel="self"`}}
		}
	}
	for _, tt := range []struct {
		name, path string
		behave     func(*hub)
		topic      string
	}{
		{"100 header", "/feed", func(h *hub) { h.links = link("/hub", "/feed") }, "/feed"},
		{"102 Atom", "/feed", func(*hub) {}, "/feed"},
		{"103 RSS", "/feed", func(h *hub) { h.feed = rss }, "/feed"},
		{"JSON", "/feed", func(h *hub) { h.feed = json }, "/feed"},
		{"104 header before document", "/feed", func(h *hub) { h.links = link("/hub", "/other") }, "/other"},
		{"200 another self", "/feed?x=1", func(*hub) {}, "/feed"},
		{"201 topic moved for now", "/moved", func(*hub) {}, "/feed"},
		{"202 topic moved for good", "/gone", func(*hub) {}, "/feed"},
		{"203 hub moved for now", "/feed", func(h *hub) { h.links = link("/hub307", "/feed") }, "/feed"},
		{"204 hub moved for good", "/feed", func(h *hub) { h.links = link("/hub308", "/feed") }, "/feed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := newHub(t, tt.behave)
			h.run(t, h.source(tt.path))
			h.subscribed(t)
			form := h.form(t)
			if got := form.Get("hub.topic"); got != h.URL+tt.topic {
				t.Errorf("subscribed to %s", got)
			}
			if form.Get("hub.mode") != "subscribe" || len(form.Get("hub.secret")) < 20 || !strings.HasPrefix(form.Get("hub.callback"), h.site.URL+"/push/a/") {
				t.Errorf("asked with %v", form)
			}
			body := h.atom("pushed")
			if status := h.deliver(t, "application/atom+xml", body, signed(body)); status/100 != 2 { // 300
				t.Errorf("a delivery was answered with %d", status)
			}
			eventually(t, "the delivery was taken in", func() bool { return strings.Contains(h.store.titles(), "pushed") })
			if s := h.store.subscription(); !s.Proven(time.Now()) {
				t.Errorf("the hub is not relied on: %+v", s)
			}
		})
	}
}

// TestDeliveriesThatAreIgnored: what the hub did not sign is not taken in, and what cannot
// be read harms nothing.
func TestDeliveriesThatAreIgnored(t *testing.T) {
	t.Parallel()
	h := newHub(t, func(*hub) {})
	h.run(t, h.source("/feed"))
	h.subscribed(t)
	body := h.atom("forged")
	huge := strings.Repeat("x", 9<<20)
	for _, tt := range []struct {
		name, body string
		sign       func(string) string
		status     int
	}{
		{"301 wrong", body, func(string) string { return "sha256=" + strings.Repeat("0", 64) }, http.StatusAccepted},
		{"301 of another body", body, signed(body + " "), http.StatusAccepted},
		{"302 none", body, func(string) string { return "" }, http.StatusAccepted},
		{"broken", "<feed", signed("<feed"), http.StatusAccepted},
		{"too large", huge, signed(huge), http.StatusRequestEntityTooLarge},
		{"a bomb", "<!DOCTYPE x [<!ENTITY a 'b'>]><feed>&a;</feed>", signed("<!DOCTYPE x [<!ENTITY a 'b'>]><feed>&a;</feed>"), http.StatusAccepted},
	} {
		if status := h.deliver(t, "application/atom+xml", tt.body, tt.sign); status != tt.status {
			t.Errorf("%s: %d, want %d", tt.name, status, tt.status)
		}
	}
	good := h.atom("good")
	h.deliver(t, "application/atom+xml", good, signed(good))
	eventually(t, "a good delivery was taken in", func() bool { return strings.Contains(h.store.titles(), "good") })
	if titles := h.store.titles(); strings.Contains(titles, "forged") {
		t.Errorf("a forged delivery was taken in: %s", titles)
	}
}

// TestStrangersLearnNothing: an address with a wrong token, of a source that exists or not,
// looks the same; so does a question about another topic.
func TestStrangersLearnNothing(t *testing.T) {
	t.Parallel()
	h := newHub(t, func(*hub) {})
	h.run(t, h.source("/feed"))
	h.subscribed(t)
	form := h.form(t)
	if status, _ := h.verify(form, "https://other.example/"); status != http.StatusNotFound { // 205
		t.Errorf("another topic: %d", status)
	}
	if status, body := h.verify(form, form.Get("hub.topic")); status != http.StatusOK || body != "challenge & more" {
		t.Errorf("a renewal: %d %q", status, body)
	}
	for _, path := range []string{"/push/a/wrong", "/push/b/wrong", "/push/a/" + strings.Repeat("A", 26)} {
		for method, want := range map[string]int{http.MethodGet: http.StatusNotFound, http.MethodPost: http.StatusGone} {
			r, _ := http.NewRequest(method, h.site.URL+path, strings.NewReader("x"))
			answer, err := h.client.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			_ = answer.Body.Close()
			if answer.StatusCode != want {
				t.Errorf("%s %s: %d, want %d", method, path, answer.StatusCode, want)
			}
		}
	}
}

// TestHubThatRefuses leaves the source as it was, and the operator with a reason.
func TestHubThatRefuses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		behave  func(*hub)
		problem string
	}{
		{"at once", func(h *hub) {
			h.subscribe = func(w http.ResponseWriter, _ *http.Request) bool {
				http.Error(w, "topic not\x00 allowed", http.StatusForbidden)
				return false
			}
		}, `the hub answers 403: it says "topic not allowed"`},
		{"by a redirect to a page", func(h *hub) {
			h.links = func(h *hub) http.Header {
				return http.Header{"Link": {`<` + h.URL + `/hub302>; rel="hub", <` + h.URL + `/feed>; rel="self"`}}
			}
		}, "302"},
		{"later", func(h *hub) {
			h.subscribe = func(_ http.ResponseWriter, r *http.Request) bool {
				form := r.PostForm
				go func() {
					q := url.Values{"hub.mode": {"denied"}, "hub.topic": {form.Get("hub.topic")}, "hub.reason": {"too many"}}
					answer, err := h.client.Get(form.Get("hub.callback") + "?" + q.Encode())
					if err == nil {
						_ = answer.Body.Close()
					}
				}()
				return false
			}
		}, "too many"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := newHub(t, tt.behave)
			h.run(t, h.source("/feed"))
			eventually(t, "the problem is known", func() bool { return strings.Contains(h.store.subscription().Problem, tt.problem) })
			if s := h.store.subscription(); s.Holds(time.Now()) {
				t.Errorf("subscribed: %+v", s)
			}
		})
	}
}

// TestHubInTheOpen: a hub without TLS cannot sign, so what it brings is a hint. The source is
// polled, and only that is taken in.
func TestHubInTheOpen(t *testing.T) {
	t.Parallel()
	h := newHub(t, func(*hub) {})
	open := httptest.NewServer(http.HandlerFunc(h.take))
	t.Cleanup(open.Close)
	h.links = func(h *hub) http.Header {
		return http.Header{"Link": {`<` + open.URL + `>; rel="hub", <` + h.URL + `/feed>; rel="self"`}}
	}
	h.run(t, h.source("/feed"))
	h.subscribed(t)
	if form := h.form(t); form.Has("hub.secret") {
		t.Errorf("a secret was sent in the open: %v", form)
	}
	if status := h.deliver(t, "application/atom+xml", h.atom("forged"), signed("")); status != http.StatusAccepted {
		t.Errorf("status %d", status)
	}
	time.Sleep(200 * time.Millisecond)
	if titles := h.store.titles(); strings.Contains(titles, "forged") {
		t.Errorf("what nobody signed was taken in: %s", titles)
	}
}

// TestNeverSubscribed: where the operator says so, no hub is asked, and one that was is
// told to stop.
func TestNeverSubscribed(t *testing.T) {
	t.Parallel()
	h := newHub(t, func(*hub) {})
	g := h.run(t, h.source("/feed"))
	h.subscribed(t)
	never := h.source("/feed")
	never.NoPush = true
	g.Reload([]ingest.Source{never})
	eventually(t, "the subscription is forgotten", func() bool { return h.store.subscription() == (cache.Subscription{}) })
	body := h.atom("late")
	if status := h.deliver(t, "application/atom+xml", body, signed(body)); status != http.StatusGone {
		t.Errorf("a late delivery was answered with %d", status)
	}
}
