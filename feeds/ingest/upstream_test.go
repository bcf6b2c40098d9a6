package ingest_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"reprint/cache"
	"reprint/cache/cachetest/redistest"
	"reprint/cache/redis"
	"reprint/cache/sqlite"
	"reprint/feeds"
	"reprint/feeds/fetch"
	"reprint/feeds/ingest"
	"reprint/syndicate"
	"reprint/syndicate/serve"
)

var morning = time.Date(2026, 3, 10, 8, 0, 0, 0, time.UTC)

// onBoth runs a test on both stores.
func onBoth(t *testing.T, test func(t *testing.T, d *bureau)) {
	for name, open := range map[string]func() (cache.Store, error){
		"sqlite": func() (cache.Store, error) { return sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "store.db")) },
		"redis":  func() (cache.Store, error) { return redis.Open(t.Context(), redistest.Start(t).URL("upstream"), "") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, newBureau(t, open))
		})
	}
}

// bureau takes in one source whose publisher says what a test wants, at times of the test's.
type bureau struct {
	t      *testing.T
	store  cache.Store
	now    time.Time
	source ingest.Source
	answer fetch.Response
	asked  int
}

func newBureau(t *testing.T, open func() (cache.Store, error)) *bureau {
	t.Helper()
	store, err := open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return &bureau{t: t, store: store, now: morning, source: hill}
}

// says makes the publisher's document an Atom feed.
func (d *bureau) says(inside ...string) {
	d.answers(`<feed xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/1.0" xmlns:media="http://search.yahoo.com/mrss/" xmlns:fh="http://purl.org/syndication/history/1.0"><id>tag:hill.example,2026:feed</id><title>Hill</title>` +
		strings.Join(inside, "") + `</feed>`)
}

func (d *bureau) answers(documents ...string) {
	d.asked++
	d.answer = fetch.Response{Status: 200, URL: d.source.Feed, ETag: fmt.Sprintf(`"%d"`, d.asked)}
	for n, text := range documents {
		d.answer.Documents = append(d.answer.Documents, fetch.Document{Name: fmt.Sprintf("%d.xml", n), Body: []byte(text)})
	}
}

// poll polls after a while, with a new process.
func (d *bureau) poll(after time.Duration) ingest.Outcome {
	d.t.Helper()
	d.now = d.now.Add(after)
	now := func() time.Time { return d.now }
	g := ingest.New(ingest.Options{
		Fetch: &publisher{response: d.answer}, Store: d.store, Authority: "us.example,2026", Now: now, Withdraw: serve.Upstream{Store: d.store, Now: now},
	})
	o := g.Once(d.t.Context(), d.source)
	if o.Err != nil {
		d.t.Fatal(o.Err)
	}
	return o
}

// id is that of item n of the bureau's source.
func (d *bureau) id(n int) string { return feeds.NewID(d.source.ID, uri(n)) }

func uri(n int) string { return fmt.Sprintf("tag:hill.example,2026:%d", n) }

// entry n is published n hours before noon, and updated an hour later if so.
func story(n int) string { return updatedStory(n, hour(12-n)) }

func updatedStory(n int, updated time.Time) string {
	return fmt.Sprintf(`<entry><id>%s</id><title>Story %d</title><published>%s</published><updated>%s</updated><link href="https://hill.example/%d"/><content>Words.</content></entry>`,
		uri(n), n, hour(12-n).Format(time.RFC3339), updated.Format(time.RFC3339), n)
}

func tomb(n int, when time.Time) string {
	return fmt.Sprintf(`<at:deleted-entry ref="%s" when="%s"><at:comment>A wrong name.</at:comment></at:deleted-entry>`, uri(n), when.Format(time.RFC3339))
}

// hour is an hour of the day before the tests' morning.
func hour(h int) time.Time { return morning.Add(time.Duration(h-32) * time.Hour) }

// is checks whether item n is withdrawn.
func (d *bureau) is(when string, n int, withdrawn bool) syndicate.Withdrawal {
	d.t.Helper()
	list, err := d.store.Standing(d.t.Context(), []syndicate.Target{syndicate.ItemTarget(d.id(n))})
	if err != nil {
		d.t.Fatal(err)
	}
	stands := len(list) == 1 && !list[0].Reinstated
	if stands != withdrawn {
		d.t.Fatalf("%s: item %d is withdrawn: %t, want %t (%+v)", when, n, stands, withdrawn, list)
	}
	if len(list) == 0 {
		return syndicate.Withdrawal{}
	}
	return list[0]
}

