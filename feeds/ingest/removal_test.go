package ingest_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"reprint/cache"
	"reprint/cache/sqlite"
	"reprint/feeds"
	"reprint/syndicate"
	"reprint/syndicate/serve"
)

// brokenWithdrawals is a store that takes no withdrawals.
type brokenWithdrawals struct{ serve.WithdrawalStore }

func (brokenWithdrawals) Withdraw(context.Context, string, syndicate.Withdrawal) (syndicate.Withdrawal, error) {
	return syndicate.Withdrawal{}, errors.New("refused")
}

// onSQLite is a bureau that follows removals.
func onSQLite(t *testing.T) *bureau {
	t.Helper()
	d := newBureau(t, func() (cache.Store, error) { return sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "store.db")) })
	d.source.FollowRemovals = true
	return d
}

// stories are those from one to another, the newest first.
func stories(from, to int) string {
	var b strings.Builder
	for n := from; n <= to; n++ {
		b.WriteString(story(n))
	}
	return b.String()
}

// TestRemoval: an item that is missing in the middle of a feed, again and again over time, is
// withdrawn, once; and comes back if it is published again.
func TestRemoval(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, d *bureau) {
		d.source.FollowRemovals = true
		d.says(stories(1, 6))
		d.poll(0)
		d.says(stories(1, 2), stories(4, 6))
		d.poll(time.Hour)
		d.is("missing once", 3, false)
		d.poll(time.Minute)
		d.poll(time.Minute)
		d.is("missing thrice within minutes", 3, false)
		if o := d.poll(time.Hour); len(o.TakenBack) != 1 || o.TakenBack[0].Item != d.id(3) {
			t.Errorf("outcome %+v", o)
		}
		w := d.is("missing for long enough", 3, true)
		if w.Cause != syndicate.Retracted || w.Upstream.Where != "removal: follow" {
			t.Errorf("entry %+v", w)
		}
		epoch := d.epoch()
		d.poll(time.Hour)
		d.says(story(0), stories(1, 2), stories(4, 6))
		d.poll(time.Hour)
		if d.epoch() != epoch {
			t.Errorf("it is withdrawn again: epoch %d, then %d", epoch, d.epoch())
		}
		d.says(stories(1, 6))
		d.poll(time.Hour)
		d.is("a copy from before", 3, true)
		d.says(updatedStory(3, d.now), stories(1, 2), stories(4, 6))
		d.poll(time.Hour)
		d.is("published again", 3, false)
	})
}

// TestNoRemoval: what is missing for another reason is not withdrawn.
func TestNoRemoval(t *testing.T) {
	t.Parallel()
	wrap := func(inside string) string { return `<feed xmlns="http://www.w3.org/2005/Atom">` + inside + `</feed>` }
	undated := func(n int) string { return fmt.Sprintf(`<entry><id>%s</id><title>Story %d</title></entry>`, uri(n), n) }
	for _, c := range []struct {
		name          string
		before, after string
	}{
		{"it made room for new ones", wrap(stories(3, 8)), wrap(stories(1, 6))},
		{"the oldest of a feed", wrap(stories(1, 6)), wrap(stories(1, 5))},
		{"one pinned at the end of a feed that rolls", wrap(stories(3, 8) + story(11)), wrap(stories(2, 7) + story(11))},
		{"one pinned at the top", wrap(story(11) + stories(3, 8)), wrap(story(11) + stories(2, 7))},
		{"not in the order of dates", wrap(story(2) + story(1) + stories(3, 8)), wrap(story(2) + story(1) + stories(4, 8))},
		{"without dates", wrap(undated(1) + undated(2) + undated(3) + undated(4)), wrap(undated(1) + undated(3) + undated(4))},
		{"the document is cut off", wrap(stories(1, 6)), `<feed xmlns="http://www.w3.org/2005/Atom">` + story(1) + stories(4, 6) + `<entry><id>`},
		{"an entry is broken", wrap(stories(1, 6)), wrap(stories(1, 2) + `<entry><a b=c/d></entry>` + stories(4, 6))},
		{"most of it is gone", wrap(stories(1, 9)), wrap(stories(6, 9))},
		{"all is gone", wrap(stories(1, 6)), wrap("")},
		{"all is gone from a complete feed", wrap(`<c:complete xmlns:c="http://purl.org/syndication/history/1.0"/>` + stories(1, 6)), wrap(`<c:complete xmlns:c="http://purl.org/syndication/history/1.0"/>`)},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := onSQLite(t)
			d.answers(c.before)
			d.poll(0)
			d.answers(c.after)
			for range 5 {
				d.poll(time.Hour)
			}
			if d.epoch() != 0 {
				t.Errorf("%d withdrawals", d.epoch())
			}
			poll, err := d.store.Poll(t.Context(), "hill")
			if told := strings.Contains(poll.Problem, "not believed"); err != nil || told != (c.name == "most of it is gone" || strings.HasPrefix(c.name, "all is gone")) {
				t.Errorf("the operator is told %q, %v", poll.Problem, err)
			}
		})
	}
}

