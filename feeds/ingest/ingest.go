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
package ingest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"sync/atomic"
	"time"

	"reprint/cache"
	"reprint/feeds"
	"reprint/feeds/fetch"
	"reprint/feeds/normalize"
	"reprint/feeds/parse"
)

// readerVersion names the code that reads documents. Raise it when parsing or normalizing
// changes what becomes of the same bytes: then every document is asked for and read again.
const readerVersion = "1"

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
	// Held is told how many sources this server polls; may be nil.
	Held func(int)
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

// digestOf is a hash of all documents.
func digestOf(documents []fetch.Document) string {
	h := sha256.New()
	fmt.Fprintln(h, len(documents))
	for _, d := range documents {
		fmt.Fprintln(h, d.ContentType, len(d.Body))
		h.Write(d.Body)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// feedLevel is what a document says of the feed itself that ingest goes by.
type feedLevel struct {
	hints parse.Hints
	hubs  []string
	self  string
}

// readAll turns the documents into items, each id once.
func (g *Ingester) readAll(s Source, r fetch.Response, o *Outcome) ([]feeds.Item, feedLevel, error) {
	var all []feeds.Item
	var level feedLevel
	var problems []error
	for _, d := range r.Documents {
		doc, items, losses, err := g.read(s, r, d)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", d.Name, err))
			continue
		}
		level = feedLevel{doc.Hints, doc.Hubs, doc.Self}
		all = append(all, items...)
		o.Losses = append(o.Losses, losses...)
	}
	if len(problems) == len(r.Documents) {
		return nil, level, errors.Join(problems...)
	}
	for _, p := range problems { // the other files of a directory are taken in
		o.Losses = append(o.Losses, p.Error())
	}
	o.Items = len(all)
	unique, repeated := distinct(all)
	o.Losses = append(o.Losses, repeated...)
	return unique, level, nil
}

// read turns one document into items. Whatever goes wrong inside a library on some hostile
// document stays here and delays nobody.
func (g *Ingester) read(s Source, r fetch.Response, d fetch.Document) (doc parse.Document, items []feeds.Item, losses []string, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the document could not be read (%v); please report it", p)
		}
	}()
	g.reading <- struct{}{}
	defer func() { <-g.reading }()
	doc, err = parse.Parse(d.Body, parse.Hint{ContentType: d.ContentType, Language: r.Header.Get("Content-Language")})
	if err != nil {
		return doc, nil, nil, err
	}
	doc.Rights = append(doc.Rights, resolveAgainst(r.URL, headerRights(r.Header, feeds.ScopeFeed))...)
	items, losses = normalize.Items(doc, g.from(s, r.URL))
	return doc, items, append(doc.Losses, losses...), nil
}

// from is what normalize is told of a source whose document came from an address; none for
// a file.
func (g *Ingester) from(s Source, address string) normalize.From {
	from := normalize.From{Source: s.ID, Name: s.Name, Home: s.Home, URL: address, Zone: s.Zone, Language: s.Language, Authority: g.o.Authority}
	if address != "" {
		from.Feed = s.Feed
	}
	return from
}

// distinct keeps one item for each id: the one updated last, else the first.
func distinct(items []feeds.Item) ([]feeds.Item, []string) {
	at := make(map[string]int)
	var kept []feeds.Item
	var losses []string
	for _, i := range items {
		n, seen := at[i.ID]
		if !seen {
			at[i.ID] = len(kept)
			kept = append(kept, i)
			continue
		}
		losses = append(losses, fmt.Sprintf("the id %q stands for more than one item; the latest is kept", i.GUID))
		if i.Updated.After(kept[n].Updated) {
			kept[n] = i
		}
	}
	return kept, losses
}

// reader names what reads the documents of a source: bytes that another reader has read must
// be read again.
func reader(s Source) string {
	if s.FullText {
		return readerVersion + " pages"
	}
	return readerVersion
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
