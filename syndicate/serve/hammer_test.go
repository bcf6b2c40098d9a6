package serve_test

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"reprint/cache"
	"reprint/cache/cachetest/redistest"
	"reprint/cache/redis"
	"reprint/feeds"
)

// TestHammer withdraws while many ask two servers of one store: no answer that was asked for
// after the acknowledgment holds the item.
func TestHammer(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(t *testing.T) cache.Store{
		"sqlite": onSQLite,
		"redis": func(t *testing.T) cache.Store {
			s, err := redis.Open(t.Context(), redistest.Start(t).URL("hammer"), "")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = s.Close() })
			return s
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			hammer(t, open(t))
		})
	}
}

func hammer(t *testing.T, store cache.Store) {
	const withdrawals = 12
	var items []feeds.Item
	for n := range withdrawals {
		items = append(items, story("weekly", n))
	}
	fill(t, store, items...)
	members := []*member{join(t, "a", store, new(notebook)), join(t, "b", store, new(notebook))}
	for _, m := range members {
		m.store.slow.Store(int64(10 * time.Millisecond))
	}
	var acknowledged [withdrawals]atomic.Bool
	var answers, wrong atomic.Int64
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for n := range 6 {
		wg.Go(func() {
			for i := n; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				var before [withdrawals]bool
				for k := range before {
					before[k] = acknowledged[k].Load()
				}
				path := append(surfaces, "/items/"+items[i%withdrawals].ID)[i%5]
				w := members[i%2].get(path)
				if w.Code == 200 {
					answers.Add(1)
				}
				body := w.Body.String()
				for k := range before {
					if before[k] && strings.Contains(body, fmt.Sprintf(`weekly.example/%d"`, k)) {
						wrong.Add(1)
					}
				}
				time.Sleep(time.Millisecond)
			}
		})
	}
	for k := range withdrawals {
		status, ack := members[k%2].order(t, fmt.Sprintf(`{"targets":[%q],"cause":"rights"}`, items[k].ID))
		if status != 200 || ack.Level != "everywhere" {
			t.Errorf("withdrawal %d: %d %+v", k, status, ack)
		}
		acknowledged[k].Store(true)
		for before, deadline := answers.Load(), time.Now().Add(5*time.Second); answers.Load() < before+3 && time.Now().Before(deadline); {
			time.Sleep(time.Millisecond)
		}
	}
	close(stop)
	wg.Wait()
	if wrong.Load() != 0 || answers.Load() < 10 {
		t.Errorf("%d of %d answers hold what was withdrawn", wrong.Load(), answers.Load())
	}
	t.Logf("%d withdrawals, %d answers checked", withdrawals, answers.Load())
}
