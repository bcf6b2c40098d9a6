package serve_test

import (
	"net/http"
	"testing"
	"time"

	"reprint/feeds"
	"reprint/syndicate"
	"reprint/syndicate/serve"
)

// cutShort has the store take an order, of which the server that it was given to hears nothing any more. That comes back later,
// with the order on its disk.
func cutShort(t *testing.T, m *member, key, item string, model syndicate.Withdrawal) (comeBack func() *member) {
	t.Helper()
	order := syndicate.Order{Key: key, Targets: []string{item}, Model: model}
	entries, err := serve.Entries(t.Context(), m.store, order.Targets, order.Model)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.store.Withdraw(t.Context(), key, entries[0].By(order.Mark())); err != nil {
		t.Fatal(err)
	}
	return func() *member {
		notes := new(notebook)
		notes.all.Orders = []syndicate.Order{order}
		back := join(t, "late", m.store.Store, notes)
		eventually(t, "the order is settled", func() bool { return back.operator("/api/orders/"+key).Code == http.StatusOK })
		return back
	}
}

// TestOrderTwice: an order that was carried out before a crash is not carried out again over what was ordered since.
func TestOrderTwice(t *testing.T) {
	t.Parallel()
	one := story("weekly", 1)
	withdraw, putBack := `{"targets":["`+one.ID+`"],"cause":"legal","authority":"a court"}`, `{"targets":["`+one.ID+`"],"reinstate":true}`
	rights := syndicate.Withdrawal{Cause: syndicate.Rights, At: time.Now().Add(-time.Minute)}
	for name, tt := range map[string]struct {
		before []string // orders
		model  syndicate.Withdrawal
		since  []string
		want   int
	}{
		"put back since":        {nil, rights, []string{putBack}, http.StatusOK},
		"withdrawn otherwise":   {nil, rights, []string{withdraw}, http.StatusUnavailableForLegalReasons},
		"both":                  {nil, rights, []string{withdraw, putBack}, http.StatusOK},
		"withdrawn again since": {[]string{withdraw}, syndicate.Withdrawal{Reinstated: true, At: time.Now().Add(-time.Minute), Seen: 1}, []string{withdraw}, http.StatusUnavailableForLegalReasons},
		"nothing since":         {nil, rights, nil, http.StatusGone},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := onSQLite(t)
			fill(t, store, one)
			m := join(t, "a", store, new(notebook))
			give := func(orders []string) {
				for _, order := range orders {
					if code, ack := m.order(t, order); code != http.StatusOK {
						t.Fatal(code, ack)
					}
				}
			}
			give(tt.before)
			comeBack := cutShort(t, m, "k", one.ID, tt.model)
			give(tt.since)
			back := comeBack()
			for _, server := range []*member{m, back} {
				eventually(t, "it is as it was ordered last", func() bool { return server.get("/items/"+one.ID).Code == tt.want })
			}
		})
	}
}

// TestMarksAreBounded: an entry names the last orders about its target, and the one that counts in any case.
func TestMarksAreBounded(t *testing.T) {
	t.Parallel()
	var e syndicate.Withdrawal
	var marks []string
	for n := range 20 {
		order := syndicate.Order{Key: feeds.NewID("k", string(rune('a'+n))), Targets: []string{"source:weekly"}}
		marks = append(marks, order.Mark())
		e = e.By(order.Mark())
	}
	for n, mark := range marks {
		if got, want := e.HasBeenBy(mark), n >= 12; got != want {
			t.Errorf("order %d of %d is named: %v", n, len(marks), got)
		}
	}
	if e.Forgets().Orders != "" {
		t.Error("what is made for a copy names orders about its original")
	}
}
