package serve

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// bare makes a server without a store, for what needs none.
func bare(now func() time.Time) *Server {
	s := &Server{now: now, log: slog.New(slog.DiscardHandler), metrics: newMetrics(prometheus.NewRegistry())}
	s.site.Store(&site{})
	return s
}

// TestNothingAfterItsTime: a document whose time is up is never sent, and no cache is told
// to use one that has an end without asking.
func TestNothingAfterItsTime(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	d := newRepresentation(document{contentType: typeText, body: []byte("embargoed"), until: noon})
	for _, tt := range []struct {
		before time.Duration
		status int
		cache  string
	}{
		{time.Hour, 200, "public, no-cache"},
		{100 * time.Second, 200, "public, no-cache"},
		{time.Nanosecond, 200, "public, no-cache"},
		{0, 503, "no-store"},
		{-time.Hour, 503, "no-store"},
	} {
		s := bare(func() time.Time { return noon.Add(-tt.before) })
		for _, headers := range []http.Header{{}, {"If-None-Match": {"*"}}} {
			w := httptest.NewRecorder()
			s.fixed(d).ServeHTTP(w, &http.Request{Method: http.MethodGet, Header: headers})
			want := tt.status
			if want == 200 && headers.Get("If-None-Match") != "" {
				want = 304
			}
			if w.Code != want || w.Header().Get("Cache-Control") != tt.cache {
				t.Errorf("%v before its end: %d %q", tt.before, w.Code, w.Header().Get("Cache-Control"))
			}
		}
	}
}

// TestAgain: an answer is made again while stories are withdrawn one right after the other, also if it was waited for long
// before, and not for ever.
func TestAgain(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		first, each  time.Duration // how long it takes
		stale, tries int           // how often it is, and is made
	}{
		{0, 0, 0, 1},
		{20 * time.Second, 0, 3, 4},
		{0, againFor / 4, 3, 4},
		{0, againFor / 4, 100, 5},
	} {
		now, tries := time.Now(), 0
		s := bare(func() time.Time { return now })
		err := s.again(httptest.NewRequest("GET", "/x", nil), func() error {
			took := tt.each
			if tries == 0 {
				took = tt.first
			}
			now = now.Add(took)
			if tries++; tries <= tt.stale {
				return errStale
			}
			return nil
		})
		if tries != tt.tries || (err != nil) != (tt.stale >= tt.tries) {
			t.Errorf("%+v: %d tries, %v", tt, tries, err)
		}
	}
}

// TestExpiredEditionIsMadeAnew: whoever asks after the end of an edition does not get it.
func TestExpiredEditionIsMadeAnew(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	for _, e := range []*edition{{until: noon}, {until: noon.Add(-time.Second)}} {
		if !e.isOver(noon) {
			t.Errorf("an edition until %v is used at %v", e.until, noon)
		}
	}
	for _, e := range []*edition{{}, {until: noon.Add(1)}} {
		if e.isOver(noon) {
			t.Errorf("an edition until %v is not used at %v", e.until, noon)
		}
	}
}

// TestUndeclaredAudience: a route that does not say whom it is for does not register, and
// neither does one of the operator's on the public listener.
func TestUndeclaredAudience(t *testing.T) {
	t.Parallel()
	s := bare(time.Now)
	for _, of := range []audience{everybody, operator} {
		for _, declared := range []audience{undeclared, everybody, operator} {
			_, err := s.handler([]route{{pattern: "/x", audience: declared, handler: http.NotFoundHandler()}}, of)
			if (err == nil) != (declared == of) {
				t.Errorf("a route for %v on the listener for %v: %v", declared, of, err)
			}
		}
	}
}

// TestPanic: a handler that breaks answers 500 and takes nothing else down.
func TestPanic(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	s := bare(time.Now)
	s.log = slog.New(slog.NewTextHandler(&log, nil))
	w := httptest.NewRecorder()
	s.observe("/x", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("secret state") })).ServeHTTP(w, httptest.NewRequest("GET", "/x", nil))
	if w.Code != 500 || bytes.Contains(w.Body.Bytes(), []byte("secret")) || !bytes.Contains(log.Bytes(), []byte("secret state")) {
		t.Errorf("%d %s\n%s", w.Code, w.Body, &log)
	}
}

// discard is a response that keeps nothing, to count allocations.
type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) Write(p []byte) (int, error) { return len(p), nil }
func (d discard) WriteHeader(int)             {}

// TestWarmAllocations holds the number of allocations of a warm request, log line and metrics
// included.
func TestWarmAllocations(t *testing.T) {
	noon := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	s := bare(func() time.Time { return noon })
	d := newRepresentation(document{contentType: typeRSS, body: bytes.Repeat([]byte("<item>text</item>"), 1000), modified: noon, maxAge: maxAge})
	h := s.observe("/feeds/top.rss", s.fixed(d))
	for name, headers := range map[string]http.Header{
		"200": {"Accept-Encoding": {"gzip, deflate, br"}, "User-Agent": {"reader"}},
		"304": {"Accept-Encoding": {"gzip"}, "If-None-Match": d.variant(gz).etag},
	} {
		r := httptest.NewRequest("GET", "/feeds/top.rss", nil)
		r.Header = headers
		w := discard{make(http.Header)}
		n := testing.AllocsPerRun(1000, func() {
			clear(w.header)
			h.ServeHTTP(w, r)
		})
		t.Logf("%s: %v allocations", name, n)
		if n > 2 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}
