package parse

import (
	"bytes"

	"github.com/mmcdole/gofeed/atom"
)

// readAtom makes a Document of an Atom feed from gofeed's reading and the walk's. gofeed
// gives texts, people, categories and dates; the walk gives the kinds of the texts, the
// ids as written, links, sources, rights and everything in another namespace.
func readAtom(w *walk) (Document, error) {
	feed, err := (&atom.Parser{}).Parse(bytes.NewReader(w.text))
	if err != nil {
		return Document{}, refuse(KindMalformed, "the Atom feed cannot be read: %v", err)
	}
	entries := w.entries()
	if len(entries) != len(feed.Entries) {
		return Document{}, disagreement(len(feed.Entries), len(entries))
	}
	doc := atomHead(feed, w.feed)
	for i, entry := range feed.Entries {
		doc.Entries = append(doc.Entries, atomEntry(entry, entries[i]))
	}
	w.countLosses()
	return doc, nil
}

// atomHead reads what the feed says of itself.
func atomHead(feed *atom.Feed, found *found) Document {
	return Document{
		Version:   feed.Version,
		ID:        found.first(nsAtom, "id"),
		Title:     found.text("title", feed.Title),
		Home:      found.href("alternate"),
		Self:      found.href("self"),
		Hubs:      found.hrefs("hub"),
		Language:  firstOf(found.language, found.first(nsDC, "language")),
		Base:      found.base,
		Copyright: found.copyright(feed.Rights),
		Updated:   feed.Updated,
		Hints:     found.hints(),
		Rights:    found.rights,
		Authors:   persons(feed.Authors),
	}
}

// copyright returns the rights text of a feed; dc:rights if it has none.
func (f *found) copyright(value string) Text {
	switch {
	case value == "":
		return Text{Value: f.first(nsDC, "rights")}
	case f.texts["rights"] == construct{}:
		return f.text("copyright", value) // Atom 0.3
	}
	return f.text("rights", value)
}

// atomEntry reads an entry.
func atomEntry(entry *atom.Entry, found *found) Entry {
	e := Entry{
		GUID:       found.first(nsAtom, "id"),
		Link:       found.href("alternate"),
		Base:       found.base,
		Title:      found.text("title", entry.Title),
		Summary:    found.text("summary", entry.Summary),
		Language:   firstOf(found.texts["content"].language, found.texts["title"].language, found.language, found.first(nsDC, "language")),
		Published:  entry.Published,
		Updated:    entry.Updated,
		Authors:    atomAuthors(entry, found),
		Editors:    append(persons(entry.Contributors), authors(found.all(nsDC, "contributor")...)...),
		SourceName: found.sourceName(),
		Rights:     found.allRights(),
	}
	if entry.Content != nil {
		e.Content = found.text("content", entry.Content.Value)
		found.addRemoteContent()
	}
	for _, c := range entry.Categories {
		e.Categories = append(e.Categories, firstOf(c.Label, c.Term))
	}
	e.Categories = append(e.Categories, found.all(nsDC, "subject")...)
	if found.source != nil {
		e.Source = found.source.asSource()
	}
	found.addLinkedFiles()
	e.Media, e.Retraction = found.mediaFiles(), found.life()
	return e
}

// atomAuthors returns the authors of an entry: its own, else those of its source (RFC 4287
// section 4.2.1), else those of Dublin Core.
func atomAuthors(entry *atom.Entry, found *found) []Author {
	if people := persons(entry.Authors); people != nil {
		return people
	}
	if entry.Source != nil {
		if people := persons(entry.Source.Authors); people != nil {
			return people
		}
	}
	return authors(found.all(nsDC, "creator")...)
}

// persons returns people as gofeed read them, without those that have no name, no address
// and no page.
func persons(read []*atom.Person) []Author {
	var people []Author
	for _, p := range read {
		if who := (Author{Name: p.Name, Email: p.Email, URL: p.URI}); who != (Author{}) {
			people = append(people, who)
		}
	}
	return people
}

// addRemoteContent keeps the file that content/@src names (RFC 4287 section 4.1.3.2).
func (f *found) addRemoteContent() {
	if c := f.texts["content"]; c.source != "" && c.binary {
		f.addEnclosure(Media{URL: c.source, Type: c.media})
	}
}
