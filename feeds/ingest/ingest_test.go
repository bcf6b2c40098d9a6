package ingest_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"reprint/cache"
	"reprint/feeds"
	"reprint/feeds/fetch"
	"reprint/feeds/ingest"
)

// publisher is a Fetcher that answers as it is told.
type publisher struct {
	mu       sync.Mutex
	asked    []fetch.Request
	at       []time.Time
	response fetch.Response
	err      error
	slow     map[string]time.Duration
}

func (p *publisher) Get(ctx context.Context, r fetch.Request) (fetch.Response, error) {
	p.mu.Lock()
	p.asked, p.at = append(p.asked, r), append(p.at, time.Now())
	response, err, wait := p.response, p.err, p.slow[r.URL]
	p.mu.Unlock()
	select {
	case <-time.After(wait):
	case <-ctx.Done():
		return fetch.Response{}, &fetch.Error{Kind: fetch.Timeout, URL: r.URL, Err: ctx.Err()}
	}
	if err == nil && r.ETag != "" && r.ETag == response.ETag {
		response.Status, response.NotModified, response.Documents = 304, true, nil
		return response, nil
	}
	return response, err
}

func (p *publisher) times(url string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for _, r := range p.asked {
		if r.URL == url {
			n++
		}
	}
	return n
}

func (p *publisher) publish(etag string, titles ...string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.response = fetch.Response{Status: 200, URL: "https://hill.example/feed", ETag: etag, Documents: []fetch.Document{{Name: "feed", Body: []byte(feed(titles...))}}}
	p.err = nil
}

func feed(titles ...string) string {
	s := `<rss version="2.0"><channel><title>Hill</title><link>https://hill.example/</link><description>d</description>`
	for _, t := range titles {
		id, title, _ := strings.Cut(t, "=")
		s += fmt.Sprintf(`<item><title>%s</title><link>https://hill.example/%s</link><guid>https://hill.example/%s</guid><description>Text of %s.</description></item>`, title, id, id, title)
	}
	return s + `</channel></rss>`
}

// memory is a Store in memory that can be told to fail.
type memory struct {
	mu    sync.Mutex
	known map[string]cache.Known
	title map[string]string
	items map[string]feeds.Item
	polls map[string]cache.Poll
	subs  map[string]cache.Subscription
	puts  int
	fail  error
}

func newMemory() *memory {
	return &memory{known: map[string]cache.Known{}, title: map[string]string{}, items: map[string]feeds.Item{}, polls: map[string]cache.Poll{}, subs: map[string]cache.Subscription{}}
}

func (m *memory) Known(_ context.Context, _ string, ids []string) (map[string]cache.Known, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	found := maps.Clone(m.known)
	maps.DeleteFunc(found, func(id string, _ cache.Known) bool { return !slices.Contains(ids, id) })
	return found, nil
}

func (m *memory) Put(_ context.Context, b cache.Batch) (cache.Accepted, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return cache.Accepted{}, m.fail
	}
	m.puts++
	var a cache.Accepted
	for _, i := range b.Items {
		if _, ok := m.known[i.ID]; ok {
			a.Revised++
		} else {
			a.New++
		}
		m.known[i.ID] = cache.Known{Revision: i.Revision, URI: i.URI, FirstSeen: i.FirstSeen}
		m.title[i.ID] = i.Title
		m.items[i.ID] = i
	}
	if b.Poll != nil {
		m.polls[b.Source] = *b.Poll
	}
	return a, nil
}

func (m *memory) Items(_ context.Context, ids []string) ([]feeds.Item, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var found []feeds.Item
	for _, id := range ids {
		if i, ok := m.items[id]; ok {
			found = append(found, i)
		}
	}
	return found, nil
}

func (m *memory) Subscription(_ context.Context, source string) (cache.Subscription, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.subs[source], nil
}

func (m *memory) SaveSubscription(_ context.Context, source string, s cache.Subscription) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.subs[source] = s
	return nil
}

func (m *memory) Poll(_ context.Context, source string) (cache.Poll, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.polls[source], nil
}

