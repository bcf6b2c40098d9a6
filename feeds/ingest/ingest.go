// Package ingest takes sources in: fetch, parse, normalize, store, in this order, once or
// on a loop.
//
// [Ingester.Once] does as little as it can and stops at the first sign that there is
// nothing new: the publisher says so (304), the bytes are the same, the items are the same.
// What is new goes to the store in one call, together with the validators that the next
// poll sends, so that no crash in between can skip an item.
//
// [Ingester.Run] keeps doing so for any number of sources, each when it is due, with one
// goroutine that plans and a few that work. How often a source is asked is in pace.go, that
// no host is asked too much in hosts.go, what becomes of a feed that moved in move.go.
//
// Where several servers have one store, each polls a share of the sources: share.go says
// which, and leases.go holds on to it.
//
// Where a source names a hub (WebSub) it is subscribed to (subscribe.go), and what the hub
// brings is taken in like the answer to a poll (deliver.go).
//
// What a source takes back is withdrawn (upstream.go), if need be what is gone from its feed
// (removal.go).
package ingest

import (
	"context"
	"log/slog"
	"runtime"
	"sync/atomic"
	"time"

	"reprint/cache"
	"reprint/feeds"
	"reprint/feeds/fetch"
)

// readerVersion names the code that reads documents. Raise it when parsing or normalizing
// changes what becomes of the same bytes: then every document is asked for and read again.
const readerVersion = "2"

// maxLosses bounds what a poll remembers of what it left out.
const maxLosses = 20

// Source is a feed to poll.
type Source struct {
	ID       string
	Name     string
	Home     string
	Feed     string         // URL, or the path of a file or directory
	Every    time.Duration  // least time between two polls; 0 is the default
	Zone     *time.Location // of dates that state none; UTC where nil
	Language string         // of items that state none
	// IgnoreHints polls as often as Every says, whatever the publisher's documents and
	// headers ask for: a contract allows it. Retry-After holds all the same.
	IgnoreHints bool
	// NoPush keeps the source from being subscribed to where it names a hub.
	NoPush bool
	// FullText reads the page of each item on the source's own site besides: a contract
	// allows it.
	FullText bool
	// FollowRemovals withdraws items that are gone from the source's documents.
	FollowRemovals bool
	// IgnoreRobots asks for feed and pages whatever robots.txt says: a contract allows it.
	IgnoreRobots bool
}

// Fetcher asks a publisher once. Its error says in a sentence what is wrong; an
// *[fetch.Error] may carry the publisher's wish not to be asked sooner.
type Fetcher interface {
	Get(ctx context.Context, r fetch.Request) (fetch.Response, error)
}

// Store is what ingest needs of a [cache.Store], with its promises.
type Store interface {
	// Known returns what the store has of these items of one source.
	Known(ctx context.Context, source string, ids []string) (map[string]cache.Known, error)
	// Items returns the items with these ids.
	Items(ctx context.Context, ids []string) ([]feeds.Item, error)
	// Put stores a batch: items, then journal, then poll state; it may be repeated.
	Put(ctx context.Context, batch cache.Batch) (cache.Accepted, error)
	// Poll and SavePoll remember the state of a source's polls.
	Poll(ctx context.Context, source string) (cache.Poll, error)
	SavePoll(ctx context.Context, source string, poll cache.Poll) error
	// Subscription and SaveSubscription remember the subscription to a source at its hub.
	Subscription(ctx context.Context, source string) (cache.Subscription, error)
	SaveSubscription(ctx context.Context, source string, s cache.Subscription) error
}

