// Package cache is the contract of the store: the types that cross it and the promises
// that every backend keeps. The backends are cache/sqlite, for one machine with nothing
// to install, and cache/redis, for many servers; package cachetest holds the one suite
// that both must pass, so that they give the same answers.
//
// The store keeps the items, the state of each poll and subscription, the journal of changes, the
// stamps of published documents, and what partners were sent. Its spine is the journal: every accepted change appends
// one [Change], in one order that everybody sees. Whatever must notice a change (rendered
// bytes, cursors, other servers) reads the journal; nothing depends on being told.
//
// Consumers declare the few methods that they need as an interface of their own; the
// comments on [Store] are the contract for all of them.
package cache

import (
	"context"
	"errors"
	"time"

	"reprint/feeds"
)

// Store is everything that a backend can do. All methods are safe for concurrent use,
// heed their context, and return an error that wraps [ErrUnavailable] where the store
// could not be reached in time; such a call may or may not have taken effect, and every
// call may be repeated with the same arguments without harm.
type Store interface {
	// Known returns what the store has of these items of one source, by id. Items that
	// it does not have are missing from the map.
	Known(ctx context.Context, source string, ids []string) (map[string]Known, error)

	// Put stores what one poll of one source brought: the items that are new or changed,
	// then the journal entries, then the poll's own state, in that order, so that a
	// crash in between never skips an item. When it returns nil, all of it is as
	// durable as the backend is set up to be, and all of it is in the journal.
	//
	// Put is idempotent by (source, id, revision): an item whose stored revision is the
	// same is left alone, FirstSeen and URI of an item that is known are kept, and a
	// repeated Put appends nothing to the journal.
	Put(ctx context.Context, batch Batch) (Accepted, error)

	// Latest returns the newest items of these sources together, by descending
	// [feeds.Item.Rank], ties by ascending ID, at most limit. No sources, no items. What the
	// items of a store point to may be shared with other callers: nobody changes it.
	Latest(ctx context.Context, sources []string, limit int) ([]feeds.Item, error)

	// Items returns the items with these ids, in the order asked for; an id that the
	// store does not have is left out.
	Items(ctx context.Context, ids []string) ([]feeds.Item, error)

	// Poll returns what is remembered of the polls of a source; the zero Poll where
	// nothing is.
	Poll(ctx context.Context, source string) (Poll, error)

	// SavePoll remembers the state of a poll that brought nothing to store. It fails with
	// [ErrFenced] where [Poll.Fence] is less than that of the state it would replace, and so
	// does Put.
	SavePoll(ctx context.Context, source string, poll Poll) error

	// Subscription returns what is remembered of a source's subscription at its hub; the
	// zero Subscription where nothing is.
	Subscription(ctx context.Context, source string) (Subscription, error)

	// SaveSubscription remembers it.
	SaveSubscription(ctx context.Context, source string, s Subscription) error

	// Journal returns the changes after a position, oldest first, at most limit, and the
	// position to go on from. Positions begin after 0, grow, and are not consecutive: once
	// a change was returned, no change before it will appear. No position is given out twice, not
	// even by a store that fell back to an older state, as long as its clock is right. Where there is nothing
	// after the position, Journal waits up to wait for something, then returns none.
	Journal(ctx context.Context, after int64, limit int, wait time.Duration) ([]Change, int64, error)

	// Head returns the position of the newest change; 0 for an empty journal.
	Head(ctx context.Context) (int64, error)

	// Stamp returns when the published document of that name last changed. It compares
	// digest with the one remembered: if equal, the remembered moment is returned; if
	// not, digest is remembered with now, or with one second after the remembered moment
	// where that is later, so that two versions never share a date. Moments are whole
	// seconds in UTC. All servers of one store get the same answer.
	Stamp(ctx context.Context, document, digest string, now time.Time) (time.Time, error)

	// Partners is what the store keeps for partners.
	Partners

	// Withdrawals is the set of withdrawals, and the servers that must know it.
	Withdrawals

	// Leases share the sources out among the servers.
	Leases

	// Complaints are claims about what the house shows.
	Complaints

	// Check looks at the store's surroundings: version, persistence, eviction, space.
	Check(ctx context.Context) []Finding

	// Close releases the store's resources. No other method may be called after it.
	Close() error
}

// ErrUnavailable is wrapped by errors of stores that cannot be reached or used now and
// may be later.
var ErrUnavailable = errors.New("store unavailable")

// Known is what a store has of an item.
type Known struct {
	Revision  string
	URI       string
	FirstSeen time.Time
}

// Batch is what one poll of one source brought.
type Batch struct {
	Source string
	// Items are complete, with ID, URI, Revision and FirstSeen set, all of Source, no
	// two of one ID.
	Items []feeds.Item
	// Poll is saved once the items are durable and in the journal; where it is nil, what is
	// remembered stays.
	Poll *Poll
	// At is the moment that the journal entries carry.
	At time.Time
}

// Accepted counts what a Put did.
type Accepted struct {
	New       int // items that the store did not have
	Revised   int // items that it had in another revision
	Unchanged int // items that it had just so
}

// Change is one entry of the journal.
type Change struct {
	Seq      int64 // its position; greater than that of every earlier change
	Kind     ChangeKind
	Item     string // item id
	Source   string
	Revision string
	At       time.Time
}

// ChangeKind says what happened to an item.
type ChangeKind string

// The kinds of changes.
const (
	ChangePut    ChangeKind = "put"    // the item is new
	ChangeRevise ChangeKind = "revise" // the item has a new revision
	ChangeRevoke ChangeKind = "revoke" // a token was revoked; Item is PARTNER/TOKEN, Source empty
	// A target was withdrawn or put back. Item is the id of an item; for other targets it
	// is the target itself, and Source is empty. Revision is empty.
	ChangeWithdraw  ChangeKind = "withdraw"
	ChangeReinstate ChangeKind = "reinstate"
)

// Finding is one result of looking at the surroundings.
type Finding struct {
	Check    string   // short name: "redis eviction policy"
	Severity Severity //
	Detail   string   // what was found
	Remedy   string   // what to do, one line; empty where all is well
}

// Severity orders findings.
type Severity uint8

// The severities. Start-up refuses to go on with a Refuse.
const (
	OK Severity = iota
	Warn
	Refuse
)

// String names the severity.
func (s Severity) String() string {
	switch s {
	case OK:
		return "ok"
	case Warn:
		return "warn"
	}
	return "refuse"
}
