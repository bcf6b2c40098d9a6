package serve_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"reprint/syndicate/claim"
	"reprint/syndicate/serve"
)

// order is what the operator withdraws, or puts back.
func (o *office) order(t *testing.T, body string) {
	t.Helper()
	w := httptest.NewRecorder()
	o.Admin().ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/api/withdrawals", strings.NewReader(body)))
	if w.Code != 200 {
		t.Fatal(w.Code, w.Body)
	}
}

// program files a claim as a program does, and returns what it is told.
func (o *office) program(t *testing.T, body string, headers ...string) (told struct {
	Number int64
	Status string
	State  string
	Items  []string
}) {
	t.Helper()
	w := o.ask(http.MethodPost, "/claims/new", "", strings.NewReader(body), append([]string{"Content-Type", "application/json"}, headers...)...)
	if err := json.Unmarshal(w.Body.Bytes(), &told); err != nil || w.Code != 201 {
		t.Fatalf("%d %s %v", w.Code, w.Body, err)
	}
	told.Status = strings.TrimPrefix(told.Status, o.house.Site.URL)
	return told
}

// signed is a signed claim about a place, as JSON.
func signed(name, place, more string) string {
	return fmt.Sprintf(`{"name":%q,"email":"a@example.org","phone":"1","address":"Mill Lane","work":"w","places":[%q],"reasons":"r","faith":true,"oath":true,"signature":"A"%s}`, name, place, more)
}

// TestClaimUndoesNothing: who files a claim about what is withdrawn already, and takes it back or has it rejected, has not
// shown it again; neither has he changed what it was withdrawn for.
func TestClaimUndoesNothing(t *testing.T) {
	t.Parallel()
	o := claimOffice(t)
	first, second := article(1), article(2)
	copied := story("hill", 1) // the same page by another source
	copied.Link = second.Link
	copied.Revision = copied.Digest()
	o.put(t, copied)
	o.order(t, fmt.Sprintf(`{"targets":[%q],"cause":"legal","authority":"https://court.example/7"}`, first.ID))
	o.order(t, fmt.Sprintf(`{"targets":[%q],"cause":"legal","authority":"https://court.example/8"}`, copied.ID))
	for number, item := range map[int]string{1: first.ID, 2: second.ID} {
		for n, end := range []string{"retract", "reject", "uphold"} {
			o.now = o.now.Add(time.Hour)
			told := o.program(t, signed(fmt.Sprint(n), item, ""))
			switch end {
			case "retract":
				if w := o.submit(told.Status, url.Values{"action": {"retract"}}); w.Code != 303 {
					t.Fatal(w.Code, w.Body)
				}
			case "reject":
				o.decide(t, int(told.Number), "rejected", "no")
			case "uphold":
				o.decide(t, int(told.Number), "upheld", "yes")
			}
			for _, id := range []string{item, copied.ID} {
				if w := o.get("/items/"+id, ""); w.Code != 451 && (id == copied.ID || w.Code != 410) || id == first.ID && w.Code != 451 {
					t.Errorf("item %d, after %s: %s answers %d", number, end, id, w.Code)
				}
			}
		}
	}
}

// TestClaimsOfTheSameKey: what one claimant calls his claim is nobody's way to another's.
func TestClaimsOfTheSameKey(t *testing.T) {
	t.Parallel()
	o := claimOffice(t)
	key := `,"key":"letter-1"`
	ada, bo := o.program(t, signed("Ada", article(1).ID, key)), o.program(t, signed("Bo", article(1).ID, key))
	again := o.program(t, signed("Ada", article(1).ID, key))
	if ada.Number == bo.Number || ada.Status == bo.Status || again.Number != ada.Number || again.Status != ada.Status {
		t.Errorf("%+v, %+v, %+v", ada, bo, again)
	}
}

