package serve_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"reprint/cache"
	"reprint/cache/sqlite"
	"reprint/feeds"
	"reprint/syndicate"
	"reprint/syndicate/claim"
	"reprint/syndicate/serve"
)

// notebook is a memory of withdrawals that outlives a server.
type notebook struct {
	mu       sync.Mutex
	all      serve.Recollection
	steps    []string // of claims
	searched []string // orders of whose items copies were looked for
	refuses  int64    // the number of a claim that cannot be remembered
	broken   error
	noRoom   error // for entries
}

func (n *notebook) Recall() (serve.Recollection, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	all := n.all
	all.Entries, all.Settled = slices.Clone(all.Entries), slices.Clone(all.Settled)
	all.Orders = slices.DeleteFunc(slices.Clone(all.Orders), func(order syndicate.Order) bool {
		return slices.ContainsFunc(all.Settled, func(s syndicate.Settlement) bool { return s.Key == order.Key })
	})
	all.Copies = slices.DeleteFunc(slices.Clone(n.all.Orders), func(order syndicate.Order) bool {
		due := slices.ContainsFunc(all.Settled, func(s syndicate.Settlement) bool { return s.Key == order.Key && s.Copies })
		return !due || slices.Contains(n.searched, order.Key)
	})
	return all, nil
}

// breaks makes that nothing can be remembered for a reason, or again for none.
func (n *notebook) breaks(why error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.broken = why
}

// runsOut makes that no entries can be remembered for a reason, or again for none.
func (n *notebook) runsOut(why error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.noRoom = why
}

func (n *notebook) RememberOrder(_ context.Context, order syndicate.Order) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.all.Orders = append(n.all.Orders, order)
	return n.broken
}

func (n *notebook) RememberSearch(_ context.Context, order string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.searched = append(n.searched, order)
	return n.broken
}

func (n *notebook) RememberPurge(_ context.Context, p syndicate.Purge) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.all.Purges = slices.DeleteFunc(n.all.Purges, func(s syndicate.Settlement) bool { return s.Key == p.Key })
	return n.broken
}

func (n *notebook) RememberClaim(_ context.Context, c claim.Claim) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.refuses > 0 && c.Number == n.refuses {
		return errors.New("this file cannot be written")
	}
	n.all.Claims = append(slices.DeleteFunc(slices.Clone(n.all.Claims), func(o claim.Claim) bool { return o.Key == c.Key }), c)
	n.steps = append(n.steps, c.State())
	return n.broken
}

func (n *notebook) RecallClaim(key string) (claim.Claim, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	at := slices.IndexFunc(n.all.Claims, func(c claim.Claim) bool { return c.Key == key })
	if at < 0 {
		return claim.Claim{}, fmt.Errorf("nothing is known of the claim %q", key)
	}
	return n.all.Claims[at], nil
}

func (n *notebook) RememberSecret(name string, secret []byte) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.all.Secrets = maps.Clone(n.all.Secrets)
	if n.all.Secrets == nil {
		n.all.Secrets = make(map[string][]byte)
	}
	n.all.Secrets[name] = secret
	return n.broken
}

func (n *notebook) RememberSettlement(_ context.Context, s syndicate.Settlement) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.all.Settled = append(n.all.Settled, s)
	if s.Purge {
		n.all.Purges = append(n.all.Purges, s)
	}
	return n.broken
}

func (n *notebook) Remember(_ context.Context, entries []syndicate.Withdrawal) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.noRoom != nil {
		return n.noRoom
	}
	n.all.Entries = append(n.all.Entries, entries...)
	return n.broken
}

func (n *notebook) RememberStore(_ context.Context, store string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.all.Store = store
	return nil
}

// faulty is a store that can be cut off, and that takes its time to find items: editions are
// made anew long after a withdrawal is acknowledged, so that nothing but the last moment
// keeps the old ones from being sent.
type faulty struct {
	cache.Store
	cut  atomic.Bool
	full atomic.Bool  // it can be read, and takes nothing
	lost atomic.Bool  // nobody can look through its items
	mute atomic.Bool  // it does not tell of its servers
	deaf atomic.Bool  // it does what it is asked, and its answers are lost
	slow atomic.Int64 // nanoseconds
	late atomic.Int64 // nanoseconds that an entry takes
	// before happens once, just before the next entry is made; nil for nothing.
	before func()
}

// Stamp is asked between the decision on an edition and its use.
func (f *faulty) Stamp(ctx context.Context, document, digest string, now time.Time) (time.Time, error) {
	time.Sleep(time.Duration(f.slow.Load()))
	return f.Store.Stamp(ctx, document, digest, now)
}

func (f *faulty) Latest(ctx context.Context, sources []string, limit int) ([]feeds.Item, error) {
	time.Sleep(time.Duration(f.slow.Load()))
	return f.Store.Latest(ctx, sources, limit)
}

