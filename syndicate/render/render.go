// Package render turns cleared items into RSS 2.0, Atom 1.0 and JSON Feed 1.1. It is the
// only home of gorilla/feeds.
//
// It takes nothing but [syndicate.Cleared], so that only what was decided on can be
// published, and refuses the zero value. Every item carries its attribution at the top of
// its body and its notices at the end, in the full text and in the summary alike, because
// most readers show nothing else; and the same in metadata, for machines. docs/feeds.md
// lists what stands where.
//
// Rendering is a pure function: the same Feed gives the same bytes. Nothing leaves before
// it was read again by a strict parser; an item that breaks the document is dropped with a
// reason, and never takes the feed away.
package render

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"

	"reprint/feeds"
	"reprint/syndicate"
)

// Version is a part of what documents are dated by. Raise it when the same items give
// other bytes.
const Version = "2"

// Feed is what a feed document is made from.
type Feed struct {
	Site    syndicate.Site
	Channel syndicate.Channel
	// Self is the URL of the document itself, Page that of the channel's page for people.
	Self string
	Page string
	// ItemURL is the prefix of our own item pages; an item's id follows it.
	ItemURL string
	// Changed is when the document last changed (see cache.Store.Stamp); zero while that
	// is being found out.
	Changed time.Time
	// Archive tells that the document is an archive (RFC 5005 section 4) and not the feed that
	// is subscribed to, whose address is Current. PrevArchive and NextArchive are the archives
	// before and after it; empty where there is none.
	Archive                  bool
	Current                  string
	PrevArchive, NextArchive string
	// Gone are items that were withdrawn and leave a mark.
	Gone []syndicate.Gone
	// Items are the channel's items, newest first.
	Items []syndicate.Cleared
}

// historyLink leads from a document to another part of the feed's history.
type historyLink struct{ rel, href string }

// history are the links of RFC 5005 section 4 that a document has.
func (f Feed) history() []historyLink {
	var links []historyLink
	for _, l := range []historyLink{{"current", f.Current}, {"prev-archive", f.PrevArchive}, {"next-archive", f.NextArchive}} {
		if l.href != "" {
			links = append(links, l)
		}
	}
	return links
}

// language returns the language of the feed.
func (f Feed) language() string {
	if f.Channel.Language != "" {
		return f.Channel.Language
	}
	return f.Site.Language
}

// Document is a rendered feed.
type Document struct {
	// Bytes are the whole document in UTF-8.
	Bytes []byte
	// Dropped are the items that were left out, with the reason.
	Dropped []Dropped
}

// Dropped is an item that was left out of a document.
type Dropped struct {
	ID     string
	Reason string
}

// format is one way to write a feed and to read it back.
type format struct {
	write func(Feed, []entry) ([]byte, error)
	read  func([]byte) ([]readBack, error)
	gone  func(Feed) []syndicate.Gone // those that it writes as items, after the others
}

// RSS renders RSS 2.0.
func RSS(f Feed) (Document, error) { return render(f, format{writeRSS, readRSS, allGone}) }

// Atom renders Atom 1.0 (RFC 4287).
func Atom(f Feed) (Document, error) { return render(f, format{writeAtom, readAtom, stubsOf}) }

// JSON renders JSON Feed 1.1.
func JSON(f Feed) (Document, error) { return render(f, format{writeJSON, readJSON, allGone}) }

// render writes the feed and reads it back. If that shows something wrong, each item and each mark of a withdrawn one is
// tried alone, and those that cannot be published are dropped. The error means that even
// without them the document is not fit to be published.
func render(f Feed, format format) (Document, error) {
	entries, dropped := entriesOf(f)
	document, err := attempt(f, entries, format)
	if err == nil {
		return Document{document, dropped}, nil
	}
	alone, marks := f, f.Gone
	f.Gone = nil
	for _, g := range marks {
		alone.Gone = []syndicate.Gone{g}
		if _, err := attempt(alone, nil, format); err != nil {
			dropped = append(dropped, Dropped{g.Item, err.Error()})
			continue
		}
		f.Gone = append(f.Gone, g)
	}
	alone.Gone = nil
	var good []entry
	for _, e := range entries {
		if _, err := attempt(alone, []entry{e}, format); err != nil {
			dropped = append(dropped, Dropped{e.item.ID, err.Error()})
			continue
		}
		good = append(good, e)
	}
	document, err = attempt(f, good, format)
	return Document{document, dropped}, err
}

// attempt writes a document and checks what a strict reader finds in it.
func attempt(f Feed, entries []entry, format format) ([]byte, error) {
	document, err := format.write(f, entries)
	if err != nil {
		return nil, err
	}
	found, err := format.read(document)
	if err != nil {
		return nil, fmt.Errorf("the document cannot be read back: %w", err)
	}
	gone := format.gone(f)
	if len(found) != len(entries)+len(gone) {
		return nil, fmt.Errorf("the document holds %d items instead of %d", len(found), len(entries)+len(gone))
	}
	for i, g := range gone {
		if err := found[len(entries)+i].checkGone(g); err != nil {
			return nil, fmt.Errorf("withdrawn item %s: %w", g.Item, err)
		}
	}
	for i, e := range entries {
		if err := found[i].check(e); err != nil {
			return nil, fmt.Errorf("item %s: %w", e.item.ID, err)
		}
	}
	return document, nil
}

// readBack is what a strict reader finds of one item.
type readBack struct {
	id     string
	bodies []string // every field that people read
}

// check compares what was found with what was written.
func (r readBack) check(e entry) error {
	if r.id != e.id {
		return fmt.Errorf("its id is read back as %q", r.id)
	}
	attribution := feeds.Scrub(lineHTML(e.notice.Attribution))
	for _, body := range r.bodies {
		if !strings.Contains(body, attribution) || strings.Count(body, attributionTag) != 1 {
			return errors.New("its attribution does not stand there exactly once")
		}
	}
	return nil
}

// scrub cleans every string that can be reached from v of what XML 1.0 forbids. Slices are copied before: those of an
// item belong to others who read it at the same time.
func scrub(v any) { scrubValue(reflect.ValueOf(v)) }

func scrubValue(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			scrubValue(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			scrubValue(v.Field(i))
		}
	case reflect.Slice:
		if v.CanSet() && !v.IsNil() {
			v.Set(reflect.AppendSlice(reflect.MakeSlice(v.Type(), 0, v.Len()), v))
		}
		for i := range v.Len() {
			scrubValue(v.Index(i))
		}
	case reflect.String:
		if clean := feeds.Scrub(v.String()); v.CanSet() && clean != v.String() {
			v.SetString(clean)
		}
	}
}

// entriesOf prepares the items. What was not decided on, and what repeats the permanent id
// of an item before it, is dropped.
func entriesOf(f Feed) ([]entry, []Dropped) {
	var entries []entry
	var dropped []Dropped
	seen := make(map[string]bool)
	for _, c := range f.Items {
		switch {
		case c.IsZero():
			dropped = append(dropped, Dropped{c.Item().ID, "nobody decided on it"})
			continue
		case seen[c.Item().URI]:
			dropped = append(dropped, Dropped{c.Item().ID, "another item has the same permanent id"})
			continue
		}
		seen[c.Item().URI] = true
		entries = append(entries, newEntry(f, c))
	}
	return entries, dropped
}
