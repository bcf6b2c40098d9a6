package serve_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"reprint/cache"
	"reprint/feeds"
	"reprint/syndicate"
)

// eventually waits until something is so.
func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !so(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
	}
}

// operator asks the operator's listener.
func (m *member) operator(path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	m.Admin().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w
}

// TestOrderWhileTheStoreIsAway: what is ordered while the store does not answer is on disk, said to be
// no more than that, and carried out as soon as the store answers: by the same server, or by
// the next on the same disk.
func TestOrderWhileTheStoreIsAway(t *testing.T) {
	t.Parallel()
	for _, restarted := range []bool{false, true} {
		t.Run(fmt.Sprintf("restarted %t", restarted), func(t *testing.T) {
			t.Parallel()
			store := onSQLite(t)
			item := story("weekly", 1)
			fill(t, store, item)
			m := join(t, "a", store, new(notebook))
			if w := m.get("/items/" + item.ID); w.Code != 200 {
				t.Fatal(w.Code)
			}
			m.store.cut.Store(true)
			status, ack := m.order(t, fmt.Sprintf(`{"targets":[%q],"cause":"rights","key":"letter"}`, item.ID))
			if status != 202 || ack.Level != "journaled" || ack.Key != "letter" {
				t.Fatalf("%d %+v", status, ack)
			}
			if w := m.operator("/api/orders/letter"); w.Code != 202 || w.Header().Get("Location") != "/api/orders/letter" {
				t.Errorf("meanwhile: %d", w.Code)
			}
			if restarted {
				m.stop()
				m = join(t, "a", store, m.notes)
			} else {
				m.store.cut.Store(false)
			}
			eventually(t, "it is everywhere", func() bool { return m.operator("/api/orders/letter").Code == 200 })
			if w := m.get("/items/" + item.ID); w.Code != 410 {
				t.Errorf("the item: %d", w.Code)
			}
			if all, err := store.Withdrawals(t.Context(), 0, 10); err != nil || len(all) != 1 || all[0].Epoch != 1 {
				t.Errorf("entries: %+v, %v", all, err)
			}
		})
	}
}

// TestNoItemsBeforeOrders: a server that has an order in hand answers with no items before the
// store has it.
func TestNoItemsBeforeOrders(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	item := story("weekly", 1)
	fill(t, store, item)
	notes := new(notebook)
	notes.all.Orders = []syndicate.Order{{Key: "k", Targets: []string{item.ID}, Model: syndicate.Withdrawal{Cause: syndicate.Rights, At: noon}}}
	m := join(t, "a", store, notes)
	if w := m.get("/items/" + item.ID); w.Code != 410 {
		t.Errorf("the first answer: %d", w.Code)
	}
}

