package serve_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"reprint/cache"
	"reprint/feeds"
	"reprint/syndicate"
	"reprint/syndicate/ledger"
	"reprint/syndicate/serve"
)

// worldLease is the lease of the servers of a world.
const worldLease = 2 * time.Second

// world is three servers on one store, in a bubble of synthetic time, with a history of what was ordered, acknowledged and answered.
type world struct {
	t       *testing.T
	office  *office // for the partners and their tokens
	vault   *vault
	old     *contents // a snapshot
	items   []feeds.Item
	servers [3]*citizen
	asks    sync.WaitGroup

	mu       sync.Mutex
	orders   []*placed
	copies   map[string]string // bodies by validator, as clients keep them
	problems []string
	answers  int
	faulty   bool // something was lost, so that an order may have been entered twice
}

// citizen is a server of a world.
type citizen struct {
	*serve.Server
	name  string
	line  *line
	notes *notebook // its disk
	stop  func()
}

// mortal is a disk as long as its server lives.
type mortal struct {
	*notebook
	line *line
}

func (m mortal) alive() error {
	if m.line.now().dead {
		return cache.ErrUnavailable
	}
	return nil
}

func (m mortal) Remember(ctx context.Context, entries []syndicate.Withdrawal) error {
	if err := m.alive(); err != nil {
		return err
	}
	return m.notebook.Remember(ctx, entries)
}

func (m mortal) RememberStore(ctx context.Context, store string) error {
	if err := m.alive(); err != nil {
		return err
	}
	return m.notebook.RememberStore(ctx, store)
}

func (m mortal) RememberOrder(ctx context.Context, order syndicate.Order) error {
	if err := m.alive(); err != nil {
		return err
	}
	return m.notebook.RememberOrder(ctx, order)
}

func (m mortal) RememberSettlement(ctx context.Context, s syndicate.Settlement) error {
	if err := m.alive(); err != nil {
		return err
	}
	return m.notebook.RememberSettlement(ctx, s)
}

// blotter is a ledger that numbers what it is given.
type blotter struct {
	mu sync.Mutex
	n  int64
}

func (b *blotter) Append(_ context.Context, entries ...ledger.Entry) (int64, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.n += int64(len(entries))
	return b.n - int64(len(entries)), nil
}

func (b *blotter) Receipt(context.Context, int64) (ledger.Receipt, error) {
	return ledger.Receipt{}, cache.ErrUnavailable
}

func (b *blotter) ID() string        { return "blotter" }
func (b *blotter) PublicKey() string { return "" }

// mark is what shows that a document holds an item.
func mark(n int) string { return fmt.Sprintf("story-number-%d.", n) }

func newWorld(t *testing.T) *world {
	time.Sleep(time.Until(noon))
	w := &world{t: t, vault: newVault(), copies: make(map[string]string), office: &office{secrets: make(map[string]string), house: partnerHouse(), bareRate: 100}}
	w.office.house.Channels = w.office.house.Channels[:1]
	w.office.issue(t)
	for n, source := range []string{"weekly", "weekly", "hill"} {
		i := story(source, n)
		i.Title = mark(n) + " " + i.Title
		i.Revision = i.Digest()
		w.items = append(w.items, i)
	}
	w.publish()
	for i := range w.servers {
		w.servers[i] = &citizen{name: fmt.Sprint("server", i), notes: new(notebook)}
		w.start(i)
	}
	return w
}

// publish puts all items into the store, as polls do again and again.
func (w *world) publish() {
	for _, i := range w.items {
		if _, err := w.vault.Put(context.Background(), cache.Batch{Source: i.Source, Items: []feeds.Item{i}, At: time.Now()}); err != nil {
			w.wrong("%v", err)
		}
	}
}

// wrong notes a problem.
func (w *world) wrong(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.problems = append(w.problems, time.Now().Format("15:04:05.000 ")+fmt.Sprintf(format, args...))
}

