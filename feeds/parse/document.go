package parse

import "reprint/feeds"

// Document is a feed as its publisher wrote it, whatever its format: text is decoded,
// nothing is cleaned, no date is read, no URL is resolved.
type Document struct {
	// Format is "rss", "rdf" (RSS 0.90 and 1.0), "atom" or "json"; Version is its number,
	// empty if unknown.
	Format  string
	Version string
	// Charset is the encoding that the bytes were read in, and CharsetBy what said so:
	// "bom", "http", "declaration", "utf-8", "guess".
	Charset   string
	CharsetBy string

	ID        string // atom:id of the feed
	Title     Text
	Home      string // link rel=alternate, channel link, home_page_url
	Self      string // link rel=self, feed_url
	Hubs      []string
	Language  string
	Base      string // xml:base in scope of the feed; may be relative; empty if none
	Copyright Text
	Updated   string // as written
	Hints     Hints
	// Rights are the statements about the whole feed.
	Rights []feeds.Statement
	// Authors are the feed's authors, who stand in for entries without any.
	Authors []Author

	Entries []Entry
	// Tombstones are the entries that the feed takes back, at most [MaxItems].
	Tombstones []Tombstone
	// Complete tells that the feed says to hold all that it has: what is not in it is gone
	// (RFC 5005 section 2). Partial tells that it has entries that are not among the Entries.
	Complete, Partial bool
	// Expired tells that the feed says that it is finished (JSON Feed).
	Expired bool
	// Losses say what was left out and why: an entry beyond the limit, one without an
	// id, one whose XML was broken.
	// They are sentences for people.
	Losses []string
}

// Hints are the publisher's wishes about when to poll, as written.
type Hints struct {
	TTL             string // minutes (RSS)
	SkipHours       []string
	SkipDays        []string
	UpdatePeriod    string // sy:updatePeriod
	UpdateFrequency string // sy:updateFrequency
	UpdateBase      string // sy:updateBase
}

// Entry is one item, entry or JSON item.
type Entry struct {
	// GUID is the identifier as written: guid, atom:id, rdf:about, JSON id. Empty if
	// there is none.
	GUID string
	// Link is the page of the item; Base is the xml:base in scope, empty if none.
	Link string
	Base string

	Title   Text
	Summary Text
	Content Text

	Language   string
	Published  string // as written
	Updated    string // as written
	Authors    []Author
	Editors    []Author // contributors, dc:contributor
	Categories []string
	// Source is the feed that the entry says it was copied from: <source>, atom:source.
	// Nil if it does not say.
	Source *Source
	// SourceName is dc:source, or dcterms:source where it is not a URL.
	SourceName string
	// Retraction tells that the entry is taken back; nil where it is not.
	Retraction *Retraction
	// Media are enclosures and media:* files, with the credits that belong to each.
	Media []Media
	// Rights are the statements about this entry, and those of its Source.
	Rights []feeds.Statement
}

// Text is text with what is known of its kind.
type Text struct {
	Value string
	// Kind is how Value is to be read.
	Kind TextKind
	// Base is the xml:base in scope of the text where that is not the entry's own; empty
	// means that [Entry.Base] holds for it too.
	Base string
}

// TextKind tells text from markup.
type TextKind uint8

const (
	// Unknown is what RSS gives: text that may hold escaped HTML.
	Unknown TextKind = iota
	// Plain is text without markup: "<" is a less-than sign.
	Plain
	// HTML is markup as a string.
	HTML
)

// Author is somebody named in a feed, as written.
type Author struct {
	Name  string
	Email string
	URL   string
}

// Source is the feed that an entry was copied from.
type Source struct {
	ID      string
	Title   string
	URL     string // the feed: source/@url, link rel=self
	Home    string
	Rights  string
	License string
	Updated string
	// Element is "source" (RSS) or "atom:source".
	Element string
}

// Media is a file that goes with an entry.
type Media struct {
	URL         string
	Type        string // media type
	Medium      string // image, video, audio, document; empty if not said
	Title       string
	Description string
	Credits     []string // media:credit, photographers first
	Copyright   string
	License     string
	Restricted  bool        // media:restriction that is not "allow all"
	Retraction  *Retraction // the file is taken back; nil where it is not
	Width       string
	Height      string
	Length      string
	// Thumbnail tells that it is a smaller copy (media:thumbnail).
	Thumbnail bool
}