// TestOvertakenOrder: an order to put back that waited is void if something was withdrawn after it.
func TestOvertakenOrder(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	item := story("weekly", 1)
	fill(t, store, item)
	if _, err := store.Withdraw(t.Context(), "later", syndicate.Withdrawal{Target: syndicate.ItemTarget(item.ID), Cause: syndicate.Legal, At: noon.Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	notes := new(notebook)
	for n, at := range []time.Time{noon, noon.Add(2 * time.Hour)} {
		notes.all.Orders = append(notes.all.Orders, syndicate.Order{Key: fmt.Sprint(n), Targets: []string{item.ID}, Model: syndicate.Withdrawal{Reinstated: true, At: at}})
	}
	m := join(t, "a", store, notes)
	eventually(t, "the second order is settled", func() bool { return m.operator("/api/orders/1").Code == 200 })
	if w := m.operator("/api/orders/0"); w.Code != 400 {
		t.Errorf("the first order: %d %s", w.Code, w.Body)
	}
	if w := m.operator("/api/orders/2"); w.Code != 404 {
		t.Errorf("no order: %d", w.Code)
	}
}

// TestUnrecordedOrder: what cannot be put on disk is refused, and not done.
func TestUnrecordedOrder(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	fill(t, store, story("weekly", 1))
	notes := new(notebook)
	m := join(t, "a", store, notes)
	m.get("/feeds/top.rss")
	notes.mu.Lock()
	notes.broken = cache.ErrUnavailable
	notes.mu.Unlock()
	if status, _ := m.order(t, `{"targets":["source:weekly"],"cause":"rights"}`); status != 503 {
		t.Errorf("%d", status)
	}
	if all, err := store.Withdrawals(t.Context(), 0, 10); err != nil || len(all) != 0 {
		t.Errorf("entries: %+v, %v", all, err)
	}
}

// onDuty is a server over a store that has an item, which it answers with.
func onDuty(t *testing.T) (cache.Store, feeds.Item, *member) {
	t.Helper()
	store, item := onSQLite(t), story("weekly", 1)
	fill(t, store, item)
	m := join(t, "a", store, new(notebook))
	eventually(t, "the server answers", func() bool { return m.get("/items/"+item.ID).Code == 200 })
	return store, item, m
}

// TestOrderRepeated: an order that is sent again, because its answer was late, is the one that it was: it does not undo what
// came after it.
func TestOrderRepeated(t *testing.T) {
	t.Parallel()
	store, item, m := onDuty(t)
	for n, want := range []struct {
		key  string
		item int
	}{{"down", 410}, {"up", 200}, {"down again", 410}, {"up", 410}, {"down", 410}} {
		status, _ := m.order(t, fmt.Sprintf(`{"targets":[%q],"cause":"rights","key":%q,"reinstate":%v}`, item.ID, want.key, want.key == "up"))
		eventually(t, fmt.Sprintf("order %d, %s: %d", n, want.key, want.item), func() bool { return status == 200 && m.get("/items/"+item.ID).Code == want.item })
	}
	if all, err := store.Withdrawals(t.Context(), 0, 10); err != nil || len(all) != 1 || all[0].Epoch != 3 {
		t.Errorf("%+v, %v", all, err)
	}
}

// forgetful takes one withdrawal and is away from then on, as a store that crashes does before the entry is on its disk.
type forgetful struct {
	cache.Store
	away atomic.Bool
}

func (f *forgetful) Withdraw(ctx context.Context, key string, w syndicate.Withdrawal) (syndicate.Withdrawal, error) {
	defer f.away.Store(true)
	return f.Store.Withdraw(ctx, key, w)
}

func (f *forgetful) Beat(ctx context.Context, b cache.Beat) (cache.Identity, error) {
	if f.away.Load() {
		return cache.Identity{}, cache.ErrUnavailable
	}
	return f.Store.Beat(ctx, b)
}

// TestOrderOfALostStore: the store takes an order and is lost before the server has the entry on its own disk, and the server
// ends too. The next server carries the order out at the next store.
func TestOrderOfALostStore(t *testing.T) {
	t.Parallel()
	item := story("weekly", 1)
	lost := &forgetful{Store: onSQLite(t)}
	m := join(t, "a", lost, new(notebook))
	if status, ack := m.order(t, fmt.Sprintf(`{"targets":[%q],"cause":"rights","key":"letter"}`, item.ID)); status != 202 {
		t.Errorf("%d %+v", status, ack)
	}
	m.stop()
	store := onSQLite(t)
	fill(t, store, item)
	m = join(t, "a", store, m.notes)
	eventually(t, "it is everywhere", func() bool { return m.operator("/api/orders/letter").Code == 200 })
	if w := m.get("/items/" + item.ID); w.Code != 410 {
		t.Errorf("the item: %d", w.Code)
	}
	if all, err := store.Withdrawals(t.Context(), 0, 10); err != nil || len(all) != 1 {
		t.Errorf("entries: %+v, %v", all, err)
	}
}

// TestOnceEverywhere: what was acknowledged as everywhere stays so, also while a server is there that has just come.
func TestOnceEverywhere(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	m := join(t, "a", store, new(notebook))
	if status, _ := m.order(t, `{"targets":["source:weekly"],"cause":"rights","key":"letter"}`); status != 200 {
		t.Fatal(status)
	}
	if _, err := store.Beat(t.Context(), cache.Beat{Server: "new", Lease: time.Minute}); err != nil {
		t.Fatal(err)
	}
	if w := m.operator("/api/orders/letter"); w.Code != 200 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// TestKeyOfAnotherOrder: a key that was used for something else is refused, also by the next process, and the order is not done.
func TestKeyOfAnotherOrder(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	one, two := story("weekly", 1), story("weekly", 2)
	fill(t, store, one, two)
	m := join(t, "a", store, new(notebook))
	eventually(t, "the server answers", func() bool { return m.get("/items/"+two.ID).Code == 200 })
	give := func(key string, want int, body string) {
		t.Helper()
		if w := m.say(fmt.Sprintf(`{"key":%q,`, key) + body + `}`); w.Code != want {
			t.Errorf("%s %s: %d %s", key, body, w.Code, w.Body)
		}
	}
	first := fmt.Sprintf(`"targets":[%q],"cause":"rights"`, one.ID)
	others := []string{
		fmt.Sprintf(`"targets":[%q],"cause":"rights"`, two.ID), fmt.Sprintf(`"targets":[%q],"cause":"legal","authority":"a court"`, one.ID),
		fmt.Sprintf(`"targets":[%q],"reinstate":true`, one.ID), fmt.Sprintf(`"targets":[%q,%q],"cause":"rights"`, one.ID, two.ID),
	}
	give("letter", 200, first)
	for restarted := range 2 {
		for _, other := range others {
			give("letter", 409, other)
		}
		give("letter", 200, fmt.Sprintf(`"targets":["item:%s"],"cause":"rights"`, one.ID))
		if w := m.get("/items/" + two.ID); w.Code != 200 {
			t.Errorf("the other item: %d", w.Code)
		}
		if restarted == 0 {
			m.stop()
			m = join(t, "a", store, m.notes)
			eventually(t, "the next answers", func() bool { return m.get("/items/"+two.ID).Code == 200 })
		}
	}
	m.store.cut.Store(true)
	give("open", 202, others[0])
	give("open", 409, others[1])
	give("open", 202, others[0])
	m.store.cut.Store(false)
	eventually(t, "it is carried out", func() bool { return m.operator("/api/orders/open").Code == 200 })
	if n := len(m.notes.all.Orders); n != 2 {
		t.Errorf("%d orders are on the record", n)
	}
}

// TestLargeOrder: a server goes on answering while it carries out an order that takes longer than its lease, and whoever
// begins with one in hand does not answer before it is carried out.
func TestLargeOrder(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	var items []feeds.Item
	for n := range 200 {
		items = append(items, story("weekly", n))
	}
	fillAtOnce(t, store, items...)
	fill(t, store, story("hill", 1))
	m := join(t, "a", store, new(notebook))
	eventually(t, "the server answers", func() bool { return m.get("/feeds/hill.rss").Code == 200 })
	m.store.late.Store(int64(20 * time.Millisecond)) // all take four leases
	var targets []string
	for _, i := range items {
		targets = append(targets, strconv.Quote(i.ID))
	}
	ended := make(chan int)
	go func() {
		ended <- m.say(`{"targets":[` + strings.Join(targets, ",") + `],"cause":"rights","key":"large"}`).Code
	}()
	answered, longest := time.Now(), time.Duration(0)
	for over := false; !over; {
		select {
		case code := <-ended:
			over = true
			if code != 200 && code != 202 {
				t.Errorf("the order: %d", code)
			}
		case <-time.After(20 * time.Millisecond):
			if m.get("/feeds/hill.rss").Code == 200 {
				longest, answered = max(longest, time.Since(answered)), time.Now()
			}
		}
	}
	if longest = max(longest, time.Since(answered)); longest > 3*shortLease { // a busy machine may lose a lease
		t.Errorf("nobody was answered for %v", longest)
	}
	eventually(t, "it is everywhere", func() bool { return m.operator("/api/orders/large").Code == 200 })
	if list, err := store.Withdrawals(t.Context(), 0, 1000); err != nil || len(list) != 200 || list[199].Epoch != 200 {
		t.Errorf("%d entries, %v", len(list), err)
	}
}