func (m *memory) SavePoll(_ context.Context, source string, p cache.Poll) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.polls[source] = p
	return nil
}

var hill = ingest.Source{ID: "hill", Name: "Hill", Home: "https://hill.example/", Feed: "https://hill.example/feed", Every: time.Hour}

func newIngester(p *publisher, m *memory) *ingest.Ingester {
	return ingest.New(ingest.Options{Fetch: p, Store: m, Authority: "news.example,2026", Now: time.Now})
}

// TestStopsEarly walks a source through the ways of having nothing new.
func TestStopsEarly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, m := &publisher{}, newMemory()
		g := newIngester(p, m)
		expect := func(what string, o ingest.Outcome, result ingest.Result, added, revised, puts int) {
			t.Helper()
			if o.Result != result || o.Accepted.New != added || o.Accepted.Revised != revised || m.puts != puts {
				t.Errorf("%s: %+v, %d puts; want %s, %d new, %d revised, %d puts", what, o, m.puts, result, added, revised, puts)
			}
		}
		p.publish(`"1"`, "a=One", "b=Two")
		expect("first", g.Once(t.Context(), hill), ingest.ResultNew, 2, 0, 1)
		expect("same validators", g.Once(t.Context(), hill), ingest.ResultNotModified, 0, 0, 1)
		p.publish(`"2"`, "a=One", "b=Two")
		expect("other validators, same bytes", g.Once(t.Context(), hill), ingest.ResultUnchanged, 0, 0, 1)
		if got := m.polls["hill"].ETag; got != `"2"` {
			t.Errorf("the new validator is not kept: %s", got)
		}
		p.publish(`"3"`, "b=Two", "a=One")
		expect("other bytes, same items", g.Once(t.Context(), hill), ingest.ResultUnchanged, 0, 0, 1)
		time.Sleep(time.Hour)
		p.publish(`"4"`, "b=Two, mended", "a=One", "c=Three")
		expect("one new, one revised", g.Once(t.Context(), hill), ingest.ResultNew, 1, 1, 2)
		seen := map[time.Time]int{}
		for _, k := range m.known {
			seen[k.FirstSeen]++
		}
		if len(seen) != 2 {
			t.Errorf("a revision changed when an item was first seen: %v", seen)
		}
	})
}

// TestFailuresLoseNothing: whatever fails, the next good poll brings what is there.
func TestFailuresLoseNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, m := &publisher{}, newMemory()
		g := newIngester(p, m)

		p.publish(`"1"`, "a=One")
		m.fail = fmt.Errorf("%w: away", cache.ErrUnavailable)
		if o := g.Once(t.Context(), hill); o.Result != ingest.ResultFailed || !errors.Is(o.Err, cache.ErrUnavailable) {
			t.Errorf("store away: %+v", o)
		}
		if m.polls["hill"].ETag != "" {
			t.Error("validators were saved without the items")
		}
		m.fail = errors.New("refused")
		g.Once(t.Context(), hill)
		if poll := m.polls["hill"]; poll.ETag != "" || poll.BodyDigest != "" || poll.Failures != 1 {
			t.Errorf("after a refused put: %+v", poll)
		}
		m.fail = nil
		if o := g.Once(t.Context(), hill); o.Accepted.New != 1 {
			t.Errorf("after the store is back: %+v", o)
		}

		p.mu.Lock()
		p.response = fetch.Response{Status: 200, ETag: `"html"`, Documents: []fetch.Document{{Name: "feed", Body: []byte("<html><body>no feed</body></html>")}}}
		p.mu.Unlock()
		o := g.Once(t.Context(), hill)
		if o.Result != ingest.ResultFailed || o.Problem == "" {
			t.Errorf("a page instead of a feed: %+v", o)
		}
		if got := m.polls["hill"].ETag; got != `"1"` {
			t.Errorf("the validator of what was never taken in is kept: %s", got)
		}
		if m.polls["hill"].Problem == "" {
			t.Error("the operator is not told")
		}
		p.publish(`"2"`, "a=One", "b=Two")
		if o := g.Once(t.Context(), hill); o.Accepted.New != 1 || m.polls["hill"].Problem != "" || m.polls["hill"].Failures != 0 {
			t.Errorf("after the feed is back: %+v, %+v", o, m.polls["hill"])
		}
	})
}

