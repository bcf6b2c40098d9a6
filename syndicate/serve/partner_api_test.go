package serve_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"reprint/cache"
	"reprint/feeds"
	"reprint/syndicate"
	"reprint/syndicate/ledger"
	"reprint/syndicate/serve"
)

func TestStatus(t *testing.T) {
	t.Parallel()
	o := newOffice(t, article(1), article(3), story("inner", 1))
	ask := func(token string, ids ...string) string {
		t.Helper()
		question, err := json.Marshal(map[string]any{"items": ids})
		if err != nil {
			t.Fatal(err)
		}
		w := o.ask("POST", "/partner/status", token, strings.NewReader(string(question)))
		if w.Code != 200 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		var answer struct {
			Items []struct {
				Form, Reason, Agreement, Had string
				Pictures                     []struct{ URL, Reason string }
			}
		}
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, i := range answer.Items {
			all = append(all, strings.TrimSpace(fmt.Sprintf("%s %s %s %s %d", i.Form, i.Reason, i.Agreement, i.Had, len(i.Pictures))))
		}
		return strings.Join(all, ", ")
	}
	got := ask("zj/k1", article(1).ID, story("inner", 1).ID, "weekly-none", "x")
	if got != "full granted-by-agreement zj-2026  1, withheld not-available   0, withheld not-available   0, withheld not-available   0" {
		t.Errorf("zj: %s", got)
	}
	if got := ask("qh/k1", article(1).ID, article(3).ID); got != "excerpt embargoed   1, full granted-by-agreement qh-2026  1" {
		t.Errorf("qh: %s", got)
	}
	o.changes(t, "zj/k1", "", 100)
	h := partnerHouse()
	h.Partners[0].Agreements = nil
	if err := o.Reload(rules(t, h), o.partners()); err != nil {
		t.Fatal(err)
	}
	if got := ask("zj/k1", article(1).ID); got != "excerpt not-covered  full 1" {
		t.Errorf("without the agreement: %s", got)
	}
	if pulls := o.pulls(t); len(pulls) != 1 {
		t.Errorf("%d pulls: a question of status is none", len(pulls))
	}
	for _, body := range []string{"", "{}", `{"items":[]}`, "[1]", "{", `{"items":["` + strings.Repeat(`x","`, 100) + `x"]}`} {
		if w := o.ask("POST", "/partner/status", "zj/k1", strings.NewReader(body)); w.Code != 400 {
			t.Errorf("%.20q: %d %s", body, w.Code, w.Body)
		}
	}
}

// overslept is a store that lets time go by before it says what a partner holds, which is after items were decided on.
type overslept struct {
	cache.Store
	sleep func()
}

func (s *overslept) Held(ctx context.Context, partner string, items []string) (map[string]cache.Held, error) {
	s.sleep()
	return s.Store.Held(ctx, partner, items)
}

// TestStandingAtTheLastMoment: a server whose lease runs out while it finds out what a partner may show does not say it:
// it may have been withdrawn elsewhere.
func TestStandingAtTheLastMoment(t *testing.T) {
	t.Parallel()
	store := &overslept{Store: onSQLite(t), sleep: func() {}}
	o := newOfficeOn(t, store, article(1))
	o.changes(t, "zj/k1", "", 100)
	ask := map[string]func() *httptest.ResponseRecorder{
		"status": func() *httptest.ResponseRecorder {
			return o.ask("POST", "/partner/status", "zj/k1", strings.NewReader(`{"items":["`+article(1).ID+`"]}`))
		},
		"must-remove": func() *httptest.ResponseRecorder { return o.get("/partner/must-remove", "zj/k1") },
	}
	for what, ask := range ask {
		store.sleep = func() {}
		if w := ask(); w.Code != 200 {
			t.Errorf("%s before: %d %s", what, w.Code, w.Body)
		}
		store.sleep = func() { o.now = o.now.Add(serve.UsualLease) }
		if w := ask(); w.Code != 503 || w.Header().Get("Retry-After") == "" {
			t.Errorf("%s, and the lease is out: %d %s", what, w.Code, w.Body)
		}
	}
}

