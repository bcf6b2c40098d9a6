package serve_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"reprint/syndicate"
	"reprint/syndicate/ledger"
	"reprint/syndicate/serve"
)

// TestOrderInNoText: what is not UTF-8 is refused before anybody hears of it; a store that has such an entry from before is one with its
// servers all the same.
func TestOrderInNoText(t *testing.T) {
	t.Parallel()
	const name = "picture:https://img.example/\xd6\xd0.jpg"
	rights := syndicate.Withdrawal{Cause: syndicate.Rights, At: noon}
	for what, order := range map[string]syndicate.Order{
		"target": {Targets: []string{name}, Model: rights},
		"note":   {Targets: []string{"source:weekly"}, Model: syndicate.Withdrawal{Cause: syndicate.Rights, Note: "\xd6\xd0"}},
		"key":    {Key: "\xd6\xd0", Targets: []string{"source:weekly"}, Model: rights},
	} {
		if problem, ok := serve.Problem(serve.CheckOrder(order)); !ok || !strings.Contains(problem, "the "+what) || !strings.Contains(problem, "UTF-8") {
			t.Errorf("%s: %q", what, problem)
		}
	}
	store := onSQLite(t)
	item := story("weekly", 1)
	fill(t, store, item)
	if err := store.Restore(t.Context(), []syndicate.Withdrawal{{Target: name, Epoch: 1, Cause: syndicate.Rights, At: noon}}); err != nil {
		t.Fatal(err)
	}
	m := join(t, "a", store, new(notebook))
	eventually(t, "the server answers", func() bool { return m.get("/items/"+item.ID).Code == 200 })
	if w := m.say(`{"targets":["` + name + `"],"cause":"rights"}`); w.Code != 400 || !strings.Contains(w.Body.String(), "UTF-8") {
		t.Errorf("over HTTP: %d %s", w.Code, w.Body)
	}
	if status, ack := m.order(t, `{"targets":["source:hill"],"cause":"rights"}`); status != 200 {
		t.Errorf("%d %+v", status, ack)
	}
}

// TestDoneIsNoError: an order that is done is never answered like one that is not, also where the store does not tell who has confirmed it.
func TestDoneIsNoError(t *testing.T) {
	t.Parallel()
	_, item, m := onDuty(t)
	m.store.mute.Store(true)
	w := m.say(fmt.Sprintf(`{"targets":[%q],"cause":"rights"}`, item.ID)) // who sends no key hears of it here
	var ack serve.Acknowledgment
	if err := json.Unmarshal(w.Body.Bytes(), &ack); err != nil || w.Code != 202 || ack.Level != serve.LevelStored || ack.Epoch != 1 || ack.Key == "" {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	at := "/api/orders/" + ack.Key
	if w.Header().Get("Location") != at || !slices.Equal(ack.Waiting, []string{serve.SilentStore}) {
		t.Errorf("%v %+v", w.Header(), ack)
	}
	if w := m.operator(at); w.Code != 202 {
		t.Errorf("asked again: %d %s", w.Code, w.Body)
	}
	m.store.mute.Store(false)
	eventually(t, "it is everywhere", func() bool { return m.operator(at).Code == 200 })
}

// TestOrderOnAFullDisk: an order that is on the disk is not refused because its entries have no room there; it is carried out once they have.
func TestOrderOnAFullDisk(t *testing.T) {
	t.Parallel()
	_, item, m := onDuty(t)
	m.notes.runsOut(ledger.ErrFull)
	status, ack := m.order(t, fmt.Sprintf(`{"targets":[%q],"cause":"rights"}`, item.ID))
	if status != 202 || ack.Level != serve.LevelJournaled || ack.Key == "" {
		t.Fatalf("%d %+v", status, ack)
	}
	m.notes.runsOut(nil)
	eventually(t, "it is everywhere", func() bool { return m.operator("/api/orders/"+ack.Key).Code == 200 })
	if w := m.get("/items/" + item.ID); w.Code != 410 {
		t.Errorf("the item: %d", w.Code)
	}
}
