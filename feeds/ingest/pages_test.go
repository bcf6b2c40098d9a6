package ingest_test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"reprint/feeds"
	"reprint/feeds/fetch"
	"reprint/feeds/ingest"
)

// paper is a publisher's site in memory: a feed of teasers and the pages that they lead to.
type paper struct {
	mu      sync.Mutex
	entries []string // number of an entry, or number=another address of its page
	robots  string   // "" is 404, "500" is that status
	answers map[string]int
	header  http.Header // of every page
	asked   []string
	times   []time.Time
	etag    string
}

// RoundTrip answers like a web server.
func (p *paper) RoundTrip(r *http.Request) (*http.Response, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = append(p.asked, r.URL.Path)
	p.times = append(p.times, time.Now())
	answer := &http.Response{StatusCode: 200, Header: http.Header{}, Request: r, Body: http.NoBody}
	body := ""
	switch {
	case p.answers[r.URL.Path] != 0:
		answer.StatusCode = p.answers[r.URL.Path]
		answer.Header.Set("Retry-After", "7200")
	case r.URL.Path == "/robots.txt" && p.robots == "":
		answer.StatusCode = 404
	case r.URL.Path == "/robots.txt" && p.robots == "500":
		answer.StatusCode = 500
	case r.URL.Path == "/robots.txt":
		body = p.robots
	case r.URL.Path == "/feed" && p.etag != "" && r.Header.Get("If-None-Match") == p.etag:
		answer.StatusCode = 304
	case r.URL.Path == "/feed":
		answer.Header.Set("Content-Type", "application/rss+xml")
		answer.Header.Set("ETag", p.etag)
		body = p.feed()
	default:
		if !strings.Contains(r.Header.Get("Accept"), "text/html") {
			answer.StatusCode = 406
		}
		for k, v := range p.header {
			answer.Header[k] = v
		}
		answer.Header.Set("Content-Type", "text/html; charset=utf-8")
		body = p.page(strings.TrimPrefix(r.URL.Path, "/"))
	}
	answer.Body = io.NopCloser(strings.NewReader(body))
	return answer, nil
}

func (p *paper) feed() string {
	var b strings.Builder
	b.WriteString(`<rss version="2.0"><channel><title>Hill</title><link>https://hill.example/</link><description>d</description>`)
	for _, e := range p.entries {
		n, link, ok := strings.Cut(e, "=")
		if !ok {
			link = "https://hill.example/" + n
		}
		fmt.Fprintf(&b, `<item><title>The story of number %s</title><link>%s</link><guid isPermaLink="false">tag:hill.example,2026:%s</guid><description>Teaser %s.</description></item>`, n, link, n, e)
	}
	return b.String() + "</channel></rss>"
}

func (p *paper) page(n string) string {
	long := strings.Repeat("<p>The council of Hill has agreed to open the old mill again in spring, after forty years, in which nobody heard it, and many forgot it.</p>", 3)
	return "<html><head><title>x</title></head><body><article><h1>The story of number " + n + "</h1><p>Source: Valley Post</p>" + long + "<p>Page " + n + " ends here, with a sentence that is long enough to be found again among the lines.</p></article></body></html>"
}

// count is how often a path was asked for.
func (p *paper) count(path string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for _, a := range p.asked {
		if a == path {
			n++
		}
	}
	return n
}

// set changes the feed; its validator changes with it.
func (p *paper) set(etag string, entries ...string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.etag, p.entries = etag, entries
}