// TestClaimOfWhatIsNotShown: a claimant does not learn of items that only partners are shown, nor take them down by his word
// alone; the house sees them and can.
func TestClaimOfWhatIsNotShown(t *testing.T) {
	t.Parallel()
	o := claimOffice(t)
	inner := story("inner", 1)
	o.put(t, inner)
	for _, place := range []string{inner.ID, inner.Link, o.house.Site.URL + "/items/" + inner.ID} {
		told := o.program(t, signed(place, place, ""))
		c, err := o.store.Complaint(t.Context(), told.Number)
		if len(told.Items) != 0 || told.State != "open" || err != nil || len(c.Hidden) != 1 || c.Hidden[0] != inner.ID {
			t.Errorf("%s: %+v, %+v, %v", place, told, c, err)
		}
		if page := o.page(told.Status); strings.Count(page, inner.ID) > strings.Count(place, inner.ID) {
			t.Errorf("the page tells it:\n%s", page)
		}
	}
	if code, body := o.decide(t, 1, "withheld", ""); code != 200 {
		t.Errorf("%d %s", code, body)
	}
	if list, err := o.store.Withdrawals(t.Context(), 0, 10); err != nil || len(list) != 1 || list[0].Target.Item() != inner.ID {
		t.Errorf("%+v, %v", list, err)
	}
}

// TestClaimOfAPicture takes the picture down, and leaves the text.
func TestClaimOfAPicture(t *testing.T) {
	t.Parallel()
	o := claimOffice(t)
	told := o.program(t, signed("Ada", "https://img.example/staff.jpg", ""))
	if len(told.Items) != 1 || told.Items[0] != "picture:https://img.example/staff.jpg" || told.State != "withheld" {
		t.Errorf("%+v", told)
	}
	if page := o.page("/items/" + article(1).ID); strings.Contains(page, "staff.jpg") || !strings.Contains(page, "县城的老水塔修缮完工") {
		t.Errorf("the item:\n%s", page)
	}
	o.submit(told.Status, url.Values{"action": {"retract"}})
	if page := o.page("/items/" + article(1).ID); !strings.Contains(page, "staff.jpg") {
		t.Errorf("taken back, the item:\n%s", page)
	}
}

// TestClaimPlaces: an item is found by every spelling of its address that leads there.
func TestClaimPlaces(t *testing.T) {
	t.Parallel()
	o := claimOffice(t)
	i := article(1)
	for place, found := range map[string]bool{
		"https://qinghe.example/items/" + i.ID: true, "HTTP://QINGHE.example/items/" + i.ID + "/?a=1#x": true, i.ID: true,
		strings.Replace(i.Link, "https", "http", 1) + "?utm_source=feed": true, "https://elsewhere.example/items/" + i.ID: false,
		"https://qinghe.example/items/../items/" + i.ID + "x": false, "https://qinghe.example/": false, "the first one": false,
	} {
		o.now = o.now.Add(time.Hour)
		if told := o.program(t, signed(place, place, "")); (len(told.Items) == 1) != found {
			t.Errorf("%s: %v", place, told.Items)
		}
	}
}

