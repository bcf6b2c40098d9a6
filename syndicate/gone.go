package syndicate

import (
	"cmp"
	"time"

	"reprint/feeds"
)

// Gone is an item that was withdrawn, as far as the outside is told of it: that it was there,
// and that it is not any more. What it said is not in it.
type Gone struct {
	Item     string // id
	URI      string // permanent id
	Language string // of the notice
	At       time.Time
	Legal    bool // the notice tells who ordered it
	// Stub tells that a notice still takes the item's place, so that readers overwrite their
	// copy. From Until on there is only the bare word that it is gone.
	Stub   bool
	Until  time.Time
	Notice string
	// From is the feed that it came from: a tombstone in another feed has to name it (RFC 6721 section 3).
	From feeds.FeedRef
}

// StubTime is for how long a notice takes the place of a withdrawn item in feeds, unless the house wants it otherwise
// ([Site.NoticeTime]).
const StubTime = 14 * 24 * time.Hour

// NoticeTime is for how long a notice takes the place of a withdrawn item in this house's feeds; 0 is not at all.
func (b *Rulebook) NoticeTime() time.Duration {
	return max(cmp.Or(b.house.Site.NoticeTime, StubTime), 0)
}

// IsWithdrawn tells whether an item is down: by itself, with its source or an outlet that it names, or as a copy.
func (b *Rulebook) IsWithdrawn(item feeds.Item, withdrawn *Withdrawals, now time.Time) bool {
	_, d := b.Decide(item, Public, withdrawn, now)
	return d.Reason == Withdrawn
}

// Gone tells what an audience is told of an item: nothing, unless the item was withdrawn and
// the audience could have had it otherwise.
func (b *Rulebook) Gone(item feeds.Item, audience Audience, withdrawn *Withdrawals, now time.Time) (Gone, bool) {
	_, with := b.Decide(item, audience, withdrawn, now)
	if with.Reason != Withdrawn {
		return Gone{}, false
	}
	cleared, without := b.Decide(item, audience, nil, now)
	if without.Form == Withheld {
		return Gone{}, false
	}
	w := with.Under
	language, words := b.wordsFor(item.Language)
	notice := fill(words.Withdrawn, map[string]Span{
		"house": {Text: b.house.Site.Name}, "date": {Text: feeds.Day(w.At, b.house.Site.Zone)}, "authority": {Text: feeds.OneLine(w.Authority)}, "replacement": {Text: feeds.Lines(w.Replacement)},
	})
	until := w.At.Add(b.NoticeTime())
	return Gone{
		From: cleared.Feed(), Item: item.ID, URI: item.URI, Language: language, At: w.At.UTC(), Legal: w.Cause == Legal, Stub: now.Before(until), Until: until, Notice: notice.Text(),
	}, true
}