func (p *paper) ingester(t *testing.T, m *memory) *ingest.Ingester {
	t.Helper()
	client, err := fetch.NewOver(p, fetch.Options{UserAgent: "test", Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	return ingest.New(ingest.Options{Fetch: client, Robots: fetch.NewRobots(client), Store: m, Authority: "hill.example,2026", Now: time.Now})
}

func whole(s ingest.Source) ingest.Source {
	s.FullText = true
	return s
}

// item is what is stored of an entry.
func (m *memory) item(n string) feeds.Item {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.items[feeds.NewID("hill", "tag:hill.example,2026:"+n)]
}

func isWhole(i feeds.Item, n string) bool {
	return strings.Contains(i.Text, "Page "+n+" ends here") && len(i.Attribution.Origins) == 1 && i.Attribution.Origins[0].Name == "Valley Post"
}

// TestFullText reads each page once, and again only when the feed changes the item.
func TestFullText(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p, m := &paper{}, newMemory()
		p.set(`"1"`, "1", "2")
		p.header = http.Header{"Tdm-Reservation": {"1"}, "Link": {`<https://hill.example/terms>; rel="license"`}}
		g := p.ingester(t, m)
		if o := g.Once(t.Context(), whole(hill)); o.Accepted.New != 2 || len(o.Losses) > 0 {
			t.Fatalf("first poll: %+v", o)
		}
		if !isWhole(m.item("1"), "1") || !isWhole(m.item("2"), "2") {
			t.Errorf("not whole: %q %+v", m.item("1").Text, m.item("1").Attribution)
		}
		said := fmt.Sprint(m.item("1").Rights)
		if !strings.Contains(said, "tdm-reservation") || !strings.Contains(said, "https://hill.example/terms") {
			t.Errorf("the header of the page is no evidence: %s", said)
		}
		for i := 1; i < len(p.times); i++ {
			if gap := p.times[i].Sub(p.times[i-1]); gap < time.Second {
				t.Errorf("%s was asked for %v after %s", p.asked[i], gap, p.asked[i-1])
			}
		}
		puts := m.puts
		g.Once(t.Context(), whole(hill))      // 304
		p.set(`"2"`, "2", "1")                // other bytes, same items
		g.Once(t.Context(), whole(hill))      //
		p.set(`"3"`, "2", "1", "3")           // one more
		o := g.Once(t.Context(), whole(hill)) //
		if o.Accepted.New != 1 || o.Accepted.Revised != 0 || m.puts != puts+1 {
			t.Errorf("one new item: %+v, %d puts", o, m.puts-puts)
		}
		p.set(`"4"`, "2", "1=https://hill.example/1?new", "3")
		o = g.Once(t.Context(), whole(hill))
		if o.Accepted.Revised != 1 || !isWhole(m.item("1"), "1") {
			t.Errorf("one revised item: %+v", o)
		}
		for path, want := range map[string]int{"/1": 2, "/2": 1, "/3": 1, "/robots.txt": 1} {
			if n := p.count(path); n != want {
				t.Errorf("%s was asked for %d times, want %d", path, n, want)
			}
		}
	})
}

// TestFullTextFallsBack: whatever the page gives, the item goes out as the feed has it, the
// operator learns why, and nobody is asked again without a change.
func TestFullTextFallsBack(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		entry   string
		robots  string
		answers map[string]int
		source  func(*ingest.Source)
		loss    string // empty where the page is read
		asked   int
	}{
		{"not found", "1", "", map[string]int{"/1": 404}, nil, "answers 404", 1},
		{"forbidden", "1", "", map[string]int{"/1": 403}, nil, "answers 403", 1},
		{"on another site", "1=https://elsewhere.example/1", "", nil, nil, "not on the source's own site", 0},
		{"on a subdomain", "1=https://www.hill.example/1", "", nil, nil, "", 1},
		{"no link", "1=", "", nil, nil, "not on the source's own site", 0},
		{"robots forbid all", "1", "User-agent: *\nDisallow: /", nil, nil, "robots.txt of its site forbids it", 0},
		{"robots forbid us", "1", "User-agent: reprint\nDisallow: /1", nil, nil, "robots.txt of its site forbids it", 0},
		{"robots forbid others", "1", "User-agent: other\nDisallow: /", nil, nil, "", 1},
		{"robots forbid, the contract allows", "1", "User-agent: *\nDisallow: /", nil, func(s *ingest.Source) { s.IgnoreRobots = true }, "", 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p, m := &paper{robots: tt.robots, answers: tt.answers}, newMemory()
				p.set(`"1"`, tt.entry)
				g, s := p.ingester(t, m), whole(hill)
				if tt.source != nil {
					tt.source(&s)
				}
				o := g.Once(t.Context(), s)
				if o.Accepted.New != 1 {
					t.Fatalf("%+v", o)
				}
				if losses := strings.Join(o.Losses, "; "); tt.loss != "" && !strings.Contains(losses, tt.loss) || tt.loss == "" && losses != "" {
					t.Errorf("losses %q, want %q", losses, tt.loss)
				}
				if got := m.item("1"); isWhole(got, "1") != (tt.loss == "") || !strings.Contains(got.Text+"Teaser", "Teaser") {
					t.Errorf("item: %q", got.Text)
				}
				for etag := range 3 {
					time.Sleep(time.Hour)
					p.set(fmt.Sprintf(`"again %d"`, etag), tt.entry)
					if o := g.Once(t.Context(), s); o.Accepted.New+o.Accepted.Revised != 0 {
						t.Errorf("again: %+v", o)
					}
				}
				if n := p.count("/1"); n != tt.asked {
					t.Errorf("the page was asked for %d times, want %d", n, tt.asked)
				}
			})
		})
	}
}

