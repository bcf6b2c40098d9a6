package serve_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"reprint/feeds"
	"reprint/syndicate"
	"reprint/syndicate/ledger"
	"reprint/syndicate/serve"
)

type onDisk struct {
	*notebook
	takes time.Duration
}

func (n onDisk) RememberOrder(ctx context.Context, order syndicate.Order) error {
	time.Sleep(n.takes)
	return n.notebook.RememberOrder(ctx, order)
}

func (n inLedger) RememberOrder(ctx context.Context, order syndicate.Order) error {
	if _, err := n.l.Append(context.WithoutCancel(ctx), ledger.Entry{At: time.Now(), Kind: ledger.KindOrdered, Ordered: &order}); err != nil {
		return err
	}
	return n.notebook.RememberOrder(ctx, order)
}

// TestSameOrderTwiceAtOnce: one order sent twice at the same time, as a client or a balancer does whose first try takes too long: it is carried out once, and over.
func TestSameOrderTwiceAtOnce(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	item := longStory("weekly", 1, 1)
	fill(t, store, item)
	m := joinRemembering(t, "a", store, onDisk{new(notebook), 20 * time.Millisecond}, shortLease, new(edge))
	eventually(t, "it serves", func() bool { return m.get("/feeds/top.rss").Code == 200 })
	body := fmt.Sprintf(`{"key":"letter-1","targets":[%q],"cause":"rights"}`, item.ID)
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() {
			w := httptest.NewRecorder()
			m.Admin().ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/api/withdrawals", strings.NewReader(body)))
			var a serve.Acknowledgment
			_ = json.Unmarshal(w.Body.Bytes(), &a)
			if w.Code != 200 {
				t.Errorf("%d %s %+v", w.Code, a.Level, a.Purge)
			}
		})
	}
	both.Wait()
	if w := m.operator("/api/orders/" + url.PathEscape("letter-1")); w.Code != 200 {
		t.Errorf("5 s later: %d %s", w.Code, w.Body)
	}
}

// TestOneKeyTwoOrdersAtOnce: two different orders under one key at the same time: one is refused.
func TestOneKeyTwoOrdersAtOnce(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	items := []feeds.Item{longStory("weekly", 1, 1), longStory("weekly", 2, 2)}
	fillAtOnce(t, store, items...)
	m := joinRemembering(t, "a", store, onDisk{new(notebook), 20 * time.Millisecond}, shortLease, nil)
	eventually(t, "it serves", func() bool { return m.get("/feeds/top.rss").Code == 200 })
	var both sync.WaitGroup
	codes := make([]int, 2)
	for n, i := range items {
		both.Go(func() {
			w := httptest.NewRecorder()
			m.Admin().ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/api/withdrawals", strings.NewReader(fmt.Sprintf(`{"key":"letter-1","targets":[%q],"cause":"rights"}`, i.ID))))
			codes[n] = w.Code
		})
	}
	both.Wait()
	for n, i := range items {
		if got := m.get("/items/" + i.ID).Code; (codes[n] == 200) != (got == 410) {
			t.Errorf("order %d was answered %d, and the item answers %d", n, codes[n], got)
		}
	}
	if codes[0] == 200 && codes[1] == 200 {
		t.Errorf("two orders under one key: %v", codes)
	}
}

// TestOneKeyTwoLargeOrders: two large orders under one key at the same time: what is acknowledged is done.
func TestOneKeyTwoLargeOrders(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	var items []feeds.Item
	for n := range 240 {
		items = append(items, story("weekly", n))
	}
	fillAtOnce(t, store, items...)
	m := joinRemembering(t, "a", store, onDisk{new(notebook), 50 * time.Millisecond}, 4*time.Second, nil)
	eventually(t, "it serves", func() bool { return m.get("/feeds/top.rss").Code == 200 })
	var both sync.WaitGroup
	codes := make([]int, 2)
	for n := range 2 {
		var ids []string
		for _, i := range items[n*120 : n*120+120] {
			ids = append(ids, fmt.Sprintf("%q", i.ID))
		}
		body := fmt.Sprintf(`{"key":"letter-1","targets":[%s],"cause":"rights"}`, strings.Join(ids, ","))
		both.Go(func() {
			w := httptest.NewRecorder()
			m.Admin().ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/api/withdrawals", strings.NewReader(body)))
			codes[n] = w.Code
		})
	}
	both.Wait()
	for n := range 2 {
		shown := 0
		for _, i := range items[n*120 : n*120+120] {
			if m.get("/items/"+i.ID).Code == 200 {
				shown++
			}
		}
		if codes[n] < 300 && shown > 0 {
			t.Errorf("order %d was answered %d, and %d of its 120 items are served", n, codes[n], shown)
		}
	}
}

