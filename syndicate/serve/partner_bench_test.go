package serve_test

import (
	"database/sql"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"reprint/cache"
	"reprint/cache/sqlite"
	"reprint/feeds"
	"reprint/syndicate"
	"reprint/syndicate/access"
	"reprint/syndicate/serve"
)

// nobody takes an answer and keeps nothing of it.
type nobody struct {
	header http.Header
	status int
}

func (w *nobody) Header() http.Header         { return w.header }
func (w *nobody) WriteHeader(status int)      { w.status = status }
func (w *nobody) Write(p []byte) (int, error) { return len(p), nil }

func benchOffice(b *testing.B, items ...feeds.Item) *office {
	b.Helper()
	o := newOffice(b, items...)
	o.serveQuietly(b, partnerHouse(), o.partners())
	return o
}

// serveQuietly puts a server without a log over the office's store, with a real clock.
func (o *office) serveQuietly(b *testing.B, h syndicate.House, p serve.Partners) {
	b.Helper()
	var err error
	o.metrics = prometheus.NewRegistry()
	o.Server, err = serve.New(serve.Options{
		Rules: rules(b, h), Partners: p, Ledger: o.ledger, Store: o.store, Now: func() time.Time { return noon },
		Log: slog.New(slog.DiscardHandler), Metrics: o.metrics, Version: "test",
	})
	if err != nil {
		b.Fatal(err)
	}
}

// BenchmarkPartnerView asks for a warm feed of 30 items through net/http's handler, as the public and as a
// partner, whose every 200 is on the record before it is sent. 64 ask at once.
func BenchmarkPartnerView(b *testing.B) {
	var items []feeds.Item
	for n := range 30 {
		items = append(items, story("hill", n)) // free for all: both views are of one size
	}
	o := benchOffice(b, items...)
	for _, c := range []struct{ name, token string }{{"public", ""}, {"partner", "zj/k1"}} {
		first := o.get("/feeds/top.rss", c.token)
		if first.Code != 200 {
			b.Fatal(first.Code)
		}
		for _, unchanged := range []bool{false, true} {
			want := map[bool]int{false: 200, true: 304}[unchanged]
			b.Run(fmt.Sprintf("%s/%d", c.name, want), func(b *testing.B) {
				p := o.partners()
				p.Rates["zj"] = 1 << 30
				o.serveQuietly(b, partnerHouse(), p)
				o.get("/feeds/top.rss", c.token)
				b.SetParallelism(64 / runtime.GOMAXPROCS(0))
				b.ResetTimer()
				b.RunParallel(func(pb *testing.PB) {
					r := httptest.NewRequest("GET", "/feeds/top.rss", nil)
					if c.token != "" {
						r.Header.Set("Authorization", "Bearer "+o.secrets[c.token])
					}
					if unchanged {
						r.Header.Set("If-None-Match", first.Header().Get("ETag"))
					}
					for pb.Next() {
						w := &nobody{header: make(http.Header), status: 200}
						if o.Public().ServeHTTP(w, r); w.status != want {
							b.Error(w.status)
							return
						}
					}
				})
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
			})
		}
	}
}

// BenchmarkManyPartners lets every partner pull one feed: 20 on 20 terms, and 1,000 on the
// same 20 terms. Rendering and memory grow with the terms.
func BenchmarkManyPartners(b *testing.B) {
	var items []feeds.Item
	for n := range 30 {
		items = append(items, article(n))
	}
	for _, count := range []int{20, 1000} {
		b.Run(fmt.Sprintf("%d-partners-on-20-terms", count), func(b *testing.B) {
			o := newOffice(b, items...)
			h := partnerHouse()
			h.Partners = nil
			rates := make(map[string]int)
			var tokens []access.Token
			for n := range count {
				id := fmt.Sprint("p", n)
				h.Partners = append(h.Partners, syndicate.Partner{ID: id, Name: id, Agreements: []syndicate.Agreement{{
					ID: "a" + id, Covers: syndicate.Coverage{Licenses: []string{"house"}}, Text: syndicate.Full, Attribution: fmt.Sprintf("{source} %d", n%20),
				}}})
				rates[id] = 1 << 30
				o.secrets[id] = id
				tokens = append(tokens, access.Token{Partner: id, ID: "k", Hash: access.HashOf(id)})
			}
			book, err := access.NewBook(tokens)
			if err != nil {
				b.Fatal(err)
			}
			most := int64(0)
			for b.Loop() {
				b.StopTimer()
				o.Server = nil
				before := heap()
				b.StartTimer()
				o.serveQuietly(b, h, serve.Partners{Tokens: book, Rates: rates})
				for n := range count {
					if w := o.get("/feeds/top.rss", fmt.Sprint("p", n)); w.Code != 200 {
						b.Fatal(w.Code, w.Body)
					}
				}
				b.StopTimer()
				most = max(most, heap()-before)
				b.StartTimer()
			}
			b.ReportMetric(float64(most)/(1<<20), "MB-heap")
			b.ReportMetric(counter(b, o.metrics, "reprint_renderings_total"), "renderings")
			b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N*count), "ms/pull")
		})
	}
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// BenchmarkChangesPage reads a page of 100 changes from the middle of a journal.
func BenchmarkChangesPage(b *testing.B) {
	for _, entries := range []int{1_000, 1_000_000} {
		b.Run(fmt.Sprint("journal-of-", entries), func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "store.db")
			store, err := sqlite.Open(b.Context(), path)
			if err != nil {
				b.Fatal(err)
			}
			const distinct = 500
			var items []feeds.Item
			for n := range distinct {
				items = append(items, story("weekly", n))
			}
			o := newOfficeOn(b, store, items...)
			lengthen(b, path, entries-distinct)
			o.serveQuietly(b, partnerHouse(), serve.Partners{Tokens: o.book, Rates: map[string]int{"zj": 1 << 30}})
			secret, err := o.store.Secret(b.Context(), "cursors", make([]byte, 32))
			if err != nil {
				b.Fatal(err)
			}
			begin := o.changes(b, "zj/k1", "", 1).Cursor
			cursor := serve.MoveCursor(b, secret, "zj", begin, int64(entries/2))
			var pages atomic.Int64
			for b.Loop() {
				if a := o.changes(b, "zj/k1", cursor, 100); len(a.Changes) != 100 {
					b.Fatalf("%d changes", len(a.Changes))
				}
				pages.Add(1)
			}
		})
	}
}

// lengthen adds entries to the journal of a store without storing as many items.
func lengthen(b *testing.B, path string, more int) {
	b.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	_, err = db.Exec(`WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ? - 1)
		INSERT INTO journal (kind, item, source, revision, at) SELECT ?, items.id, items.source, items.revision, 0 FROM n JOIN items ON items.rowid = 1 + n.i % (SELECT count(*) FROM items) ORDER BY n.i`,
		more, cache.ChangeRevise)
	if err != nil {
		b.Fatal(err)
	}
}
