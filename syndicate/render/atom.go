package render

import (
	"encoding/xml"
	"strconv"
	"time"

	gorilla "github.com/gorilla/feeds"

	"reprint/feeds"
)

// atomDocument is gorilla's feed, with the parts of RFC 4287 that it lacks.
type atomDocument struct {
	gorilla.AtomFeed
	DCTerms string      `xml:"xmlns:dcterms,attr"`
	Commons string      `xml:"xmlns:creativeCommons,attr"`
	Media   string      `xml:"xmlns:media,attr"`
	Reprint string      `xml:"xmlns:rr,attr"`
	History string      `xml:"xmlns:fh,attr,omitempty"`
	Tombs   string      `xml:"xmlns:at,attr,omitempty"`
	Lang    string      `xml:"xml:lang,attr"`
	Maker   string      `xml:"generator"`
	Links   []atomLink  `xml:"link"`
	Archive *struct{}   `xml:"fh:archive"`
	Gone    []tombstone `xml:"at:deleted-entry"`
	Entries []any       `xml:"entry"` // atomEntry and atomStub
}

// FeedXml is the seam of gorilla/feeds: what its writer encodes.
//
//lint:ignore ST1003 the library asks for this spelling
func (d *atomDocument) FeedXml() any { return d }

type atomLink struct {
	Rel    string `xml:"rel,attr"`
	Type   string `xml:"type,attr,omitempty"`
	Title  string `xml:"title,attr,omitempty"`
	Length string `xml:"length,attr,omitempty"`
	Href   string `xml:"href,attr"`
}

// atomEntry is gorilla's entry; a field here takes the place of the one there that writes
// the same element.
type atomEntry struct {
	gorilla.AtomEntry
	Lang         string                    `xml:"xml:lang,attr,omitempty"`
	Authors      []gorilla.AtomAuthor      `xml:"author"`
	Contributors []gorilla.AtomContributor `xml:"contributor"`
	Categories   []atomCategory            `xml:"category"`
	Links        []atomLink                `xml:"link"`
	Source       *atomSource               `xml:"source"`
	Commons      string                    `xml:"creativeCommons:license,omitempty"`
	Media        []mediaContent            `xml:"media:content"`
	terms
	rightsElements
}

type atomCategory struct {
	Term string `xml:"term,attr"`
}

// atomSource is atom:source (RFC 4287 section 4.2.11): the first feed in the chain. It
// names no author, because some readers would take the outlet's for the entry's.
type atomSource struct {
	ID      string     `xml:"id"`
	Title   string     `xml:"title"`
	Updated string     `xml:"updated"`
	Links   []atomLink `xml:"link"`
	Rights  string     `xml:"rights,omitempty"`
}

func writeAtom(f Feed, entries []entry) ([]byte, error) {
	document := &atomDocument{
		AtomFeed: gorilla.AtomFeed{
			Xmlns: nsAtom, Title: f.Channel.Title, Id: f.Page, Updated: atomDate(f.Changed), Subtitle: f.Channel.Description,
			Rights: compilation(f), Author: &gorilla.AtomAuthor{AtomPerson: gorilla.AtomPerson{Name: f.Site.Name, Uri: f.Site.URL}},
		},
		DCTerms: nsDCTerms, Commons: nsCommons, Media: nsMedia, Reprint: nsReprint,
		Lang: f.language(), Maker: generator,
		Links: []atomLink{
			{Rel: "self", Type: "application/atom+xml", Href: f.Self},
			{Rel: "alternate", Type: "text/html", Href: f.Page},
		},
	}
	for _, l := range f.history() {
		document.Links = append(document.Links, atomLink{Rel: l.rel, Type: "application/atom+xml", Href: l.href})
	}
	if f.Archive {
		document.History, document.Archive = nsHistory, new(struct{})
	}
	if document.Gone = tombstones(f); len(document.Gone) > 0 {
		document.Tombs = nsTombstones
	}
	for _, e := range entries {
		document.Entries = append(document.Entries, newAtomEntry(e))
	}
	for _, stub := range atomStubs(f) {
		document.Entries = append(document.Entries, stub)
	}
	return writeXML(document)
}

