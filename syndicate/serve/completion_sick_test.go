package serve_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"reprint/cache"
	"reprint/feeds"
)

// sick is a store that cannot tell of items.
type sick struct {
	cache.Store
	asked atomic.Int64
	ill   atomic.Bool
}

func (s *sick) Items(ctx context.Context, ids []string) ([]feeds.Item, error) {
	if s.ill.Load() {
		s.asked.Add(1)
		return nil, errors.New("stored item of an unknown format; it was written by a newer version")
	}
	return s.Store.Items(ctx, ids)
}

// TestCompletionRests: a store that cannot tell of an item is asked again after a rest.
func TestCompletionRests(t *testing.T) {
	t.Parallel()
	store := &sick{Store: onSQLite(t)}
	item := longStory("weekly", 1, 1)
	fill(t, store, item)
	m := join(t, "a", store, new(notebook))
	if code, ack := m.order(t, fmt.Sprintf(`{"targets":[%q],"cause":"rights"}`, item.ID)); code != 200 {
		t.Fatal(code, ack)
	}
	store.ill.Store(true)
	revised := item
	revised.Link = "https://weekly.example/new/1"
	revised.Revision = revised.Digest()
	fill(t, store.Store, revised)
	time.Sleep(1500 * time.Millisecond)
	if n := store.asked.Load(); n > 5 {
		t.Errorf("the store was asked %d times in 1.5 s", n)
	}
}
