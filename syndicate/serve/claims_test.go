package serve_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"reprint/cache"
	"reprint/feeds"
	"reprint/syndicate"
	"reprint/syndicate/claim"
	"reprint/syndicate/serve"
)

// claimOffice is an office where claims are taken, and where signed ones are believed until they are decided.
func claimOffice(t *testing.T) *office {
	t.Helper()
	o := newOffice(t)
	o.notes = new(notebook)
	o.house.Site.WithholdSigned, o.house.Site.AnswerDays = true, 14
	o.put(t, article(1), article(2))
	o.serve(t, o.ledger)
	return o
}

// filed is a claim about an item, as a form.
func filed(item string, signed bool) url.Values {
	v := url.Values{"name": {"林青"}, "email": {"lin@example.org"}, "places": {"https://qinghe.example/items/" + item + "\r\n\r\n"}, "reasons": {"It is mine.\r\nI wrote it."}, "faith": {"yes"}, "key": {"k-" + item}}
	if signed {
		for name, text := range map[string]string{"phone": "1", "address": "Mill Lane", "work": "The Mill", "oath": "yes", "signature": "林青"} {
			v.Set(name, text)
		}
	}
	return v
}

// submit sends a form as a browser does, from an address of its own.
func (o *office) submit(path string, form url.Values, headers ...string) *httptest.ResponseRecorder {
	return o.ask(http.MethodPost, path, "", strings.NewReader(form.Encode()), append([]string{"Content-Type", "application/x-www-form-urlencoded", "Accept", "text/html"}, headers...)...)
}

// decide is the operator's word.
func (o *office) decide(t *testing.T, number int, kind, text string) (int, string) {
	t.Helper()
	body := fmt.Sprintf(`{"kind":%q,"by":"Bo","text":%q}`, kind, text)
	w := httptest.NewRecorder()
	o.Admin().ServeHTTP(w, httptest.NewRequest(http.MethodPost, fmt.Sprintf("/api/claims/%d", number), strings.NewReader(body)))
	return w.Code, w.Body.String()
}

func (o *office) page(path string) string {
	return o.get(path, "", "Accept", "text/html").Body.String()
}

// TestClaim goes through the life of a claim: the item's page leads to the form, a signed claim takes the item down, the
// one whom it concerns answers, the house decides, and what it decides is what everybody sees.
func TestClaim(t *testing.T) {
	t.Parallel()
	for outcome, after := range map[string]int{"upheld": 410, "rejected": 200} {
		o := claimOffice(t)
		item := article(1).ID
		cursor := o.changes(t, "zj/k1", "", 100).Cursor
		if page := o.page("/items/" + item); !strings.Contains(page, "/claims/new?item="+item) {
			t.Errorf("the item's page does not lead to the form:\n%s", page)
		}
		if form := o.page("/claims/new?item=" + item); !strings.Contains(form, "/items/"+item+"</textarea>") {
			t.Errorf("the form does not name the item:\n%s", form)
		}
		w := o.submit("/claims/new", filed(item, true))
		status := w.Header().Get("Location")
		if w.Code != 303 || !regexp.MustCompile(`^/claims/1/[a-z2-7]{32}$`).MatchString(status) {
			t.Fatalf("%d %s %s", w.Code, status, w.Body)
		}
		if page := o.page(status); !strings.Contains(page, item) || !strings.Contains(page, "I wrote it.") {
			t.Errorf("the status:\n%s", page)
		}
		if w := o.get("/items/"+item, ""); w.Code != 410 {
			t.Errorf("a signed claim: the item answers %d", w.Code)
		}
		told := o.changes(t, "zj/k1", cursor, 100)
		if told.kinds() != "removed withheld withdrawn" {
			t.Errorf("the partner is told %q", told.kinds())
		}
		answer := o.answerAddress(t, 1)
		if w := o.submit(answer, url.Values{"action": {"retract"}}); w.Code != 409 {
			t.Errorf("who answers takes the claim back: %d", w.Code)
		}
		if w := o.submit(answer, url.Values{"action": {"answer"}, "text": {"We have a contract."}, "name": {"Bo"}, "email": {"bo@example.org"}, "faith": {"yes"}}); w.Code != 303 || w.Header().Get("Location") != answer {
			t.Errorf("the answer: %d %s", w.Code, w.Body)
		}
		if w := o.submit(answer, url.Values{"action": {"answer"}, "text": {"And another."}, "name": {"Bo"}, "email": {"bo@example.org"}, "faith": {"yes"}}); w.Code != 409 {
			t.Errorf("answered twice: %d", w.Code)
		}
		if page := o.page(status); !strings.Contains(page, "We have a contract.") || strings.Contains(page, "bo@example.org") {
			t.Errorf("the claimant does not see the answer:\n%s", page)
		}
		if code, body := o.decide(t, 1, outcome, "<b>Because</b>"); code != 200 {
			t.Fatalf("%d %s", code, body)
		}
		if w := o.get("/items/"+item, ""); w.Code != after {
			t.Errorf("%s: the item answers %d", outcome, w.Code)
		}
		if page := o.page(status); !strings.Contains(page, "&lt;b&gt;Because") || strings.Contains(page, "<form") {
			t.Errorf("the outcome:\n%s", page)
		}
		if want := []string{"open", "withheld", "answered", outcome}; !slices.Equal(o.notes.steps, want) {
			t.Errorf("on the record: %q, want %q", o.notes.steps, want)
		}
		if code, body := o.decide(t, 1, "withheld", ""); code != 400 || !strings.Contains(body, "was closed") {
			t.Errorf("after it was decided: %d %s", code, body)
		}
		o.decide(t, 1, "erased", "")
		if page := o.page(status); strings.Contains(page, "I wrote it.") || strings.Contains(page, "We have a contract.") {
			t.Errorf("erased:\n%s", page)
		}
	}
}