func TestRepeatedIDs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, m := &publisher{}, newMemory()
		p.publish("", "a=One", "a=Another", "b=Two")
		o := newIngester(p, m).Once(t.Context(), hill)
		if o.Accepted.New != 2 || len(o.Losses) != 1 || !slices.Contains(slices.Collect(maps.Values(m.title)), "One") {
			t.Errorf("%+v, %v", o, m.title)
		}
	})
}

// TestRun polls many sources for a day: each when it is due, none more often, one slow
// publisher delaying nobody.
func TestRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, m := &publisher{slow: map[string]time.Duration{}}, newMemory()
		p.publish(`"1"`, "a=One")
		var sources []ingest.Source
		for n := range 100 {
			s := hill
			s.ID, s.Feed = fmt.Sprintf("s%d", n), fmt.Sprintf("https://hill%d.example/feed", n)
			sources = append(sources, s)
		}
		for n := range 3 {
			p.slow[sources[n].Feed] = 3 * time.Minute // longer than one poll may take
		}
		ctx, cancel := context.WithCancel(t.Context())
		g := newIngester(p, m)
		done := make(chan error)
		go func() { done <- g.Run(ctx, sources) }()
		time.Sleep(10 * time.Minute)
		for n := range 100 {
			if got := p.times(sources[n].Feed); got != 1 {
				t.Errorf("after ten minutes %s was asked %d times", sources[n].ID, got)
			}
		}
		time.Sleep(24 * time.Hour)
		for n := 3; n < 100; n++ {
			if got := p.times(sources[n].Feed); got < 22 || got > 25 {
				t.Errorf("after a day %s was asked %d times, every hour and up to a tenth", sources[n].ID, got)
			}
		}
		if got := p.times(sources[0].Feed); got > 8 {
			t.Errorf("a failing source was asked %d times in a day", got)
		}

		// A reload drops sources, adds one, and moves nobody's turn.
		before := p.times(sources[50].Feed)
		extra := hill
		extra.ID, extra.Feed = "extra", "https://hill.example/extra"
		g.Reload(append(slices.Clone(sources[50:]), extra))
		g.Reload(append(slices.Clone(sources[50:]), extra))
		time.Sleep(time.Minute)
		if p.times(extra.Feed) != 1 || p.times(sources[50].Feed) > before+1 {
			t.Errorf("after a reload: extra %d, s50 %d more", p.times(extra.Feed), p.times(sources[50].Feed)-before)
		}
		gone := p.times(sources[10].Feed)
		time.Sleep(5 * time.Hour)
		if got := p.times(sources[10].Feed); got > gone+1 {
			t.Errorf("a dropped source is still asked: %d more", got-gone)
		}
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("Run: %v", err)
		}
	})
}

// TestRestartAsksNobodyEarly: the schedule is kept in the store.
func TestRestartAsksNobodyEarly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, m := &publisher{}, newMemory()
		p.publish(`"1"`, "a=One")
		for range 20 {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			_ = newIngester(p, m).Run(ctx, []ingest.Source{hill})
			cancel()
		}
		if got := p.times(hill.Feed); got != 1 {
			t.Errorf("twenty restarts in twenty minutes asked %d times", got)
		}
	})
}