// Options are what an Ingester works with.
type Options struct {
	Fetch Fetcher
	Store Store
	// Locate finds the network address that a URL is on, "" if that cannot be known. It is
	// asked once, before the first poll of a source, so that many sources on one machine
	// are polled one after the other from the start. May be nil.
	Locate func(ctx context.Context, url string) string
	// Hub asks the hubs that sources name, and Callback is the public address that hubs send
	// to, with a slash at its end; the source and a token are appended. Without both, no
	// source is subscribed to.
	Hub      Hub
	Callback string
	// Robots knows what sites ask of robots; where it is nil nobody is asked, and no page is
	// read.
	Robots Robots
	// Leases share the sources out among the servers of the store; Server is the name of this
	// one and Lease how long it may be silent before others take over what it polls. Where
	// Leases is nil, Run polls all sources.
	Leases Leases
	Server string
	Lease  time.Duration
	// Memory remembers for the next process what this one polled, where there are Leases; may be nil.
	Memory Memory
	// Held is told how many sources this server polls; may be nil.
	Held func(int)
	// Withdraw withdraws what sources take back; where it is nil nobody does.
	Withdraw Withdrawer
	// Authority makes permanent ids for items that have none; see [feeds.MintURI].
	Authority string
	Now       func() time.Time
	// Log gets a line for each poll that changed something or failed; may be nil.
	Log *slog.Logger
	// Observe is told of every poll; may be nil. It is called from several goroutines.
	Observe func(Outcome)
}

// Ingester takes sources in. It is safe for concurrent use.
type Ingester struct {
	o         Options
	reload    chan []Source
	reading   chan struct{} // holds a token for each document that is being read
	delivered chan delivery
	hints     chan string // sources that a hub says have something new
	known     atomic.Pointer[map[string]Source]
	locks     locks
	claims    *claims
	recalled  *recollection // the store, where others use it too; else nil
}

// New returns an Ingester.
func New(o Options) *Ingester {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Observe == nil {
		o.Observe = func(Outcome) {}
	}
	if o.Held == nil {
		o.Held = func(int) {}
	}
	g := &Ingester{
		o: o, reload: make(chan []Source, 1), reading: make(chan struct{}, runtime.GOMAXPROCS(0)),
		delivered: make(chan delivery, waiting), hints: make(chan string, workers),
	}
	if o.Leases != nil {
		g.recalled = newRecollection(o.Store, o.Memory, o.Log)
		g.o.Store = g.recalled
	}
	g.claims = newClaims(g)
	return g
}

// source returns a source that Run polls.
func (g *Ingester) source(id string) (Source, bool) {
	known := g.known.Load()
	if known == nil {
		return Source{}, false
	}
	s, ok := (*known)[id]
	return s, ok
}

// hint makes a source due, if it may be asked. Where too many come at once some are lost;
// their sources are polled when they are due.
func (g *Ingester) hint(source string) {
	select {
	case g.hints <- source:
	default:
	}
}

// store saves the items that are new or changed, and the poll's state with or after them.
func (g *Ingester) store(ctx context.Context, s Source, poll *cache.Poll, items []feeds.Item, now time.Time, o *Outcome) error {
	found, err := g.changed(ctx, s, items, now)
	if err != nil {
		return err
	}
	changed, err := g.readPages(ctx, s, poll, found, o)
	if err != nil {
		return err
	}
	if len(changed) == 0 {
		if o.Result == "" {
			o.Result = ResultUnchanged
			o.Accepted.Unchanged = len(items)
		}
		poll.Outcome = string(o.Result)
		return g.o.Store.SavePoll(ctx, s.ID, *poll)
	}
	o.Result = ResultNew
	poll.Outcome, poll.Changed = string(ResultNew), now
	accepted, err := g.o.Store.Put(ctx, cache.Batch{Source: s.ID, Items: changed, Poll: poll, At: now})
	accepted.Unchanged += len(items) - len(changed)
	o.Accepted = accepted
	return err
}

// changed returns the items that the store does not have just so, with what only we know, and
// those whose page is missing.
func (g *Ingester) changed(ctx context.Context, s Source, items []feeds.Item, now time.Time) ([]candidate, error) {
	if len(items) == 0 {
		return nil, nil
	}
	ids := make([]string, len(items))
	for n, i := range items {
		ids[n] = i.ID
	}
	known, err := g.o.Store.Known(ctx, s.ID, ids)
	if err != nil {
		return nil, err
	}
	var found []candidate
	for _, i := range items {
		k, ok := known[i.ID]
		feed, read := feeds.FeedRevision(k.Revision)
		same := ok && feed == i.Revision && (s.FullText || !read)
		if same && (read || !s.FullText) {
			continue
		}
		i.FirstSeen = now.UTC().Truncate(time.Millisecond)
		if ok {
			i.FirstSeen, i.URI = k.FirstSeen, k.URI
		}
		found = append(found, candidate{i, !same})
	}
	return found, nil
}
