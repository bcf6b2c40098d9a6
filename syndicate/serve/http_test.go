package serve_test

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"

	"reprint/cache"
	"reprint/feeds"
	"reprint/syndicate/serve"
)

// TestRoutes asks for every address and looks at status, type and what stands in it.
func TestRoutes(t *testing.T) {
	t.Parallel()
	f := newFixture(t, atNoon)
	item := feeds.NewID("weekly", "tag:weekly.example,2026:1")
	inner := feeds.NewID("inner", "tag:inner.example,2026:1")
	for _, tt := range []struct {
		method, path, accept string
		status               int
		media, holds         string
	}{
		{"GET", "/", "", 200, "text/html; charset=utf-8", "/feeds/top.rss"},
		{"GET", "/feeds.opml", "", 200, "text/x-opml; charset=utf-8", `xmlUrl="https://qinghe.example/feeds/top.rss"`},
		{"GET", "/feeds/top.rss", "", 200, "application/rss+xml; charset=utf-8", "<rss"},
		{"GET", "/feeds/top.atom", "", 200, "application/atom+xml; charset=utf-8", "<feed"},
		{"GET", "/feeds/top.json", "", 200, "application/feed+json; charset=utf-8", "jsonfeed.org"},
		{"GET", "/feeds/top", "", 200, "text/html; charset=utf-8", "第1条 &lt;b&gt; &amp; 消息"},
		{"GET", "/items/" + item, "", 200, "text/html; charset=utf-8", "reprint-attribution"},
		{"GET", "/licenses/house", "", 200, "text/html; charset=utf-8", "版权所有"},
		{"GET", "/robots.txt", "", 200, "text/plain; charset=utf-8", "User-agent"},
		{"GET", "/healthz", "", 200, "text/plain; charset=utf-8", "ok"},
		{"HEAD", "/feeds/top.rss", "", 200, "application/rss+xml; charset=utf-8", ""},
		{"GET", "/items/" + inner, "", 404, "application/problem+json", "nothing at this address"},
		{"GET", "/items/weekly-aaaaaaaaaaaaaaaaaaaa", "", 404, "application/problem+json", ""},
		{"GET", "/items/..", "", 307, "", ""},
		{"GET", "/items/x", "", 404, "application/problem+json", ""},
		{"GET", "/feeds/none.rss", "", 404, "application/problem+json", ""},
		{"GET", "/feeds/none.rss", "text/html", 404, "text/html; charset=utf-8", "这里没有内容"},
		{"GET", "/licenses/none", "", 404, "application/problem+json", ""},
		{"POST", "/feeds/top.rss", "", 405, "application/problem+json", ""},
		{"DELETE", "/claims/new", "", 405, "application/problem+json", ""},
		{"DELETE", "/nowhere", "", 404, "application/problem+json", ""},
		{"GET", "/metrics", "", 404, "application/problem+json", ""},
		{"GET", "/console", "", 404, "application/problem+json", ""},
	} {
		w := f.ask(tt.method, tt.path, "Accept", tt.accept)
		if w.Code != tt.status || tt.media != "" && w.Header().Get("Content-Type") != tt.media || !strings.Contains(w.Body.String(), tt.holds) {
			t.Errorf("%s %s: %d %s\n%s", tt.method, tt.path, w.Code, w.Header().Get("Content-Type"), w.Body)
		}
		if tt.method == "HEAD" && w.Body.Len() > 0 {
			t.Errorf("HEAD %s has a body", tt.path)
		}
		if want := map[bool]string{true: "GET, HEAD, POST", false: "GET, HEAD"}[tt.path == "/claims/new"]; w.Code == 405 && w.Header().Get("Allow") != want {
			t.Errorf("405 allows %q", w.Header().Get("Allow"))
		}
	}
}

// TestWithheldLeavesNoTrace: nothing of an item that is withheld is in any answer.
func TestWithheldLeavesNoTrace(t *testing.T) {
	t.Parallel()
	f := newFixture(t, atNoon)
	for _, path := range []string{"/feeds/top.rss", "/feeds/top.atom", "/feeds/top.json", "/feeds/top", "/"} {
		if body := f.get(path).Body.String(); strings.Contains(body, "inner.example,2026") || strings.Contains(body, "https://inner.example/1") {
			t.Errorf("%s names a withheld item", path)
		}
	}
}

// TestPictures: a picture without a staff credit is on no page and in no feed of the house's items.
func TestPictures(t *testing.T) {
	t.Parallel()
	f := newFixture(t, atNoon)
	for _, path := range []string{"/feeds/weekly.rss", "/feeds/weekly", "/items/" + feeds.NewID("weekly", "tag:weekly.example,2026:1")} {
		if strings.Contains(f.get(path).Body.String(), "a.jpg") {
			t.Errorf("%s shows a picture that its license denies", path)
		}
	}
	if !strings.Contains(f.get("/feeds/hill").Body.String(), "a.jpg") {
		t.Error("/feeds/hill lacks the picture that its license grants")
	}
}