// TestFullTextLater: pages that cannot be had now are read later, also while the feed has
// nothing new; the items go out meanwhile, and the publisher's wish for peace holds.
func TestFullTextLater(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p, m := &paper{answers: map[string]int{"/2": 503}}, newMemory()
		p.set(`"1"`, "1", "2", "3")
		g := p.ingester(t, m)
		o := g.Once(t.Context(), whole(hill))
		if o.Accepted.New != 3 || !isWhole(m.item("1"), "1") || isWhole(m.item("2"), "2") || p.count("/3") != 0 {
			t.Errorf("a publisher in trouble: %+v", o)
		}
		if wait := time.Until(o.Next); wait < 2*time.Hour {
			t.Errorf("asked again in %v against a Retry-After", wait)
		}
		p.mu.Lock()
		p.answers = nil
		p.mu.Unlock()
		time.Sleep(3 * time.Hour)
		o = g.Once(t.Context(), whole(hill)) // 304
		if o.Accepted.Revised != 2 || !isWhole(m.item("2"), "2") || !isWhole(m.item("3"), "3") || p.count("/1") != 1 {
			t.Errorf("when it is back: %+v, page 1 asked for %d times", o, p.count("/1"))
		}
		if left := m.polls["hill"].Pending; len(left) != 0 {
			t.Errorf("still waiting: %v", left)
		}
	})
}

// TestFullTextOfManyItems reads forty pages a poll and no more.
func TestFullTextOfManyItems(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p, m := &paper{}, newMemory()
		var entries []string
		for n := range 100 {
			entries = append(entries, fmt.Sprint(n))
		}
		p.set(`"1"`, entries...)
		g := p.ingester(t, m)
		for n, want := range []int{40, 80, 100, 100} {
			before := time.Now()
			if o := g.Once(t.Context(), whole(hill)); o.Err != nil {
				t.Fatal(o.Err)
			}
			if took := time.Since(before); took > 100*time.Second {
				t.Errorf("poll %d took %v", n, took)
			}
			got := 0
			for _, e := range entries {
				if isWhole(m.item(e), e) {
					got++
				}
			}
			if got != want {
				t.Errorf("after poll %d, %d items are whole, want %d", n+1, got, want)
			}
			time.Sleep(time.Hour)
		}
	})
}

// TestFullTextTurnedOnAndOff: a change of the configuration takes hold at the next poll,
// whatever the publisher says of changes.
func TestFullTextTurnedOnAndOff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p, m := &paper{}, newMemory()
		p.set(`"1"`, "1")
		g := p.ingester(t, m)
		for n, s := range []ingest.Source{hill, whole(hill), hill, whole(hill)} {
			g.Once(t.Context(), s)
			if got := isWhole(m.item("1"), "1"); got != s.FullText {
				t.Errorf("poll %d: whole %v, want %v", n, got, s.FullText)
			}
			time.Sleep(time.Hour)
		}
	})
}

// TestFeedForbidden: a feed that robots.txt forbids to us by name is not asked for; what it
// says to all robots is not about feeds, and a site that is in trouble does not count.
func TestFeedForbidden(t *testing.T) {
	t.Parallel()
	for robots, asked := range map[string]bool{
		"User-agent: Reprint\nDisallow: /feed": false, "User-agent: *\nDisallow: /": true, "": true, "500": true,
		"User-agent: Reprint\nDisallow: /\nAllow: /feed": true,
	} {
		synctest.Test(t, func(t *testing.T) {
			p, m := &paper{robots: robots}, newMemory()
			p.set(`"1"`, "1")
			o := p.ingester(t, m).Once(t.Context(), hill)
			if (p.count("/feed") == 1) != asked || (o.Err == nil) != asked {
				t.Errorf("%q: asked %d times, %+v", robots, p.count("/feed"), o)
			}
			if !asked && (!strings.Contains(o.Problem, "robots.txt") || time.Until(o.Next) < 24*time.Hour) {
				t.Errorf("%q: %s, next in %v", robots, o.Problem, time.Until(o.Next))
			}
			allowed := hill
			allowed.IgnoreRobots = true
			if o := p.ingester(t, m).Once(t.Context(), allowed); o.Err != nil {
				t.Errorf("%q: the contract allows it: %v", robots, o.Err)
			}
		})
	}
}

// TestRobotsOnceADay asks a site for its robots.txt once a day, however many ask.
func TestRobotsOnceADay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &paper{robots: "User-agent: *\nDisallow: /a"}
		client, err := fetch.NewOver(p, fetch.Options{UserAgent: "test", Now: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		r := fetch.NewRobots(client)
		for range 72 {
			for path, want := range map[string]bool{"/a": false, "/b?x=/a": true, "": true} {
				got, err := r.Check(t.Context(), (&url.URL{Scheme: "https", Host: "hill.example", Path: path}).String())
				if err != nil || got.Allowed != want || got.Named {
					t.Fatalf("%s: %+v %v", path, got, err)
				}
			}
			time.Sleep(time.Hour)
		}
		if n := p.count("/robots.txt"); n != 3 {
			t.Errorf("asked %d times in three days", n)
		}
	})
}
