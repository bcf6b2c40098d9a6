package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"reprint/cmd/reprint/pull"
	"reprint/syndicate/ledger"
)

var demoToken = regexp.MustCompile(`REPRINT_TOKEN=(rp_\S+)`)

// TestPartnerOfTheDemo is a partner from its first request to a receipt that is checked
// without the publisher, and the operator who sees it.
func TestPartnerOfTheDemo(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, stdout, _, stop := inProcess(t, "demo", "--dir", dir, "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0")
	defer stop()
	eventually(t, "the welcome", func() bool { return demoToken.MatchString(stdout.String()) })
	site, token := pageAddress.FindStringSubmatch(stdout.String())[1], demoToken.FindStringSubmatch(stdout.String())[1]
	reprints, err := pull.OpenDir(filepath.Join(dir, "reprints"))
	if err != nil {
		t.Fatal(err)
	}
	client := pull.NewClient(site, token)
	var written int
	eventually(t, "the first items", func() bool {
		result, err := pull.Once(t.Context(), client, reprints, pull.Options{Limit: 3})
		if err != nil {
			t.Fatal(err)
		}
		written += result.Written
		return written >= 3
	})
	files, err := filepath.Glob(filepath.Join(dir, "reprints", "items", "*.html"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no files, %v", err)
	}
	for _, f := range files {
		text := read(t, f)
		if !strings.Contains(text, "转自<a") || !strings.Contains(text, `rel="license"`) || strings.Contains(text, "视觉中国") {
			t.Errorf("%s:\n%s", f, text)
		}
	}
	receipts, err := filepath.Glob(filepath.Join(dir, "reprints", "receipts", "*.json"))
	if err != nil || len(receipts) == 0 {
		t.Fatalf("no receipts, %v", err)
	}
	keys, err := filepath.Glob(filepath.Join(dir, "reprints", "keys", "*.pub"))
	if err != nil || len(keys) != 1 {
		t.Fatalf("keys: %v, %v", keys, err)
	}
	conf := filepath.Join(dir, "reprint.yaml")
	eventually(t, "the count", func() bool {
		code, out := command(t, "partners", "-c", conf, "valley-radio", "--json")
		var list []struct{ Pulls, Full int }
		return code == 0 && json.Unmarshal([]byte(out), &list) == nil && len(list) == 1 && list[0].Pulls > 0 && list[0].Full > 0
	})
	for _, args := range [][]string{
		{"ledger", "verify", "-c", conf}, {"ledger", "verify-receipt", receipts[0], "--key", keys[0]}, {"ledger", "export", "-c", conf},
		{"partners", "-c", conf}, {"partners", "-c", conf, "--csv"}, {"token", "list", "-c", conf}, {"token", "link", "-c", conf, "valley-radio", "weekly", "rss"},
	} {
		if code, out := command(t, args...); code != 0 || out == "" {
			t.Errorf("%v: %d %s", args, code, out)
		}
	}
	_, link := command(t, "token", "link", "-c", conf, "valley-radio", "weekly", "rss")
	if code, body := get(t, strings.TrimSpace(link)); code != 200 || !strings.Contains(body, "转自<a") {
		t.Errorf("the reader link: %d", code)
	}
	withdrawFromTheDemo(t, conf, site, client, reprints)
	if code, out := command(t, "token", "revoke", "-c", conf, "valley-radio", "demo"); code != 0 {
		t.Errorf("revoke: %d %s", code, out)
	}
	eventually(t, "the revocation", func() bool {
		_, err := pull.Once(t.Context(), client, reprints, pull.Options{})
		return err != nil && strings.Contains(err.Error(), "401") && strings.Contains(err.Error(), "revoked")
	})
	if code, out := command(t, "token", "revoke", "-c", conf, "valley-radio", "dmeo"); code != exitFindings || !strings.Contains(out, "no such token") {
		t.Errorf("revoke with a slip: %d %s", code, out)
	}
	if code, out := command(t, "token", "list", "-c", conf); code != 0 || !strings.Contains(out, "revoked") {
		t.Errorf("list: %s", out)
	}
	if code := stop(); code != 0 {
		t.Errorf("the demo ended with %d", code)
	}
	if _, err := ledger.Verify(filepath.Join(dir, "ledger"), ""); err != nil {
		t.Error(err)
	}
	kinds := make(map[ledger.Kind]int)
	if err := ledger.Read(filepath.Join(dir, "ledger"), func(e ledger.Entry, _ []byte) error { kinds[e.Kind]++; return nil }); err != nil {
		t.Fatal(err)
	}
	if kinds[ledger.KindConfig] != 1 || kinds[ledger.KindEdition] == 0 || kinds[ledger.KindPulled] == 0 || kinds[ledger.KindRevoked] == 0 || kinds[ledger.KindWithdrawn] != 1 || kinds[ledger.KindStore] != 1 {
		t.Errorf("on the record: %v", kinds)
	}
}

// withdrawFromTheDemo withdraws an item from another process: when the command returns, the
// server does not show it, and the partner's next pull takes it down.
func withdrawFromTheDemo(t *testing.T, conf, site string, client *pull.Client, reprints *pull.Dir) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(filepath.Dir(conf), "reprints", "items", "*.html"))
	if err != nil || len(files) == 0 {
		t.Fatal("no items")
	}
	id := strings.TrimSuffix(filepath.Base(files[0]), ".html")
	if code, body := get(t, site+"/items/"+id); code != 200 {
		t.Fatalf("before: %d %s", code, body)
	}
	if code, out := command(t, "withdraw", "-c", conf, id, "--reason", "rights"); code != 0 || !strings.Contains(out, "everywhere") {
		t.Fatalf("withdraw: %d %s", code, out)
	}
	if code, _ := get(t, site+"/items/"+id); code != 410 {
		t.Errorf("after the acknowledgment: %d", code)
	}
	result, err := pull.Once(t.Context(), client, reprints, pull.Options{})
	if err != nil || result.Removed != 1 {
		t.Errorf("%+v, %v", result, err)
	}
	if _, err := os.Stat(files[0]); err == nil {
		t.Error("the partner still has the file")
	}
}