// TestEncodings reads each coding and finds the same bytes, each under its own validator.
func TestEncodings(t *testing.T) {
	t.Parallel()
	f := newFixture(t, atNoon)
	plain := f.get("/feeds/top.atom").Body.String()
	tags := map[string]bool{}
	for _, tt := range []struct{ accept, want string }{
		{"", ""}, {"identity", ""}, {"gzip", "gzip"}, {"x-gzip", "gzip"}, {"GZIP", "gzip"}, {"gzip, deflate, br, zstd", "br"}, {"br;q=0.5, gzip;q=0.9", "gzip"},
		{"zstd, gzip", "zstd"}, {"*", "br"}, {"br;q=0, *", "zstd"}, {"gzip;q=0", ""}, {"gzip;q=0.001", "gzip"}, {"gzip;q=oops", ""}, {"gzip ; q=1.000", "gzip"},
		{"deflate", ""}, {"identity;q=0", ""}, {",,;;", ""}, {"gzip;q=2", ""}, {"identity;q=1, gzip;q=0.2", ""},
	} {
		w := f.get("/feeds/top.atom", "Accept-Encoding", tt.accept)
		if got := w.Header().Get("Content-Encoding"); got != tt.want {
			t.Errorf("Accept-Encoding %q gave %q, want %q", tt.accept, got, tt.want)
			continue
		}
		if got := decoded(t, tt.want, w.Body); got != plain {
			t.Errorf("%q: other bytes", tt.accept)
		}
		tags[w.Header().Get("ETag")] = true
		if w.Header().Get("Vary") != "Accept-Encoding, Authorization" {
			t.Errorf("%q: Vary is %q", tt.accept, w.Header().Get("Vary"))
		}
	}
	if len(tags) != 4 {
		t.Errorf("%d validators for 4 codings: %v", len(tags), tags)
	}
}

func decoded(t *testing.T, encoding string, body io.Reader) string {
	t.Helper()
	var r = body
	var err error
	switch encoding {
	case "br":
		r = brotli.NewReader(body)
	case "gzip":
		r, err = gzip.NewReader(body)
	case "zstd":
		r, err = zstd.NewReader(body)
	}
	if err != nil {
		t.Fatal(err)
	}
	all, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(all)
}

// TestConditional holds RFC 9110 section 13 (acceptance checks 20 and 21).
func TestConditional(t *testing.T) {
	t.Parallel()
	f := newFixture(t, atNoon)
	first := f.get("/feeds/top.rss", "Accept-Encoding", "gzip")
	tag, modified := first.Header().Get("ETag"), first.Header().Get("Last-Modified")
	if !strings.HasPrefix(tag, `"`) || modified == "" {
		t.Fatalf("ETag %q, Last-Modified %q", tag, modified)
	}
	for _, tt := range []struct {
		name    string
		headers []string
		status  int
	}{
		{"the same tag", []string{"If-None-Match", tag}, 304},
		{"weak", []string{"If-None-Match", "W/" + tag}, 304},
		{"in a list", []string{"If-None-Match", `"other", W/"another" , ` + tag}, 304},
		{"star", []string{"If-None-Match", "*"}, 304},
		{"other", []string{"If-None-Match", `"other"`}, 200},
		{"broken", []string{"If-None-Match", `other"`}, 200},
		{"empty", []string{"If-None-Match", ""}, 200},
		{"unfinished", []string{"If-None-Match", `"` + strings.Trim(tag, `"`)}, 200},
		{"tag of another coding", []string{"If-None-Match", strings.Replace(tag, "-gz", "", 1)}, 304},
		{"same date", []string{"If-Modified-Since", modified}, 304},
		{"later date", []string{"If-Modified-Since", "Tue, 10 Mar 2026 13:00:00 GMT"}, 200},
		{"earlier date", []string{"If-Modified-Since", "Tue, 10 Mar 2026 11:00:00 GMT"}, 200},
		{"no date", []string{"If-Modified-Since", "yesterday"}, 200},
		{"tag before date", []string{"If-None-Match", `"other"`, "If-Modified-Since", modified}, 200},
		{"tag before date, other way", []string{"If-None-Match", tag, "If-Modified-Since", "Tue, 10 Mar 2020 11:00:00 GMT"}, 304},
	} {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			w := f.ask(method, "/feeds/top.rss", append(tt.headers, "Accept-Encoding", "gzip")...)
			if w.Code != tt.status {
				t.Errorf("%s %s: %d, want %d", method, tt.name, w.Code, tt.status)
			}
			if w.Code != 304 {
				continue
			}
			h := w.Header()
			if h.Get("ETag") == "" || h.Get("Cache-Control") == "" || h.Get("Vary") == "" || h.Get("Last-Modified") != modified || w.Body.Len() > 0 || h.Get("Content-Length") != "" {
				t.Errorf("%s %s: 304 with %v", method, tt.name, h)
			}
		}
	}
}

