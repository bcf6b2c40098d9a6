package parse

import (
	"bytes"
	"slices"
	"strings"

	"github.com/mmcdole/gofeed/rss"

	"reprint/feeds"
)

// readRSS makes a Document of an RSS feed from gofeed's reading and the walk's. gofeed
// gives what RSS itself defines; everything in a namespace comes from the walk.
func readRSS(w *walk) (Document, error) {
	feed, err := (&rss.Parser{}).Parse(bytes.NewReader(w.text))
	if err != nil {
		return Document{}, refuse(KindMalformed, "the RSS cannot be read: %v", err)
	}
	entries := w.entries()
	if len(entries) != len(feed.Items) {
		return Document{}, disagreement(len(feed.Items), len(entries))
	}
	doc := rssHead(feed, w.feed)
	for i, item := range feed.Items {
		doc.Entries = append(doc.Entries, rssEntry(item, entries[i]))
	}
	w.countLosses()
	return doc, nil
}

// rssHead reads the channel.
func rssHead(feed *rss.Feed, found *found) Document {
	return Document{
		Version:   feed.Version,
		ID:        found.first(nsAtom, "id"),
		Title:     Text{Value: firstOf(feed.Title, found.first(nsDC, "title"))},
		Home:      firstOf(firstOf(feed.Links...), found.href("alternate")),
		Self:      found.href("self"),
		Hubs:      found.hrefs("hub"),
		Language:  firstOf(feed.Language, found.first(nsDC, "language"), found.language),
		Base:      found.base,
		Copyright: Text{Value: firstOf(feed.Copyright, found.first(nsDC, "rights"))},
		Updated: firstOf(feed.LastBuildDate, feed.PubDate, found.first(nsTerms, "modified"),
			found.first(nsAtom, "updated"), found.first(nsDC, "date")),
		Hints:   hints(feed, found),
		Rights:  found.rights,
		Authors: found.people(feed.ManagingEditor),
	}
}

func hints(feed *rss.Feed, found *found) Hints {
	h := found.hints()
	h.TTL = feed.TTL
	h.SkipHours = feed.SkipHours
	h.SkipDays = feed.SkipDays
	return h
}

// hints returns the wishes that the syndication module states.
func (f *found) hints() Hints {
	return Hints{
		UpdatePeriod:    f.first(nsSyndication, "updateperiod"),
		UpdateFrequency: f.first(nsSyndication, "updatefrequency"),
		UpdateBase:      f.first(nsSyndication, "updatebase"),
	}
}

// people returns the authors of an RSS feed or item: those of Dublin Core, else those in
// Atom's words, else RSS's own.
func (f *found) people(own string) []Author {
	if people := authors(slices.Concat(f.all(nsDC, "creator"), f.all(nsTerms, "creator"))...); people != nil {
		return people
	}
	var people []Author
	for _, a := range f.authors {
		if *a != (Author{}) {
			people = append(people, *a)
		}
	}
	if people != nil {
		return people
	}
	return authors(own)
}

// rssEntry reads an item.
func rssEntry(item *rss.Item, found *found) Entry {
	e := Entry{
		GUID:     firstOf(guid(item), found.resource, found.first(nsAtom, "id")),
		Link:     rssLink(item, found),
		Base:     found.base,
		Title:    Text{Value: firstOf(item.Title, found.first(nsDC, "title"))},
		Summary:  Text{Value: firstOf(item.Description, found.first(nsDC, "description"))},
		Content:  found.body,
		Language: firstOf(found.first(nsDC, "language"), found.language),
		Published: firstOf(item.PubDate, found.first(nsAtom, "published"), found.first(nsTerms, "issued"),
			found.first(nsTerms, "created"), found.first(nsDC, "date")),
		Updated:    firstOf(found.first(nsAtom, "updated"), found.first(nsTerms, "modified")),
		Authors:    found.people(item.Author),
		Editors:    authors(found.all(nsDC, "contributor")...),
		Source:     rssSource(item, found),
		SourceName: found.sourceName(),
		Rights:     found.allRights(),
	}
	if item.Content != "" {
		e.Content = Text{Value: item.Content, Kind: HTML}
	}
	for _, c := range item.Categories {
		e.Categories = append(e.Categories, c.Value)
	}
	e.Categories = append(e.Categories, found.all(nsDC, "subject")...)
	for _, enc := range item.Enclosures {
		found.addEnclosure(Media{URL: strings.TrimSpace(enc.URL), Type: enc.Type, Length: enc.Length})
	}
	found.addLinkedFiles()
	e.Media, e.Retraction = found.mediaFiles(), found.life()
	return e
}

func guid(item *rss.Item) string {
	if item.GUID == nil {
		return ""
	}
	return item.GUID.Value
}

// rssLink returns the page of an item: its link, atom:link, a guid that is a permanent
// link, the rdf:about of RSS 1.0.
func rssLink(item *rss.Item, found *found) string {
	if link := firstOf(firstOf(item.Links...), found.href("alternate")); link != "" {
		return link
	}
	if item.GUID != nil && !strings.EqualFold(strings.TrimSpace(item.GUID.IsPermalink), "false") && isWeb(item.GUID.Value) {
		return item.GUID.Value
	}
	if isWeb(found.resource) {
		return found.resource
	}
	return ""
}

// isWeb tells whether s is the address of a page.
func isWeb(s string) bool {
	s = strings.ToLower(s)
	return strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://")
}

// rssSource returns the feed that an item was copied from. atom:source says more than
// <source> and names the first feed in the chain, so it comes first.
func rssSource(item *rss.Item, found *found) *Source {
	if found.source != nil {
		return found.source.asSource()
	}
	if item.Source == nil || item.Source.Title == "" && item.Source.URL == "" {
		return nil
	}
	return &Source{Title: item.Source.Title, URL: item.Source.URL, Element: "source"}
}

// asSource returns an atom:source as the feed that it describes.
func (f *found) asSource() *Source {
	return &Source{
		ID:      f.first(nsAtom, "id"),
		Title:   f.first(nsAtom, "title"),
		URL:     f.href("self"),
		Home:    f.href("alternate"),
		Rights:  firstOf(f.first(nsAtom, "rights"), f.first(nsDC, "rights")),
		License: f.license(),
		Updated: f.first(nsAtom, "updated"),
		Element: "atom:source",
	}
}

// sourceName returns dc:source, or a dcterms:source that is a name. One that is a URL
// names a page and no outlet.
func (f *found) sourceName() string {
	for _, name := range slices.Concat(f.all(nsDC, "source"), f.all(nsTerms, "source")) {
		if !isWeb(name) {
			return name
		}
	}
	return ""
}

// allRights returns the statements about an entry and those about its source.
func (f *found) allRights() []feeds.Statement {
	if f.source == nil {
		return f.rights
	}
	return slices.Concat(f.rights, f.source.rights)
}

// addLinkedFiles keeps the files that link rel=enclosure names.
func (f *found) addLinkedFiles() {
	for _, l := range f.links {
		if l.rel == "enclosure" && l.href != "" {
			f.addEnclosure(Media{URL: l.href, Type: l.media, Title: l.title, Length: l.length})
		}
	}
}
