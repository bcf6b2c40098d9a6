package serve_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"reprint/cache"
	"reprint/feeds"
	"reprint/syndicate"
	"reprint/syndicate/access"
	"reprint/syndicate/ledger"
	"reprint/syndicate/serve"
)

// TestReplacementGoesToo: a text that stands for a withdrawn item is itself withdrawn with it, before anybody is told that it is.
func TestReplacementGoesToo(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	item := story("weekly", 1)
	fill(t, store, item, story("hill", 1))
	m := join(t, "a", store, new(notebook))
	if status, ack := m.order(t, fmt.Sprintf(`{"targets":[%q],"cause":"correction","replacement":"the wrong word"}`, item.ID)); status != 200 {
		t.Fatal(status, ack)
	}
	eventually(t, "the replacement is shown", func() bool { return strings.Contains(m.get("/feeds/top.rss").Body.String(), "the wrong word") })
	m.store.slow.Store(int64(300 * time.Millisecond))
	if status, ack := m.order(t, fmt.Sprintf(`{"targets":[%q],"cause":"legal","authority":"a court"}`, item.ID)); status != 200 {
		t.Fatal(status, ack)
	}
	for _, path := range surfaces {
		if w := m.get(path); strings.Contains(w.Body.String(), "the wrong word") {
			t.Errorf("%s has the replacement still", path)
		}
	}
}

// TestDateOfTheAnswer: who asks with the Date of the answer that it has, or with a clock that is ahead, is not told that nothing has
// changed when something was withdrawn within that second.
func TestDateOfTheAnswer(t *testing.T) {
	t.Parallel()
	f := newFixture(t, atNoon)
	modified, err := http.ParseTime(f.get("/feeds/top.rss").Header().Get("Last-Modified"))
	if err != nil {
		t.Fatal(err)
	}
	for after, want := range map[time.Duration]int{0: 304, time.Second: 200, time.Hour: 200, -time.Second: 200} {
		if w := f.get("/feeds/top.rss", "If-Modified-Since", modified.Add(after).Format(http.TimeFormat)); w.Code != want {
			t.Errorf("%v after Last-Modified: %d, want %d", after, w.Code, want)
		}
	}
}

// late is a store that is asked last for what a partner holds; something happens just then, once.
type late struct {
	cache.Store
	before func()
}

func (l *late) Held(ctx context.Context, partner string, ids []string) (map[string]cache.Held, error) {
	if before := l.before; before != nil {
		l.before = nil
		before()
	}
	return l.Store.Held(ctx, partner, ids)
}

// takeBack withdraws an item and makes the office's server apply it.
func (o *office) takeBack(t *testing.T, item string) {
	t.Helper()
	if _, err := o.store.Withdraw(t.Context(), "k", syndicate.Withdrawal{Target: syndicate.ItemTarget(item), Cause: syndicate.Rights, At: o.now}); err != nil {
		t.Error(err)
	}
	if err := o.Heed(t, item); err != nil {
		t.Error(err)
	}
}

// TestStatusAfterwards: what was decided before a withdrawal is not told to a partner after it.
func TestStatusAfterwards(t *testing.T) {
	t.Parallel()
	for _, ask := range []struct{ method, path, want string }{
		{http.MethodPost, "/partner/status", `"reason": "withdrawn"`},
		{http.MethodGet, "/partner/must-remove", `"reason": "withdrawn"`},
	} {
		store := &late{Store: onSQLite(t)}
		o := newOfficeOn(t, store, article(1))
		o.changes(t, "zj/k1", "", 100)
		item := article(1).ID
		store.before = func() { o.takeBack(t, item) }
		w := o.ask(ask.method, ask.path, "zj/k1", strings.NewReader(`{"items":["`+item+`"]}`))
		if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), ask.want) {
			t.Errorf("%s: %d\n%s", ask.path, w.Code, w.Body)
		}
	}
}

// slowRecord is a ledger; something happens while it takes an entry.
type slowRecord struct {
	serve.Ledger
	while func()
}

func (l *slowRecord) Append(ctx context.Context, entries ...ledger.Entry) (int64, error) {
	if while := l.while; while != nil {
		l.while = nil
		while()
	}
	return l.Ledger.Append(ctx, entries...)
}