// TestRemovalElsewhere: feeds that need no proof of room, and what ends an absence.
func TestRemovalElsewhere(t *testing.T) {
	t.Parallel()
	const complete = `<fh:complete/>`
	follow := func(d *bureau) {
		for range 4 {
			d.poll(time.Hour)
		}
	}
	t.Run("the oldest of a complete feed", func(t *testing.T) {
		t.Parallel()
		d := onSQLite(t)
		d.says(complete, stories(1, 3))
		d.poll(0)
		d.says(complete, stories(1, 2))
		follow(d)
		d.is("at the end", 3, true)
	})
	t.Run("a file of a directory", func(t *testing.T) {
		t.Parallel()
		d := onSQLite(t)
		d.source.Feed = "feeds"
		one := func(n int) string { return `<feed xmlns="http://www.w3.org/2005/Atom">` + story(n) + `</feed>` }
		d.answers(one(1), one(2), one(3))
		d.poll(0)
		d.answers(one(1), one(2))
		follow(d)
		d.is("at the end", 3, true)
		d.is("at the end", 2, false)
		d.answers(one(1), `<feed xmlns="http://www.w3.org/2005/Atom"/>`)
		follow(d)
		d.is("its file is there, and may have rolled on", 2, false)
	})
	t.Run("it is back before the time", func(t *testing.T) {
		t.Parallel()
		d := onSQLite(t)
		d.says(stories(1, 6))
		d.poll(0)
		for range 4 {
			d.says(stories(1, 2), stories(4, 6))
			d.poll(time.Hour)
			d.poll(time.Minute)
			d.says(stories(1, 6))
			d.poll(time.Minute)
		}
		d.is("at the end", 3, false)
	})
	t.Run("it is not followed", func(t *testing.T) {
		t.Parallel()
		d := onSQLite(t)
		d.says(stories(1, 6))
		d.poll(0)
		d.says(stories(1, 2), stories(4, 6))
		d.poll(time.Hour)
		d.source.FollowRemovals = false
		follow(d)
		d.is("at the end", 3, false)
	})
	t.Run("what was not believed stays so when the feed grows", func(t *testing.T) {
		t.Parallel()
		d := onSQLite(t)
		d.says(stories(1, 9))
		d.poll(0)
		d.says(stories(6, 9))
		follow(d)
		d.says(stories(-20, 0), stories(6, 9))
		follow(d)
		if d.epoch() != 0 {
			t.Errorf("%d withdrawals", d.epoch())
		}
	})
}

// heard notes what is taken back.
type heard struct {
	mu    sync.Mutex
	items []string
}

func (h *heard) TakeBack(_ context.Context, deletions []feeds.Deletion) ([]feeds.Deletion, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, d := range deletions {
		h.items = append(h.items, d.GUID)
	}
	return deletions, nil
}

// told returns what was taken back so far.
func (h *heard) told() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.items)
}

func (h *heard) PutBack(context.Context, []feeds.Item) (back, down []string, err error) {
	return nil, nil, nil
}

// TestPushedDeletions: what a hub brings is a part of a feed. What is missing in it tells nothing,
// and a tombstone counts.
func TestPushedDeletions(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := new(heard)
		store, p := newMemory(), &press{entries: []string{"one", "two", "three"}, withdraw: h}
		p.run(t, store)
		time.Sleep(2 * time.Hour)
		for range 5 {
			p.push(t, p.document("four"))
			time.Sleep(time.Hour)
		}
		if got := h.told(); len(got) != 0 {
			t.Errorf("taken back because they are missing: %v", got)
		}
		p.push(t, strings.Replace(p.document(), "</feed>", `<at:deleted-entry xmlns:at="http://purl.org/atompub/tombstones/1.0" ref="tag:a.example,2026:one" when="2026-03-10T13:00:00Z"/>`+
			`<at:deleted-entry xmlns:at="http://purl.org/atompub/tombstones/1.0" ref="tag:b.example,2026:one" when="2026-03-10T13:00:00Z"/></feed>`, 1))
		time.Sleep(time.Minute)
		if got := h.told(); !slices.Equal(got, []string{"tag:a.example,2026:one"}) {
			t.Errorf("taken back: %v", got)
		}
	})
}