func (f *faulty) Beat(ctx context.Context, b cache.Beat) (cache.Identity, error) {
	return f.identity(ctx, func() (cache.Identity, error) { return f.Store.Beat(ctx, b) })
}

func (f *faulty) Identity(ctx context.Context) (cache.Identity, error) {
	return f.identity(ctx, func() (cache.Identity, error) { return f.Store.Identity(ctx) })
}

func (f *faulty) identity(ctx context.Context, ask func() (cache.Identity, error)) (cache.Identity, error) {
	if f.cut.Load() || f.full.Load() {
		return cache.Identity{}, cache.ErrUnavailable
	}
	i, err := ask()
	if f.deaf.Load() {
		<-ctx.Done()
		return cache.Identity{}, ctx.Err()
	}
	return i, err
}

func (f *faulty) Ranked(ctx context.Context, sources []string, from time.Time, after string, to time.Time, limit int) ([]feeds.Item, error) {
	if f.lost.Load() {
		return nil, cache.ErrUnavailable
	}
	return f.Store.Ranked(ctx, sources, from, after, to, limit)
}

func (f *faulty) Servers(ctx context.Context) ([]cache.Server, error) {
	if f.mute.Load() {
		return nil, cache.ErrUnavailable
	}
	return f.Store.Servers(ctx)
}

func (f *faulty) Withdraw(ctx context.Context, key string, w syndicate.Withdrawal) (syndicate.Withdrawal, error) {
	if f.cut.Load() || f.full.Load() {
		return w, cache.ErrUnavailable
	}
	time.Sleep(time.Duration(f.late.Load()))
	if before := f.before; before != nil {
		f.before = nil
		before()
	}
	return f.Store.Withdraw(ctx, key, w)
}

func (f *faulty) Journal(ctx context.Context, after int64, limit int, wait time.Duration) ([]cache.Change, int64, error) {
	if f.cut.Load() {
		return nil, after, cache.ErrUnavailable
	}
	return f.Store.Journal(ctx, after, limit, wait)
}

// member is one of several servers on one store.
type member struct {
	*serve.Server
	store *faulty
	notes *notebook
	stop  func()
}

const shortLease = time.Second

// join starts a server on a store.
func join(t testing.TB, name string, store cache.Store, notes *notebook) *member {
	t.Helper()
	return joinWith(t, name, store, notes, nil)
}

// joinWith starts one that has a hook to purge with.
func joinWith(t testing.TB, name string, store cache.Store, notes *notebook, hook serve.Purger) *member {
	t.Helper()
	f := &faulty{Store: store}
	m := joinRemembering(t, name, f, notes, shortLease, hook)
	m.store, m.notes = f, notes
	return m
}

// joinRemembering starts a server with a memory of its own kind.
func joinRemembering(t testing.TB, name string, store serve.Store, memory serve.Memory, lease time.Duration, hook serve.Purger) *member {
	t.Helper()
	s, err := serve.New(serve.Options{
		Rules: rules(t, house()), Store: store, Now: time.Now, Log: slog.New(slog.DiscardHandler), Metrics: prometheus.NewRegistry(),
		Name: name, Lease: lease, Memory: memory, Purge: hook,
	})
	if err != nil {
		t.Fatal(err)
	}
	return &member{Server: s, stop: run(t, s)}
}

// run lets a server run until the test, or the returned function, ends it.
func run(t testing.TB, s *serve.Server) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); _ = s.Run(ctx) }()
	stop = sync.OnceFunc(func() { cancel(); <-ended })
	t.Cleanup(stop)
	return stop
}

func (m *member) get(path string, headers ...string) *httptest.ResponseRecorder {
	return fixture{Server: m.Server}.get(path, headers...)
}

// order asks the operator's listener.
func (m *member) order(t testing.TB, body string) (int, serve.Acknowledgment) {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/api/withdrawals", strings.NewReader(body))
	w := httptest.NewRecorder()
	m.Admin().ServeHTTP(w, r)
	var a serve.Acknowledgment
	if w.Code < 300 {
		if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
	return w.Code, a
}

func onSQLite(t *testing.T) cache.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "store.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func fill(t testing.TB, s cache.Store, items ...feeds.Item) {
	t.Helper()
	for _, i := range items {
		if _, err := s.Put(t.Context(), cache.Batch{Source: i.Source, Items: []feeds.Item{i}, At: noon}); err != nil {
			t.Fatal(err)
		}
	}
}

// fillAtOnce stores items of one source.
func fillAtOnce(t testing.TB, s cache.Store, items ...feeds.Item) {
	t.Helper()
	if _, err := s.Put(t.Context(), cache.Batch{Source: items[0].Source, Items: items, At: noon}); err != nil {
		t.Fatal(err)
	}
}

var surfaces = []string{"/feeds/top.rss", "/feeds/top.atom", "/feeds/top.json", "/feeds/top"}