func (d *bureau) epoch() int64 {
	d.t.Helper()
	i, err := d.store.Identity(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	return i.Epoch
}

// reinstate puts an item back as the operator does.
func (d *bureau) reinstate(n int) {
	d.t.Helper()
	entries, err := serve.Entries(d.t.Context(), d.store, []string{d.id(n)}, syndicate.Withdrawal{Reinstated: true, At: d.now})
	if err != nil {
		d.t.Fatal(err)
	}
	for _, e := range entries {
		if _, err := d.store.Withdraw(d.t.Context(), serve.NewKey(), e); err != nil {
			d.t.Fatal(err)
		}
	}
}

// TestTombstone is the life of an item that is taken back: once, however often it is said; set
// aside by the operator; taken back anew; published again.
func TestTombstone(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, d *bureau) {
		d.says(story(1), story(2))
		d.poll(0)
		d.says(tomb(1, hour(20)), story(2))
		o := d.poll(time.Hour)
		if len(o.TakenBack) != 1 || o.TakenBack[0].Item != d.id(1) || o.TakenBack[0].Reason != "A wrong name." || len(o.Losses) != 0 {
			t.Errorf("outcome %+v", o)
		}
		w := d.is("after the tombstone", 1, true)
		if w.Cause != syndicate.Retracted || w.Note != "A wrong name., in at:deleted-entry" || w.Upstream == nil || !w.Upstream.When.Equal(hour(20)) || len(w.Addresses) != 0 {
			t.Errorf("entry %+v", w)
		}
		d.is("another item", 2, false)
		epoch := d.epoch()
		for range 3 {
			d.says(story(3), tomb(1, hour(20)), story(2))
			d.poll(time.Hour)
		}
		if d.epoch() != epoch {
			t.Errorf("saying it again moved the epoch from %d to %d", epoch, d.epoch())
		}
		d.reinstate(1)
		d.says(tomb(1, hour(20)), story(2))
		d.poll(time.Hour)
		d.is("after the operator put it back", 1, false)
		d.says(tomb(1, hour(25)), story(2))
		d.poll(time.Hour)
		d.is("after a newer tombstone", 1, true)
		d.says(story(1), story(2))
		if o := d.poll(time.Hour); len(o.PutBack) != 0 || len(o.Losses) != 1 || !strings.Contains(o.Losses[0], "stay withdrawn") {
			t.Errorf("a copy from before: %+v", o)
		}
		d.is("after a copy from before", 1, true)
		d.says(updatedStory(1, hour(30)), story(2))
		if o := d.poll(time.Hour); !slices.Equal(o.PutBack, []string{d.id(1)}) {
			t.Errorf("published again: %+v", o)
		}
		d.is("after it was published again", 1, false)
		d.says(tomb(1, hour(25)), story(2))
		d.poll(time.Hour)
		d.is("after the old tombstone again", 1, false)
		poll, err := d.store.Poll(t.Context(), "hill")
		if err != nil || len(poll.Retracted) != 1 {
			t.Errorf("what the operator is told: %+v, %v", poll.Retracted, err)
		}
	})
}

// TestNobodyElsesTombstone: a source can take back nothing that it did not bring, least of all
// what another source brought under the same id, or any id that it can think of.
func TestNobodyElsesTombstone(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, d *bureau) {
		d.says(story(1))
		d.poll(0)
		victim := d.id(1)
		d.source = ingest.Source{ID: "attacker", Name: "A", Home: "https://attacker.example/", Feed: "https://attacker.example/feed", FollowRemovals: true}
		spoofed := `<at:deleted-entry ref="` + uri(1) + `" when="2026-03-10T07:00:00Z"><source xmlns="http://www.w3.org/2005/Atom"><id>tag:hill.example,2026:feed</id></source></at:deleted-entry>`
		d.says(spoofed, `<at:deleted-entry ref="`+victim+`" when="2026-03-10T07:00:00Z"/>`)
		o := d.poll(time.Hour)
		if len(o.TakenBack) != 0 || len(o.Losses) != 1 || !strings.Contains(o.Losses[0], "never brought") {
			t.Errorf("outcome %+v", o)
		}
		// It brings a copy, and then takes that back, with its picture.
		copied := strings.Replace(story(1), "<content>", `<media:content url="https://img.example/a.jpg" medium="image"><media:status state="deleted"/></media:content><content>`, 1)
		d.says(copied)
		d.poll(time.Hour)
		d.says(spoofed)
		if o := d.poll(time.Hour); len(o.TakenBack) != 1 {
			t.Errorf("it cannot take back its own copy: %+v", o)
		}
		d.is("its own copy", 1, true)
		entries, err := d.store.Withdrawals(t.Context(), 0, 10)
		if err != nil {
			t.Fatal(err)
		}
		set := syndicate.NewWithdrawals(entries...)
		items, err := d.store.Items(t.Context(), []string{victim})
		if err != nil || len(items) != 1 {
			t.Fatal(items, err)
		}
		if w, stands := set.Of(items[0]); stands {
			t.Errorf("the other source's item is withdrawn: %+v", w)
		}
		if _, stands := set.Standing(syndicate.PictureTarget("https://img.example/a.jpg")); stands {
			t.Error("the picture is withdrawn in items of other sources")
		}
		if _, stands := set.Standing(syndicate.SourcePictureTarget("attacker", "https://img.example/a.jpg")); !stands {
			t.Error("the picture is not withdrawn in its own items")
		}
	})
}

