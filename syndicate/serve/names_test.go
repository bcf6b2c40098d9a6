package serve_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"reprint/syndicate"
)

// say gives an order, and returns the whole answer.
func (m *member) say(body string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	m.Admin().ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/api/withdrawals", strings.NewReader(body)))
	return w
}

// TestNamesOverHTTP: the page here and the link at the source name an item over HTTP as they do at the command line.
func TestNamesOverHTTP(t *testing.T) {
	t.Parallel()
	_, item, m := onDuty(t)
	page := "https://qinghe.example/items/" + item.ID
	for _, name := range []string{item.ID, "item:" + item.ID, item.Link, item.URI, page, page + "?from=mail#text"} {
		if status, ack := m.order(t, fmt.Sprintf(`{"targets":[%q],"cause":"rights"}`, name)); status != 200 || m.get("/items/"+item.ID).Code != 410 {
			t.Errorf("%s: %d %+v, and the item answers %d", name, status, ack, m.get("/items/"+item.ID).Code)
		}
		if status, ack := m.order(t, fmt.Sprintf(`{"targets":[%q],"reinstate":true}`, name)); status != 200 {
			t.Fatalf("%s: %d %+v", name, status, ack)
		}
		eventually(t, "it is back", func() bool { return m.get("/items/"+item.ID).Code == 200 })
	}
}

// TestSlips: what nobody can have meant is refused, with a remedy, and what is about nothing says so.
func TestSlips(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	fill(t, store, story("weekly", 1), story("hill", 1), story("gone", 1))
	m := join(t, "a", store, new(notebook))
	eventually(t, "the server answers", func() bool { return m.get("/feeds/top.rss").Code == 200 })
	many := strings.Repeat(`"source:hill",`, 1000) + `"source:weekly"`
	for _, slip := range []struct{ targets, key, want string }{
		{`"source:weeekly"`, "", "the sources are weekly, hill"},
		{`"picture-of:weeekly:https://img.example/a.jpg"`, "", "no source"},
		{`"weeekly-abcdefghijklmnopqrst"`, "", "no source"},
		{`"picture:a.jpg"`, "", "is no address"},
		{`"picture-of:hill:a.jpg"`, "", "is no address"},
		{`"https://hill.example/none"`, "", "no item"},
		{`"https://other.example/items/weekly-abcdefghijklmnopqrst"`, "", "no item"},
		{many, "", "at most 1000"},
		{`"source:hill"`, `letter\t17`, "control characters"},
		{`"source:hill"`, strings.Repeat("k", 201), "at most 200"},
		{`"picture:https://img.example/a\n.jpg"`, "", "control characters"},
		{`"picture:https://img.example/` + strings.Repeat("a", 2000) + `"`, "", "2000 bytes"},
	} {
		w := m.say(`{"targets":[` + slip.targets + `],"cause":"rights","key":"` + slip.key + `"}`)
		if w.Code != 400 || !strings.Contains(w.Body.String(), slip.want) {
			t.Errorf("%.60s: %d %s", slip.targets, w.Code, w.Body)
		}
	}
	for body, want := range map[string]string{
		`{"targets":["source:hill"],"cause":"rights","reinstated":true}`:                      "reinstated",
		`{"target":"source:hill","cause":"rights"}`:                                           "target",
		`{"targets":["source:hill"],"cause":"rights"}{"targets":[]}`:                          "something follows",
		`{"targets":["source:hill"],"cause":"claim"}`:                                         "only claims",
		`{"targets":["source:hill"],"cause":"legal"}`:                                         "say who ordered it",
		`{"targets":["source:hill"],"cause":"rights","authority":"a court"}`:                  "goes with the cause legal",
		`{"targets":["source:hill"],"cause":"legal","authority":"a court","replacement":"x"}`: "goes with the cause correction",
	} {
		if w := m.say(body); w.Code != 400 || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d %s", body, w.Code, w.Body)
		}
	}
	if w := m.say(`{"note":"` + strings.Repeat("x", 1<<20) + `"}`); w.Code != 413 {
		t.Errorf("what is too long: %d %s", w.Code, w.Body)
	}
	if all, err := store.Withdrawals(t.Context(), 0, 10); err != nil || len(all) != 0 {
		t.Fatalf("%+v, %v", all, err)
	}
	for target, want := range map[string]int{
		"source:hill": 1, "source:gone": 0, "picture:https://img.example/a.jpg": 2, "picture:https://img.example/A.jpg": 0,
		"picture-of:hill:https://img.example/a.jpg": 1, "origin:Hill Commons": 1, story("weekly", 1).ID: 1, "hill-aaaaaaaaaaaaaaaaaaaa": 0,
	} {
		w := m.say(fmt.Sprintf(`{"targets":[%q],"cause":"rights"}`, target))
		if w.Code != 200 || !strings.Contains(w.Body.String(), fmt.Sprintf("\"items\": %d\n", want)) {
			t.Errorf("%s is about %d items: %d %s", target, want, w.Code, w.Body)
		}
	}
}

// TestWithdrawnAgain: an item that the store has no more keeps its addresses when somebody decides about it anew.
func TestWithdrawnAgain(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	item, again := story("weekly", 1), story("hill", 7)
	again.Link = item.Link
	again.Revision = again.Digest()
	target := syndicate.ItemTarget(item.ID)
	if _, err := store.Withdraw(t.Context(), "k", syndicate.Withdrawal{Target: target, Cause: syndicate.Rights, At: noon}.WithItem(item)); err != nil {
		t.Fatal(err)
	}
	m := join(t, "a", store, new(notebook))
	eventually(t, "the server answers", func() bool { return m.get("/feeds/top.rss").Code == 200 })
	for _, body := range []string{`{"targets":[%q],"cause":"legal","authority":"a court"}`, `{"targets":[%q],"reinstate":true}`, `{"targets":[%q],"cause":"rights"}`} {
		if status, ack := m.order(t, fmt.Sprintf(body, item.ID)); status != 200 {
			t.Fatalf("%d %+v", status, ack)
		}
	}
	fill(t, store, again)
	if w := m.get("/items/" + again.ID); w.Code != 410 {
		t.Errorf("what comes from its address: %d", w.Code)
	}
}