func newAtomEntry(e entry) *atomEntry {
	a := &atomEntry{
		AtomEntry: gorilla.AtomEntry{
			Title: e.title(), Id: e.id, Updated: atomDate(e.updated()), Rights: e.rights,
			Summary: &gorilla.AtomSummary{Type: "html", Content: e.summary},
			Content: &gorilla.AtomContent{Type: "html", Content: e.body},
		},
		Lang: e.lang,
		Links: []atomLink{
			{Rel: "alternate", Type: "text/html", Href: e.link},
			{Rel: "license", Title: e.notice.License.Text(), Href: e.licenseURL()},
		},
		Source:         newAtomSource(e),
		Commons:        e.commons(),
		Media:          media(e.pictures),
		terms:          e.terms(),
		rightsElements: e.rightsElements(),
	}
	if e.item.Link != "" {
		a.Links = append(a.Links, atomLink{Rel: "via", Type: "text/html", Href: e.item.Link})
	}
	if p := e.published(); !p.IsZero() {
		a.Published = atomDate(p)
	}
	for _, p := range e.authors() {
		a.Authors = append(a.Authors, gorilla.AtomAuthor{AtomPerson: gorilla.AtomPerson{Name: p.Name, Uri: p.URL}})
	}
	for _, name := range e.item.Attribution.Editors {
		a.Contributors = append(a.Contributors, gorilla.AtomContributor{AtomPerson: gorilla.AtomPerson{Name: name}})
	}
	for _, tag := range e.item.Tags {
		a.Categories = append(a.Categories, atomCategory{tag})
	}
	for _, p := range e.item.Media {
		a.Links = append(a.Links, atomLink{Rel: "enclosure", Type: mediaType(p), Length: enclosureLength(p), Href: p.URL})
	}
	return a
}

func enclosureLength(p feeds.Picture) string {
	if p.Length <= 0 {
		return ""
	}
	return strconv.FormatInt(p.Length, 10)
}

func newAtomSource(e entry) *atomSource {
	s := &atomSource{ID: e.feed.ID, Title: e.feed.Title, Updated: atomDate(e.feed.Updated), Rights: e.feed.Rights}
	if !feeds.IsIRI(s.ID) {
		s.ID = e.source
	}
	if e.feed.Updated.IsZero() {
		s.Updated = atomDate(e.item.FirstSeen)
	}
	if s.Title == "" {
		s.Title = e.decision.Origin.Name
	}
	if e.feed.URL != "" {
		s.Links = append(s.Links, atomLink{Rel: "self", Href: e.feed.URL})
	}
	if e.feed.Home != "" {
		s.Links = append(s.Links, atomLink{Rel: "alternate", Type: "text/html", Href: e.feed.Home})
	}
	if e.feed.License != "" {
		s.Links = append(s.Links, atomLink{Rel: "license", Href: e.feed.License})
	}
	return s
}

// atomDate writes a date of RFC 3339. The zero time, of a document whose date is not known
// yet, is written too: the element is required.
func atomDate(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

// readAtom reads a document back.
func readAtom(document []byte) ([]readBack, error) {
	var d struct {
		XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
		Entries []struct {
			ID      string `xml:"id"`
			Summary string `xml:"http://www.w3.org/2005/Atom summary"`
			Content string `xml:"http://www.w3.org/2005/Atom content"`
		} `xml:"entry"`
	}
	if err := xml.Unmarshal(document, &d); err != nil {
		return nil, err
	}
	var found []readBack
	for _, e := range d.Entries {
		found = append(found, readBack{e.ID, []string{e.Summary, e.Content}})
	}
	return found, nil
}
