package main

import (
	"bufio"
	_ "embed"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"reprint/cache/sqlite"
	"reprint/cmd/reprint/config"
	"reprint/feeds"
	"reprint/feeds/ingest"
	"reprint/syndicate"
	"reprint/syndicate/render"
	"reprint/syndicate/serve"
)

//go:embed testdata/xss/reader.html
var reader []byte

const openHouse = `site:
  name: House
  url: https://house.example
  language: en
  house: [House]
  contact: {email: rights@house.example}
  unknown_origin: open
licenses:
  - {id: open, name: {en: Open}, public: {text: full, pictures: all}, reprint: free}
sources:
  - {id: vectors, name: Vectors, home: "https://vectors.example/", feed: FEEDS, license: open}
channels:
  - {id: top, title: Top, limit: 500}
`

// body is what a reader shows.
type body struct {
	ID   int    `json:"id"`
	HTML string `json:"html"`
}

// TestVectorsInBrowser takes a collection of attacks in and out again, through each format and
// the item page, and shows every one in Chromium: nothing may run. The raw attacks go the
// same way before, which shows that the browser would tell. `make xss CORPUS=dir` runs it.
func TestVectorsInBrowser(t *testing.T) {
	corpus := os.Getenv("CORPUS")
	if corpus == "" {
		t.Skip("set CORPUS to a collection with xss/vectors.jsonl, and have chromium on the PATH")
	}
	browser, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("chromium is not on the PATH: install it with your system's package manager")
	}
	vectors := readVectors(t, filepath.Join(corpus, "xss", "vectors.jsonl"))
	ran := inBrowser(t, browser, vectors)
	t.Logf("raw: %d of %d vectors run", len(ran), len(vectors))
	if len(ran) < len(vectors)/20 {
		t.Errorf("only %d vectors run as they are: the browser does not tell", len(ran))
	}
	outs := through(t, vectors)
	for _, name := range []string{"rss", "atom", "json", "page"} {
		ran := inBrowser(t, browser, outs[name])
		t.Logf("%s: %d of %d run", name, len(ran), len(outs[name]))
		if len(outs[name]) < len(vectors)*9/10 {
			t.Errorf("%s: only %d of %d vectors came out", name, len(outs[name]), len(vectors))
		}
		for _, n := range ran {
			t.Errorf("%s: %q runs, as %q", name, vectors[n].HTML, outs[name][slices.IndexFunc(outs[name], func(b body) bool { return b.ID == n })].HTML)
		}
	}
}

func readVectors(t *testing.T, path string) (vectors []body) {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<22)
	for lines.Scan() {
		var v struct{ Payload string }
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		vectors = append(vectors, body{len(vectors), v.Payload})
	}
	return vectors
}

// through takes every vector in as the body of an item, and returns what comes out, by format.
func through(t *testing.T, vectors []body) map[string][]body {
	conf, err := config.Parse("reprint.yaml", []byte(strings.Replace(openHouse, "FEEDS", t.TempDir(), 1)))
	if err != nil {
		t.Fatal(err)
	}
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "store.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	server, err := serve.New(serve.Options{Rules: conf.Rules, Store: store, Now: time.Now, Log: slog.New(slog.DiscardHandler), Metrics: prometheus.NewRegistry(), Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	for chunk := range slices.Chunk(vectors, 500) {
		o := ingest.New(ingest.Options{Fetch: desk{"vectors": vectorFeed(t, chunk)}, Store: store, Authority: "house.example,2026", Now: time.Now}).
			Once(t.Context(), ingest.Source{ID: "vectors", Name: "Vectors", Home: "https://vectors.example/", Feed: "vectors"})
		if o.Err != nil {
			t.Fatal(o.Err)
		}
	}
	items, err := store.Latest(t.Context(), []string{"vectors"}, len(vectors))
	if err != nil {
		t.Fatal(err)
	}
	outs := make(map[string][]body)
	for chunk := range slices.Chunk(items, 500) {
		publish(t, conf.Rules, server.Public(), chunk, outs)
	}
	return outs
}

