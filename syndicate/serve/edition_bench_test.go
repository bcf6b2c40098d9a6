package serve_test

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"reprint/cache"
	"reprint/cache/cachetest/redistest"
	"reprint/cache/redis"
	"reprint/cache/sqlite"
	"reprint/feeds"
	"reprint/syndicate/serve"
)

// BenchmarkEdition makes the edition of a channel of 30 items anew, which looks at 100 of three sources. Something is
// withdrawn, so every item is compared with that. It is what a change of one item costs a server, for each channel.
func BenchmarkEdition(b *testing.B) {
	for _, kind := range []string{"sqlite", "redis"} {
		b.Run(kind, func(b *testing.B) {
			store := benchStore(b, kind)
			var gone string
			for _, source := range []string{"weekly", "hill", "inner"} {
				var items []feeds.Item
				for n := range 60 {
					items = append(items, keepers(source, n))
				}
				gone = items[0].ID
				fillAtOnce(b, store, items...)
			}
			s, err := serve.New(serve.Options{
				Rules: rules(b, house()), Store: store, Now: time.Now, Log: slog.New(slog.DiscardHandler), Metrics: prometheus.NewRegistry(),
			})
			if err != nil {
				b.Fatal(err)
			}
			run(b, s)
			w := httptest.NewRecorder()
			s.Admin().ServeHTTP(w, httptest.NewRequest("POST", "/api/withdrawals", strings.NewReader(fmt.Sprintf(`{"targets":[%q],"cause":"rights"}`, gone))))
			if w.Code != 200 && w.Code != 202 {
				b.Fatalf("%d %s", w.Code, w.Body)
			}
			for b.Loop() {
				if err := s.Renew(b.Context(), "top"); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func benchStore(b *testing.B, kind string) (store cache.Store) {
	b.Helper()
	var err error
	if kind == "redis" {
		store, err = redis.Open(b.Context(), redistest.Start(b).URL("k"), "")
	} else {
		store, err = sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "store.db"))
	}
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = store.Close() })
	return store
}

// keepers is a story of 500 words that no other one shares.
func keepers(source string, n int) feeds.Item {
	i := story(source, n)
	random := rand.New(rand.NewPCG(uint64(n), uint64(len(source))))
	var text strings.Builder
	for range 50 {
		fmt.Fprintf(&text, "On day %d the %d keepers of tower %d counted %d lamps. ", random.IntN(1e6), random.IntN(1e6), random.IntN(1e6), random.IntN(1e6))
	}
	i.Body[0].HTML, i.Text = "<p>"+text.String()+"</p>", text.String()
	i.Revision = i.Digest()
	return i
}