// TestItemsLeadToTheForm: an item's page, in whatever language its notices are, leads to the form once, and the form names the
// item; every other page leads there too.
func TestItemsLeadToTheForm(t *testing.T) {
	t.Parallel()
	o := claimOffice(t)
	english := story("hill", 1)
	english.Language = "en"
	english.Revision = english.Digest()
	o.put(t, english)
	for _, id := range []string{article(1).ID, english.ID} {
		page := o.page("/items/" + id)
		if strings.Count(page, "/claims/new?item="+id) != 1 || strings.Count(page, "/claims/new") != 1 || !strings.Contains(page, "rights@qinghe.example") {
			t.Errorf("the page of %s:\n%s", id, page)
		}
		if form := o.page("/claims/new?item=" + id); !strings.Contains(form, "\nhttps://qinghe.example/items/"+id+"</textarea>") {
			t.Errorf("the form for %s:\n%s", id, form)
		}
	}
	for _, path := range []string{"/", "/feeds/top", "/licenses/house", "/nothing"} {
		if page := o.page(path); strings.Count(page, "/claims/new") != 1 {
			t.Errorf("%s leads to the form %d times:\n%s", path, strings.Count(page, "/claims/new"), page)
		}
	}
	if form := o.page("/claims/new?item=x%0Ahttps://evil.example/weekly-abcdefghijklmnopqrst"); strings.Contains(form, "evil") {
		t.Errorf("the form says what a link made up:\n%s", form)
	}
}