// vectorFeed is a feed whose items have the vectors as bodies.
func vectorFeed(t *testing.T, vectors []body) []byte {
	var b strings.Builder
	b.WriteString(`<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>V</title><link>https://vectors.example/</link><description>d</description>`)
	for _, v := range vectors {
		fmt.Fprintf(&b, `<item><title>v</title><guid isPermaLink="false">%d</guid><content:encoded>`, v.ID)
		if err := xml.EscapeText(&b, []byte("<p>Before.</p>"+v.HTML+"<p>After.</p>")); err != nil {
			t.Fatal(err)
		}
		b.WriteString(`</content:encoded></item>`)
	}
	b.WriteString(`</channel></rss>`)
	return []byte(b.String())
}

// publish renders items in every format.
func publish(t *testing.T, rules *syndicate.Rulebook, public http.Handler, items []feeds.Item, outs map[string][]body) {
	f := render.Feed{Channel: syndicate.Channel{ID: "top", Title: "Top"}, Self: "https://house.example/feeds/top", Page: "https://house.example/feeds/top", ItemURL: "https://house.example/items/"}
	var ids []int
	for _, item := range items {
		cleared, decision := rules.Decide(item, syndicate.Public, nil, time.Now())
		if decision.Form != syndicate.Full {
			t.Fatalf("%s: %v", item.GUID, decision)
		}
		var id int
		fmt.Sscan(item.GUID, &id)
		f.Items, ids = append(f.Items, cleared), append(ids, id)
		w := httptest.NewRecorder()
		public.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/items/"+item.ID, nil))
		if w.Code != http.StatusOK {
			t.Fatalf("item page: %d", w.Code)
		}
		outs["page"] = append(outs["page"], body{id, w.Body.String()})
	}
	for name, as := range map[string]func(render.Feed) (render.Document, error){"rss": render.RSS, "atom": render.Atom, "json": render.JSON} {
		d, err := as(f)
		if err != nil || len(d.Dropped) > 0 {
			t.Fatalf("%s: %v %v", name, err, d.Dropped)
		}
		for n, html := range bodiesOf(t, name, d.Bytes) {
			outs[name] = append(outs[name], body{ids[n], html})
		}
	}
}

// bodiesOf reads the bodies of a feed as a client does.
func bodiesOf(t *testing.T, format string, document []byte) (bodies []string) {
	switch format {
	case "json":
		var f struct {
			Items []struct {
				HTML string `json:"content_html"`
			}
		}
		if err := json.Unmarshal(document, &f); err != nil {
			t.Fatal(err)
		}
		for _, i := range f.Items {
			bodies = append(bodies, i.HTML)
		}
	case "atom":
		var f struct {
			Entries []struct {
				Content string `xml:"content"`
			} `xml:"entry"`
		}
		if err := xml.Unmarshal(document, &f); err != nil {
			t.Fatal(err)
		}
		for _, e := range f.Entries {
			bodies = append(bodies, e.Content)
		}
	case "rss":
		var f struct {
			Items []struct {
				Description string `xml:"description"`
				Content     string `xml:"http://purl.org/rss/1.0/modules/content/ encoded"`
			} `xml:"channel>item"`
		}
		if err := xml.Unmarshal(document, &f); err != nil {
			t.Fatal(err)
		}
		for _, i := range f.Items {
			bodies = append(bodies, i.Content+i.Description)
		}
	}
	return bodies
}

// inBrowser shows bodies in a browser that reaches nothing but us, and returns the ids of
// those that ran something.
func inBrowser(t *testing.T, browser string, bodies []body) []int {
	report := make(chan []int, 1)
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/":
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Write(reader)
		case "/bodies":
			_ = json.NewEncoder(w).Encode(bodies)
		case "/report":
			var ran []int
			text, _ := io.ReadAll(r.Body)
			if json.Unmarshal(text, &ran) == nil {
				report <- ran
			}
		default:
			http.NotFound(w, r)
		}
	}))
	defer site.Close()
	cmd := exec.CommandContext(t.Context(), browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
		"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--user-data-dir="+t.TempDir(), "--remote-debugging-port=0", site.URL+"/")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
	select {
	case ran := <-report:
		slices.Sort(ran)
		return ran
	case <-time.After(2 * time.Minute):
		t.Fatal("the browser did not report")
		return nil
	}
}
