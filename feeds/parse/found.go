package parse

import (
	"encoding/xml"
	"net/url"
	"slices"
	"strings"

	"reprint/feeds"
)

// The scopes of what is found, by shorter names.
const (
	scopeFeed   = feeds.ScopeFeed
	scopeSource = feeds.ScopeSource
	scopeEntry  = feeds.ScopeItem
)

// found is what the walk read about a feed, an entry, or the atom:source of an entry.
type found struct {
	scope feeds.Scope
	// base and language are those in scope.
	base     string
	language string
	// resource is the rdf:about of an item of RSS 1.0.
	resource string

	facts map[term][]string
	// texts tell how Atom's text constructs are to be read, by local name.
	texts map[string]construct
	links []link
	// body is atom:content or xhtml:body of an RSS item.
	body    Text
	authors []*Author
	rights  []feeds.Statement
	source  *found

	media box
	// retraction is what an entry says if it is taken back.
	retraction *Retraction
	files      []*box
	// soundLicense is podcast:license. It covers sound and video, not the text.
	soundLicense string
	losses       int
}

// construct is how an Atom text or content is to be read.
type construct struct {
	kind TextKind
	base string
	// language is the one in scope.
	language string
	// binary tells that the content is no text; source is where it is if not here.
	binary bool
	// encoded tells that the text may be in base64, as Atom 0.3 allowed.
	encoded bool
	source  string
	media   string // its media type
	// prefix is the one that XHTML has in this text, with its colon.
	prefix string
}

// link is a link of Atom, or atom:link in RSS.
type link struct {
	rel, href, media, title, length string
}

// newFound returns an empty reading: of the feed if outer is nil, of an entry in the feed,
// or of the source in an entry.
func newFound(outer *found) *found {
	f := &found{scope: scopeFeed, facts: make(map[term][]string)}
	if outer == nil {
		return f
	}
	f.base, f.language = outer.base, outer.language
	switch outer.scope {
	case scopeFeed:
		f.scope = scopeEntry
		f.media.outer = &outer.media
	default:
		f.scope = scopeSource
	}
	return f
}

// first returns the first value of a term; empty if there is none.
func (f *found) first(ns namespace, local string) string {
	if values := f.facts[term{ns, local}]; len(values) > 0 {
		return values[0]
	}
	return ""
}

// all returns the values of a term.
func (f *found) all(ns namespace, local string) []string { return f.facts[term{ns, local}] }

// hrefs returns where the links of a relation lead.
func (f *found) hrefs(rel string) []string {
	var hrefs []string
	for _, l := range f.links {
		if l.rel == rel && l.href != "" {
			hrefs = append(hrefs, l.href)
		}
	}
	return hrefs
}

// href returns where the first link of a relation leads; for "alternate" a page is
// preferred.
func (f *found) href(rel string) string {
	best := ""
	for _, l := range f.links {
		switch {
		case l.rel != rel || l.href == "":
		case l.media == "" || strings.Contains(l.media, "html"):
			return l.href
		case best == "":
			best = l.href
		}
	}
	return best
}

// wanted are the elements whose text is kept as it is.
var wanted = map[term]bool{
	{nsDC, "title"}:       true,
	{nsDC, "description"}: true,
	{nsDC, "creator"}:     true,
	{nsDC, "contributor"}: true,
	{nsDC, "subject"}:     true,
	{nsDC, "source"}:      true,
	{nsDC, "language"}:    true,
	{nsDC, "date"}:        true,
	{nsDC, "rights"}:      true,

	{nsTerms, "creator"}:  true,
	{nsTerms, "source"}:   true,
	{nsTerms, "created"}:  true,
	{nsTerms, "issued"}:   true,
	{nsTerms, "modified"}: true,

	{nsAtom, "id"}:        true,
	{nsAtom, "updated"}:   true,
	{nsAtom, "published"}: true,

	{nsSyndication, "updateperiod"}:    true,
	{nsSyndication, "updatefrequency"}: true,
	{nsSyndication, "updatebase"}:      true,
}

// describe reads a plain fact.
func (w *walk) describe(f *frame, ns namespace, local string, e xml.StartElement) {
	about := f.about
	name := term{ns, local}
	switch {
	case ns == nsAtom && local == "link":
		about.addLink(readLink(e))
	case wanted[name], ns == nsAtom && about.scope == scopeSource:
		f.read(func(value string) { about.keep(name, value) })
	case w.format == formatAtom:
	case ns == nsAtom && local == "author" && about.scope != scopeSource:
		f.author = &Author{}
		f.place = person
		about.authors = append(about.authors, f.author)
	case about.scope != scopeEntry:
	case ns == nsAtom && local == "content":
		readForeignBody(f, e)
	case ns == nsXHTML && (local == "body" || local == "div"):
		f.raw = func(inner []byte) { about.body = Text{Value: string(inner), Kind: HTML} }
	}
	if ns == nsAtom && w.format == formatAtom {
		about.construct(f, local, e)
	}
}

func (f *found) addLink(l link) {
	if len(f.links) >= maxFiles {
		f.losses++
		return
	}
	f.links = append(f.links, l)
}

// keep notes one value of a term.
func (f *found) keep(name term, value string) {
	if value == "" || len(f.facts[name]) >= maxFacts || slices.Contains(f.facts[name], value) {
		return
	}
	f.facts[name] = append(f.facts[name], value)
}

func readLink(e xml.StartElement) link {
	l := link{
		rel:    strings.ToLower(attribute(e, "rel")),
		href:   attribute(e, "href"),
		media:  strings.ToLower(attribute(e, "type")),
		title:  attribute(e, "title"),
		length: attribute(e, "length"),
	}
	if l.rel == "" {
		l.rel = "alternate"
	}
	l.rel = strings.TrimPrefix(l.rel, "http://www.iana.org/assignments/relation/")
	return l
}

// readForeignBody reads the atom:content of an RSS item.
func readForeignBody(f *frame, e xml.StartElement) {
	about, kind := f.about, textKind(e)
	if strings.Contains(attribute(e, "type"), "xhtml") {
		f.raw = func(inner []byte) { about.body = Text{Value: string(inner), Kind: kind} }
		return
	}
	f.limit = maxText
	f.read(func(value string) { about.body = Text{Value: value, Kind: kind} })
}

// readPerson reads a child of atom:author.
func readPerson(f *frame, who *Author, e xml.StartElement) {
	switch strings.ToLower(e.Name.Local) {
	case "name":
		f.read(func(value string) { who.Name = value })
	case "email":
		f.read(func(value string) { who.Email = value })
	case "uri", "url":
		f.read(func(value string) { who.URL = value })
	}
}

// resolve returns ref resolved against base (RFC 3986); ref as it is where there is no
// base, or one of them is no URL.
func resolve(base, ref string) string {
	if base == "" {
		return ref
	}
	b, err := url.Parse(base)
	if err != nil {
		return ref
	}
	r, err := b.Parse(ref)
	if err != nil {
		return ref
	}
	return r.String()
}
