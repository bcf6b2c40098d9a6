package serve_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"reprint/cache"
	"reprint/syndicate/access"
	"reprint/syndicate/serve"
)

// TestCredentials: everything that a credential can be, and what comes of it.
func TestCredentials(t *testing.T) {
	t.Parallel()
	o := newOffice(t, article(1))
	basic := func(partner, secret string) string {
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(partner+":"+secret))
	}
	good := o.secrets["zj/k1"]
	for _, tt := range []struct {
		header string
		status int
		detail string
	}{
		{"Bearer " + good, 200, ""},
		{basic("zj", good), 200, ""},
		{basic("hz", good), 401, "not those of a partner"},
		{basic("zj", "wrong"), 401, "not those of a partner"},
		{"Bearer " + good[:40], 401, "not copied whole"},
		{"Bearer " + o.secrets["zj/old"], 401, "not valid any more"},
		{"Bearer " + o.secrets["zj/early"], 401, "not valid yet"},
		{"Digest x", 401, "neither Basic"},
		{"Bearer", 401, "neither Basic"},
	} {
		w := o.get("/feeds/top.json", "", "Authorization", tt.header)
		if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.detail) {
			t.Errorf("%.20s: %d %s", tt.header, w.Code, w.Body)
		}
		if w.Code == 401 && (len(w.Header().Values("WWW-Authenticate")) != 2 || w.Header().Get("Cache-Control") != "no-store") {
			t.Errorf("%.20s: %v", tt.header, w.Header())
		}
	}
	r := httptest.NewRequest("GET", "/feeds/top.json", nil)
	r.Header["Authorization"] = []string{"Bearer " + good, "Bearer " + good}
	w := httptest.NewRecorder()
	if o.Public().ServeHTTP(w, r); w.Code != 401 {
		t.Errorf("two headers: %d", w.Code)
	}
}

func TestScopesOfTokens(t *testing.T) {
	t.Parallel()
	o := newOffice(t, article(1), story("hill", 1))
	for _, tt := range []struct {
		token, path string
		status      int
	}{
		{"zj/rss", "/feeds/top.rss", 200}, {"zj/rss", "/feeds/top.atom", 403}, {"zj/rss", "/items/" + article(1).ID, 403},
		{"zj/weekly", "/feeds/weekly.rss", 200}, {"zj/weekly", "/feeds/top.rss", 403}, {"zj/weekly", "/feeds/weekly", 200},
		{"zj/weekly", "/items/" + article(1).ID, 200}, {"zj/weekly", "/items/" + story("hill", 1).ID, 403},
		{"zj/api", "/feeds/top.rss", 403}, {"bare/k1", "/feeds/top.rss", 200},
	} {
		if w := o.get(tt.path, tt.token); w.Code != tt.status {
			t.Errorf("%s with %s: %d %s", tt.path, tt.token, w.Code, w.Body)
		}
	}
}

func TestRevokedToken(t *testing.T) {
	t.Parallel()
	o := newOffice(t, article(1))
	if w := o.get("/feeds/top.json", "zj/k1"); w.Code != 200 {
		t.Fatal(w.Code)
	}
	if err := o.store.Revoke(t.Context(), cache.Revocation{Partner: "zj", Token: "k1", At: o.now}); err != nil {
		t.Fatal(err)
	}
	o.now = o.now.Add(2 * time.Second)
	if w := o.get("/feeds/top.json", "zj/k1"); w.Code != 401 || !strings.Contains(w.Body.String(), "revoked") {
		t.Errorf("a lease later: %d %s", w.Code, w.Body)
	}
	if w := o.get("/feeds/top.json", "zj/k2"); w.Code != 200 {
		t.Errorf("the partner's other token: %d", w.Code)
	}
	_ = o.store.Close()
	o.now = o.now.Add(2 * time.Second)
	if w := o.get("/feeds/top.json", "zj/k2"); w.Code < 500 {
		t.Errorf("without the store nobody knows what was revoked: %d", w.Code)
	}
}

