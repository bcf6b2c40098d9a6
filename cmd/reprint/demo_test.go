package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"reprint/cache/cachetest/redistest"
)

// syncBuffer is a buffer that one goroutine writes while another reads.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// eventually asks until the answer is right, for a few seconds.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for range 400 {
		if ok() {
			return
		}
		time.Sleep(25 * time.Millisecond)
	}
	t.Fatalf("%s did not come about", what)
}

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		return 0, ""
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

// verdict is what the tests read of an item in a JSON feed.
type demoItem struct {
	ID     string
	Title  string
	Rights struct {
		Item, Decision, Reason string
		Source                 struct{ Name string }
		Pictures               []struct{ Decision, Reason string }
	} `json:"_rights"`
}

// TestDemo runs the whole service on the embedded newsroom, from the bytes of the feeds to
// the feeds that readers get.
func TestDemo(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, stdout, _, stop := inProcess(t, "demo", "--dir", dir, "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0")
	defer stop()
	eventually(t, "the welcome", func() bool { return pageAddress.MatchString(stdout.String()) })
	site := pageAddress.FindStringSubmatch(stdout.String())[1]
	var feed struct{ Items []demoItem }
	eventually(t, "14 items in the feed", func() bool {
		_, body := get(t, site+"/feeds/top.json")
		feed.Items = nil
		return json.Unmarshal([]byte(body), &feed) == nil && len(feed.Items) == 14
	})
	want := map[string]string{ // the whole verdict: form, reason, source, pictures
		"The mill on Hill River turns again": "full license-public Hill Commons granted",
		"老水塔修好了\uFF0C下周起可以登顶":                "excerpt license-public 清河周刊网 granted removed",
		"图说\uFF1A清河第一场春汛":                    "excerpt license-public 清河周刊网-图片 removed removed granted",
		"渡口停了\uFF0C渡船留下":                     "excerpt license-public 澄江时报 removed",
		"春耕前的最后一场农机集市":                       "excerpt unknown-origin 清河周刊网络版",
		"夜班公交多了一站":                           "excerpt license-public 清河周刊网-地方 removed",
		"A library that lends seeds":         "full license-public Hill Commons removed",
	}
	found := 0
	for _, i := range feed.Items {
		got := i.Rights.Decision + " " + i.Rights.Reason + " " + i.Rights.Source.Name
		for _, p := range i.Rights.Pictures {
			got += " " + p.Decision
		}
		if w, ok := want[i.Title]; ok {
			found++
			if got != w {
				t.Errorf("%s: %s, want %s", i.Title, got, w)
			}
		}
		if strings.Contains(i.Title, "clockmaker") {
			t.Error("the locked feed's item is published")
		}
	}
	if found != len(want) {
		t.Errorf("%d of %d titles found", found, len(want))
	}
	eventually(t, "readiness", func() bool { code, _ := get(t, site+"/readyz"); return code == 200 })
	if code := stop(); code != exitOK {
		t.Errorf("exit code %d", code)
	}
}

// newsroomFor writes a configuration with a feed in a file, on free ports.
func newsroomFor(t *testing.T, title string) (file, site, console string) {
	t.Helper()
	dir := t.TempDir()
	ports := [2]string{}
	for i := range ports {
		ports[i] = redistest.FreeAddress(t)
	}
	file = filepath.Join(dir, "reprint.yaml")
	writeNewsroom(t, file, ports, title)
	feed := `<rss version="2.0"><channel><title>Weekly</title><link>https://news.example/</link><description>d</description>
<item><title>The mill</title><link>https://news.example/1</link><guid>https://news.example/1</guid><description>The mill turns.</description></item></channel></rss>`
	if err := os.WriteFile(filepath.Join(dir, "weekly.xml"), []byte(feed), 0o600); err != nil {
		t.Fatal(err)
	}
	return file, "http://" + ports[0], "http://" + ports[1]
}

func writeNewsroom(t *testing.T, file string, ports [2]string, title string) {
	t.Helper()
	text := `site:
  name: Weekly
  url: http://` + ports[0] + `
  contact: {email: rights@news.example}
  unknown_origin: open
listen: ` + ports[0] + `
admin_listen: ` + ports[1] + `
store: sqlite:reprint.db
licenses: [{id: open, name: {en: Open}, public: {text: full}, reprint: free}]
sources: [{id: weekly, name: Weekly, home: "https://news.example/", feed: weekly.xml, license: open}]
channels: [{id: top, title: ` + title + `}]
`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestServeAndReload: a source is polled at start, the console and the metrics tell of it,
// a new configuration is taken over on a signal, and a bad one keeps the last good one.
func TestServeAndReload(t *testing.T) {
	t.Parallel()
	file, site, console := newsroomFor(t, "First")
	_, _, reload, stop := inProcess(t, "serve", "--config", file)
	defer stop()
	eventually(t, "the item", func() bool { _, body := get(t, site+"/feeds/top.rss"); return strings.Contains(body, "The mill turns") })
	eventually(t, "the metrics", func() bool {
		_, body := get(t, console+"/metrics")
		return strings.Contains(body, `reprint_polls_total{result="new",source="weekly"} 1`) && strings.Contains(body, "reprint_requests_total")
	})
	if code, body := get(t, console+"/api/sources"); code != 200 || !strings.Contains(body, `"outcome": "new"`) {
		t.Errorf("/api/sources: %d %s", code, body)
	}
	if code, body := get(t, console+"/console"); code != 200 || !strings.Contains(body, "weekly") {
		t.Errorf("/console: %d %s", code, body)
	}
	if code, out := command(t, "doctor", "--config", file); code != exitOK || strings.Count(out, "is taken by the server that runs") != 2 {
		t.Errorf("beside a server that runs, doctor ends with %d:\n%s", code, out)
	}
	ports := [2]string{strings.TrimPrefix(site, "http://"), strings.TrimPrefix(console, "http://")}
	writeNewsroom(t, file, ports, "Second")
	reload <- syscall.SIGHUP
	eventually(t, "the new title", func() bool { _, body := get(t, site+"/feeds/top.rss"); return strings.Contains(body, "Second") })
	if err := os.WriteFile(file, []byte("site: {nme: x}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	reload <- syscall.SIGHUP
	reload <- syscall.SIGHUP // the first one was worked off once the second is taken
	if code, body := get(t, site+"/feeds/top.rss"); code != 200 || !strings.Contains(body, "Second") {
		t.Errorf("after a bad configuration: %d", code)
	}
	if code := stop(); code != exitOK {
		t.Errorf("exit code %d", code)
	}
}

// TestDoctor: in surroundings that are right, doctor finds nothing.
func TestDoctor(t *testing.T) {
	t.Parallel()
	file, _, _ := newsroomFor(t, "First")
	var out syncBuffer
	p := &process{stdout: &out, stderr: &out, now: time.Now, uid: 1000}
	if code := run(t.Context(), p, []string{"doctor", "--config", file}); code != exitOK {
		t.Errorf("exit code %d:\n%s", code, out.String())
	}
	for _, check := range []string{"configuration", "listen", "data", "sqlite file"} {
		if !strings.Contains(out.String(), check) {
			t.Errorf("doctor does not speak of %s:\n%s", check, out.String())
		}
	}
	p.uid = 0
	if code := run(t.Context(), p, []string{"doctor", "--config", file}); code != exitFindings {
		t.Errorf("as root: exit code %d", code)
	}
}
