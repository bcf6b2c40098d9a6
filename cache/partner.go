package cache

import (
	"context"
	"time"

	"reprint/feeds"
)

// Partners is the part of the store that partners need; [Store] includes it.
type Partners interface {
	// Revoke remembers that a token is not valid any more, for ever, and appends a
	// [ChangeRevoke] to the journal. A token that was revoked before stays as it was,
	// and nothing is appended.
	Revoke(ctx context.Context, r Revocation) error

	// Revocations returns all of them, by partner and token.
	Revocations(ctx context.Context) ([]Revocation, error)

	// Secret returns the secret of that name, which all servers of a store share. Where
	// there is none, candidate becomes it.
	Secret(ctx context.Context, name string, candidate []byte) ([]byte, error)

	// Hold remembers what a partner is sent: of each item the most that it ever was, and
	// the first and the last time. It is called before the bytes leave.
	Hold(ctx context.Context, partner string, held []Held) error

	// Held returns what a partner was ever sent of these items, by id. Items that it never
	// was sent are missing from the map.
	Held(ctx context.Context, partner string, ids []string) (map[string]Held, error)

	// Holdings returns what a partner was ever sent, by ascending item id after one, at
	// most limit.
	Holdings(ctx context.Context, partner, after string, limit int) ([]Held, error)

	// Allot gives items a place in the allotment of that name (an agreement with a daily cap):
	// one that has a place keeps it; others get one in their order, until so many have
	// got theirs on that day. It returns those that have a place.
	Allot(ctx context.Context, partner, name, day string, most int, ids []string) ([]string, error)

	// Tally adds up what a ledger recorded up to a position. Where the store counted the
	// ledger up to that position or further already, nothing is added. It returns the
	// position up to which the store has counted.
	Tally(ctx context.Context, ledger string, from, upTo int64, tallies []Tally) (counted int64, err error)

	// Counted returns the position up to which a ledger was counted; 0 where it never was.
	Counted(ctx context.Context, ledger string) (int64, error)

	// Tallies returns all counts, by partner and source.
	Tallies(ctx context.Context) ([]Tally, error)

	// Ranked returns items of these sources by ascending [feeds.Item.Rank], ties by
	// ascending ID: those after the item that stands at from with the id after, up to and
	// with to, at most limit. Ranks count in whole milliseconds.
	Ranked(ctx context.Context, sources []string, from time.Time, after string, to time.Time, limit int) ([]feeds.Item, error)
}

// Revocation is a token that is not valid any more.
type Revocation struct {
	Partner string
	Token   string
	At      time.Time
}

// Held is what a partner was sent of an item.
type Held struct {
	Item     string
	Form     int // the most text, as the number of a form
	Pictures int // the most pictures
	First    time.Time
	Last     time.Time
}

// Merge returns what two notes of one item say together.
func (h Held) Merge(o Held) Held {
	h.Form, h.Pictures = max(h.Form, o.Form), max(h.Pictures, o.Pictures)
	if o.First.Before(h.First) {
		h.First = o.First
	}
	if o.Last.After(h.Last) {
		h.Last = o.Last
	}
	return h
}

// Tally counts what a partner pulled of a source; with an empty Source, of all.
type Tally struct {
	Partner  string
	Source   string
	Pulls    int64 // answers with content
	Items    int64 // items in them
	Full     int64 // of these, with the whole text
	Excerpts int64
	Links    int64
	Pictures int64 // pictures in them
	First    time.Time
	Last     time.Time
	// Recent are the last pulls, newest first, at most [RecentPulls]; only where Source is
	// empty. In an argument of Tally they are those to add.
	Recent []time.Time
}

// RecentPulls is how many of the last pulls of a partner are kept.
const RecentPulls = 20