func TestRateOfPartner(t *testing.T) {
	t.Parallel()
	o := newOffice(t, article(1))
	o.bareRate = 5
	o.serve(t, o.ledger)
	for i := range 5 {
		w := o.get("/feeds/top.json", "bare/k1")
		if w.Code != 200 || w.Header().Get("RateLimit-Policy") != `"partner";q=5;w=60` || w.Header().Get("RateLimit") != fmt.Sprintf(`"partner";r=%d;t=%d`, 4-i, 12*(i+1)) {
			t.Fatalf("request %d: %d %v", i, w.Code, w.Header())
		}
	}
	if w := o.get("/feeds/top.json", "bare/k1"); w.Code != 429 || w.Header().Get("Retry-After") != "12" {
		t.Errorf("the next: %d, Retry-After %q", w.Code, w.Header().Get("Retry-After"))
	}
	o.now = o.now.Add(12 * time.Second)
	if w := o.get("/feeds/top.json", "bare/k1"); w.Code != 200 {
		t.Errorf("12 s later: %d", w.Code)
	}
}

// TestGuessing: whoever guesses is slowed down before the store hears of it, and whoever
// has a right token is not kept out by that.
func TestGuessing(t *testing.T) {
	t.Parallel()
	o := newOffice(t, article(1))
	_ = o.get("/feeds/top.json", "zj/k1")
	refused := 0
	for range 40 {
		w := o.get("/feeds/top.json", "", "Authorization", "Bearer rp_guess")
		if w.Code == 429 {
			refused++
			if w.Header().Get("Retry-After") == "" {
				t.Fatal("no Retry-After")
			}
		}
	}
	if refused != 20 {
		t.Errorf("%d of 40 guesses were refused", refused)
	}
	if w := o.get("/feeds/top.json", "zj/k1"); w.Code != 200 {
		t.Errorf("the right token: %d", w.Code)
	}
}

