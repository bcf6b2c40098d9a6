package ingest_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"reprint/feeds/fetch"
	"reprint/feeds/ingest"
)

// press is a publisher with a hub, in memory, for simulated time.
type press struct {
	mu      sync.Mutex
	g       *ingest.Ingester
	entries []string
	polls   []time.Time
	asked   []url.Values
	silent  bool // the hub does not ask back

	withdraw ingest.Withdrawer
}

// Get answers a poll.
func (p *press) Get(context.Context, fetch.Request) (fetch.Response, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.polls = append(p.polls, time.Now())
	return fetch.Response{
		URL: "https://a.example/feed", Status: http.StatusOK, Header: http.Header{},
		Documents: []fetch.Document{{Name: "feed", ContentType: "application/atom+xml", Body: []byte(p.document(p.entries...))}},
	}, nil
}

// Post takes a subscription for ten days.
func (p *press) Post(ctx context.Context, _ string, form url.Values) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = append(p.asked, form)
	if p.silent {
		return nil
	}
	query := url.Values{"hub.mode": {"subscribe"}, "hub.topic": {form.Get("hub.topic")}, "hub.challenge": {"c"}, "hub.lease_seconds": {form.Get("hub.lease_seconds")}}
	go func() { _, _ = p.g.Confirm(context.WithoutCancel(ctx), "a", token(form), query) }()
	return nil
}

func token(form url.Values) string {
	callback := form.Get("hub.callback")
	return callback[strings.LastIndexByte(callback, '/')+1:]
}

func (p *press) document(entries ...string) string {
	var b strings.Builder
	b.WriteString(`<feed xmlns="http://www.w3.org/2005/Atom"><id>tag:a.example,2026:f</id><title>t</title><updated>2026-03-10T12:00:00Z</updated><link rel="hub" href="https://hub.example/"/><link rel="self" href="https://a.example/feed"/>`)
	for _, e := range entries {
		fmt.Fprintf(&b, `<entry><id>tag:a.example,2026:%s</id><title>%s</title><updated>2026-03-10T12:00:00Z</updated></entry>`, e, e)
	}
	return b.String() + "</feed>"
}

// publish brings out an entry, and has the hub deliver it if it works.
func (p *press) publish(t *testing.T, entry string, delivered bool) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.entries = append(p.entries, entry)
	if delivered {
		p.deliver(t, p.document(entry))
	}
}

// push has the hub deliver a document.
func (p *press) push(t *testing.T, body string) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.deliver(t, body)
}

// deliver is the hub at work. The lock is held.
func (p *press) deliver(t *testing.T, body string) {
	t.Helper()
	form := p.asked[len(p.asked)-1]
	mac := hmac.New(sha256.New, []byte(form.Get("hub.secret")))
	mac.Write([]byte(body))
	header := http.Header{"Content-Type": {"application/atom+xml"}, "X-Hub-Signature": {"sha256=" + hex.EncodeToString(mac.Sum(nil))}}
	if err := p.g.Deliver(t.Context(), "a", token(form), header, strings.NewReader(body)); err != nil {
		t.Error(err)
	}
}

// requests are the subscriptions that were asked for.
func (p *press) requests() []url.Values {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.asked)
}

// pollsIn counts the polls of the next d.
func (p *press) pollsIn(d time.Duration) int { return p.pollsWhile(func() { time.Sleep(d) }) }

// pollsWhile counts the polls while f runs.
func (p *press) pollsWhile(f func()) int {
	count := func() int {
		p.mu.Lock()
		defer p.mu.Unlock()
		return len(p.polls)
	}
	before := count()
	f()
	return count() - before
}

func (p *press) run(t *testing.T, store ingest.Store) {
	p.g = ingest.New(ingest.Options{
		Fetch: p, Hub: p, Callback: "https://us.example/push/", Store: store, Authority: "a.example,2026", Now: time.Now, Withdraw: p.withdraw,
	})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- p.g.Run(ctx, []ingest.Source{{ID: "a", Name: "A", Feed: "https://a.example/feed", Every: time.Hour, FollowRemovals: true}})
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
	})
}