// TestStatus: an entry that stands there only to be taken back leaves what is stored as it is,
// and makes nothing of an item that was never there.
func TestStatus(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, d *bureau) {
		d.says(story(1))
		d.poll(0)
		gone := func(n int) string {
			return strings.Replace(updatedStory(n, hour(20)), "<content>Words.", `<media:status state="deleted"/><content>This item was removed.`, 1)
		}
		d.says(gone(1), gone(2))
		o := d.poll(time.Hour)
		if o.Accepted.New+o.Accepted.Revised != 0 || len(o.TakenBack) != 1 || len(o.Losses) != 1 {
			t.Errorf("outcome %+v", o)
		}
		d.is("after the status", 1, true)
		items, err := d.store.Items(t.Context(), []string{d.id(1), d.id(2)})
		if err != nil || len(items) != 1 || items[0].Text != "Words." {
			t.Errorf("stored: %+v, %v", items, err)
		}
	})
}

// TestOperatorsWithdrawalStays: what somebody here withdrew no source puts back.
func TestOperatorsWithdrawalStays(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, d *bureau) {
		d.says(story(1))
		d.poll(0)
		if _, err := d.store.Withdraw(t.Context(), "k", syndicate.Withdrawal{Target: syndicate.ItemTarget(d.id(1)), Cause: syndicate.Legal, At: d.now}); err != nil {
			t.Fatal(err)
		}
		d.says(tomb(1, hour(20)))
		d.poll(time.Hour)
		d.says(updatedStory(1, hour(40)))
		if o := d.poll(10 * time.Hour); len(o.PutBack) != 0 || len(o.Losses) != 0 {
			t.Errorf("outcome %+v", o)
		}
		if w := d.is("at the end", 1, true); w.Cause != syndicate.Legal {
			t.Errorf("entry %+v", w)
		}
	})
}

// TestFinished: a feed that is finished is asked rarely, and nothing of it is taken back.
func TestFinished(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, d *bureau) {
		d.says(story(1))
		d.poll(0)
		d.answers(`{"version":"https://jsonfeed.org/version/1.1","title":"Hill","expired":true,"items":[]}`)
		o := d.poll(time.Hour)
		if !strings.Contains(o.Problem, "finished") || o.Next.Before(d.now.Add(24*time.Hour)) {
			t.Errorf("outcome %+v", o)
		}
		if o := d.poll(24 * time.Hour); !strings.Contains(o.Problem, "finished") || o.Result != ingest.ResultNotModified {
			t.Errorf("the day after: %+v", o)
		}
		d.is("at the end", 1, false)
	})
}

// TestNothingIsForgottenOnTheWay: where what is taken back could not be withdrawn, the document
// is read again.
func TestNothingIsForgottenOnTheWay(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, d *bureau) {
		d.says(story(1))
		d.poll(0)
		d.says(tomb(1, hour(20)), story(2))
		away := serve.Upstream{Store: d.store, Now: func() time.Time { return d.now }}
		away.Store = brokenWithdrawals{d.store}
		g := ingest.New(ingest.Options{Fetch: &publisher{response: d.answer}, Store: d.store, Authority: "us.example,2026", Now: func() time.Time { return d.now }, Withdraw: away})
		if o := g.Once(t.Context(), d.source); o.Err == nil {
			t.Fatal("it did not fail")
		}
		if items, err := d.store.Items(t.Context(), []string{d.id(2)}); err != nil || len(items) != 1 {
			t.Errorf("the items come first: %d, %v", len(items), err)
		}
		d.poll(time.Hour)
		d.is("after the next poll", 1, true)
	})
}
