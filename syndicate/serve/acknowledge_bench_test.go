package serve_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"reprint/cache/cachetest/redistest"
	"reprint/cache/redis"
	"reprint/feeds"
	"reprint/syndicate"
	"reprint/syndicate/serve"
)

// BenchmarkAcknowledgment withdraws one item after the other from three healthy servers on Redis that syncs every write, and
// tells how long it took until each was everywhere. Every server has a connection to the store of its own.
func BenchmarkAcknowledgment(b *testing.B) {
	process := redistest.Start(b)
	var members []*serve.Server
	const most = 5000
	var items []feeds.Item
	for n := range most {
		items = append(items, story("weekly", n))
	}
	for n := range 3 {
		store, err := redis.Open(b.Context(), process.URL("k"), "")
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = store.Close() })
		if n == 0 {
			fillAtOnce(b, store, items...)
		}
		members = append(members, healthy(b, fmt.Sprint("s", n), store))
	}
	ready := func(s *serve.Server) bool { return fixture{Server: s}.get("/items/"+items[most-1].ID).Code == 200 }
	for deadline := time.Now().Add(20 * time.Second); slices.ContainsFunc(members, func(s *serve.Server) bool { return !ready(s) }); {
		if time.Now().After(deadline) {
			b.Fatal("the servers are not ready")
		}
		time.Sleep(50 * time.Millisecond)
	}
	var took []time.Duration
	for n := 0; b.Loop() && n < most-1; n++ {
		begun := time.Now()
		r := httptest.NewRequest("POST", "/api/withdrawals", strings.NewReader(fmt.Sprintf(`{"targets":[%q],"cause":"rights"}`, items[n].ID)))
		w := httptest.NewRecorder()
		members[n%3].Admin().ServeHTTP(w, r)
		if w.Code != 200 {
			b.Fatalf("%d %s", w.Code, w.Body)
		}
		took = append(took, time.Since(begun))
	}
	slices.Sort(took)
	at := func(share int) float64 { return float64(took[(len(took)-1)*share/100].Microseconds()) / 1000 }
	b.ReportMetric(at(50), "p50-ms")
	b.ReportMetric(at(99), "p99-ms")
	b.ReportMetric(at(100), "max-ms")
}

// healthy starts a server with the usual lease, whose memory is a file of its own that is synced.
func healthy(b *testing.B, name string, store serve.Store) *serve.Server {
	b.Helper()
	s, err := serve.New(serve.Options{
		Rules: rules(b, house()), Store: store, Now: time.Now, Log: slog.New(slog.DiscardHandler), Metrics: prometheus.NewRegistry(),
		Name: name, Memory: &syncedNotes{notebook: new(notebook), path: filepath.Join(b.TempDir(), "notes")},
	})
	if err != nil {
		b.Fatal(err)
	}
	run(b, s)
	return s
}

// syncedNotes is a memory that costs what a ledger costs: a write and a sync.
type syncedNotes struct {
	*notebook
	path string
}

func (n *syncedNotes) Remember(ctx context.Context, entries []syndicate.Withdrawal) error {
	return errors.Join(n.notebook.Remember(ctx, entries), n.sync())
}

func (n *syncedNotes) RememberOrder(ctx context.Context, order syndicate.Order) error {
	return errors.Join(n.notebook.RememberOrder(ctx, order), n.sync())
}

func (n *syncedNotes) RememberSettlement(ctx context.Context, s syndicate.Settlement) error {
	return errors.Join(n.notebook.RememberSettlement(ctx, s), n.sync())
}

func (n *syncedNotes) sync() error {
	f, err := os.OpenFile(n.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(strings.Repeat("x", 400) + "\n")
	return errors.Join(err, f.Sync(), f.Close())
}