func TestReaderLinks(t *testing.T) {
	t.Parallel()
	o := newOffice(t, article(1))
	secret, err := o.store.Secret(t.Context(), serve.LinkSecret, bytes.Repeat([]byte{1}, access.LinkSecretBytes))
	if err != nil {
		t.Fatal(err)
	}
	link := func(partner, name, channel string, f access.Format) string {
		sign := access.NewLinks(secret).Sign(access.Link{Partner: partner, Name: name, Channel: channel, Format: f})
		return "/p/" + partner + "/" + sign + "/" + channel + "." + string(f)
	}
	good := link("zj", "r1", "top", access.RSS)
	w := o.get(good, "")
	if w.Code != 200 || !strings.Contains(w.Body.String(), "全文的最后一句") || !strings.HasPrefix(w.Header().Get("Cache-Control"), "private") {
		t.Fatalf("%d %v", w.Code, w.Header())
	}
	if strings.Contains(w.Body.String(), "/p/zj/") || strings.Contains(fmt.Sprint(w.Header()), "/p/zj/") {
		t.Error("the address stands in the document")
	}
	pulls := o.pulls(t)
	if len(pulls) != 1 || pulls[0].Pulled.Token != "r1" || pulls[0].Pulled.Path != "/p/zj/*/top.rss" {
		t.Errorf("on the record: %+v", pulls[0].Pulled)
	}
	for name, path := range map[string]string{
		"another channel":          strings.Replace(good, "top.rss", "weekly.rss", 1),
		"another format":           strings.Replace(good, ".rss", ".atom", 1),
		"another partner":          strings.Replace(good, "/zj/", "/hz/", 1),
		"a partner without":        link("qh", "", "top", access.RSS),
		"an old name":              link("zj", "r0", "top", access.RSS),
		"no such channel":          link("zj", "r1", "none", access.RSS),
		"no such format":           link("zj", "r1", "top", "html"),
		"the audience of the link": link("zj/zj-2026", "r1", "top", access.RSS),
	} {
		if w := o.get(path, ""); w.Code != 404 {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	if err := o.store.Revoke(t.Context(), cache.Revocation{Partner: "zj", Token: "r1", At: o.now}); err != nil {
		t.Fatal(err)
	}
	o.now = o.now.Add(3 * time.Second)
	if w := o.get(good, ""); w.Code != 401 {
		t.Errorf("revoked: %d", w.Code)
	}
}

// TestCanaries plants secrets everywhere and looks for them in all that is said.
func TestCanaries(t *testing.T) {
	t.Parallel()
	o := newOffice(t, article(1))
	secret, err := o.store.Secret(t.Context(), serve.LinkSecret, bytes.Repeat([]byte{1}, access.LinkSecretBytes))
	if err != nil {
		t.Fatal(err)
	}
	sign := access.NewLinks(secret).Sign(access.Link{Partner: "zj", Name: "r1", Channel: "top", Format: access.RSS})
	wrong := "rp_canarycanarycanarycanarycanarycanarycanarycanarycanarycanary"
	canaries := append([]string{sign, wrong}, o.secrets["zj/k1"], o.secrets["qh/k1"])
	for _, c := range canaries[1:] {
		canaries = append(canaries, base64.StdEncoding.EncodeToString([]byte("zj:"+c)))
	}
	var said strings.Builder
	paths := []string{"/feeds/top.rss", "/feeds/top", "/items/" + article(1).ID, "/items/none", "/nowhere", "/partner/changes", "/p/zj/" + sign + "/top.rss", "/p/zj/" + sign, "/p/zj/" + sign + "/none.rss", "/"}
	for _, method := range []string{"GET", "HEAD", "POST", "DELETE"} {
		for _, path := range paths {
			for _, header := range []string{"", "Bearer " + o.secrets["zj/k1"], "Bearer " + wrong, "Basic " + canaries[4], "Basic " + canaries[5]} {
				w := o.ask(method, path, "", nil, "Authorization", header, "Accept", "text/html")
				fmt.Fprintln(&said, w.Header(), w.Body)
				w = o.ask(method, path, "", nil, "Authorization", header)
				fmt.Fprintln(&said, w.Header(), w.Body)
			}
		}
	}
	families, err := o.metrics.Gather()
	if err != nil {
		t.Fatal(err)
	}
	recorded, err := json.Marshal(o.pulls(t))
	if err != nil {
		t.Fatal(err)
	}
	for where, text := range map[string]string{"responses": said.String(), "log": o.log.String(), "metrics": fmt.Sprint(families), "ledger": string(recorded)} {
		if len(text) < 100 {
			t.Errorf("%s say nothing", where)
		}
		for _, c := range canaries {
			if strings.Contains(text, c) {
				t.Errorf("%s hold %s", where, c)
			}
		}
	}
}

// TestCredentialsOfALostStore: a store that has lost everything is given back the secrets that cursors are signed with, and
// that tokens were revoked.
func TestCredentialsOfALostStore(t *testing.T) {
	t.Parallel()
	o := newOffice(t, article(1))
	o.notes = new(notebook)
	o.serve(t, o.ledger)
	cursor := o.changes(t, "zj/k1", "", 100).Cursor
	o.notes.all.Revoked = []cache.Revocation{{Partner: "zj", Token: "k2", At: noon}}
	o.store = onSQLite(t)
	fill(t, o.store, article(1))
	o.now = o.now.Add(time.Minute)
	o.serve(t, o.ledger) // a process that has only what it remembers
	if w := o.get("/partner", "zj/k2"); w.Code != http.StatusUnauthorized {
		t.Errorf("a token that was revoked: %d", w.Code)
	}
	if w := o.get("/partner", "zj/k1"); w.Code != http.StatusServiceUnavailable {
		t.Errorf("at once at a store that is another than before: %d", w.Code)
	}
	o.now = o.now.Add(time.Minute)
	eventually(t, "the server answers", func() bool { return o.get("/partner", "zj/k1").Code == http.StatusOK })
	if again := o.changes(t, "zj/k1", cursor, 100); !again.Begun && len(again.Changes) == 0 {
		t.Errorf("the cursor of before: %+v", again)
	}
	if list, err := o.store.Revocations(t.Context()); err != nil || len(list) != 1 {
		t.Errorf("the store knows of %v, %v", list, err)
	}
}
