package normalize

import (
	"fmt"
	"net/url"
	"time"

	"reprint/feeds"
	"reprint/feeds/parse"
)

// From is what is known of the place that a document came from.
type From struct {
	Source    string         // id of the source
	Name      string         // its name in the configuration
	Home      string         // its site
	URL       string         // where the document came from in the end; base of relative links. May be empty for files
	Feed      string         // the configured feed URL; empty for files
	Zone      *time.Location // for dates without a zone; nil is UTC
	Language  string         // for items that state none; may be empty
	Authority string         // tag authority for minted ids, "example.org,2026"
}

// Content is what a document holds.
type Content struct {
	// Items are in the document's order, without FirstSeen. What the document takes back is
	// not among them.
	Items     []feeds.Item
	Deletions []feeds.Deletion
	// Losses say what was left out and why, one sentence each. Those of the document itself
	// are not repeated.
	Losses []string
	// Partial tells that entries are missing: what is not here may yet be in the feed.
	Partial bool
}

// Items returns the items of a document, and what was left out; see [Read].
func Items(doc parse.Document, from From) ([]feeds.Item, []string) {
	content := Read(doc, from)
	return content.Items, content.Losses
}

// Read returns what a document holds. Of several entries with one id the one that was updated
// last stays, as RFC 4287 section 4.1.1 has it.
func Read(doc parse.Document, from From) Content {
	r := newReading(doc, from)
	r.tombstones()
	items := r.items()
	content := Content{Partial: doc.Partial || r.partial}
	content.Items, content.Deletions = Settle(items, r.gone.list)
	if r.gone.lost > 0 {
		r.losses = append(r.losses, fmt.Sprintf("the deletions after the first %d were left out", maxDeletions))
	}
	content.Losses = r.losses
	return content
}

// items returns the items that a document shows.
func (r *reading) items() []feeds.Item {
	var items []feeds.Item
	at := make(map[string]int)
	for n, e := range r.doc.Entries {
		item, ok := r.item(n+1, e)
		if !ok {
			r.partial = true
			continue
		}
		if e.Retraction != nil {
			r.gone.add(r.retraction(item, e.Retraction))
			continue
		}
		r.pictures(item, e)
		first, seen := at[item.ID]
		switch {
		case !seen:
			at[item.ID] = len(items)
			items = append(items, item)
		case items[first].Revision == item.Revision:
			// The same version twice says nothing new.
		case item.Updated.After(items[first].Updated):
			r.lose("an older version of it was left out")
			items[first] = item
		default:
			r.lose("another version of it stands in the same document")
		}
	}
	return items
}

// reading is the making of the items of one document.
type reading struct {
	doc    parse.Document
	from   From
	base   *url.URL       // of the document; nil if nothing is known
	feed   feeds.FeedRef  // what every item says of its feed
	zone   *time.Location // for dates without one
	entry  string         // names the entry at work, for losses
	losses []string
	// partial tells that an entry is no item.
	partial bool
	gone    deletions
}

func newReading(doc parse.Document, from From) *reading {
	r := &reading{doc: doc, from: from, zone: from.Zone, entry: "feed", gone: deletions{at: make(map[string]int)}}
	if r.zone == nil {
		r.zone = time.UTC
	}
	r.base = baseOf(doc.Base, from.URL, from.Feed, from.Home)
	r.feed = r.feedRef()
	return r
}

// lose notes something that was left out of the entry at work.
func (r *reading) lose(format string, args ...any) {
	if len(r.losses) < maxLosses {
		r.losses = append(r.losses, r.entry+": "+fmt.Sprintf(format, args...))
	}
}

// item makes one item. It fails where nothing could name the item for ever.
func (r *reading) item(n int, e parse.Entry) (feeds.Item, bool) {
	r.entry = fmt.Sprintf("entry %d", n)
	guid := guidOf(e)
	if guid == "" {
		r.lose("it has no id, no link and no title")
		return feeds.Item{}, false
	}
	r.entry = fmt.Sprintf("entry %d (%s)", n, shorten(guid, maxQuote))
	base := within(r.base, e.Base)
	item := feeds.Item{
		ID:        feeds.NewID(r.from.Source, guid),
		URI:       guid,
		Source:    r.from.Source,
		GUID:      guid,
		Link:      resolve(base, e.Link),
		Title:     shorten(plain(e.Title), maxTitle),
		Language:  languageOf(e.Language, r.doc.Language, r.from.Language),
		Tags:      tags(e.Categories),
		Published: r.date("published", e.Published),
		Updated:   r.date("updated", e.Updated),
		Feed:      r.feed,
	}
	if !feeds.IsIRI(guid) {
		item.URI = feeds.MintURI(r.from.Authority, r.from.Source, guid)
	}
	b := r.body(e, base)
	item.Body, item.Text = b.parts, b.text
	item.Media = r.media(e, base, b)
	item.Attribution = r.attribution(e, base, b.said)
	item.Rights = r.rights(e, base, b.statements)
	item.Revision = item.Digest()
	return item, true
}

// date reads a date and notes it as lost where it cannot be read.
func (r *reading) date(which, value string) time.Time {
	t, ok := readDate(value, r.zone)
	if !ok && feeds.OneLine(value) != "" {
		r.lose("the date %q (%s) could not be read", shorten(feeds.OneLine(value), maxQuote), which)
	}
	return t
}

// feedRef describes the feed.
func (r *reading) feedRef() feeds.FeedRef {
	f := feeds.FeedRef{
		Title:  shorten(plain(r.doc.Title), maxTitle),
		URL:    resolve(r.base, r.doc.Self),
		Home:   resolve(r.base, r.doc.Home),
		Rights: shorten(plain(r.doc.Copyright), maxStatement),
	}
	if feeds.IsIRI(r.doc.ID) {
		f.ID = r.doc.ID
	}
	if f.URL == "" {
		f.URL = resolve(nil, r.from.Feed)
	}
	if f.Home == "" {
		f.Home = resolve(nil, r.from.Home)
	}
	for _, s := range r.doc.Rights {
		if s.Kind == feeds.KindLicense && f.License == "" {
			f.License = resolve(r.base, s.Value)
		}
	}
	f.Updated, _ = readDate(r.doc.Updated, r.zone)
	return f
}