// TestPollsLessOftenWhilePushed: a hub is relied on once it has delivered, and until a poll
// finds what it did not; and the subscription is renewed at half its time.
func TestPollsLessOftenWhilePushed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store, p := newMemory(), &press{entries: []string{"first"}}
		p.run(t, store)
		const day = 24 * time.Hour
		if n := p.pollsIn(day); n < 20 {
			t.Errorf("%d polls on a day without a delivery", n)
		}
		p.publish(t, "second", true)
		time.Sleep(2 * time.Hour) // the turn that was given before
		if !strings.Contains(store.titles(), "second") {
			t.Error("the delivery was not taken in")
		}
		if n := p.pollsIn(3 * day); n < 7 || n > 9 {
			t.Errorf("%d polls in three days with a hub that delivers, want about 8", n)
		}
		p.publish(t, "third", false)
		time.Sleep(day)
		if !strings.Contains(store.titles(), "third") {
			t.Error("what the hub did not deliver was not found")
		}
		if n := p.pollsIn(day); n < 20 {
			t.Errorf("%d polls on a day after the hub failed", n)
		}
		p.publish(t, "fourth", true)
		time.Sleep(2 * time.Hour)
		if n := p.pollsIn(3 * day); n > 9 {
			t.Errorf("%d polls in three days after the hub delivered again", n)
		}
		time.Sleep(21 * day) // 30 in all
		if n := len(p.requests()); n != 7 && n != 6 {
			t.Errorf("subscribed %d times in 30 days, want every 5 days", n)
		}
		for _, form := range p.requests() {
			if form.Get("hub.callback") != p.requests()[0].Get("hub.callback") || form.Get("hub.topic") != "https://a.example/feed" {
				t.Errorf("a renewal is another subscription: %v", form)
			}
		}
		if s := store.subscription(); !s.Holds(time.Now()) {
			t.Errorf("the lease ran out: %+v", s)
		}
	})
}

// TestSilentHub: one that never asks back is asked ever more rarely, and polling goes on.
func TestSilentHub(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store, p := newMemory(), &press{entries: []string{"first"}, silent: true}
		p.run(t, store)
		if n := p.pollsIn(10 * 24 * time.Hour); n < 200 {
			t.Errorf("%d polls in ten days", n)
		}
		if n := len(p.requests()); n < 10 || n > 15 {
			t.Errorf("the hub was asked %d times in ten days", n)
		}
	})
}

// TestSubscriptionSurvivesRestart: a service that starts again neither asks the hub anew nor
// forgets the address that it gave.
func TestSubscriptionSurvivesRestart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store, p := newMemory(), &press{entries: []string{"first"}}
		for range 5 {
			ctx, cancel := context.WithCancel(t.Context())
			p.g = ingest.New(ingest.Options{Fetch: p, Hub: p, Callback: "https://us.example/push/", Store: store, Authority: "a.example,2026", Now: time.Now})
			ended := make(chan error, 1)
			go func() {
				ended <- p.g.Run(ctx, []ingest.Source{{ID: "a", Name: "A", Feed: "https://a.example/feed", Every: time.Hour}})
			}()
			time.Sleep(10 * time.Minute)
			p.publish(t, fmt.Sprint("entry", len(p.entries)), true)
			time.Sleep(time.Minute)
			cancel()
			<-ended
		}
		if n := len(p.requests()); n != 1 {
			t.Errorf("the hub was asked %d times", n)
		}
		if titles := store.titles(); !strings.Contains(titles, "entry5") {
			t.Errorf("a delivery after a restart was not taken in: %s", titles)
		}
	})
}

// TestHintsAreNoFlood: a hub in the open can make a source due, but not more than once a
// minute however often it calls, and never against a Retry-After.
func TestHintsAreNoFlood(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store, p := newMemory(), &openPress{press: press{entries: []string{"first"}}}
		p.g = ingest.New(ingest.Options{Fetch: p, Hub: p, Callback: "https://us.example/push/", Store: store, Authority: "a.example,2026", Now: time.Now})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() {
			ended <- p.g.Run(ctx, []ingest.Source{{ID: "a", Name: "A", Feed: "https://a.example/feed", Every: time.Hour}})
		}()
		time.Sleep(5 * time.Minute)
		ping := func() {
			if err := p.g.Deliver(t.Context(), "a", token(p.requests()[0]), http.Header{}, strings.NewReader("x")); err != nil {
				t.Error(err)
			}
		}
		n := p.pollsWhile(func() {
			for range 600 { // ten minutes
				ping()
				time.Sleep(time.Second)
			}
		})
		if n < 8 || n > 11 {
			t.Errorf("%d polls in ten minutes of pings", n)
		}
		p.mu.Lock()
		p.retryAfter = 2 * time.Hour
		p.mu.Unlock()
		time.Sleep(2 * time.Minute)
		ping()
		time.Sleep(2 * time.Minute)
		n = p.pollsWhile(func() {
			for range 60 {
				ping()
				time.Sleep(time.Minute)
			}
		})
		if n != 0 {
			t.Errorf("%d polls against a Retry-After", n)
		}
		cancel()
		<-ended
	})
}

// openPress is a press whose hub has no TLS.
type openPress struct {
	press
	retryAfter time.Duration
}

// Get answers a poll.
func (p *openPress) Get(ctx context.Context, r fetch.Request) (fetch.Response, error) {
	response, err := p.press.Get(ctx, r)
	p.mu.Lock()
	defer p.mu.Unlock()
	response.RetryAfter = p.retryAfter
	response.Header = http.Header{"Link": {`<http://hub.example/>; rel="hub", <https://a.example/feed>; rel="self"`}}
	return response, err
}