// answerAddress is what the letter to the one whom a claim concerns says.
func (o *office) answerAddress(t *testing.T, number int64) string {
	t.Helper()
	desk := serve.ClaimDesk{Site: o.house.Site, Secret: func(ctx context.Context) ([]byte, error) { return o.store.Secret(ctx, serve.ClaimSecret, nil) }}
	c, err := o.store.Complaint(t.Context(), number)
	if err != nil {
		t.Fatal(err)
	}
	house, err := desk.House(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimPrefix(house.Answer, o.house.Site.URL)
}

// TestClaimTakenBack: the claimant may take it back; what another claim or another withdrawal keeps down stays so.
func TestClaimTakenBack(t *testing.T) {
	t.Parallel()
	o := claimOffice(t)
	first, second := article(1).ID, article(2).ID
	both := filed(first, true)
	both.Set("places", both.Get("places")+second)
	both.Set("key", "both")
	mine := o.submit("/claims/new", filed(first, true)).Header().Get("Location")
	theirs := o.submit("/claims/new", both).Header().Get("Location")
	check := func(when string, want ...int) {
		t.Helper()
		for n, id := range []string{first, second} {
			if w := o.get("/items/"+id, ""); w.Code != want[n] {
				t.Errorf("%s: item %d answers %d, want %d", when, n+1, w.Code, want[n])
			}
		}
	}
	check("two claims", 410, 410)
	if w := o.submit(mine, url.Values{"action": {"retract"}}); w.Code != 303 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	check("one was taken back", 410, 410)
	w := httptest.NewRecorder()
	o.Admin().ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/api/withdrawals", strings.NewReader(fmt.Sprintf(`{"targets":[%q],"cause":"rights"}`, second))))
	if w.Code != 200 {
		t.Fatal(w.Code, w.Body)
	}
	if w := o.submit(theirs, url.Values{"action": {"retract"}}); w.Code != 303 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	check("both were", 200, 410)
}

// TestClaimWithoutProof: a claim that nobody has signed takes nothing down, and neither does any where the house decides first.
func TestClaimWithoutProof(t *testing.T) {
	t.Parallel()
	o := claimOffice(t)
	item := article(1).ID
	o.submit("/claims/new", filed(item, false))
	if w := o.get("/items/"+item, ""); w.Code != 200 {
		t.Errorf("an unsigned claim: %d", w.Code)
	}
	o.house.Site.WithholdSigned = false
	o.serve(t, o.ledger)
	o.submit("/claims/new", filed(article(2).ID, true))
	if w := o.get("/items/"+article(2).ID, ""); w.Code != 200 {
		t.Errorf("where the house decides first: %d", w.Code)
	}
	if code, body := o.decide(t, 2, "withheld", ""); code != 200 {
		t.Errorf("%d %s", code, body)
	}
	if w := o.get("/items/"+article(2).ID, ""); w.Code != 410 {
		t.Errorf("once the house withholds it: %d", w.Code)
	}
}

// TestClaimTwice: a form that is sent twice files one claim.
func TestClaimTwice(t *testing.T) {
	t.Parallel()
	o := claimOffice(t)
	form := filed(article(1).ID, true)
	first, second := o.submit("/claims/new", form), o.submit("/claims/new", form)
	if a, b := first.Header().Get("Location"), second.Header().Get("Location"); a != b || a == "" {
		t.Errorf("%q, then %q", a, b)
	}
	if all, err := serve.AllClaims(t.Context(), o.store); err != nil || len(all) != 1 || all[0].State() != "withheld" {
		t.Errorf("%+v, %v", all, err)
	}
}

// TestBadClaims: what is missing is said at its place, and what was written is not lost; a program gets a problem.
func TestBadClaims(t *testing.T) {
	t.Parallel()
	o := claimOffice(t)
	form := filed(article(1).ID, false)
	form.Del("faith")
	form.Set("email", `"><script>`)
	w := o.submit("/claims/new", form)
	body := w.Body.String()
	if w.Code != 422 || !strings.Contains(body, "I wrote it.") || strings.Count(body, "aria-invalid") != 2 || strings.Contains(body, "<script>") || strings.Count(body, `class="bad"`) != 3 {
		t.Errorf("%d\n%s", w.Code, body)
	}
	for name, tt := range map[string]struct {
		headers []string
		body    string
		want    int
	}{
		"no type":           {nil, "x", 415},
		"another type":      {[]string{"Content-Type", "multipart/form-data; boundary=x"}, "x", 415},
		"no JSON":           {[]string{"Content-Type", "application/json"}, "{", 400},
		"too long":          {[]string{"Content-Type", "application/json"}, `{"name":"` + strings.Repeat("x", 300_000), 413},
		"misspelled":        {[]string{"Content-Type", "application/json"}, `{"nam":"x"}`, 400},
		"two at once":       {[]string{"Content-Type", "application/json"}, `{}{}`, 400},
		"nothing":           {[]string{"Content-Type", "application/json"}, "{}", 422},
		"from another page": {[]string{"Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "cross-site"}, filed("x", false).Encode(), 403},
	} {
		if w := o.ask(http.MethodPost, "/claims/new", "", strings.NewReader(tt.body), tt.headers...); w.Code != tt.want || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
	if all, err := serve.AllClaims(t.Context(), o.store); err != nil || len(all) != 0 {
		t.Errorf("%+v, %v", all, err)
	}
	for _, path := range []string{"/claims/1/x", "/claims/x/x", "/claims/-1/x"} {
		if w := o.get(path, ""); w.Code != 404 {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

// TestClaimByProgram: JSON in, JSON out.
func TestClaimByProgram(t *testing.T) {
	t.Parallel()
	o := claimOffice(t)
	link := article(2).Link
	body := fmt.Sprintf(`{"name":"Ada","email":"ada@example.org","places":[%q,"https://elsewhere.example/x"],"reasons":"mine","faith":true}`, link)
	w := o.ask(http.MethodPost, "/claims/new", "", strings.NewReader(body), "Content-Type", "application/json")
	var got struct {
		Number        int64
		Status, State string
		Items, Meets  []string
		Filed         time.Time
		Due           string
		Events        []claim.Event
	}
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != 201 || w.Header().Get("Location") != got.Status {
		t.Fatalf("%d %s %v", w.Code, w.Body, err)
	}
	if got.Number != 1 || got.State != "open" || !slices.Equal(got.Items, []string{article(2).ID}) || !slices.Equal(got.Meets, []string{"EU"}) || got.Due != "2026-04-09" {
		t.Errorf("%+v", got)
	}
	path := strings.TrimPrefix(got.Status, o.house.Site.URL)
	if w := o.get(path, "", "Accept", "application/json"); w.Code != 200 || !strings.Contains(w.Body.String(), `"state": "open"`) || strings.Contains(w.Body.String(), "ada@") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if log := o.log.String(); strings.Contains(log, path) || strings.Contains(log, "ada@") {
		t.Errorf("the log tells a secret:\n%s", log)
	}
}

// TestTooManyClaims: one address files five at once; others are not held up by it.
func TestTooManyClaims(t *testing.T) {
	t.Parallel()
	o := claimOffice(t)
	for n := range 7 {
		form := filed("x", false)
		form.Set("key", fmt.Sprint(n))
		w := o.submit("/claims/new", form)
		if want := map[bool]int{true: 303, false: 429}[n < 5]; w.Code != want || want == 429 && w.Header().Get("Retry-After") == "" {
			t.Errorf("claim %d: %d", n, w.Code)
		}
	}
}

// TestClaimsOfALostStore: a store that comes back empty is given back the claims.
func TestClaimsOfALostStore(t *testing.T) {
	t.Parallel()
	o := claimOffice(t)
	status := o.submit("/claims/new", filed(article(1).ID, true)).Header().Get("Location")
	before, err := o.store.Complaint(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	o.store = onSQLite(t)
	fill(t, o.store, article(1))
	o.now = o.now.Add(time.Minute)
	o.serve(t, o.ledger)
	if w := o.get("/items/"+article(1).ID, ""); w.Code != 410 && w.Code != 503 {
		t.Errorf("the item: %d", w.Code)
	}
	after, err := o.store.Complaint(t.Context(), 1)
	if err != nil || !reflect.DeepEqual(before, after) {
		t.Errorf("%+v, %v", after, err)
	}
	if w := o.get(status, ""); w.Code != 200 {
		t.Errorf("the status: %d", w.Code)
	}
}

// TestClaimWhileTheStoreIsAway: nothing is filed, and that is said.
func TestClaimWhileTheStoreIsAway(t *testing.T) {
	t.Parallel()
	o := claimOffice(t)
	o.store = &filingless{Store: o.store, cut: true}
	o.serve(t, o.ledger)
	w := o.submit("/claims/new", filed("x", false))
	if w.Code != 503 || w.Header().Get("Retry-After") == "" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	o.store.(*filingless).cut = false
	if w := o.submit("/claims/new", filed("x", false)); w.Code != 303 || !strings.HasPrefix(w.Header().Get("Location"), "/claims/1/") {
		t.Errorf("sent once more: %d %s", w.Code, w.Body)
	}
}

// filingless is a store that takes no claims and counts none while it is cut off, as one does that is full.
type filingless struct {
	cache.Store
	cut bool
}

func (f *filingless) File(ctx context.Context, c claim.Claim) (claim.Claim, error) {
	if f.cut {
		return c, cache.ErrUnavailable
	}
	return f.Store.File(ctx, c)
}

func (f *filingless) CountComplaints(ctx context.Context, now time.Time) (open, overdue int, err error) {
	if f.cut {
		return 0, 0, cache.ErrUnavailable
	}
	return f.Store.CountComplaints(ctx, now)
}

// TestClaimAboutWhatIsDown: a claim about what somebody else took down changes nothing about it, and frees nothing when it is
// over.
func TestClaimAboutWhatIsDown(t *testing.T) {
	t.Parallel()
	for name, before := range map[string]syndicate.Withdrawal{
		"a court":    {Cause: syndicate.Legal, Authority: "https://court.example/7"},
		"its source": {Cause: syndicate.Retracted, Upstream: &syndicate.Upstream{When: noon, Where: "at:deleted-entry"}},
		"a copy":     {Cause: syndicate.Rights, CopyOf: "item:hill-1"},
	} {
		o := claimOffice(t)
		item := article(1).ID
		before.Target, before.At = syndicate.ItemTarget(item), noon
		stands, err := o.store.Withdraw(t.Context(), "before", before)
		if err != nil {
			t.Fatal(err)
		}
		o.now = o.now.Add(time.Minute) // the lease is out, and the next answer knows it
		status := o.submit("/claims/new", filed(item, true)).Header().Get("Location")
		if status == "" {
			t.Fatalf("%s: not filed", name)
		}
		if w := o.submit(status, url.Values{"action": {"retract"}}); w.Code != 303 {
			t.Errorf("%s: %d", name, w.Code)
		}
		known, err := o.store.Standing(t.Context(), []syndicate.Target{before.Target})
		if err != nil || !reflect.DeepEqual(known, []syndicate.Withdrawal{stands}) {
			t.Errorf("%s: %+v, %v", name, known, err)
		}
	}
}

// TestClaimsAboutOneItem: what several claims withhold is shown again once the last of them is over, in whatever order.
func TestClaimsAboutOneItem(t *testing.T) {
	t.Parallel()
	for _, order := range [][]int{{1, 2}, {2, 1}} {
		o := claimOffice(t)
		item := article(1).ID
		for _, key := range []string{"one", "two"} {
			form := filed(item, true)
			form.Set("key", key)
			o.submit("/claims/new", form)
		}
		for n, want := range []int{410, 200} {
			if code, body := o.decide(t, order[n], "rejected", "no"); code != 200 {
				t.Fatal(code, body)
			}
			if w := o.get("/items/"+item, ""); w.Code != want {
				t.Errorf("%v, %d of them are over: %d, want %d", order, n+1, w.Code, want)
			}
		}
	}
}

// TestClaimsOfAStoreThatForgot: a store that lost its claims gives a number again, and the second claim of that number
// has its own effect.
func TestClaimsOfAStoreThatForgot(t *testing.T) {
	t.Parallel()
	o := claimOffice(t)
	o.submit("/claims/new", filed(article(1).ID, true))
	other := claimOffice(t)
	other.notes.all.Settled = o.notes.all.Settled
	other.serve(t, other.ledger)
	other.submit("/claims/new", filed(article(2).ID, true))
	if w := other.get("/items/"+article(2).ID, ""); w.Code != 410 {
		t.Errorf("it is not withheld: %d", w.Code)
	}
}

// TestClaimAboutAPicture: a claim about a picture takes down the picture, and none of the items that show it.
func TestClaimAboutAPicture(t *testing.T) {
	t.Parallel()
	o := claimOffice(t)
	var items []feeds.Item
	for n := range 150 {
		items = append(items, story("hill", n))
	}
	fillAtOnce(t, o.store, items...)
	form := filed(article(1).ID, true)
	form.Set("places", "https://img.example/a.jpg")
	o.submit("/claims/new", form)
	c, err := o.store.Complaint(t.Context(), 1)
	if err != nil || len(c.Items) != 1 || c.Items[0] != "picture:https://img.example/a.jpg" {
		t.Errorf("it names %q, %v", c.Items, err)
	}
	if w := o.get("/items/"+items[7].ID, ""); w.Code != 200 || strings.Contains(w.Body.String(), "a.jpg") {
		t.Errorf("an item that showed it: %d", w.Code)
	}
}
