package normalize

import (
	"net/url"
	"slices"
	"strings"

	"reprint/feeds"
	"reprint/feeds/parse"
)

// attribution joins what the elements of an entry and the lines of its body say of who made
// it. Elements come first.
func (r *reading) attribution(e parse.Entry, base *url.URL, s said) feeds.Attribution {
	a := feeds.Attribution{AuthorNote: s.note, Carried: r.carried(e, base)}
	for _, o := range slices.Concat(r.elementOrigins(e, base, a.Carried), s.origins) {
		a.Origins = addOrigin(a.Origins, o)
	}
	authors := e.Authors
	if len(authors) == 0 {
		authors = r.doc.Authors
	}
	for _, author := range authors {
		if name := personOf(author); name != "" && !r.isFeed(name) {
			a.Authors = addPerson(a.Authors, feeds.Person{Name: name, URL: resolve(base, author.URL)})
		}
	}
	for _, name := range s.authors {
		a.Authors = addPerson(a.Authors, feeds.Person{Name: shorten(name, maxName)})
	}
	for _, editor := range e.Editors {
		a.Editors = addName(a.Editors, personOf(editor))
	}
	for _, name := range s.editors {
		a.Editors = addName(a.Editors, shorten(name, maxName))
	}
	return a
}

// addOrigin adds an origin that is not there yet with the same name at the same place.
func addOrigin(origins []feeds.Origin, o feeds.Origin) []feeds.Origin {
	same := func(x feeds.Origin) bool {
		return x.Place == o.Place && x.Unclear == o.Unclear && feeds.Fold(x.Name) == feeds.Fold(o.Name)
	}
	if len(origins) == maxOrigins || slices.ContainsFunc(origins, same) {
		return origins
	}
	return append(origins, o)
}

func addPerson(people []feeds.Person, p feeds.Person) []feeds.Person {
	same := func(x feeds.Person) bool { return feeds.Fold(x.Name) == feeds.Fold(p.Name) }
	if len(people) == maxPersons || slices.ContainsFunc(people, same) {
		return people
	}
	return append(people, p)
}

func addName(names []string, name string) []string {
	same := func(x string) bool { return feeds.Fold(x) == feeds.Fold(name) }
	if name == "" || len(names) == maxPersons || slices.ContainsFunc(names, same) {
		return names
	}
	return append(names, name)
}

var (
	mailIn      = compile(`\s*[<(\[]?\b[^\s<>()@]{1,64}@[^\s<>()@]{1,255}\b[>)\]]?\s*`)
	wholeInside = compile(`^[(\x{FF08}]([^()\x{FF08}\x{FF09}]+)[)\x{FF09}]$`)
)

// personOf returns the name of somebody in an element, without any e-mail address.
func personOf(a parse.Author) string {
	name := plain(parse.Text{Value: a.Name})
	if strings.Contains(name, "@") {
		name = strings.TrimSpace(mailIn.ReplaceAllString(name, " "))
	}
	if m := wholeInside.FindStringSubmatch(name); m != nil {
		name = m[1]
	}
	return shorten(feeds.OneLine(name), maxName)
}

// isFeed tells whether a name is that of the feed itself, which is no author.
func (r *reading) isFeed(name string) bool {
	folded := feeds.Fold(name)
	return folded == feeds.Fold(r.from.Name) || folded == feeds.Fold(r.feed.Title)
}

// carried returns the feed that an entry says it was copied from, if that is another one.
func (r *reading) carried(e parse.Entry, base *url.URL) *feeds.FeedRef {
	if e.Source == nil || r.isOwn(*e.Source, base) {
		return nil
	}
	s := *e.Source
	f := feeds.FeedRef{
		Title:   shorten(plain(parse.Text{Value: s.Title}), maxTitle),
		URL:     resolve(base, s.URL),
		Home:    resolve(base, s.Home),
		Rights:  shorten(plain(parse.Text{Value: s.Rights}), maxStatement),
		License: resolve(base, s.License),
	}
	if feeds.IsIRI(s.ID) {
		f.ID = s.ID
	}
	f.Updated, _ = readDate(s.Updated, r.zone)
	if f.ID+f.Title+f.URL+f.Home == "" {
		return nil
	}
	return &f
}

// isOwn tells whether a source element names the feed that it stands in.
func (r *reading) isOwn(s parse.Source, base *url.URL) bool {
	if s.ID != "" && s.ID == r.doc.ID {
		return true
	}
	address := resolve(base, s.URL)
	for _, own := range []string{r.feed.URL, r.from.URL, r.from.Feed} {
		if sameAddress(address, own) {
			return true
		}
	}
	title := feeds.Fold(plain(parse.Text{Value: s.Title}))
	return title != "" && title == feeds.Fold(r.feed.Title)
}

// elementOrigins returns the origins that elements name: the feed that the entry was copied
// from, and dc:source.
func (r *reading) elementOrigins(e parse.Entry, base *url.URL, carried *feeds.FeedRef) []feeds.Origin {
	var origins []feeds.Origin
	if carried != nil {
		o := feeds.Origin{Name: carried.Title, URL: carried.URL, Raw: carried.Title, Place: feeds.PlaceRSSSource}
		if e.Source.Element == "atom:source" {
			o.Place = feeds.PlaceAtomSource
		}
		if o.URL == "" {
			o.URL = carried.Home
		}
		if o.Name == "" {
			o.Name, o.Raw = siteOf(o.URL), o.URL
			o.Unclear = o.Name == ""
		}
		o.Name = shorten(o.Name, maxName)
		origins = append(origins, o)
	}
	return append(origins, r.namedSource(e, base)...)
}

// namedSource returns the origins that dc:source names. An address there is that of the
// original text; on the item's own site it says nothing new.
func (r *reading) namedSource(e parse.Entry, base *url.URL) []feeds.Origin {
	name := plain(parse.Text{Value: e.SourceName})
	if name == "" {
		return nil
	}
	var origins []feeds.Origin
	if address := resolve(nil, name); address != "" {
		if site := siteOf(address); site != siteOf(resolve(base, e.Link)) {
			origins = []feeds.Origin{{Name: site, URL: address}}
		}
	} else {
		origins = readOutlets(name)
	}
	for i := range origins {
		origins[i].Place, origins[i].Raw = feeds.PlaceDCSource, shorten(name, maxStatement)
	}
	return origins
}