// command runs a command to its end in this process.
func command(t *testing.T, args ...string) (code int, stdout string) {
	t.Helper()
	p, out, _, _ := newProcess()
	return run(context.Background(), p, args), out.String()
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// publisher plays one who says what a test wants.
func publisher(t *testing.T, answers map[string]http.HandlerFunc) *pull.Client {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if answer := answers[r.URL.Path]; answer != nil {
			answer(w, r)
			return
		}
		http.NotFound(w, r)
	}))
	t.Cleanup(s.Close)
	c := pull.NewClient(s.URL, "rp_secret")
	c.Rest = func(context.Context, time.Duration) error { return nil }
	return c
}

// TestPullFromBadPublishers: a client writes nowhere but where it should, believes no receipt
// that proves nothing, and gives its token to nobody else.
func TestPullFromBadPublishers(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("somebody else was asked, with %q", r.Header.Get("Authorization"))
	}))
	defer elsewhere.Close()
	says := func(s string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, s) }
	}
	item := `"change":"new","form":"full","content":{"title":"T","content_html":"<p>x</p>"}`
	for name, tt := range map[string]struct {
		answers map[string]http.HandlerFunc
		problem string
	}{
		"a redirect":      {map[string]http.HandlerFunc{"/partner/changes": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, elsewhere.URL, http.StatusFound) }}, "answers 302"},
		"no JSON":         {map[string]http.HandlerFunc{"/partner/changes": says("<html>")}, "no page of changes"},
		"a path as an id": {map[string]http.HandlerFunc{"/partner/changes": says(`{"changes":[{"item":"../../evil",` + item + `}]}`)}, "no id of an item"},
		"a dot as an id":  {map[string]http.HandlerFunc{"/partner/changes": says(`{"changes":[{"item":"..","change":"removed"}]}`)}, "no id of an item"},
		"a wrong receipt": {map[string]http.HandlerFunc{
			"/partner/changes": func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Reprint-Receipt", "00000000-1")
				_, _ = io.WriteString(w, `{"changes":[{"item":"a-1",`+item+`}],"cursor":"c"}`)
			},
			"/partner/receipts/00000000-1": says(`{"ledger":"00000000","n":1,"entry":"{}","checkpoint":"x"}`),
			"/partner":                     says(`{"ledger":{"id":"00000000","public_key":"x"}}`),
		}, "proves nothing"},
		"a receipt as a path": {map[string]http.HandlerFunc{"/partner/changes": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Reprint-Receipt", "../x")
			_, _ = io.WriteString(w, `{"changes":[],"cursor":"c"}`)
		}}, "no number of a receipt"},
		"always busy": {map[string]http.HandlerFunc{"/partner/changes": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) }}, "answers 503"},
		"a refusal":   {map[string]http.HandlerFunc{"/partner/changes": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(401) }}, "answers 401"},
	} {
		path := t.TempDir()
		dir, err := pull.OpenDir(path)
		if err != nil {
			t.Fatal(err)
		}
		_, err = pull.Once(t.Context(), publisher(t, tt.answers), dir, pull.Options{})
		if err == nil || !strings.Contains(err.Error(), tt.problem) || strings.Contains(err.Error(), "rp_secret") {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := os.Stat(filepath.Join(path, "state.json")); err == nil {
			t.Errorf("%s: the cursor was kept", name)
		}
	}
}

