package chaos

import (
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"reprint/feeds"
)

// pollEvery is the least time between two polls of a source, the shortest that may be configured.
const pollEvery = time.Minute

// story is one item. Its mark stands in its title and its text, and nowhere else.
type story struct {
	n      int
	mark   string
	source string
	guid   string
	id     string
}

// again is the story as another source tells it: in the same words, under an id and an address of its own.
func (s story) again(source string) story {
	s.guid, s.source = s.guid+":again", source
	s.id = feeds.NewID(s.source, s.guid)
	return s
}

// publishers are the sources, each on an address of its own.
type publishers struct {
	stories []story
	feeds   []string         // addresses, by source
	begun   time.Time        // what the dates of the stories are reckoned from
	toldToo func(n int) bool // whether the next source tells a story too by now; nil is never

	mu     sync.Mutex
	polled map[string][]time.Time // by source
	again  map[int]int            // how many stories of others each source has told when it was asked last
	// excused tells whether a poll may come too early after another; nil is never. allowed counts those.
	excused func(before, after time.Time) bool
	allowed int
}

func sourceID(n int) string { return fmt.Sprintf("source-%02d", n) }

// publish starts publishers with so many stories together.
func publish(t *testing.T, sources, stories int, toldToo func(n int) bool) *publishers {
	t.Helper()
	p := &publishers{polled: make(map[string][]time.Time), again: make(map[int]int), begun: time.Now().UTC(), toldToo: toldToo}
	for n := range stories {
		s := story{n: n, mark: fmt.Sprintf("mark%06dz", n), source: sourceID(n % sources), guid: fmt.Sprintf("tag:publisher.example,2026:%d", n)}
		s.id = feeds.NewID(s.source, s.guid)
		p.stories = append(p.stories, s)
	}
	for n := range sources {
		p.feeds = append(p.feeds, p.start(t, n, sources))
	}
	return p
}

// told are the stories that a source tells by now, and how many of them another one told first.
func (p *publishers) told(source int, sources int) (told []story, again int) {
	for _, s := range p.stories {
		switch {
		case s.source == sourceID(source):
			told = append(told, s)
		case p.toldToo != nil && s.n%sources == (source+sources-1)%sources && p.toldToo(s.n):
			told = append(told, s.again(sourceID(source)))
			again++
		}
	}
	return told, again
}

// toldAgain counts the stories that another source has told too.
func (p *publishers) toldAgain() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := 0
	for _, again := range p.again {
		all += again
	}
	return all
}

// start serves one source on a loopback address that no other has: a host is asked by one source at a time.
func (p *publishers) start(t *testing.T, n, sources int) string {
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.7.%d:0", n+1))
	if err != nil {
		t.Skipf("this machine has one loopback address only: %v", err)
	}
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/feed.atom" {
			http.NotFound(w, r)
			return
		}
		p.mu.Lock()
		told, again := p.told(n, sources)
		p.polled[sourceID(n)], p.again[n] = append(p.polled[sourceID(n)], time.Now()), again
		p.mu.Unlock()
		tag := fmt.Sprintf(`"%d-%d"`, n, again)
		w.Header().Set("Etag", tag)
		if r.Header.Get("If-None-Match") == tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("Content-Type", "application/atom+xml")
		_, _ = w.Write([]byte(p.feed(sourceID(n), told)))
	}))
	_ = s.Listener.Close()
	s.Listener = l
	s.Start()
	t.Cleanup(s.Close)
	return s.URL + "/feed.atom"
}

// feed is the document of a source. Every story is of another minute and has other words.
func (p *publishers) feed(source string, told []story) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<feed xmlns="http://www.w3.org/2005/Atom"><id>tag:publisher.example,2026:%[1]s</id><title>%[1]s</title><updated>%[2]s</updated>`, source, p.begun.Format(time.RFC3339))
	for _, s := range told {
		at := p.begun.Add(-time.Duration(s.n) * time.Minute).Format(time.RFC3339)
		fmt.Fprintf(&b, `<entry><id>%s</id><title>%s was seen</title><published>%s</published><updated>%s</updated><link href="http://%s.publisher.example/%d"/><content type="html">&lt;p>%s: %s&lt;/p></content></entry>`,
			s.guid, s.mark, at, at, source, s.n, s.mark, words(s.n))
	}
	return b.String() + "</feed>"
}

// words are a few sentences that no other story has. Stories that are nearly the same are withdrawn together, so they are
// drawn anew for each.
func words(n int) string {
	list := []string{"mill", "river", "bridge", "market", "winter", "harbor", "school", "letter", "garden", "road", "night", "train", "stone", "window", "bread", "field"}
	random := rand.New(rand.NewPCG(uint64(n), 40))
	var b strings.Builder
	for range 60 {
		fmt.Fprintf(&b, "%s%d ", list[random.IntN(len(list))], random.IntN(1000))
	}
	return b.String()
}

// doublePolls counts the polls that came within the time of the one before, and all of them.
func (p *publishers) doublePolls() (double, all int, which []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for source, times := range p.polled {
		all += len(times)
		for i := 1; i < len(times); i++ {
			gap := times[i].Sub(times[i-1])
			switch {
			case gap >= pollEvery:
			case p.excused != nil && p.excused(times[i-1], times[i]):
				p.allowed++
			default:
				double++
				which = append(which, fmt.Sprintf("%s was asked again after %v", source, gap))
			}
		}
	}
	return double, all, which
}