func TestMustRemove(t *testing.T) {
	t.Parallel()
	o := newOffice(t, article(1), article(2), story("hill", 1))
	list := func() string {
		t.Helper()
		w := o.get("/partner/must-remove", "zj/k1")
		var answer struct {
			Items []struct{ Item, Had, Form, Reason string }
			More  bool
		}
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || w.Code != 200 {
			t.Fatalf("%d %s %v", w.Code, w.Body, err)
		}
		var all []string
		for _, i := range answer.Items {
			all = append(all, i.Had+">"+i.Form+" "+i.Reason)
		}
		return strings.Join(all, ", ")
	}
	if got := list(); got != "" {
		t.Errorf("before any pull: %s", got)
	}
	o.get("/feeds/top.rss", "zj/k1")
	if got := list(); got != "" {
		t.Errorf("under the agreement: %s", got)
	}
	o.now = noon.Add(240 * time.Hour)
	if got := list(); got != "full>excerpt agreement-ended, full>excerpt agreement-ended" {
		t.Errorf("after it: %s", got)
	}
	h := partnerHouse()
	h.Licenses[0].Public = syndicate.Grant{}
	h.Sources[1].License = "closed"
	if err := o.Reload(rules(t, h), o.partners()); err != nil {
		t.Fatal(err)
	}
	if got := list(); strings.Count(got, "full>withheld") != 3 {
		t.Errorf("under other licenses: %s", got)
	}
	var many []cache.Held
	for i := range 600 {
		many = append(many, cache.Held{Item: fmt.Sprintf("gone-%03d", i), Form: 3, First: noon, Last: noon})
	}
	if err := o.store.Hold(t.Context(), "zj", many); err != nil {
		t.Fatal(err)
	}
	var page struct {
		Items []struct{ Item, Reason string }
		After string
		More  bool
	}
	seen := 0
	for range 3 {
		w := o.get("/partner/must-remove?after="+page.After, "zj/k1")
		page.After, page.More = "", false
		if err := json.Unmarshal(w.Body.Bytes(), &page); err != nil {
			t.Fatal(err)
		}
		seen += len(page.Items)
		if !page.More {
			break
		}
	}
	if seen != 603 {
		t.Errorf("%d items in pages", seen)
	}
}

func TestReceiptsOfPartners(t *testing.T) {
	t.Parallel()
	o := newOffice(t, article(1))
	number := o.get("/feeds/top.rss", "zj/k1").Header().Get("Reprint-Receipt")
	w := o.get("/partner/receipts/"+number, "zj/k1")
	if w.Code != 200 || w.Header().Get("Cache-Control") != "no-store" {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	receipt, err := ledger.ReadReceipt(w.Body.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	var self struct {
		Ledger struct {
			Key string `json:"public_key"`
		}
		Agreements []struct {
			ID, Text, From string
			Covers         map[string][]string
		}
	}
	if err := json.Unmarshal(o.get("/partner", "zj/k1").Body.Bytes(), &self); err != nil {
		t.Fatal(err)
	}
	if len(self.Agreements) != 1 || self.Agreements[0].ID != "zj-2026" || self.Agreements[0].Text != "full" || len(self.Agreements[0].Covers) != 1 || self.Agreements[0].Covers["licenses"][0] != "house" {
		t.Errorf("%+v", self)
	}
	e, _, err := receipt.Check(self.Ledger.Key)
	if err != nil || e.Pulled.Partner != "zj" || e.Pulled.Path != "/feeds/top.rss" {
		t.Errorf("%+v, %v", e, err)
	}
	_, n, _ := strings.Cut(number, "-")
	for path, want := range map[string]int{n: 200, "0": 404, "99": 404, "-1": 404, "x": 404, "00000000-0": 421, number + "0": 404} {
		if w := o.get("/partner/receipts/"+path, "zj/k1"); w.Code != want {
			t.Errorf("%s: %d, want %d", path, w.Code, want)
		}
	}
	if w := o.get("/partner/receipts/"+number, "hz/k1"); w.Code != 404 {
		t.Errorf("another partner: %d", w.Code)
	}
}

// TestAnotherPictureInstead: the source adds a picture, and one that the partner was sent is withdrawn. There are as many as
// before, and it must take one down all the same.
func TestAnotherPictureInstead(t *testing.T) {
	t.Parallel()
	item := article(1)
	o := newOffice(t, item)
	o.changes(t, "zj/k1", "", 100)
	more := feeds.Picture{URL: "https://img.example/more.jpg", Medium: "image", Credit: "清河周刊网记者李明摄"}
	item.Body = append(item.Body, feeds.Part{Picture: &more})
	item.Revision = item.Digest()
	o.put(t, item)
	o.withdraw(t, syndicate.PictureTarget("https://img.example/staff.jpg"), false)
	if got := o.get("/partner/must-remove", "zj/k1").Body.String(); !strings.Contains(got, item.ID) {
		t.Errorf("it must not take anything down: %s", got)
	}
	o.withdraw(t, syndicate.PictureTarget("https://img.example/staff.jpg"), true)
	if got := o.get("/partner/must-remove", "zj/k1").Body.String(); strings.Contains(got, item.ID) {
		t.Errorf("it is back, and must still be taken down: %s", got)
	}
}