// TestClaimWithTricks: what moves the cursor, breaks lines or turns text around is not kept, and what looks like markup is text.
func TestClaimWithTricks(t *testing.T) {
	t.Parallel()
	o := claimOffice(t)
	told := o.program(t, `{"name":"A\r\nBcc: all@example.org\u202Ex","email":"a@example.org","places":["</textarea><script>x</script>"],"reasons":"\u001b[2J<img src=x onerror=y>","faith":true}`)
	c, err := o.store.Complaint(t.Context(), told.Number)
	if err != nil || c.Filing.Name != "A Bcc: all@example.orgx" || c.Filing.Reasons != "[2J<img src=x onerror=y>" {
		t.Errorf("%+v, %v", c.Filing, err)
	}
	admin := func(path string) string {
		w := httptest.NewRecorder()
		o.Admin().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if w.Code != 200 {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
		return w.Body.String()
	}
	for name, page := range map[string]string{"status": o.page(told.Status), "console": admin("/console"), "console of it": admin("/console/claims/1")} {
		if strings.Contains(page, "<script>x") || strings.Contains(page, "<img src=x") || !strings.Contains(page, "&lt;script&gt;x") {
			t.Errorf("%s:\n%s", name, page)
		}
	}
	if letter := admin("/api/claims/1/letters/receipt"); !strings.Contains(letter, "A Bcc: all@example.orgx a@example.org\n") {
		t.Errorf("%s", letter)
	}
}

// TestTooManyClaimsFromANetwork: neither another address of the same network nor a header makes somebody else of a client.
func TestTooManyClaimsFromANetwork(t *testing.T) {
	t.Parallel()
	o := claimOffice(t)
	file := func(n int, from string) int {
		r := httptest.NewRequest(http.MethodPost, "/claims/new", strings.NewReader(signed(fmt.Sprint(n), "x", "")))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("X-Forwarded-For", fmt.Sprintf("192.0.2.%d", n))
		r.RemoteAddr = from
		w := httptest.NewRecorder()
		o.Public().ServeHTTP(w, r)
		return w.Code
	}
	for n := range 6 {
		if got, want := file(n, fmt.Sprintf("[2001:db8::%x]:1", n+1)), map[bool]int{true: 201, false: 429}[n < 5]; got != want {
			t.Errorf("claim %d: %d, want %d", n, got, want)
		}
	}
	if got := file(7, "[2001:db8:0:1::1]:1"); got != 201 {
		t.Errorf("from another network: %d", got)
	}
}

// TestNumberGivenTwice: a store that fell back gives a number to another claim. Who had it before does not get to see that one.
func TestNumberGivenTwice(t *testing.T) {
	t.Parallel()
	o := claimOffice(t)
	ada := o.program(t, signed("Ada", article(1).ID, ""))
	secret, err := o.store.Secret(t.Context(), serve.ClaimSecret, nil)
	if err != nil {
		t.Fatal(err)
	}
	fallen := onSQLite(t)
	fill(t, fallen, article(1), article(2))
	if _, err := fallen.Secret(t.Context(), serve.ClaimSecret, secret); err != nil {
		t.Fatal(err)
	}
	if _, err := fallen.File(t.Context(), claim.Claim{Key: "bo", Filing: claim.Filing{Name: "Bo", Reasons: "Bo's own"}, At: noon, Due: noon}); err != nil {
		t.Fatal(err)
	}
	o.store = fallen
	o.serve(t, o.ledger)
	if w := o.get(ada.Status, ""); w.Code != 404 {
		t.Errorf("Ada is told of Bo's claim: %d %s", w.Code, w.Body)
	}
	if err := o.AgreeOnClaims(t.Context()); err != nil {
		t.Fatal(err)
	}
	all, err := serve.AllClaims(t.Context(), o.store)
	if err != nil || len(all) != 2 || all[0].Filing.Name != "Bo" || all[1].Filing.Name != "Ada" {
		t.Errorf("%+v, %v", all, err)
	}
}

// TestErasedEverywhere: a server that remembers what a claimant said forgets it once another has erased it, and a store that
// then falls back is told so.
func TestErasedEverywhere(t *testing.T) {
	t.Parallel()
	o := claimOffice(t)
	other := *o
	other.notes = new(notebook)
	other.serve(t, o.ledger)
	o.program(t, signed("Ada", article(1).ID, ""))
	if err := other.AgreeOnClaims(t.Context()); err != nil || len(other.notes.all.Claims) != 1 || other.notes.all.Claims[0].Filing.Name != "Ada" {
		t.Fatalf("%+v, %v", other.notes.all.Claims, err)
	}
	o.decide(t, 1, "upheld", "yes")
	before, err := o.store.Complaint(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if code, body := o.decide(t, 1, "erased", ""); code != 200 {
		t.Fatal(code, body)
	}
	if err := other.AgreeOnClaims(t.Context()); err != nil {
		t.Fatal(err)
	}
	if kept := other.notes.all.Claims; len(kept) != 1 || kept[0].Filing.Name != "" || kept[0].Filing.Email != "" {
		t.Errorf("the other server remembers %+v", kept)
	}
	other.store = onSQLite(t)
	if err := other.store.RestoreComplaints(t.Context(), []claim.Claim{before}); err != nil {
		t.Fatal(err)
	}
	other.serve(t, o.ledger)
	if err := other.AgreeOnClaims(t.Context()); err != nil {
		t.Fatal(err)
	}
	if c, err := other.store.Complaint(t.Context(), 1); err != nil || c.Filing.Name != "" {
		t.Errorf("%+v, %v", c, err)
	}
}

// TestCutShort: what did not reach the items when it was decided does so when it is said once more.
func TestCutShort(t *testing.T) {
	t.Parallel()
	o := claimOffice(t)
	o.program(t, fmt.Sprintf(`{"name":"A","email":"a@example.org","places":[%q],"reasons":"r","faith":true}`, article(1).ID))
	c, err := o.store.Complaint(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		kind claim.Kind
		code int
	}{{claim.Withheld, 410}, {claim.Rejected, 200}} {
		if c, err = c.With(claim.Event{At: noon, Kind: step.kind, By: "Bo", Text: "why"}); err == nil {
			err = o.store.Revise(t.Context(), c) // and then the power went
		}
		if err != nil {
			t.Fatal(err)
		}
		if code, body := o.decide(t, 1, string(step.kind), "why"); code != 200 {
			t.Errorf("%s: %d %s", step.kind, code, body)
		}
		if w := o.get("/items/"+article(1).ID, ""); w.Code != step.code {
			t.Errorf("%s: the item answers %d", step.kind, w.Code)
		}
	}
	if c, err := o.store.Complaint(t.Context(), 1); err != nil || len(c.Events) != 2 {
		t.Errorf("%+v, %v", c, err)
	}
}

// TestTwoDecide: of two who decide otherwise at once one does, and the other is told.
func TestTwoDecide(t *testing.T) {
	t.Parallel()
	o := claimOffice(t)
	o.program(t, signed("Ada", article(1).ID, ""))
	codes := make(chan int, 2)
	for _, kind := range []string{"upheld", "rejected"} {
		go func() {
			code, _ := o.decide(t, 1, kind, "why")
			codes <- code
		}()
	}
	a, b := <-codes, <-codes
	if a == b || min(a, b) != 200 || max(a, b) != 400 && max(a, b) != 409 {
		t.Errorf("%d and %d", a, b)
	}
	c, err := o.store.Complaint(t.Context(), 1)
	outcome, over := c.Outcome()
	want := map[claim.Kind]int{claim.Upheld: 410, claim.Rejected: 200}[outcome.Kind]
	if w := o.get("/items/"+article(1).ID, ""); err != nil || !over || w.Code != want {
		t.Errorf("%s, and the item answers %d (%v)", outcome.Kind, w.Code, err)
	}
}

// TestClaimFiguresAreTheSameEverywhere: every server says of claims what the store says, also after a restart, and nothing while
// the store is away.
func TestClaimFiguresAreTheSameEverywhere(t *testing.T) {
	t.Parallel()
	o := claimOffice(t)
	for n := range 3 {
		o.program(t, signed(fmt.Sprint(n), "x", ""))
	}
	o.decide(t, 1, "rejected", "no")
	o.now = noon.AddDate(0, 0, 31)
	check := func(who string, o *office, want string) {
		t.Helper()
		w := httptest.NewRecorder()
		o.Admin().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
		var lines []string
		for line := range strings.Lines(w.Body.String()) {
			if strings.HasPrefix(line, "reprint_claims_") {
				lines = append(lines, strings.TrimSpace(line))
			}
		}
		if got := strings.Join(lines, ", "); got != want || w.Code != 200 {
			t.Errorf("%s: %q, want %q", who, got, want)
		}
	}
	const figures = "reprint_claims_open 2, reprint_claims_overdue 2"
	check("this server", o, figures)
	other := *o
	other.notes = nil
	other.serve(t, o.ledger)
	check("another", &other, figures)
	o.serve(t, o.ledger)
	check("after a restart", o, figures)
	o.store = &filingless{Store: o.store, cut: true}
	o.serve(t, o.ledger)
	check("the store is away", o, "")
}

// TestClaimLanguages: the pages of claims are in the reader's language, where they know it; letters follow.
func TestClaimLanguages(t *testing.T) {
	t.Parallel()
	o := claimOffice(t)
	for accept, want := range map[string]string{"": "提交申诉", "en-GB,en;q=0.9,zh;q=0.8": "File a claim", "fr, zh-TW": "提交申诉", "fr": "提交申诉"} {
		w := o.get("/claims/new", "", "Accept", "text/html", "Accept-Language", accept)
		if !strings.Contains(w.Body.String(), "<h1>"+want+"</h1>") || !strings.Contains(w.Header().Get("Vary"), "Accept-Language") {
			t.Errorf("%q: %v\n%s", accept, w.Header(), w.Body)
		}
	}
	o.submit("/claims/new", filed(article(1).ID, false), "Accept-Language", "en")
	if c, err := o.store.Complaint(t.Context(), 1); err != nil || c.Filing.Language != "en" {
		t.Errorf("%+v, %v", c, err)
	}
}

// TestBadAnswers: an answer that lacks something is not taken, and what was written is not lost; one that is too long is not cut.
func TestBadAnswers(t *testing.T) {
	t.Parallel()
	o := claimOffice(t)
	o.program(t, signed("Ada", article(1).ID, ""))
	at := o.answerAddress(t, 1)
	w := o.submit(at, url.Values{"action": {"answer"}, "text": {"We have a contract."}, "name": {"Bo"}})
	if body := w.Body.String(); w.Code != 422 || !strings.Contains(body, "We have a contract.") || !strings.Contains(body, `value="Bo"`) || strings.Count(body, "aria-invalid") != 2 {
		t.Errorf("%d %s", w.Code, body)
	}
	body, err := json.Marshal(map[string]any{"action": "answer", "text": strings.Repeat("x", claim.MostReasons+1), "name": "Bo", "email": "bo@example.org", "faith": true})
	if err != nil {
		t.Fatal(err)
	}
	if w := o.ask(http.MethodPost, at, "", strings.NewReader(string(body)), "Content-Type", "application/json"); w.Code != 422 || !strings.Contains(w.Body.String(), "too-long") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if c, err := o.store.Complaint(t.Context(), 1); err != nil || c.State() != "withheld" {
		t.Errorf("%+v, %v", c, err)
	}
}

// TestAnswerWhileManyFile: who holds the secret address of a claim is heard, however many file from the same network.
func TestAnswerWhileManyFile(t *testing.T) {
	t.Parallel()
	o := claimOffice(t)
	status := o.submit("/claims/new", filed(article(1).ID, true)).Header().Get("Location")
	for n := range 6 {
		form := filed("x", false)
		form.Set("key", fmt.Sprint(n))
		o.submit("/claims/new", form)
	}
	if w := o.submit(o.answerAddress(t, 1), url.Values{"action": {"answer"}, "text": {"Ours."}, "name": {"Bo"}, "email": {"bo@example.org"}, "faith": {"yes"}}); w.Code != 303 {
		t.Errorf("the answer: %d %s", w.Code, w.Body)
	}
	if w := o.submit(status, url.Values{"action": {"retract"}}); w.Code != 303 {
		t.Errorf("taken back: %d %s", w.Code, w.Body)
	}
}

// TestFormsOfOldBrowsers: a browser that does not say by itself from where a form is sent does so as long as the page lets it, and the
// page tells its own address to no other site.
func TestFormsOfOldBrowsers(t *testing.T) {
	t.Parallel()
	o := claimOffice(t)
	status := o.submit("/claims/new", filed(article(1).ID, false)).Header().Get("Location")
	for _, path := range []string{"/claims/new", status, o.answerAddress(t, 1)} {
		if w := o.get(path, "", "Accept", "text/html"); w.Code != 200 || w.Header().Get("Referrer-Policy") != "same-origin" {
			t.Errorf("%s: %d, %q", path, w.Code, w.Header().Get("Referrer-Policy"))
		}
	}
	for origin, want := range map[string]int{"http://example.com": 303, "https://evil.example": 403, "null": 403} { // the house is example.com here
		form := filed(article(2).ID, false)
		form.Set("key", origin)
		if w := o.submit("/claims/new", form, "Origin", origin); w.Code != want {
			t.Errorf("from %s: %d", origin, w.Code)
		}
	}
}