// TestMadeAgain: an answer that may not leave after all, because something was withdrawn while it went on the record, is made
// again: who asks for another story does not notice, and the receipt is that of what was sent.
func TestMadeAgain(t *testing.T) {
	t.Parallel()
	withdrawn, other := article(1), article(2)
	for path, want := range map[string]int{
		"/feeds/weekly.rss":      http.StatusOK,
		readerLink:               http.StatusOK,
		"/partner/changes":       http.StatusOK,
		"/items/" + other.ID:     http.StatusOK,
		"/items/" + withdrawn.ID: http.StatusGone,
		"/feeds/weekly/archive/" + withdrawn.Rank().Format(time.DateOnly) + ".rss": http.StatusOK,
	} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t, withdrawn, other)
			record := &slowRecord{Ledger: o.ledger}
			o.serve(t, record)
			record.while = func() { o.takeBack(t, withdrawn.ID) }
			token := "zj/k1"
			if path == readerLink {
				path, token = o.readerLink(t), ""
			}
			w := o.get(path, token)
			if w.Code != want || w.Body.Len() == 0 || strings.Contains(w.Body.String(), withdrawn.Title) && want == http.StatusOK {
				t.Fatalf("%d\n%s", w.Code, w.Body)
			}
			if want != http.StatusOK {
				if got := w.Header().Get("Reprint-Receipt"); got != "" {
					t.Errorf("nothing was sent, and the receipt is %q", got)
				}
				return
			}
			if got, last := o.receiptOf(t, w), o.ledger.Size()-1; got != last {
				t.Errorf("the receipt names entry %d, the pull is entry %d", got, last)
			}
		})
	}
}

// readerLink stands for a partner's link for readers.
const readerLink = "reader link"

func (o *office) readerLink(t *testing.T) string {
	t.Helper()
	secret, err := o.store.Secret(t.Context(), serve.LinkSecret, bytes.Repeat([]byte{1}, access.LinkSecretBytes))
	if err != nil {
		t.Fatal(err)
	}
	return "/p/zj/" + access.NewLinks(secret).Sign(access.Link{Partner: "zj", Name: "r1", Channel: "top", Format: access.RSS}) + "/top.rss"
}

// TestLinkWithoutTheStore: a reader link says that nothing can be sent, as every other address does.
func TestLinkWithoutTheStore(t *testing.T) {
	t.Parallel()
	store := &faulty{Store: onSQLite(t)}
	o := newOfficeOn(t, store, article(1))
	path := o.readerLink(t)
	if w := o.get(path, ""); w.Code != http.StatusOK {
		t.Fatal(w.Code, w.Body)
	}
	o.now = o.now.Add(serve.UsualLease / 2)
	o.changes(t, "zj/k1", "", 100) // revoked tokens are known for another while
	store.cut.Store(true)
	o.now = o.now.Add(serve.UsualLease * 3 / 4)
	if w := o.get(path, ""); w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
}

// receiptOf is the entry of the ledger that an answer names.
func (o *office) receiptOf(t *testing.T, w *httptest.ResponseRecorder) int64 {
	t.Helper()
	_, number, _ := strings.Cut(w.Header().Get("Reprint-Receipt"), "-")
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		t.Fatalf("the receipt %q: %v", w.Header().Get("Reprint-Receipt"), err)
	}
	return n
}

// TestReadersDoNotNotice: while one story after the other is withdrawn, whoever reads another one gets it each time.
func TestReadersDoNotNotice(t *testing.T) {
	t.Parallel()
	var all []feeds.Item
	for n := range 60 {
		all = append(all, story("hill", n+2))
	}
	read := story("weekly", 1)
	store := onSQLite(t)
	fill(t, store, append(all, read)...)
	m := join(t, "a", store, new(notebook))
	ctx, stop := context.WithCancel(t.Context())
	var readers sync.WaitGroup
	for _, path := range []string{"/items/" + read.ID, "/feeds/weekly.rss"} {
		readers.Go(func() {
			for ctx.Err() == nil {
				if w := m.get(path); w.Code != http.StatusOK {
					t.Errorf("%s: %d %s", path, w.Code, w.Body)
					return
				}
			}
		})
	}
	for _, one := range all {
		if status, ack := m.order(t, fmt.Sprintf(`{"targets":[%q],"cause":"rights"}`, one.ID)); status != http.StatusOK {
			t.Error(status, ack)
		}
	}
	stop()
	readers.Wait()
}

// TestNoticeEnds: when the notice of a withdrawal gives way to a tombstone, the dates of the feed move with it, and nobody is
// told that nothing has changed.
func TestNoticeEnds(t *testing.T) {
	t.Parallel()
	o := newOffice(t, article(1), article(2))
	o.house.Site.NoticeTime = 24 * time.Hour
	if err := o.Reload(rules(t, o.house), o.partners()); err != nil {
		t.Fatal(err)
	}
	o.withdraw(t, syndicate.ItemTarget(article(1).ID), false)
	archive := "/feeds/weekly/archive/" + article(1).Rank().Format(time.DateOnly)
	paths := []string{"/feeds/weekly.atom", "/feeds/weekly.rss", archive + ".atom", archive + ".rss"}
	before := make(map[string]*httptest.ResponseRecorder)
	o.now = o.now.Add(time.Second)
	for _, path := range paths {
		before[path] = o.get(path, "zj/k1")
	}
	o.now = o.now.Add(25 * time.Hour)
	for _, path := range paths {
		was := before[path].Header()
		w := o.get(path, "zj/k1", "If-Modified-Since", was.Get("Last-Modified"))
		if w.Code != http.StatusOK || w.Header().Get("Etag") == was.Get("Etag") {
			t.Errorf("%s: %d, Last-Modified %q as before, %q", path, w.Code, was.Get("Last-Modified"), w.Body)
		}
	}
}
