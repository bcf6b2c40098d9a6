package serve_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"reprint/cache"
	"reprint/feeds"
)

// sickPart is a store of which the part with the items of one source does not answer: it takes its time to say so.
type sickPart struct {
	cache.Store
	source string
	sick   atomic.Bool
}

// sickTime is how long it takes.
const sickTime = 500 * time.Millisecond

func (s *sickPart) Latest(ctx context.Context, sources []string, limit int) ([]feeds.Item, error) {
	if !s.sick.Load() || !slices.Contains(sources, s.source) {
		return s.Store.Latest(ctx, sources, limit)
	}
	select {
	case <-time.After(sickTime):
	case <-ctx.Done():
	}
	return nil, cache.ErrUnavailable
}

// TestSickChannel: a channel whose items cannot be read makes its own readers wait for one try, however many they are, and
// those of others for none.
func TestSickChannel(t *testing.T) {
	t.Parallel()
	store := &sickPart{Store: onSQLite(t), source: "weekly"}
	one := story("weekly", 1)
	fill(t, store.Store, one, story("weekly", 2), story("hill", 3))
	m := join(t, "a", store, new(notebook))
	eventually(t, "both are there", func() bool {
		return m.get("/feeds/weekly.rss").Code == http.StatusOK && m.get("/feeds/hill.rss").Code == http.StatusOK
	})
	store.sick.Store(true)
	if code, ack := m.order(t, fmt.Sprintf(`{"targets":[%q],"cause":"rights"}`, one.ID)); code != http.StatusOK {
		t.Fatal(code, ack)
	}
	var readers sync.WaitGroup
	begun := time.Now()
	for range 30 {
		readers.Go(func() {
			if w := m.get("/feeds/weekly.rss"); w.Code != http.StatusServiceUnavailable {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	}
	readers.Wait()
	if took := time.Since(begun); took > 10*sickTime {
		t.Errorf("the last of 30 readers has waited for %v", took)
	}
	for range 30 {
		readers.Go(func() { m.get("/feeds/weekly.rss") })
	}
	fresh := story("hill", 0)
	fill(t, store.Store, fresh)
	begun = time.Now()
	eventually(t, "a new item of another channel is shown", func() bool { return strings.Contains(m.get("/feeds/hill.rss").Body.String(), fresh.Link) })
	if took := time.Since(begun); took > 15*sickTime {
		t.Errorf("a new item of another channel is shown after %v", took)
	}
	readers.Wait()
	store.sick.Store(false)
	eventually(t, "it is well", func() bool { return m.get("/feeds/weekly.rss").Code == http.StatusOK })
}
