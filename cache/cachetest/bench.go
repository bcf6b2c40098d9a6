package cachetest

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"

	"reprint/cache"
	"reprint/feeds"
)

// The store that Bench fills: as many sources as a large newsroom has, polls that bring 25
// items, articles of about 600 words.
const (
	benchSources = 100
	benchBatch   = 25
	benchWords   = 600
)

// Bench measures a store while it grows to the given number of items, and what it answers
// then. size returns the bytes that the store takes where it keeps its items.
func Bench(b *testing.B, s cache.Store, items int, size func() int64) {
	b.Run("put", func(b *testing.B) {
		if b.N > 1 {
			b.Skip("the store grows once: run with -benchtime 1x")
		}
		before := heap()
		took := fill(b, s, items)
		b.ReportMetric(float64(items)/took.Seconds(), "items/s")
		b.ReportMetric(float64(size())/float64(items), "stored-B/item")
		b.ReportMetric(float64(heap()-before)/float64(items), "heap-B/item")
	})
	sources := make([]string, 10)
	for i := range sources {
		sources[i] = fmt.Sprintf("s%d", i)
	}
	b.Run("latest", func(b *testing.B) {
		each(b, func() error {
			got, err := s.Latest(b.Context(), sources, 30)
			if err == nil && len(got) != 30 {
				err = fmt.Errorf("%d items", len(got))
			}
			return err
		})
	})
	again := benchItems("s0", 0)
	b.Run("known", func(b *testing.B) {
		var ids []string
		for _, i := range again {
			ids = append(ids, i.ID)
		}
		each(b, func() error {
			_, err := s.Known(b.Context(), "s0", ids)
			return err
		})
	})
}

// each runs a call often enough to be measured, whatever -benchtime says.
func each(b *testing.B, call func() error) {
	const calls = 200
	begun := time.Now()
	for range calls {
		if err := call(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(time.Since(begun).Microseconds())/calls, "us/call")
}

// fill puts items as polls bring them, the sources in turn. It returns how long the store
// took.
func fill(b *testing.B, s cache.Store, items int) (took time.Duration) {
	for n := 0; n*benchBatch < items; n++ {
		source := fmt.Sprintf("s%d", n%benchSources)
		batch := BatchOf(source, benchItems(source, n/benchSources)...)
		begun := time.Now()
		if _, err := s.Put(b.Context(), batch); err != nil {
			b.Fatal(err)
		}
		took += time.Since(begun)
	}
	return took
}

// benchItems makes the items of one poll. The same arguments make the same items.
func benchItems(source string, poll int) []feeds.Item {
	random := rand.New(rand.NewPCG(uint64(len(source)), uint64(poll)))
	items := make([]feeds.Item, benchBatch)
	for i := range items {
		item := Item(source, poll*benchBatch+i, 1)
		var text strings.Builder
		for range benchWords {
			fmt.Fprintf(&text, "%c%c%c%c ", letter(random), letter(random), letter(random), letter(random))
		}
		item.Body = []feeds.Part{{HTML: "<p>" + text.String() + "</p>"}, {Picture: item.Body[1].Picture}}
		item.Text = text.String()[:feeds.MaxText]
		item.Revision = item.Digest()
		items[i] = item
	}
	return items
}

func letter(random *rand.Rand) rune { return rune("eeeeettaaooiinnsshrrdlcumwfgypb"[random.IntN(31)]) }

// heap is what the process holds after a collection.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