// TestValidatorsMoveWithContent: what a client has is not called current once an item is gone
// from the document, though no date in it went up.
func TestValidatorsMoveWithContent(t *testing.T) {
	t.Parallel()
	f := newFixture(t, atNoon)
	before := f.get("/feeds/weekly.rss")
	h := house()
	h.Channels[1].Limit = 1
	if err := f.Reload(rules(t, h), serve.Partners{}); err != nil {
		t.Fatal(err)
	}
	after := f.get("/feeds/weekly.rss", "If-None-Match", before.Header().Get("ETag"), "If-Modified-Since", before.Header().Get("Last-Modified"))
	if after.Code != 200 || after.Header().Get("ETag") == before.Header().Get("ETag") || after.Header().Get("Last-Modified") == before.Header().Get("Last-Modified") {
		t.Errorf("%d %v, before %v", after.Code, after.Header(), before.Header())
	}
	if w := f.get("/feeds/weekly.rss", "If-Modified-Since", before.Header().Get("Last-Modified")); w.Code != 200 {
		t.Errorf("the old date gives %d", w.Code)
	}
}

// TestByteStable: another server on the same store, as after a restart, sends the same bytes
// with the same validators.
func TestByteStable(t *testing.T) {
	t.Parallel()
	f := newFixture(t, atNoon)
	other := newFixtureOn(t, f.store, func() time.Time { return noon.Add(time.Hour) }, io.Discard)
	for _, path := range []string{"/feeds/top.rss", "/feeds/top.atom", "/feeds/top.json", "/feeds/top", "/", "/feeds.opml"} {
		a, b := f.get(path), other.get(path)
		if a.Body.String() != b.Body.String() || a.Header().Get("ETag") != b.Header().Get("ETag") || a.Header().Get("Last-Modified") != b.Header().Get("Last-Modified") {
			t.Errorf("%s differs:\n%v\n%v", path, a.Header(), b.Header())
		}
	}
}

// TestHeaders holds the headers that protect people and lead machines on.
func TestHeaders(t *testing.T) {
	t.Parallel()
	f := newFixture(t, atNoon)
	for _, path := range []string{"/", "/feeds/top.rss", "/feeds/top", "/items/" + feeds.NewID("hill", "tag:hill.example,2026:1")} {
		h := f.get(path).Header()
		for _, name := range []string{"Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Cache-Control", "ETag"} {
			if h.Get(name) == "" {
				t.Errorf("%s lacks %s", path, name)
			}
		}
		if c := h.Get("Cache-Control"); strings.Contains(c, "stale") || strings.Contains(c, "no-cache") == (path == "/") || strings.Contains(c, "must-revalidate") != (path == "/") {
			t.Errorf("%s: Cache-Control %q", path, c)
		}
	}
	links := strings.Join(f.get("/feeds/top").Header()["Link"], "\n")
	for _, want := range []string{"/feeds/top.rss>", "/feeds/top.atom>", "/feeds/top.json>"} {
		if !strings.Contains(links, want) {
			t.Errorf("the page's Link lacks %s: %s", want, links)
		}
	}
	if got := f.get("/items/" + feeds.NewID("hill", "tag:hill.example,2026:1")).Header().Get("Link"); got != `<https://creativecommons.org/licenses/by/4.0/>; rel="license"` {
		t.Errorf("item Link %q", got)
	}
}

// TestSchema reads the data for machines from an item's page.
func TestSchema(t *testing.T) {
	t.Parallel()
	f := newFixture(t, atNoon)
	body := f.get("/items/" + feeds.NewID("hill", "tag:hill.example,2026:1")).Body.String()
	_, rest, _ := strings.Cut(body, `<script type="application/ld+json">`)
	text, _, ok := strings.Cut(rest, "</script>")
	var article map[string]any
	if err := json.Unmarshal([]byte(text), &article); !ok || err != nil {
		t.Fatalf("%v in %q", err, text)
	}
	for key, want := range map[string]string{"@type": "NewsArticle", "headline": "第1条 <b> & 消息", "license": "https://creativecommons.org/licenses/by/4.0/", "isBasedOn": "https://hill.example/1"} {
		if article[key] != want {
			t.Errorf("%s is %v, want %q", key, article[key], want)
		}
	}
}

// TestStoreAway: what is in memory goes on; what is not says that it will be back.
func TestStoreAway(t *testing.T) {
	t.Parallel()
	f := newFixture(t, atNoon)
	f.get("/feeds/top.rss")
	f.store.fail(errors.Join(cache.ErrUnavailable, errors.New("secret-host:6379 refused")))
	if w := f.get("/feeds/top.rss"); w.Code != 200 {
		t.Errorf("a feed in memory: %d", w.Code)
	}
	for _, path := range []string{"/feeds/weekly.rss", "/items/" + feeds.NewID("weekly", "tag:weekly.example,2026:1")} {
		w := f.get(path)
		if w.Code != 503 || w.Header().Get("Retry-After") == "" || w.Header().Get("Cache-Control") != "no-store" || strings.Contains(w.Body.String(), "secret") {
			t.Errorf("%s: %d %v %s", path, w.Code, w.Header(), w.Body)
		}
	}
	f.store.fail(nil)
	if w := f.get("/feeds/weekly.rss"); w.Code != 200 {
		t.Errorf("after the store is back: %d", w.Code)
	}
}