// TestKeyOfAnotherServer: a key that put an item back at one server is used for withdrawing it at another.
func TestKeyOfAnotherServer(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	item := longStory("weekly", 1, 1)
	fill(t, store, item)
	a, b := join(t, "a", store, new(notebook)), join(t, "b", store, new(notebook))
	eventually(t, "both are ready", func() bool { return a.get("/readyz").Code == 200 && b.get("/readyz").Code == 200 })
	must := func(m *member, body string) {
		t.Helper()
		if code, ack := m.order(t, body); code != 200 || ack.Level != serve.LevelEverywhere {
			t.Fatalf("%s: %d %+v", body, code, ack)
		}
	}
	must(a, fmt.Sprintf(`{"targets":[%q],"cause":"rights"}`, item.ID))
	must(a, fmt.Sprintf(`{"key":"letter-17","targets":[%q],"reinstate":true}`, item.ID))
	code, ack := b.order(t, fmt.Sprintf(`{"key":"letter-17","targets":[%q],"cause":"rights"}`, item.ID))
	time.Sleep(200 * time.Millisecond)
	if got := b.get("/items/" + item.ID).Code; code == 200 && got == 200 {
		t.Errorf("the withdrawal is acknowledged %d %s, and the item answers %d", code, ack.Level, got)
	}
}

type inLedger struct {
	*notebook
	l *ledger.Ledger
}

func (n inLedger) Remember(ctx context.Context, entries []syndicate.Withdrawal) error {
	list := make([]ledger.Entry, len(entries))
	for i := range entries {
		list[i] = ledger.Entry{At: time.Now(), Kind: ledger.KindWithdrawn, Withdrawn: &entries[i]}
	}
	if _, err := n.l.Append(context.WithoutCancel(ctx), list...); err != nil {
		return err
	}
	return n.notebook.Remember(ctx, entries)
}

// TestReplacementThatNoLedgerTakes: an order that fits into the ledger while its entry does not would leave all servers without a lease: it is refused.
func TestReplacementThatNoLedgerTakes(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	item, other := longStory("weekly", 1, 1), longStory("hill", 2, 2)
	fill(t, store, item, other)
	var members []*member
	for _, name := range []string{"a", "b"} {
		l, err := ledger.Open(filepath.Join(t.TempDir(), "ledger"), ledger.Options{Name: "x.example/ledger"})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = l.Close() })
		m := joinRemembering(t, name, store, inLedger{new(notebook), l}, shortLease, nil)
		members = append(members, m)
	}
	for _, m := range members {
		eventually(t, "it serves", func() bool { return m.get("/feeds/top.rss").Code == 200 })
	}
	code, ack := members[0].order(t, fmt.Sprintf(`{"key":"k","targets":[%q],"cause":"correction","replacement":%q}`, item.ID, strings.Repeat("x", 1<<20-400)))
	if code != 400 {
		t.Errorf("it is answered %d %+v", code, ack)
	}
	for n, m := range members {
		if w := m.get("/items/" + other.ID); w.Code != 200 {
			t.Errorf("server %d answers %d about another item, 4 s later", n, w.Code)
		}
	}
}

// TestClaimOverWithoutPurge: the operator repeats a claim's step at another server, which does not say that it is over before the caches in front are purged.
func TestClaimOverWithoutPurge(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	item := longStory("weekly", 1, 1)
	fill(t, store, item)
	cdn := new(edge)
	cdn.breaks(errors.New("quota"))
	a, b := joinWith(t, "a", store, new(notebook), cdn), joinWith(t, "b", store, new(notebook), cdn)
	r := httptest.NewRequest(http.MethodPost, "/claims/new", strings.NewReader(signed("Ada", item.ID, "")))
	r.Header.Set("Content-Type", "application/json")
	a.Public().ServeHTTP(httptest.NewRecorder(), r)
	if w, d := a.decide(t, 1, "upheld"); w.Code != 202 || d.Purge == nil || d.Purge.State != serve.PurgePending {
		t.Fatalf("%d %+v", w.Code, d.Purge)
	}
	if w, d := b.decide(t, 1, "upheld"); w.Code == 200 {
		t.Errorf("the other server says it is over: %d %s purge %+v", w.Code, d.Level, d.Purge)
	}
}
