package serve_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"reprint/feeds"
	"reprint/syndicate"
	"reprint/syndicate/serve"
)

// decide is the operator's word to a member.
func (m *member) decide(t *testing.T, number int, kind string) (*httptest.ResponseRecorder, serve.DecidedClaim) {
	t.Helper()
	w := httptest.NewRecorder()
	body := fmt.Sprintf(`{"kind":%q,"by":"Bo","text":"why"}`, kind)
	m.Admin().ServeHTTP(w, httptest.NewRequest(http.MethodPost, fmt.Sprintf("/api/claims/%d", number), strings.NewReader(body)))
	var d serve.DecidedClaim
	if w.Code < 300 {
		if err := json.Unmarshal(w.Body.Bytes(), &d); err != nil {
			t.Fatalf("%s: %d %s", kind, w.Code, w.Body)
		}
	}
	return w, d
}

// claims files a claim about a place and has it withheld.
func (m *member) claims(t *testing.T, number int, place string) {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/claims/new", strings.NewReader(signed("Ada", place, "")))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	m.Public().ServeHTTP(w, r)
	if w.Code != 201 {
		t.Fatal(w.Code, w.Body)
	}
	if w, _ := m.decide(t, number, "withheld"); w.Code != 200 {
		t.Fatal(w.Code, w.Body)
	}
}

// TestUpheldForGood: what a claim was upheld about stays down, whatever its source says later, and whatever becomes of its original.
func TestUpheldForGood(t *testing.T) {
	t.Parallel()
	court := "https://court.example/7"
	for name, tt := range map[string]struct {
		before syndicate.Withdrawal
		want   syndicate.Cause
	}{
		"its source":         {syndicate.Withdrawal{Cause: syndicate.Retracted, Upstream: &syndicate.Upstream{When: noon, Where: "at:deleted-entry"}}, syndicate.Rights},
		"a copy":             {syndicate.Withdrawal{Cause: syndicate.Correction, CopyOf: syndicate.ItemTarget(article(2).ID)}, syndicate.Rights},
		"a copy, by a court": {syndicate.Withdrawal{Cause: syndicate.Legal, Authority: court, CopyOf: syndicate.ItemTarget(article(2).ID)}, syndicate.Legal},
	} {
		o := claimOffice(t)
		item := article(1)
		tt.before.Target, tt.before.At = syndicate.ItemTarget(item.ID), noon
		if _, err := o.store.Withdraw(t.Context(), "before", tt.before); err != nil {
			t.Fatal(err)
		}
		o.now = o.now.Add(time.Minute)
		o.submit("/claims/new", filed(item.ID, false))
		if code, body := o.decide(t, 1, "upheld", "why"); code != 200 {
			t.Fatalf("%s: %d %s", name, code, body)
		}
		e := entryOf(t, o.store, item.ID)
		if e.IsWeak() || e.Cause != tt.want || e.Authority != tt.before.Authority || e.Note != "claim 1" {
			t.Errorf("%s: %+v", name, e)
		}
		later := item
		later.Updated = noon.Add(time.Hour)
		if back, _, err := (serve.Upstream{Store: o.store, Now: func() time.Time { return o.now }}).PutBack(t.Context(), []feeds.Item{later}); err != nil || len(back) != 0 {
			t.Errorf("%s: its source puts back %v, %v", name, back, err)
		}
		o.order(t, fmt.Sprintf(`{"targets":[%q],"cause":"rights"}`, article(2).ID))
		o.order(t, fmt.Sprintf(`{"targets":[%q],"reinstate":true}`, article(2).ID))
		if e := entryOf(t, o.store, item.ID); e.Reinstated {
			t.Errorf("%s: it came back with another: %+v", name, e)
		}
	}
}

// TestDecisionAnswersWhenItIsOver: the operator is told that it is over once it is everywhere and the caches in front are purged, and
// where to ask before.
func TestDecisionAnswersWhenItIsOver(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	item, other := story("weekly", 1), story("weekly", 2)
	fill(t, store, item, other)
	cdn := new(edge)
	m := joinWith(t, "a", store, new(notebook), cdn)
	m.claims(t, 1, item.ID)
	cdn.breaks(errors.New("quota"))
	for range 2 { // also when it is said once more
		w, d := m.decide(t, 1, "upheld")
		if w.Code != 202 || d.Purge == nil || d.Purge.State != serve.PurgePending || w.Header().Get("Location") != "/api/orders/"+url.PathEscape(d.Order) {
			t.Fatalf("not purged: %d %v %s", w.Code, w.Header(), w.Body)
		}
	}
	cdn.breaks(nil)
	eventually(t, "it is over", func() bool { w, _ := m.decide(t, 1, "upheld"); return w.Code == 200 })
	m.store.before = func() { m.store.cut.Store(true) } // the store goes away in between
	r := httptest.NewRequest(http.MethodPost, "/claims/new", strings.NewReader(signed("Bo", other.ID, "")))
	r.Header.Set("Content-Type", "application/json")
	m.Public().ServeHTTP(httptest.NewRecorder(), r)
	w, d := m.decide(t, 2, "withheld")
	at := w.Header().Get("Location")
	if w.Code != 202 || d.Level != serve.LevelJournaled || at == "" {
		t.Fatalf("the store is away: %d %s", w.Code, w.Body)
	}
	m.store.cut.Store(false)
	eventually(t, "it is carried out", func() bool { return m.operator(at).Code == 200 })
	if code := m.get("/items/" + other.ID).Code; code != 410 {
		t.Errorf("the item answers %d", code)
	}
}