// TestAsksThePublisherAsItWants walks a source through the answers that change what is asked,
// where and when.
func TestAsksThePublisherAsItWants(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, m := &publisher{}, newMemory()
		g := newIngester(p, m)
		once := func() (fetch.Request, ingest.Outcome) {
			o := g.Once(t.Context(), hill)
			return p.asked[len(p.asked)-1], o
		}
		body := []fetch.Document{{Name: "feed", Body: []byte(strings.Replace(feed("a=One"), "<item>", "<ttl>300</ttl><item>", 1))}}
		answer := func(r fetch.Response) {
			p.response, p.err = r, nil
		}

		answer(fetch.Response{Status: 200, URL: hill.Feed, ETag: `W/"1" `, LastModified: "sometime", Documents: body})
		r, o := once()
		if r.ETag != "" || r.LastModified != "" {
			t.Errorf("the first request is conditional: %+v", r)
		}
		if wait := time.Until(o.Next); wait < 5*time.Hour {
			t.Errorf("ttl: next poll in %v", wait)
		}

		p.response.NotModified, p.response.Documents, p.response.ETag = true, nil, `"2"`
		r, o = once()
		if r.ETag != `W/"1" ` || r.LastModified != "sometime" || r.Of != hill.Feed {
			t.Errorf("validators are not sent as they came: %+v", r)
		}
		if wait := time.Until(o.Next); wait < 5*time.Hour {
			t.Errorf("the ttl of the last document does not hold after a 304: next poll in %v", wait)
		}
		if poll := m.polls["hill"]; poll.ETag != `"2"` || poll.LastModified != "" && poll.LastModified != "sometime" {
			t.Errorf("validators of a 304 are not kept: %+v", poll)
		}

		answer(fetch.Response{Status: 200, URL: hill.Feed, ETag: `"3"`, Documents: body})
		_, o = once()
		if poll := m.polls["hill"]; o.Result != ingest.ResultUnchanged || poll.ETag != `"3"` || poll.LastModified != "" {
			t.Errorf("validators of an equal body are not kept: %+v", poll)
		}

		// A redirect for good: the new address is adopted in time, and given up when it fails.
		const moved = "https://feeds.hill.example/new"
		answer(fetch.Response{Status: 200, URL: moved, Permanent: true, ETag: `"4"`, Documents: body})
		for range 5 {
			if r, _ = once(); r.URL != hill.Feed {
				t.Errorf("asked at %s too early", r.URL)
			}
			time.Sleep(13 * time.Hour)
		}
		p.response.Permanent = false
		if r, _ = once(); r.URL != moved || r.Of != moved {
			t.Errorf("not asked at the new address: %+v", r)
		}
		p.err = &fetch.Error{Kind: fetch.BadStatus, Status: 404}
		once()
		answer(fetch.Response{Status: 200, URL: hill.Feed, ETag: `"5"`, Documents: body})
		if r, _ = once(); r.URL != hill.Feed {
			t.Errorf("after the new address failed, asked at %s", r.URL)
		}

		// Gone is gone, until the operator asks.
		p.err = &fetch.Error{Kind: fetch.BadStatus, Status: 410}
		if _, o = once(); !o.Gone || !o.Next.IsZero() || !m.polls["hill"].Gone {
			t.Errorf("410: %+v", o)
		}
		asked := p.times(hill.Feed)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- g.Run(ctx, []ingest.Source{hill}) }()
		time.Sleep(30 * 24 * time.Hour)
		if got := p.times(hill.Feed); got != asked {
			t.Errorf("a feed that is gone was asked %d times", got-asked)
		}
		answer(fetch.Response{Status: 200, URL: hill.Feed, Documents: body})
		if _, o = once(); o.Err != nil || m.polls["hill"].Gone {
			t.Errorf("asked by hand: %+v", o)
		}
		asked = p.times(hill.Feed)
		g.Reload([]ingest.Source{hill})
		time.Sleep(24 * time.Hour)
		if p.times(hill.Feed) == asked {
			t.Error("a feed that came back is not asked after a reload")
		}
		cancel()
		<-done
	})
}

// TestCrashLoopAsksNobody: a process that dies during its first poll, again and again, asks
// once.
func TestCrashLoopAsksNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, m := &publisher{slow: map[string]time.Duration{hill.Feed: time.Minute}}, newMemory()
		for range 20 {
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			_ = newIngester(p, m).Run(ctx, []ingest.Source{hill})
			cancel()
		}
		if got := p.times(hill.Feed); got != 1 {
			t.Errorf("twenty crashes asked %d times", got)
		}
	})
}
