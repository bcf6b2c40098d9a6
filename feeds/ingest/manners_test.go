package ingest_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"reprint/feeds/fetch"
	"reprint/feeds/ingest"
)

// counters are what publishers count, in the order of the report.
var counters = []string{
	"unconditional", "If-None-Match bogus", "If-None-Match out of sequence", "If-Modified-Since bogus", "If-Modified-Since out of sequence",
	"too early", "in an hour to skip", "after 410", "at the old address", "several at once to a host", "less than a second after another to the host",
	"cookies", "referrers", "query parameters", "no contact in User-Agent", "no gzip", "no Accept",
	"robots.txt more than once a day",
}

// TestManners polls a world of feeds for days, with restarts and loops of them, and lets the
// publishers keep the score. MANNERS_FEEDS and MANNERS_DAYS make it larger; `make manners`
// does.
func TestManners(t *testing.T) {
	feeds, days := setting("MANNERS_FEEDS", 100), setting("MANNERS_DAYS", 12)
	synctest.Test(t, func(t *testing.T) {
		w, sources := newNewsstand(feeds)
		client, err := fetch.NewOver(w, fetch.Options{UserAgent: "Reprint/1 (+https://news.example)", Now: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		m := newMemory()
		restarts := 0
		for end := w.begin.Add(time.Duration(days) * 24 * time.Hour); time.Now().Before(end); restarts++ {
			// Mostly half a day, now and then a loop of crashes a few seconds apart.
			life := time.Duration(rand.Int64N(int64(24 * time.Hour)))
			if rand.IntN(3) == 0 {
				life = time.Duration(rand.Int64N(int64(10 * time.Second)))
			}
			ctx, cancel := context.WithCancel(t.Context())
			stop := time.AfterFunc(min(life, time.Until(end)), cancel)
			_ = ingest.New(ingest.Options{Fetch: client, Robots: fetch.NewRobots(client), Locate: w.locate, Store: m, Authority: "news.example,2026", Now: time.Now}).Run(ctx, sources)
			stop.Stop()
			time.Sleep(time.Second)
		}
		t.Log(w.report(days, restarts))
		if w.faulty > 0 {
			t.Errorf("%d of %d requests were not as publishers want them", w.faulty, w.requests)
		}
		for _, f := range w.feeds {
			if f.asked == 0 {
				t.Errorf("%s was never asked", f.address)
				break
			}
		}
	})
}

func setting(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil && n > 0 {
		return n
	}
	return otherwise
}

// report is the score as publishers would write it.
func (w *newsstand) report(days, restarts int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d feeds, %d days, %d starts, %d requests\n", len(w.feeds), days, restarts, w.requests)
	for _, c := range counters {
		fmt.Fprintf(&b, "  %-44s %d", c, w.counts[c])
		if w.examples[c] != "" {
			fmt.Fprintf(&b, "   (%s)", w.examples[c])
		}
		b.WriteByte('\n')
	}
	for c := range w.counts {
		if !slices.Contains(counters, c) {
			fmt.Fprintf(&b, "  %-44s %d\n", c, w.counts[c])
		}
	}
	fmt.Fprintf(&b, "score %.4f %%", 100*float64(w.requests-w.faulty)/float64(w.requests))
	return b.String()
}
