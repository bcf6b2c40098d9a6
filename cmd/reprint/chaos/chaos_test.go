package chaos

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// plan is how much happens; `make chaos` sets it by the environment.
type plan struct {
	withdrawals int           // stories that are withdrawn
	faults      time.Duration // how long there are faults, about
	seed        uint64
}

// The short run, which is part of every test run.
const (
	shortWithdrawals = 60
	shortFaults      = 10 * time.Second
	sourceCount      = 10
	serverCount      = 3
	hands            = 6 // editors at work
	readerCount      = 6
)

func plans(t *testing.T) plan {
	t.Helper()
	return plan{
		withdrawals: int(number(t, "CHAOS_WITHDRAWALS", shortWithdrawals)),
		faults:      time.Duration(number(t, "CHAOS_SECONDS", int64(shortFaults/time.Second))) * time.Second,
		seed:        uint64(number(t, "CHAOS_SEED", rand.Int64())), //nolint:gosec // any number will do
	}
}

// number is a number of the environment.
func number(t *testing.T, name string, otherwise int64) int64 {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 1 {
		t.Fatalf("%s is no number above 0: %q", name, text)
	}
	return n
}

// TestChaos lets everything happen at once that DESIGN promises to survive.
func TestChaos(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes a minute")
	}
	plan := plans(t)
	t.Run("Sentinel", func(t *testing.T) { run(t, sentinels, plan) })
	t.Run("Cluster", func(t *testing.T) { run(t, cluster, plan) })
}

// run goes through one run: take in, a calm time, faults, and the judgement.
func run(t *testing.T, start func(*testing.T, func() bool) backend, plan plan) {
	h := new(house)
	store := start(t, h.lives)
	b := newBook(plan.withdrawals * 5 / 4)
	p := publish(t, sourceCount, len(b.gone), b.toldToo)
	h.furnish(t, slices.Repeat([]string{store.url}, serverCount)...)
	h.startProxy(t)
	h.open(t, p, sourceCount)
	t.Cleanup(func() { h.problems(t) })
	h.ready(t)
	waitFor(t, "all stories are taken in", 2*time.Minute, func() bool { return h.servers[0].has(p.stories) })

	e, follower := newEditor(h, b), newPartner(t, h, filepath.Join(h.dir, "partner"))
	watching, stop := context.WithCancel(t.Context())
	var watchers sync.WaitGroup
	for n := range readerCount {
		watchers.Go(func() { newReader(h, p, b, plan.seed+uint64(n)).read(watching) })
	}
	watchers.Go(func() { follower.follow(watching) })

	limit, cancel := context.WithTimeout(t.Context(), 4*plan.faults+time.Duration(plan.withdrawals)*100*time.Millisecond+3*time.Minute)
	defer cancel()
	one, six, rest := p.stories[:plan.withdrawals/6], p.stories[plan.withdrawals/6:plan.withdrawals/3], p.stories[plan.withdrawals/3:plan.withdrawals]
	e.work(limit, one, 1, alone, plan.seed, 300*time.Millisecond)
	e.work(limit, six, hands, together, plan.seed, 30*time.Millisecond)
	happened := disturb(limit, h, store, plan, p, func() {
		e.work(limit, rest, hands, faulty, plan.seed+1, 2*hands*plan.faults/time.Duration(len(rest)))
	})
	recovered := time.Now()
	settle(store.healthy)
	h.ready(t)
	took := time.Since(recovered)
	time.Sleep(2 * time.Second) // the readers go on
	stop()
	watchers.Wait()

	h.whole(t, p, b)
	follower.settle(t)
	j := judge(t, h, p, b, follower)
	report(t, store, plan, p, b, e, j, happened, took)
}

// disturb lets faults happen while the work lasts: one of the servers' and one of the store's at any time.
func disturb(ctx context.Context, h *house, store backend, plan plan, p *publishers, work func()) map[string]int {
	ctx, stop := context.WithCancel(ctx)
	var lock sync.RWMutex
	happened := make(chan map[string]int, 2)
	var ofServers, ofStore spans
	go func() { happened <- schedule(ctx, h.faults(), plan.seed, &lock, &ofServers) }()
	go func() { happened <- schedule(ctx, store.faults, plan.seed+1, &lock, &ofStore) }()
	work()
	stop()
	all := <-happened
	for name, times := range <-happened {
		all[name] += times
	}
	// A store that forgets that a source was polled, while who polled it is away, may have it asked once too often (docs/servers.md).
	p.excused = func(from, to time.Time) bool { return ofServers.meet(from, to) && ofStore.meet(from, to) }
	return all
}

// has tells whether a server shows all stories.
func (s *server) has(stories []story) bool {
	return !slices.ContainsFunc(stories, func(one story) bool {
		code, _ := status("http://" + s.public + "/items/" + one.id)
		return code != 200
	})
}

// report prints what there was, and fails the test for what must not be.
func report(t *testing.T, store backend, plan plan, p *publishers, b *book, e *editor, j *judgement, happened map[string]int, recovered time.Duration) {
	t.Helper()
	double, polls, which := p.doublePolls()
	var out strings.Builder
	line := func(name string, value any) { fmt.Fprintf(&out, "  %-46s %v\n", name, value) }
	fmt.Fprintf(&out, "\n%s, CHAOS_SEED=%d\n", store.name, plan.seed)
	line("withdrawals", b.withdrawals.Load())
	line("put back", b.putBack.Load())
	line("told again by another source", p.toldAgain())
	line("responses checked", b.checked.Load())
	line("  with items, unchanged, 503", fmt.Sprint(b.items.Load(), ", ", b.unchanged.Load(), ", ", b.unavailable.Load()))
	line("  no answer", b.unreachable.Load())
	line("served after acknowledgment", len(b.wrong))
	line("writes lost", len(j.lost))
	line("polls", polls)
	line("double polls", double)
	line("  and in a fault of both, allowed", p.allowed)
	line("ready after the last fault within", recovered.Round(10*time.Millisecond))
	e.latencies(line)
	for _, name := range sorted(happened) {
		line("fault: "+name, happened[name])
	}
	t.Log(out.String())
	for what, list := range map[string][]string{"served after acknowledgment": b.wrong, "lost": j.lost, "double poll": which, "not as promised": append(b.odd, j.odd...)} {
		for n, text := range list {
			if n == 20 {
				t.Errorf("%s: and %d more", what, len(list)-n)
				break
			}
			t.Errorf("%s: %s", what, text)
		}
	}
	if int(b.withdrawals.Load()) < plan.withdrawals {
		t.Errorf("%d of %d stories were withdrawn", b.withdrawals.Load(), plan.withdrawals)
	}
}

// latencies prints how long orders took to each level.
func (e *editor) latencies(line func(string, any)) {
	for _, when := range []string{alone, together, faulty} {
		for _, level := range sorted(e.took[when]) {
			took := e.took[when][level]
			slices.Sort(took)
			at := func(share int) time.Duration { return took[(len(took)-1)*share/100].Round(100 * time.Microsecond) }
			line(fmt.Sprintf("%s, %s: p50, p99, max (of %d)", level, when, len(took)), fmt.Sprint(at(50), ", ", at(99), ", ", at(100)))
		}
	}
}

func sorted[V any](m map[string]V) []string {
	var names []string
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
