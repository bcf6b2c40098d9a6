package serve_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"reprint/cache"
)

// fallen is a store that says in which run it is, and that can fall back: another process runs it, which does not know
// the servers of before.
type fallen struct {
	cache.Store
	runs  atomic.Int64
	since atomic.Pointer[time.Time]
	said  sync.Map // the run that each server has said, which the store beneath does not keep
}

func (f *fallen) fall() {
	now := time.Now()
	f.since.Store(&now)
	f.runs.Add(1)
}

func (f *fallen) Beat(ctx context.Context, b cache.Beat) (cache.Identity, error) {
	f.said.Store(b.Server, b.Run)
	i, err := f.Store.Beat(ctx, b)
	i.Run, i.RunAge = fmt.Sprint(f.runs.Load()), time.Hour
	return i, err
}

func (f *fallen) Identity(ctx context.Context) (cache.Identity, error) {
	i, err := f.Store.Identity(ctx)
	i.Run, i.RunAge = fmt.Sprint(f.runs.Load()), time.Hour // as if it did not know for how long
	return i, err
}

func (f *fallen) Servers(ctx context.Context) ([]cache.Server, error) {
	all, err := f.Store.Servers(ctx)
	var known []cache.Server
	for _, s := range all {
		if since := f.since.Load(); since == nil || s.Age < time.Since(*since) {
			run, _ := f.said.Load(s.Server)
			s.Run, _ = run.(string)
			known = append(known, s)
		}
	}
	return known, err
}

// TestForgottenServer: a store that fell back does not know any more that a server may still answer as before. Nothing is everywhere
// until that one's lease is out.
func TestForgottenServer(t *testing.T) {
	t.Parallel()
	store := &fallen{Store: onSQLite(t)}
	item := story("weekly", 1)
	fill(t, store, item)
	a, b := join(t, "a", store, new(notebook)), join(t, "b", store, new(notebook))
	for _, m := range []*member{a, b} {
		eventually(t, "it answers", func() bool { return m.get("/items/"+item.ID).Code == 200 })
	}
	b.store.cut.Store(true)
	store.fall()
	status, ack := a.order(t, fmt.Sprintf(`{"targets":[%q],"cause":"rights"}`, item.ID))
	if w := b.get("/items/" + item.ID); w.Code == 200 {
		t.Errorf("%d %+v, and the other server still shows it", status, ack)
	}
	if status != 200 || ack.Level != "everywhere" {
		t.Errorf("%d %+v", status, ack)
	}
}
