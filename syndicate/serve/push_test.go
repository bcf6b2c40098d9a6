package serve_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"reprint/cache"
	"reprint/feeds/websub"
	"reprint/syndicate/serve"
)

// receiver answers as it was told to, if it was asked with the right token.
type receiver struct {
	err  error
	body string
}

func (r *receiver) Confirm(_ context.Context, source, token string, query url.Values) (string, error) {
	if source != "weekly" || token != "right" {
		return "", websub.ErrNoSubscription
	}
	return query.Get("hub.challenge"), r.err
}

func (r *receiver) Deliver(_ context.Context, source, token string, _ http.Header, body io.Reader) error {
	if source != "weekly" || token != "right" {
		return websub.ErrNoSubscription
	}
	b, _ := io.ReadAll(body)
	r.body = string(b)
	return r.err
}

// TestPush maps what becomes of a hub's call to HTTP, and keeps its secret out of the log.
func TestPush(t *testing.T) {
	t.Parallel()
	r := &receiver{}
	var log bytes.Buffer
	s, err := serve.New(serve.Options{
		Rules: rules(t, house()), Store: newMemory(), Now: atNoon, Log: slog.New(slog.NewTextHandler(&log, nil)), Metrics: prometheus.NewRegistry(), Push: r,
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		method, path string
		err          error
		status       int
		body         string
	}{
		{"GET", "/push/weekly/right?hub.challenge=%3Cscript%3E", nil, 200, "<script>"},
		{"GET", "/push/weekly/wrong?hub.challenge=x", nil, 404, ""},
		{"GET", "/push/weekly/right", websub.ErrUnwanted, 404, ""},
		{"GET", "/push/weekly/right", fmt.Errorf("%w: no lease", websub.ErrQuestion), 400, ""},
		{"GET", "/push/weekly/right", cache.ErrUnavailable, 503, ""},
		{"POST", "/push/weekly/right", nil, 202, ""},
		{"POST", "/push/weekly/wrong", nil, 410, ""},
		{"POST", "/push/weekly/right", websub.ErrTooLarge, 413, ""},
		{"POST", "/push/weekly/right", websub.ErrBusy, 503, ""},
		{"POST", "/push/weekly/right", errors.New("inside"), 500, ""},
		{"PUT", "/push/weekly/right", nil, 405, ""},
		{"POST", "/feeds/top.rss", nil, 405, ""},
	} {
		r.err = tt.err
		w := httptest.NewRecorder()
		s.Public().ServeHTTP(w, httptest.NewRequest(tt.method, tt.path, strings.NewReader("document")))
		if w.Code != tt.status || tt.body != "" && w.Body.String() != tt.body {
			t.Errorf("%s %s with %v: %d %q, want %d", tt.method, tt.path, tt.err, w.Code, w.Body, tt.status)
		}
		if w.Code == 200 && (w.Header().Get("Content-Type") != "text/plain; charset=utf-8" || w.Header().Get("X-Content-Type-Options") != "nosniff") {
			t.Errorf("what a stranger sent could be taken for a page: %v", w.Header())
		}
		if strings.Contains(w.Body.String(), "inside") {
			t.Errorf("an error of ours went out: %s", w.Body)
		}
	}
	if r.body != "document" {
		t.Errorf("received %q", r.body)
	}
	if strings.Contains(log.String(), "right") || strings.Contains(log.String(), "challenge") {
		t.Errorf("the log holds the secret address:\n%s", &log)
	}
}

// TestSourceWithHub: the operator sees until when a hub delivers, and what is wrong with it.
func TestSourceWithHub(t *testing.T) {
	t.Parallel()
	f := newFixture(t, atNoon)
	f.store.polls["weekly"] = cache.Poll{Hub: "https://hub.example/", Outcome: "new"}
	f.store.subscription = cache.Subscription{Until: noon.Add(time.Hour), Problem: "the hub is slow"}
	for _, path := range []string{"/api/sources", "/console"} {
		w := httptest.NewRecorder()
		f.Admin().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if got := w.Body.String(); !strings.Contains(got, "the hub is slow") || !strings.Contains(got, "13:00") {
			t.Errorf("%s:\n%s", path, got)
		}
	}
}