func (w *world) start(i int) {
	c := w.servers[i]
	c.line = &line{Store: w.vault}
	var err error
	c.Server, err = serve.New(serve.Options{
		Rules: rules(w.t, w.office.house), Partners: w.office.partners(), Ledger: new(blotter), Store: c.line, Now: time.Now, Log: slog.New(slog.DiscardHandler),
		Metrics: prometheus.NewRegistry(), Name: c.name, Lease: worldLease, Memory: mortal{c.notes, c.line},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	run := c.Run
	go func() { defer close(ended); _ = run(ctx) }()
	c.stop = func() { cancel(); <-ended }
}

// crash ends a server at once: nothing that it still does is heard of, and its memory is gone.
func (w *world) crash(i int) {
	c := w.servers[i]
	c.line.set(func(f *faults) { f.dead = true })
	c.stop()
	w.start(i)
}

// placed is an order, and what is known of it.
type placed struct {
	key       string
	target    string
	putBack   bool
	server    int
	at        time.Time
	everyone  time.Time // when it was acknowledged as everywhere
	answered  time.Time // when it was answered first, in whatever way
	by        *serve.Server
	uncertain bool // the store has fallen back before it was settled
	void      bool
	over      bool
}

// targets are what orders are about, with what shows that a document holds it.
func (w *world) targets() []string {
	return []string{w.items[0].ID, w.items[1].ID, w.items[2].ID, "source:weekly", "origin:hill commons", "picture:https://img.example/a.jpg", "picture-of:hill:https://img.example/a.jpg"}
}

func (w *world) traces(target string) []string {
	switch {
	case target == "source:weekly":
		return []string{mark(0), mark(1)}
	case strings.HasPrefix(target, "origin:"):
		return []string{mark(2)}
	case strings.HasPrefix(target, "picture"):
		return []string{"https://img.example/a.jpg"}
	}
	return []string{mark(slices.IndexFunc(w.items, func(i feeds.Item) bool { return i.ID == target }))}
}

// order gives an order to a server, and notes what it says.
func (w *world) order(i int, target string, putBack bool) {
	c := w.servers[i]
	server := c.Server
	w.mu.Lock()
	p := &placed{key: fmt.Sprint("key", len(w.orders)), target: target, putBack: putBack, server: i, at: time.Now(), by: server}
	w.orders = append(w.orders, p)
	w.mu.Unlock()
	body := fmt.Sprintf(`{"targets":[%q],"cause":"rights","reinstate":%v,"key":%q}`, target, putBack, p.key)
	line, asked := c.line, time.Now()
	w.asks.Go(func() {
		rec := httptest.NewRecorder()
		server.Admin().ServeHTTP(rec, httptest.NewRequest(http.MethodPost, "/api/withdrawals", strings.NewReader(body)))
		if !line.now().dead {
			w.told(p, server, asked, rec)
		}
	})
}

// told notes what a server says of an order that was asked about at a moment.
func (w *world) told(p *placed, by *serve.Server, asked time.Time, rec *httptest.ResponseRecorder) {
	var a serve.Acknowledgment
	_ = json.Unmarshal(rec.Body.Bytes(), &a)
	w.mu.Lock()
	if p.answered.IsZero() && rec.Code != http.StatusNotFound { // one that is still being taken has no answer yet
		p.answered = time.Now()
	}
	again := !p.everyone.IsZero() && p.everyone.Before(asked) && p.by == by && rec.Code == 202
	switch {
	case rec.Code == 200 && a.Level == serve.LevelEverywhere && p.everyone.IsZero():
		p.everyone, p.by = time.Now(), by
	case rec.Code == 400:
		p.void = true
	}
	p.over = p.over || rec.Code == 200 || rec.Code == 400
	refused := p.void && !p.putBack
	w.mu.Unlock()
	if again {
		w.wrong("%s was everywhere and is %s", p.key, a.Level)
	}
	if refused {
		w.wrong("a withdrawal is refused: %s", rec.Body)
	}
}

// look asks a server what became of all orders that it was given.
func (w *world) look(i int) {
	c := w.servers[i]
	server, line, asked := c.Server, c.line, time.Now()
	w.mu.Lock()
	orders := slices.Clone(w.orders)
	w.mu.Unlock()
	for _, p := range orders {
		if p.server != i {
			continue
		}
		w.asks.Go(func() {
			rec := httptest.NewRecorder()
			server.Admin().ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/api/orders/"+p.key, nil))
			if !line.now().dead {
				w.told(p, server, asked, rec)
			}
		})
	}
}

// banned are the targets of which no answer may hold anything that is asked for now.
func (w *world) banned() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []string
	for _, p := range w.orders {
		if p.putBack || p.everyone.IsZero() {
			continue
		}
		back := slices.ContainsFunc(w.orders, func(o *placed) bool {
			atOnce := o.server != p.server && (o.answered.IsZero() || o.answered.After(p.at)) // either may be the later one
			return o.putBack && o.target == p.target && (o.uncertain || atOnce || !o.at.Before(p.at))
		})
		if !back {
			all = append(all, p.target)
		}
	}
	return all
}