// TestPullFromSeveralServers: behind a load balancer the receipt of a page is at one server of several. It is asked for
// until that one answers; while it cannot be reached the page is kept and the receipt stays owed.
func TestPullFromSeveralServers(t *testing.T) {
	t.Parallel()
	const body = `{"changes":[],"cursor":"c"}`
	l, err := ledger.Open(t.TempDir(), ledger.Options{Name: "several.example"})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	n, err := l.Append(t.Context(), ledger.Entry{Kind: ledger.KindPulled, Pulled: &ledger.Pull{Partner: "p", Path: "/partner/changes", Body: fmt.Sprintf("%x", sha256.Sum256([]byte(body)))}})
	if err != nil {
		t.Fatal(err)
	}
	receipt, err := l.Receipt(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(receipt)
	if err != nil {
		t.Fatal(err)
	}
	id := fmt.Sprintf("%s-%d", l.ID(), n)
	var asked, lives, told atomic.Int64
	turn := func(here string, elsewhere int, otherwise string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			if asked.Add(1)%3 == 0 && lives.Load() == 1 {
				_, _ = io.WriteString(w, here)
				return
			}
			w.WriteHeader(elsewhere)
			_, _ = io.WriteString(w, otherwise)
		}
	}
	client := publisher(t, map[string]http.HandlerFunc{
		"/partner/changes": func(w http.ResponseWriter, _ *http.Request) {
			if told.Add(1) == 1 {
				w.Header().Set("Reprint-Receipt", id)
			}
			_, _ = io.WriteString(w, body)
		},
		"/partner/receipts/" + id: turn(string(text), http.StatusMisdirectedRequest, ""),
		"/partner":                turn(fmt.Sprintf(`{"ledger":{"id":%q,"public_key":%q}}`, l.ID(), l.PublicKey()), http.StatusOK, `{"ledger":{"id":"00000000"}}`),
	})
	path := t.TempDir()
	for k, want := range []pull.Result{{Owed: 1}, {Owed: 1}, {Receipts: 1}, {}} {
		if k == 2 {
			lives.Store(1)
		}
		dir, err := pull.OpenDir(path)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := pull.Once(t.Context(), client, dir, pull.Options{}); err != nil || got != want {
			t.Errorf("pull %d: %+v, want %+v; %v", k+1, got, want, err)
		}
	}
	if _, err := os.Stat(filepath.Join(path, "receipts", id+".json")); err != nil {
		t.Error(err)
	}
}

// TestPullWithAnOldCursor: a publisher that does not know a cursor any more is asked for everything.
func TestPullWithAnOldCursor(t *testing.T) {
	t.Parallel()
	known := true
	client := publisher(t, map[string]http.HandlerFunc{"/partner/changes": func(w http.ResponseWriter, r *http.Request) {
		switch after := r.URL.Query().Get("after"); {
		case after == "":
			_, _ = io.WriteString(w, `{"begun":true,"cursor":"old","changes":[{"item":"a-1","change":"new","content":{"title":"One"}}]}`)
		case known:
			_, _ = io.WriteString(w, `{"cursor":"old","changes":[]}`)
		default:
			w.WriteHeader(http.StatusBadRequest)
		}
	}})
	dir, err := pull.OpenDir(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for n, want := range []int{1, 0, 1} {
		known = n < 2
		if got, err := pull.Once(t.Context(), client, dir, pull.Options{}); err != nil || got.Written != want {
			t.Errorf("pull %d: %+v, %v", n+1, got, err)
		}
	}
}

// TestPullIsTheMirror: what is told is written, what is taken back or not told anew is
// deleted, and a crash before the cursor was kept only repeats.
func TestPullIsTheMirror(t *testing.T) {
	t.Parallel()
	pages := map[string]string{
		"":   `{"begun":true,"more":true,"cursor":"c1","changes":[{"item":"a-1","change":"new","content":{"title":"One"}},{"item":"a-2","change":"new","content":{"title":"Two"}}]}`,
		"c1": `{"more":false,"cursor":"c2","changes":[{"item":"a-1","change":"revised","content":{"title":"One more"}},{"item":"a-3","change":"granted","content":{"title":"Three <b>"}}]}`,
		"c2": `{"more":false,"cursor":"c3","changes":[{"item":"a-2","change":"removed"}]}`,
		"c3": `{"begun":true,"more":false,"cursor":"c4","changes":[{"item":"a-3","change":"revised","content":{"title":"Three"}}]}`,
		"c4": `{"more":false,"cursor":"c5","changes":[]}`,
	}
	client := publisher(t, map[string]http.HandlerFunc{"/partner/changes": func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer rp_secret" {
			t.Errorf("asked with %q", r.Header.Get("Authorization"))
		}
		_, _ = io.WriteString(w, pages[r.URL.Query().Get("after")])
	}})
	path := t.TempDir()
	for i, want := range []string{"a-1 a-2 a-3", "a-1 a-3", "a-3", "a-3"} {
		dir, err := pull.OpenDir(path) // as after a restart
		if err != nil {
			t.Fatal(err)
		}
		if _, err := pull.Once(t.Context(), client, dir, pull.Options{}); err != nil {
			t.Fatal(err)
		}
		files, err := filepath.Glob(filepath.Join(path, "items", "*.html"))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range files {
			got = append(got, strings.TrimSuffix(filepath.Base(f), ".html"))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("after pull %d: %v, want %s", i, got, want)
		}
	}
	if text := read(t, filepath.Join(path, "items", "a-3.html")); !strings.Contains(text, "<h1>Three</h1>") {
		t.Errorf("%s", text)
	}
}
