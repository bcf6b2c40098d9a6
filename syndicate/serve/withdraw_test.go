package serve_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"reprint/cache"
	"reprint/cache/cachetest/redistest"
	"reprint/cache/redis"
	"reprint/cache/sqlite"
	"reprint/feeds"
	"reprint/syndicate"
	"reprint/syndicate/serve"
)

// notebook is a memory of withdrawals that outlives a server.
type notebook struct {
	mu      sync.Mutex
	entries []syndicate.Withdrawal
	store   string
	broken  error
}

func (n *notebook) Recall() ([]syndicate.Withdrawal, string, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]syndicate.Withdrawal(nil), n.entries...), n.store, nil
}

func (n *notebook) Remember(_ context.Context, entries []syndicate.Withdrawal) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.entries = append(n.entries, entries...)
	return n.broken
}

func (n *notebook) RememberStore(_ context.Context, store string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.store = store
	return nil
}

// faulty is a store that can be cut off, and that takes its time to find items: editions are
// made anew long after a withdrawal is acknowledged, so that nothing but the last moment
// keeps the old ones from being sent.
type faulty struct {
	cache.Store
	cut  atomic.Bool
	slow atomic.Int64 // nanoseconds
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
	if f.cut.Load() {
		return cache.Identity{}, cache.ErrUnavailable
	}
	return f.Store.Beat(ctx, b)
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
func join(t *testing.T, name string, store cache.Store, notes *notebook) *member {
	t.Helper()
	m := &member{store: &faulty{Store: store}, notes: notes}
	var err error
	m.Server, err = serve.New(serve.Options{
		Rules: rules(t, house()), Store: m.store, Now: time.Now, Log: slog.New(slog.DiscardHandler), Metrics: prometheus.NewRegistry(),
		Name: name, Lease: shortLease, Memory: notes,
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); _ = m.Run(ctx) }()
	m.stop = sync.OnceFunc(func() { cancel(); <-ended })
	t.Cleanup(m.stop)
	return m
}

func (m *member) get(path string, headers ...string) *httptest.ResponseRecorder {
	return fixture{Server: m.Server}.get(path, headers...)
}

// order asks the operator's listener.
func (m *member) order(t *testing.T, body string) (int, serve.Acknowledgment) {
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

func fill(t *testing.T, s cache.Store, items ...feeds.Item) {
	t.Helper()
	for _, i := range items {
		if _, err := s.Put(t.Context(), cache.Batch{Source: i.Source, Items: []feeds.Item{i}, At: noon}); err != nil {
			t.Fatal(err)
		}
	}
}

var surfaces = []string{"/feeds/top.rss", "/feeds/top.atom", "/feeds/top.json", "/feeds/top"}

// TestWithdrawnIsGone: once a withdrawal is acknowledged no server shows it on any surface, a
// validator from before is no good, and the item's address says what happened. It stays so
// over a restart, and under another id; and comes back when it is reinstated.
func TestWithdrawnIsGone(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	item, other := story("weekly", 1), story("hill", 1)
	again := story("hill", 7) // the same page by another source
	again.Link = item.Link
	again.Revision = again.Digest()
	fill(t, store, item, other, again)
	a, b := join(t, "a", store, new(notebook)), join(t, "b", store, new(notebook))
	tags := make(map[string]string)
	for _, path := range surfaces {
		for _, m := range []*member{a, b} {
			w := m.get(path)
			if w.Code != 200 || !strings.Contains(w.Body.String(), item.Link) {
				t.Fatalf("%s before: %d", path, w.Code)
			}
			tags[path] = w.Header().Get("ETag")
		}
	}
	b.store.slow.Store(int64(300 * time.Millisecond))
	status, ack := a.order(t, fmt.Sprintf(`{"targets":[%q],"cause":"rights","note":"letter"}`, item.ID))
	if status != 200 || ack.Level != "everywhere" {
		t.Fatalf("%d %+v", status, ack)
	}
	gone := func(when string, members ...*member) {
		t.Helper()
		for _, m := range members {
			for _, path := range surfaces {
				w := m.get(path, "If-None-Match", tags[path])
				if w.Code != 200 || strings.Contains(w.Body.String(), item.Link) || !strings.Contains(w.Body.String(), other.Link) {
					t.Errorf("%s, %s: %d, or the wrong items", when, path, w.Code)
				}
			}
			for id, want := range map[string]int{item.ID: 410, again.ID: 410, other.ID: 200} {
				if w := m.get("/items/" + id); w.Code != want {
					t.Errorf("%s, item %s: %d, want %d", when, id, w.Code, want)
				}
			}
		}
	}
	gone("after the acknowledgment", a, b)
	fill(t, store, func() feeds.Item { i := item; i.Title = "again"; i.Revision = i.Digest(); return i }())
	time.Sleep(300 * time.Millisecond)
	gone("after it was fetched again", a, b)
	a.stop()
	c := join(t, "c", store, a.notes)
	gone("after a restart", b, c)
	if status, ack := b.order(t, fmt.Sprintf(`{"targets":[%q,%q],"reinstate":true}`, item.ID, again.ID)); status != 200 || ack.Level != "everywhere" {
		t.Fatalf("%d %+v", status, ack)
	}
	deadline := time.Now().Add(5 * time.Second)
	for !strings.Contains(c.get("/feeds/top.rss").Body.String(), item.Link) || c.get("/items/"+item.ID).Code != 200 {
		if time.Now().After(deadline) {
			t.Fatal("it does not come back")
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// TestBroadWithdrawals: a source, an outlet, a picture.
func TestBroadWithdrawals(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	fill(t, store, story("weekly", 1), story("hill", 1))
	m := join(t, "a", store, new(notebook))
	shows := func(what string) bool { return strings.Contains(m.get("/feeds/top.json").Body.String(), what) }
	const picture = "https://img.example/a.jpg"
	for _, tt := range []struct{ target, what, stays string }{
		{"source:weekly", "https://weekly.example/1", "https://hill.example/1"},
		{"origin:hill  commons", "https://hill.example/1", "https://weekly.example/1"},
		{"picture:" + picture, picture, "https://hill.example/1"},
	} {
		if !shows(tt.what) || !shows(tt.stays) {
			t.Fatalf("%s: it is not there before", tt.target)
		}
		if status, ack := m.order(t, fmt.Sprintf(`{"targets":[%q],"cause":"rights"}`, tt.target)); status != 200 {
			t.Fatalf("%d %+v", status, ack)
		}
		if shows(tt.what) || !shows(tt.stays) {
			t.Errorf("%s: wrong items are there", tt.target)
		}
		if status, _ := m.order(t, fmt.Sprintf(`{"targets":[%q],"reinstate":true}`, tt.target)); status != 200 {
			t.Fatal(status)
		}
		deadline := time.Now().Add(5 * time.Second)
		for !shows(tt.what) && time.Now().Before(deadline) {
			time.Sleep(20 * time.Millisecond)
		}
	}
	for _, body := range []string{`{}`, `{"targets":["x y"],"cause":"rights"}`, `{"targets":["source:weekly"],"cause":"mood"}`, `[`} {
		if status, _ := m.order(t, body); status != 400 {
			t.Errorf("%s: %d", body, status)
		}
	}
}

// TestLegalOrder: the law's answer is 451, with who ordered it.
func TestLegalOrder(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	fill(t, store, story("weekly", 1), story("inner", 1))
	m := join(t, "a", store, new(notebook))
	m.order(t, fmt.Sprintf(`{"targets":[%q,%q],"cause":"legal","authority":"https://court.example/7"}`, story("weekly", 1).ID, story("inner", 1).ID))
	w := m.get("/items/" + story("weekly", 1).ID)
	if w.Code != 451 || w.Header().Get("Link") != `<https://court.example/7>; rel="blocked-by"` {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	if w := m.get("/items/" + story("inner", 1).ID); w.Code != 404 {
		t.Errorf("what nobody could see: %d", w.Code)
	}
}

// TestACutOffServer: a server that does not hear the store answers with no items once its lease
// is out; an acknowledgment waits for it so long and no longer; and it recovers without hands.
func TestACutOffServer(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	item := story("weekly", 1)
	fill(t, store, item, story("hill", 1))
	a, b := join(t, "a", store, new(notebook)), join(t, "b", store, new(notebook))
	for _, m := range []*member{a, b} {
		if w := m.get("/feeds/top.rss"); w.Code != 200 {
			t.Fatal(w.Code)
		}
	}
	b.store.cut.Store(true)
	begun := time.Now()
	status, ack := a.order(t, fmt.Sprintf(`{"targets":[%q],"cause":"rights"}`, item.ID))
	took := time.Since(begun)
	if status != 200 || ack.Level != "everywhere" || took > shortLease+2*time.Second {
		t.Errorf("%d %+v after %v", status, ack, took)
	}
	for _, path := range append([]string{"/items/" + story("hill", 1).ID}, surfaces...) {
		if w := b.get(path); w.Code != 503 || w.Header().Get("Retry-After") == "" || strings.Contains(w.Body.String(), item.Link) {
			t.Errorf("%s at the server that is cut off: %d", path, w.Code)
		}
	}
	if w := b.get("/"); w.Code != 200 {
		t.Errorf("what carries no items: %d", w.Code)
	}
	b.store.cut.Store(false)
	deadline := time.Now().Add(5 * time.Second)
	for b.get("/feeds/top.rss").Code != 200 {
		if time.Now().After(deadline) {
			t.Fatal("it does not recover")
		}
		time.Sleep(20 * time.Millisecond)
	}
	if w := b.get("/feeds/top.rss"); strings.Contains(w.Body.String(), item.Link) {
		t.Error("it shows what was withdrawn meanwhile")
	}
}

// TestAmnesia: a store that comes back empty, or older, is given back what it lost by any
// server that knows it; until then no items are served.
func TestAmnesia(t *testing.T) {
	t.Parallel()
	item := story("weekly", 1)
	old := onSQLite(t)
	fill(t, old, item, story("hill", 1))
	a := join(t, "a", old, new(notebook))
	a.get("/feeds/top.rss")
	if status, _ := a.order(t, fmt.Sprintf(`{"targets":[%q,"source:inner"],"cause":"rights"}`, item.ID)); status != 200 {
		t.Fatal(status)
	}
	a.stop()
	fresh := onSQLite(t) // with the items, and without withdrawals, or with others of the same epochs
	fill(t, fresh, item, story("hill", 1))
	for n := range 3 {
		if _, err := fresh.Withdraw(t.Context(), fmt.Sprint(n), syndicate.Withdrawal{Target: syndicate.SourceTarget(fmt.Sprint("x", n)), Cause: syndicate.Rights, At: noon}); err != nil {
			t.Fatal(err)
		}
	}
	unaware := join(t, "b", fresh, new(notebook))
	b := join(t, "c", fresh, a.notes)
	deadline := time.Now().Add(5 * time.Second)
	for b.get("/feeds/top.rss").Code != 200 && time.Now().Before(deadline) {
		time.Sleep(20 * time.Millisecond)
	}
	if w := b.get("/feeds/top.rss"); w.Code != 200 || strings.Contains(w.Body.String(), item.Link) {
		t.Errorf("the server that knows: %d", w.Code)
	}
	for strings.Contains(unaware.get("/feeds/top.rss").Body.String(), item.Link) {
		if time.Now().After(deadline) {
			t.Fatal("the server that did not know still shows it")
		}
		time.Sleep(20 * time.Millisecond)
	}
	all, err := fresh.Withdrawals(t.Context(), 0, 100)
	if err != nil || len(all) != 5 {
		t.Errorf("%d entries in the store, %v", len(all), err)
	}
}

// TestBrokenMemory: what cannot be remembered is not agreed to, so no items are served.
func TestBrokenMemory(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	fill(t, store, story("weekly", 1))
	notes := new(notebook)
	m := join(t, "a", store, notes)
	m.get("/feeds/top.rss")
	notes.mu.Lock()
	notes.broken = io.ErrShortWrite
	notes.mu.Unlock()
	if _, err := store.Withdraw(t.Context(), "k", syndicate.Withdrawal{Target: syndicate.SourceTarget("weekly"), Cause: syndicate.Rights, At: noon}); err != nil {
		t.Fatal(err)
	}
	time.Sleep(shortLease + 300*time.Millisecond)
	if w := m.get("/feeds/top.rss"); w.Code != 503 {
		t.Errorf("%d", w.Code)
	}
}

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
