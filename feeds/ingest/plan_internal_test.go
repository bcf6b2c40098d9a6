package ingest

import (
	"strings"
	"testing"
	"time"

	"reprint/cache"
	"reprint/feeds/fetch"
)

// TestFollow: a move is adopted after five answers over two days, on the same site only.
func TestFollow(t *testing.T) {
	t.Parallel()
	const old, here, there = "https://www.a.example/feed", "https://feeds.a.example/new", "https://b.example/feed"
	permanent := func(to string) fetch.Response { return fetch.Response{URL: to, Permanent: true} }
	follows := func(step time.Duration, answers ...fetch.Response) (m cache.Move, now time.Time) {
		now = tuesday
		for _, r := range answers {
			asked := old
			if m.Adopted {
				asked = m.To
			}
			m = follow(m, asked, r, now)
			now = now.Add(step)
		}
		return m, now.Add(-step)
	}
	five := func(to string) []fetch.Response {
		return []fetch.Response{permanent(to), permanent(to), permanent(to), permanent(to), permanent(to)}
	}
	for _, tt := range []struct {
		name    string
		step    time.Duration
		answers []fetch.Response
		adopted bool
		advice  bool
	}{
		{"five over two days", 12 * time.Hour, five(here), true, false},
		{"four", 24 * time.Hour, five(here)[1:], false, false},
		{"five in a day", 5 * time.Hour, five(here), false, false},
		{"to another site", 12 * time.Hour, five(there), false, true},
		{"interrupted", 24 * time.Hour, append([]fetch.Response{permanent(here), permanent(here), {URL: old}}, five(here)[1:]...), false, false},
		{"for now only", 24 * time.Hour, []fetch.Response{{URL: here}, {URL: here}, {URL: here}, {URL: here}, {URL: here}, {URL: here}}, false, false},
		{"here and there", 24 * time.Hour, append(five(there)[1:], five(here)[1:]...), false, false},
		{"stays adopted", 12 * time.Hour, append(five(here), fetch.Response{URL: here}), true, false},
		{"moves on", 12 * time.Hour, append(five(here), permanent(there)), false, false},
	} {
		m, now := follows(tt.step, tt.answers...)
		if m.Adopted != tt.adopted {
			t.Errorf("%s: %+v", tt.name, m)
		}
		if advice := moveAdvice(m, now); (advice != "") != tt.advice || tt.advice && !strings.Contains(advice, there) {
			t.Errorf("%s: advice %q", tt.name, advice)
		}
	}
}

func TestSite(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"https://www.a.example/x": "a.example", "https://news.bbc.co.uk/": "bbc.co.uk", "https://me.github.io/feed": "me.github.io",
		"http://192.0.2.1:80/": "192.0.2.1", "http://[2001:db8::1]/": "2001:db8::1", "http://localhost/": "localhost", "feeds/a.xml": "", "http://%zz/": "",
	} {
		if got := site(address); got != want {
			t.Errorf("%s: %q, want %q", address, got, want)
		}
	}
}

// TestResume: a restart asks when the last poll said, whatever the clock has done since.
func TestResume(t *testing.T) {
	t.Parallel()
	s := Source{ID: "s", Feed: "https://a.example/f"}
	poll := cache.Poll{URL: s.Feed, Last: tuesday, Next: tuesday.Add(3 * time.Hour)}
	change := func(f func(*cache.Poll)) cache.Poll {
		p := poll
		f(&p)
		return p
	}
	year := 365 * 24 * time.Hour
	for _, tt := range []struct {
		name string
		poll cache.Poll
		now  time.Time
		want time.Duration // from now; negative for overdue
		ever bool
	}{
		{"in time", poll, tuesday.Add(time.Hour), 2 * time.Hour, true},
		{"overdue", poll, tuesday.Add(5 * time.Hour), -2 * time.Hour, true},
		{"never asked", cache.Poll{}, tuesday, 0, true},
		{"another address", change(func(p *cache.Poll) { p.URL = "https://b.example/" }), tuesday, 0, true},
		{"gone", change(func(p *cache.Poll) { p.Gone = true }), tuesday, 0, false},
		{"gone, another address", change(func(p *cache.Poll) { p.Gone, p.URL = true, "https://b.example/" }), tuesday, 0, true},
		{"the clock went back a year", poll, tuesday.Add(-year), 3 * time.Hour, true},
		{"a next poll in a year", change(func(p *cache.Poll) { p.Next = tuesday.Add(year) }), tuesday, time.Hour, true},
		{"a next poll before the last", change(func(p *cache.Poll) { p.Next = tuesday.Add(-year) }), tuesday, time.Hour, true},
	} {
		at, ever := resume(tt.poll, s, tt.now)
		if ever != tt.ever || ever && at.Sub(tt.now) != tt.want {
			t.Errorf("%s: %v %v, want %v", tt.name, at.Sub(tt.now), ever, tt.want)
		}
	}
}

// TestHosts: one request at a time to a host, a second between two, and those who wait get
// moments of their own.
func TestHosts(t *testing.T) {
	t.Parallel()
	h, now := make(hosts), tuesday
	a, both, other := []string{"a.example"}, []string{"b.example", "192.0.2.1"}, []string{"c.example", "192.0.2.1"}
	must := func(keys []string, want time.Duration) {
		t.Helper()
		again, ok := h.claim(keys, now)
		if ok != (want == 0) || !ok && again.Sub(now) != want {
			t.Errorf("%v: %v %v, want %v", keys, again.Sub(now), ok, want)
		}
	}
	must(nil, 0)
	must(a, 0)
	must(both, 0)
	must(other, time.Second) // the same machine
	must(a, time.Second)
	must(a, 2*time.Second)
	now = now.Add(time.Second)
	must(a, 2*time.Second) // still busy; the moment in between is given away
	h.release(a, Outcome{Status: 200}, now)
	must(a, 3*time.Second) // a pause after the answer, behind those who wait
	now = now.Add(3 * time.Second)
	must(a, 0)
	h.release(a, Outcome{Status: 429, RetryAfter: time.Hour}, now)
	must(a, time.Hour)
	h.release(both, Outcome{Err: &fetch.Error{Kind: fetch.Timeout}}, now)
	now = now.Add(time.Second)
	must(other, 0) // one failure is a source's own
	h.release(other, Outcome{Err: &fetch.Error{Kind: fetch.BadStatus, Status: 500}}, now)
	must(other, time.Minute) // two in a row are the machine's
	now = now.Add(2 * time.Minute)
	must(other, 0)
	h.release(other, Outcome{Status: 404, Err: &fetch.Error{Kind: fetch.BadStatus, Status: 404}}, now)
	now = now.Add(time.Second)
	must(both, 0)
	h.release(both, Outcome{Status: 200}, now)
	h.forget(now.Add(2 * time.Hour))
	if len(h) != 0 {
		t.Errorf("%d hosts are remembered for nothing", len(h))
	}
}
