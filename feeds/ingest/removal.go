package ingest

import (
	"fmt"
	"slices"
	"time"

	"reprint/cache"
	"reprint/feeds"
)

// An item that is gone from a feed may have been taken back, or may have made room for newer
// ones, or may be missing because the publisher's server had a bad hour. What follows is for
// sources that are configured with removal: follow, and believes it only when
//
//   - the document was taken in whole;
//   - at least two older items still stand in it, and it is in the order of their dates: so
//     there was room. A feed that says it is complete, and a file that is gone from
//     a directory, need no such proof;
//   - it was missing at three polls in a row that brought an answer, over an hour or more;
//   - not more than half of the feed was missing with it.
const (
	missedPolls = 3
	missedFor   = time.Hour
	olderItems  = 2
	// forgetMissing is how long what is missing is remembered where it is not believed.
	forgetMissing = 14 * 24 * time.Hour
	// maxWatched is how many items a source may show to be watched.
	maxWatched = 2000
)

// watch compares what documents show with what was there before.
func watch(s Source, poll *cache.Poll, read feedLevel, items []feeds.Item, now time.Time) {
	poll.Partial = s.FollowRemovals && (read.partial || len(items) > maxWatched)
	if !s.FollowRemovals || len(items) > maxWatched {
		poll.Window, poll.Missing = nil, nil
		return
	}
	appeared(poll, items, read.deletions)
	if poll.Partial {
		return
	}
	shown := show(items, read)
	room := newRoom(s, read, shown)
	known := make(map[string]bool)
	for _, m := range poll.Missing {
		known[m.Item] = true
	}
	for _, i := range shown {
		known[i.Item] = true
	}
	for _, d := range read.deletions { // the source speaks of them itself
		known[d.Item] = true
	}
	poll.Missing = slices.DeleteFunc(poll.Missing, func(m cache.Shown) bool { return now.Sub(m.Since) > forgetMissing || !room.has(m) })
	missedAgain(poll)
	var fresh []cache.Shown
	for _, w := range poll.Window {
		if !known[w.Item] && room.has(w) {
			w.Since, w.Polls = now.UTC(), 1
			fresh = append(fresh, w)
		}
	}
	if missing := len(poll.Missing) + len(fresh); missing > len(shown) {
		for i := range fresh {
			fresh[i].Held = true
		}
	}
	poll.Missing, poll.Window = append(poll.Missing, fresh...), shown
}

// show lists the items of documents as they stand there.
func show(items []feeds.Item, read feedLevel) []cache.Shown {
	shown := make([]cache.Shown, len(items))
	for n, i := range items {
		shown[n] = cache.Shown{Item: i.ID, Document: read.in[i.ID], Published: i.Published.UTC(), Updated: i.Updated.UTC()}
	}
	return shown
}

// room tells whether an item that is missing would have room in the documents.
type room struct {
	s     Source
	read  feedLevel
	shown map[string][]cache.Shown // by document
}

func newRoom(s Source, read feedLevel, shown []cache.Shown) room {
	r := room{s, read, make(map[string][]cache.Shown)}
	for _, i := range shown {
		r.shown[i.Document] = append(r.shown[i.Document], i)
	}
	return r
}

func (r room) has(m cache.Shown) bool {
	if len(r.shown) == 0 || r.read.complete || r.s.local() && !slices.Contains(r.read.documents, m.Document) {
		return true
	}
	for _, date := range []func(cache.Shown) time.Time{published, updated} {
		if shown := r.shown[m.Document]; isOrdered(shown, date) && !date(m).IsZero() {
			return olderThan(date(m), shown, date) >= olderItems
		}
	}
	return false
}

func published(i cache.Shown) time.Time { return i.Published }
func updated(i cache.Shown) time.Time   { return i.Updated }

// isOrdered tells whether items stand in the order of their dates, the newest first.
func isOrdered(shown []cache.Shown, date func(cache.Shown) time.Time) bool {
	for n, i := range shown {
		if date(i).IsZero() || n > 0 && date(i).After(date(shown[n-1])) {
			return false
		}
	}
	return true
}

func olderThan(t time.Time, shown []cache.Shown, date func(cache.Shown) time.Time) int {
	n := 0
	for _, i := range shown {
		if date(i).Before(t) {
			n++
		}
	}
	return n
}

// appeared ends the absence of what is there, or what the source speaks of itself.
func appeared(poll *cache.Poll, items []feeds.Item, deletions []feeds.Deletion) {
	if len(poll.Missing) == 0 {
		return
	}
	there := make(map[string]bool)
	for _, i := range items {
		there[i.ID] = true
	}
	for _, d := range deletions {
		there[d.Item] = true
	}
	poll.Missing = slices.DeleteFunc(poll.Missing, func(m cache.Shown) bool { return there[m.Item] })
}

// missedAgain counts one more poll without what is missing, whose document was as before.
func missedAgain(poll *cache.Poll) {
	if poll.Partial {
		return
	}
	for i := range poll.Missing {
		poll.Missing[i].Polls++
	}
}

// removed are the deletions that the absence of items amounts to.
func removed(s Source, poll cache.Poll, now time.Time) []feeds.Deletion {
	var gone []feeds.Deletion
	for _, m := range poll.Missing {
		if s.FollowRemovals && !m.Held && m.Polls >= missedPolls && now.Sub(m.Since) >= missedFor {
			gone = append(gone, feeds.Deletion{Item: m.Item, GUID: m.Item, When: now.UTC(), Where: "removal: follow", Reason: "it is gone from the feed"})
		}
	}
	return gone
}

// removalAdvice tells the operator what the absence of items did not lead to.
func removalAdvice(s Source, poll cache.Poll) string {
	held := 0
	for _, m := range poll.Missing {
		if m.Held {
			held++
		}
	}
	switch {
	case held > 0:
		return fmt.Sprintf("%d items are gone from the feed, more than it still has; that is not believed, and they stay. Withdraw them if the publisher took them back", held)
	case s.FollowRemovals && poll.Items > maxWatched:
		return fmt.Sprintf("removal: follow does nothing here: the source shows more than %d items", maxWatched)
	}
	return ""
}
