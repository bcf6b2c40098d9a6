package ingest

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"reprint/feeds"
	"reprint/feeds/fetch"
	"reprint/feeds/normalize"
	"reprint/feeds/parse"
)

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

// feedLevel is what the documents say besides their items that ingest goes by.
type feedLevel struct {
	hints parse.Hints
	hubs  []string
	self  string

	deletions []feeds.Deletion
	finished  bool // nothing more will come
	complete  bool // what is not here is not in the feed
	partial   bool // entries are missing
	// documents are the names of the documents, and in is the one that an item stands in, by its
	// id; of an answer over HTTP none.
	documents []string
	in        map[string]string
}

// add adds what one document says.
func (l *feedLevel) add(s Source, name string, doc parse.Document, content normalize.Content) {
	l.complete = doc.Complete && (l.complete || len(l.documents) == 0)
	l.hints, l.hubs, l.self, l.finished = doc.Hints, doc.Hubs, doc.Self, doc.Expired
	l.deletions = append(l.deletions, content.Deletions...)
	l.partial = l.partial || content.Partial
	if !s.local() {
		name = ""
	}
	l.documents = append(l.documents, name)
	for _, i := range content.Items {
		l.in[i.ID] = name
	}
}

// readAll turns the documents into items, each id once.
func (g *Ingester) readAll(s Source, r fetch.Response, o *Outcome) ([]feeds.Item, feedLevel, error) {
	var all []feeds.Item
	level := feedLevel{in: make(map[string]string)}
	var problems []error
	for _, d := range r.Documents {
		doc, content, err := g.read(s, r, d)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", d.Name, err))
			continue
		}
		level.add(s, d.Name, doc, content)
		all = append(all, content.Items...)
		o.Losses = append(o.Losses, content.Losses...)
	}
	level.partial = level.partial || len(problems) > 0
	if len(problems) == len(r.Documents) {
		return nil, level, errors.Join(problems...)
	}
	for _, p := range problems { // the other files of a directory are taken in
		o.Losses = append(o.Losses, p.Error())
	}
	o.Items = len(all)
	unique, repeated := distinct(all)
	o.Losses = append(o.Losses, repeated...)
	unique, level.deletions = normalize.Settle(unique, level.deletions)
	return unique, level, nil
}

// read turns one document into what it holds. Whatever goes wrong inside a library on some hostile
// document stays here and delays nobody.
func (g *Ingester) read(s Source, r fetch.Response, d fetch.Document) (doc parse.Document, content normalize.Content, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the document could not be read (%v); please report it", p)
		}
	}()
	g.reading <- struct{}{}
	defer func() { <-g.reading }()
	doc, err = parse.Parse(d.Body, parse.Hint{ContentType: d.ContentType, Language: r.Header.Get("Content-Language")})
	if err != nil {
		return doc, content, err
	}
	doc.Rights = append(doc.Rights, resolveAgainst(r.URL, headerRights(r.Header, feeds.ScopeFeed))...)
	content = normalize.Read(doc, g.from(s, r.URL))
	content.Losses = append(doc.Losses, content.Losses...)
	return doc, content, nil
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
	name := readerVersion
	if s.FullText {
		name += " pages"
	}
	if s.FollowRemovals {
		name += " removals"
	}
	return name
}
