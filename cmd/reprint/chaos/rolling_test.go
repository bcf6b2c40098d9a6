package chaos

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"reprint/cache/cachetest/redistest"
)

const (
	// drainTime is how long a server that is told to end answers on, and lookEvery how often the balancer asks who is ready.
	drainTime = 2 * time.Second
	lookEvery = 200 * time.Millisecond
)

// balancer sends requests to the servers that are ready, as a load balancer with health checks does.
type balancer struct {
	h     *house
	ready []atomic.Bool
}

func balance(ctx context.Context, h *house, all *sync.WaitGroup) *balancer {
	b := &balancer{h: h, ready: make([]atomic.Bool, len(h.servers))}
	for n, s := range h.servers {
		all.Go(func() {
			for ; ctx.Err() == nil; time.Sleep(lookEvery) {
				code, _ := status("http://" + s.public + "/readyz")
				b.ready[n].Store(code == http.StatusOK)
			}
		})
	}
	return b
}

// pick returns the public address of a server that is ready; empty if none is.
func (b *balancer) pick() string {
	for _, n := range rand.Perm(len(b.ready)) {
		if b.ready[n].Load() {
			return "http://" + b.h.servers[n].public
		}
	}
	return ""
}

// TestRollingRestart restarts three servers one after the other, as an upgrade does, behind a balancer that asks who is ready.
// No request fails, a withdrawal is everywhere in between, and no source is polled twice.
func TestRollingRestart(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes half a minute")
	}
	t.Parallel()
	h, p := new(house), publish(t, allSources, sceneStories, nil)
	url := redistest.Start(t).URL("rolling")
	h.furnish(t, url, url, url)
	h.drain = drainTime
	h.open(t, p, allSources)
	t.Cleanup(func() { h.problems(t) })
	h.ready(t)
	waitFor(t, "all stories are taken in", recoverWithin, func() bool { return h.servers[0].has(p.stories) && h.servers[2].has(p.stories) })

	ctx, stop := context.WithCancel(t.Context())
	var all sync.WaitGroup
	b := balance(ctx, h, &all)
	waitFor(t, "the balancer has heard of all", recoverWithin, func() bool { return b.ready[0].Load() && b.ready[1].Load() && b.ready[2].Load() })
	book := newBook(sceneStories)
	var failed atomic.Int64
	for range 3 {
		all.Go(func() { b.ask(ctx, t, book, p, &failed) })
	}
	e := newEditor(h, book)
	for n, s := range h.servers {
		s.term()
		waitFor(t, "the balancer has heard that one ended", recoverWithin, func() bool { return !b.ready[n].Load() })
		e.withdraw(ctx, rand.New(rand.NewPCG(7, uint64(n))), p.stories[n], alone)
		s.start()
		waitFor(t, "the server is back", recoverWithin, b.ready[n].Load)
		e.withdraw(ctx, rand.New(rand.NewPCG(8, uint64(n))), p.stories[n+3], alone)
	}
	stop()
	all.Wait()
	t.Logf("%d answers, %d withdrawals", book.checked.Load(), book.withdrawals.Load())
	if failed.Load() > 0 || book.checked.Load() < 100 || book.withdrawals.Load() != 6 || len(book.wrong) > 0 {
		t.Errorf("%d of %d requests failed; %d withdrawals; %q", failed.Load(), book.checked.Load(), book.withdrawals.Load(), book.wrong)
	}
	if double, _, which := p.doublePolls(); double > 0 {
		t.Errorf("double polls: %q", which)
	}
}

// ask asks for one document after the other, by way of the balancer.
func (b *balancer) ask(ctx context.Context, t *testing.T, book *book, p *publishers, failed *atomic.Int64) {
	for n := 0; ctx.Err() == nil; n++ {
		path := append(paths, "/items/"+p.stories[n%len(p.stories)].id)[n%(len(paths)+1)]
		request, err := http.NewRequest(http.MethodGet, b.pick()+path, nil)
		if err != nil {
			t.Error(err)
			return
		}
		asked := book.now()
		a := send(request)
		gone := a.status == http.StatusGone && strings.HasPrefix(path, "/items/")
		if a.status != http.StatusOK && !gone && ctx.Err() == nil {
			failed.Add(1)
			t.Errorf("%s: %d %.300s", request.URL, a.status, a.body)
		}
		book.check(asked, marksIn(a.body), fmt.Sprint(request.URL))
		time.Sleep(10 * time.Millisecond)
	}
}