// TestHiddenOnceMore: the house withholds what only partners are shown, after a rule has withheld what the public is.
func TestHiddenOnceMore(t *testing.T) {
	t.Parallel()
	o := claimOffice(t)
	inner := story("inner", 1)
	o.put(t, inner)
	form := filed(article(1).ID, true)
	form.Set("places", form.Get("places")+inner.ID)
	o.submit("/claims/new", form)
	if e := entryOf(t, o.store, inner.ID); e.Target != "" {
		t.Fatalf("the rule withholds it: %+v", e)
	}
	if code, body := o.decide(t, 1, "withheld", ""); code != 200 {
		t.Errorf("%d %s", code, body)
	}
	if e := entryOf(t, o.store, inner.ID); e.Cause != syndicate.Claimed || e.Reinstated {
		t.Errorf("%+v", e)
	}
}

// TestClaimThatComesBetween: a claim that withholds an item at the moment at which the end of another puts it back keeps it down.
func TestClaimThatComesBetween(t *testing.T) {
	t.Parallel()
	o := claimOffice(t)
	item := article(1).ID
	o.submit("/claims/new", filed(item, true))
	store := &hooked{Store: o.store}
	o.store = store
	o.serve(t, o.ledger)
	store.listed = func() { o.submit("/claims/new", filed(item, true), "Accept-Language", "en") }
	if code, body := o.decide(t, 1, "rejected", "no"); code != 200 {
		t.Errorf("%d %s", code, body)
	}
	if w := o.get("/items/"+item, ""); w.Code != 410 {
		t.Errorf("the item answers %d", w.Code)
	}
	o.now = o.now.Add(time.Minute)
	if code, body := o.decide(t, 2, "rejected", "no"); code != 200 {
		t.Errorf("%d %s", code, body)
	}
	if w := o.get("/items/"+item, ""); w.Code != 200 {
		t.Errorf("both are over: the item answers %d", w.Code)
	}
}

// TestClosedClaimOfALostStore: a store that comes back empty is given back what was over, too, from the disk.
func TestClosedClaimOfALostStore(t *testing.T) {
	t.Parallel()
	o := claimOffice(t)
	o.submit("/claims/new", filed(article(1).ID, true))
	o.decide(t, 1, "rejected", "no")
	before, err := o.store.Complaint(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	o.store = onSQLite(t)
	o.serve(t, o.ledger)
	if err := o.AgreeOnClaims(t.Context()); err != nil {
		t.Fatal(err)
	}
	if after, err := o.store.Complaint(t.Context(), 1); err != nil || !reflect.DeepEqual(before, after) {
		t.Errorf("%+v, %v", after, err)
	}
}

// TestErasedBesideWhatFails: a claim that cannot be remembered does not keep others from being erased.
func TestErasedBesideWhatFails(t *testing.T) {
	t.Parallel()
	o := claimOffice(t)
	for n := range 2 {
		o.program(t, signed(fmt.Sprint(n), "x", ""))
	}
	other := *o
	other.notes = new(notebook)
	other.serve(t, o.ledger)
	if err := other.AgreeOnClaims(t.Context()); err != nil {
		t.Fatal(err)
	}
	for n := range 2 {
		o.decide(t, n+1, "rejected", "no")
		o.decide(t, n+1, "erased", "")
	}
	other.notes.refuses = 1
	if err := other.AgreeOnClaims(t.Context()); err == nil {
		t.Error("nobody is told what could not be remembered")
	}
	if c, err := other.notes.RecallClaim(keyOf(t, o, 2)); err != nil || !c.IsErased() {
		t.Errorf("%+v, %v", c, err)
	}
}

func keyOf(t *testing.T, o *office, number int64) string {
	t.Helper()
	c, err := o.store.Complaint(t.Context(), number)
	if err != nil {
		t.Fatal(err)
	}
	return c.Key
}
