package serve_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"reprint/syndicate/serve"
)

// TestWarmRequestAsksNobody: an edition in memory is served without one call to the store.
func TestWarmRequestAsksNobody(t *testing.T) {
	t.Parallel()
	f := newFixture(t, atNoon)
	f.get("/feeds/top.rss")
	before := f.store.calls.Load()
	for _, path := range []string{"/feeds/top.rss", "/feeds/top.atom", "/feeds/top.json", "/feeds/top", "/", "/feeds.opml", "/licenses/house"} {
		f.get(path)
	}
	if n := f.store.calls.Load() - before; n != 0 {
		t.Errorf("%d calls to the store for warm requests", n)
	}
}

// TestMadeOnce: however many ask for a cold channel, it is rendered once.
func TestMadeOnce(t *testing.T) {
	t.Parallel()
	f := newFixture(t, atNoon)
	f.store.delay = 20 * time.Millisecond
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			if w := f.get("/feeds/top.rss"); w.Code != 200 {
				t.Errorf("status %d", w.Code)
			}
		})
	}
	wg.Wait()
	if n := f.store.calls.Load(); n != 2 { // Latest and Stamp
		t.Errorf("%d calls to the store for one rendering", n)
	}
}

// renderings counts the editions that were made of each channel, as the metrics tell it.
func (f fixture) renderings(t *testing.T, channel string) int {
	t.Helper()
	w := httptest.NewRecorder()
	f.Admin().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	for line := range strings.Lines(w.Body.String()) {
		if count, ok := strings.CutPrefix(line, `reprint_renderings_total{channel="`+channel+`",result="ok"} `); ok {
			n, err := strconv.Atoi(strings.TrimSpace(count))
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
	}
	t.Fatalf("the metrics do not tell of channel %s", channel)
	return 0
}

// running is a server whose Run runs, inside a bubble of synthetic time.
type running struct {
	fixture
	cancel context.CancelFunc
}

func newRunning(t *testing.T) running {
	store := newMemory()
	store.put(story("weekly", 1), story("hill", 1))
	s, err := serve.New(serve.Options{Rules: rules(t, house()), Store: store, Now: time.Now, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Metrics: prometheus.NewRegistry()})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	go func() { _ = s.Run(ctx) }()
	synctest.Wait()
	return running{fixture{Server: s, store: store}, cancel}
}

// TestOnlyWhatChanged: a change in one source renders anew the channels that hold it, and no
// others; the new item is there without anybody asking.
func TestOnlyWhatChanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRunning(t)
		defer r.cancel()
		want := map[string]int{"top": 1, "hill": 1, "weekly": 0}
		for channel := range want {
			want[channel] += r.renderings(t, channel)
		}
		r.store.put(story("hill", 7))
		time.Sleep(time.Second)
		synctest.Wait()
		for channel, want := range want {
			if got := r.renderings(t, channel); got != want {
				t.Errorf("%s: %d renderings, want %d", channel, got, want)
			}
		}
		if !strings.Contains(r.get("/feeds/hill.rss").Body.String(), "tag:hill.example,2026:7") {
			t.Error("the new item is not in the feed")
		}
	})
}

// TestBurst: many changes at once are few renderings.
func TestBurst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRunning(t)
		defer r.cancel()
		before := r.renderings(t, "hill")
		for n := range 100 {
			r.store.put(story("hill", 10+n))
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if n := r.renderings(t, "hill") - before; n > 3 {
			t.Errorf("%d renderings for one burst", n)
		}
	})
}

// TestReadiness: the server is ready once it has rendered and hears the journal, and says
// so when it no longer does.
func TestReadiness(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cold := newFixture(t, time.Now)
		if w := cold.get("/readyz"); w.Code != 503 {
			t.Errorf("before the start: %d", w.Code)
		}
		r := newRunning(t)
		defer r.cancel()
		time.Sleep(6 * time.Second)
		if w := r.get("/readyz"); w.Code != 200 {
			t.Errorf("after the start: %d %s", w.Code, w.Body)
		}
		r.store.fail(errors.New("away"))
		time.Sleep(20 * time.Second)
		if w := r.get("/readyz"); w.Code != 503 || !strings.Contains(w.Body.String(), "store") {
			t.Errorf("store away: %d %s", w.Code, w.Body)
		}
		r.store.fail(nil)
		r.store.put(story("hill", 9))
		time.Sleep(8 * time.Second)
		if w := r.get("/readyz"); w.Code != 200 {
			t.Errorf("store back: %d %s", w.Code, w.Body)
		}
		if !strings.Contains(r.get("/feeds/hill.rss").Body.String(), "tag:hill.example,2026:9") {
			t.Error("a change while the store was away was missed")
		}
	})
}

// TestReloadWakes: new rules are in force at once, and every channel is rendered without
// waiting for a change.
func TestReloadWakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRunning(t)
		defer r.cancel()
		h := house()
		h.Channels = append(h.Channels[:1:1], h.Channels[2])
		h.Channels[0].Title = "新名字"
		if err := r.Reload(rules(t, h), serve.Partners{}); err != nil {
			t.Fatal(err)
		}
		if w := r.get("/feeds/top.rss"); !strings.Contains(w.Body.String(), "新名字") {
			t.Error("the old rules are still served")
		}
		if w := r.get("/feeds/weekly.rss"); w.Code != 404 {
			t.Errorf("a channel that is gone: %d", w.Code)
		}
		time.Sleep(10 * time.Millisecond)
		synctest.Wait()
		if w := r.get("/readyz"); w.Code != 200 {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	})
}
