package render

import (
	"bytes"
	"encoding/xml"
	"net/mail"
	"strconv"
	"strings"
	"time"

	gorilla "github.com/gorilla/feeds"
)

// rssDocument is the root of an RSS 2.0 document with our namespaces.
type rssDocument struct {
	XMLName xml.Name `xml:"rss"`
	Version string   `xml:"version,attr"`
	Atom    string   `xml:"xmlns:atom,attr"`
	Content string   `xml:"xmlns:content,attr"`
	DC      string   `xml:"xmlns:dc,attr"`
	DCTerms string   `xml:"xmlns:dcterms,attr"`
	Commons string   `xml:"xmlns:creativeCommons,attr"`
	Media   string   `xml:"xmlns:media,attr"`
	Reprint string   `xml:"xmlns:rr,attr"`
	History string   `xml:"xmlns:fh,attr,omitempty"`
	Channel *rssChannel
}

// FeedXml is the seam of gorilla/feeds: what its writer encodes.
//
//lint:ignore ST1003 the library asks for this spelling
func (d *rssDocument) FeedXml() any { return d }

// rssChannel is gorilla's channel, with the items and links that it lacks.
type rssChannel struct {
	gorilla.RssFeed
	Links   []rssLink `xml:"atom:link"`
	Archive *struct{} `xml:"fh:archive"`
	Items   []any     `xml:"item"` // rssItem and rssStub
}

type rssLink struct {
	Rel   string `xml:"rel,attr"`
	Type  string `xml:"type,attr,omitempty"`
	Title string `xml:"title,attr,omitempty"`
	Href  string `xml:"href,attr"`
}

// rssItem is gorilla's item; a field here takes the place of the one there that writes
// the same element.
type rssItem struct {
	gorilla.RssItem
	Categories []string       `xml:"category"`
	Source     *rssSource     `xml:"source"`
	Creators   []string       `xml:"dc:creator"`
	Editors    []string       `xml:"dc:contributor"`
	Language   string         `xml:"dc:language,omitempty"`
	Rights     string         `xml:"dc:rights"`
	Commons    string         `xml:"creativeCommons:license,omitempty"`
	Links      []rssLink      `xml:"atom:link"`
	Updated    string         `xml:"atom:updated,omitempty"`
	Media      []mediaContent `xml:"media:content"`
	terms
	rightsElements
}

// rssSource is <source>, whose url is required and names a feed.
type rssSource struct {
	URL  string `xml:"url,attr"`
	Name string `xml:",chardata"`
}

func writeRSS(f Feed, entries []entry) ([]byte, error) {
	channel := &rssChannel{
		RssFeed: gorilla.RssFeed{
			Title: f.Channel.Title, Link: f.Page, Description: f.Channel.Description, Language: strings.ToLower(f.language()),
			Copyright: compilation(f), WebMaster: webMaster(f), Generator: generator, Docs: rssDocs, Ttl: rssMinutes,
			LastBuildDate: rssDate(f.Changed),
		},
		Links: []rssLink{{Rel: "self", Type: "application/rss+xml", Href: f.Self}},
	}
	if channel.Description == "" {
		channel.Description = f.Channel.Title
	}
	for _, e := range entries {
		channel.Items = append(channel.Items, newRSSItem(e))
	}
	for _, stub := range rssStubs(f) {
		channel.Items = append(channel.Items, stub)
	}
	document := &rssDocument{
		Version: "2.0", Atom: nsAtom, Content: nsContent, DC: nsDC, DCTerms: nsDCTerms, Commons: nsCommons, Media: nsMedia, Reprint: nsReprint,
		Channel: channel,
	}
	for _, l := range f.history() {
		channel.Links = append(channel.Links, rssLink{Rel: l.rel, Type: "application/rss+xml", Href: l.href})
	}
	if f.Archive {
		document.History, channel.Archive = nsHistory, new(struct{})
	}
	return writeXML(document)
}

// writeXML encodes a document with gorilla's writer.
func writeXML(document gorilla.XmlFeed) ([]byte, error) {
	scrub(document)
	var b bytes.Buffer
	if err := gorilla.WriteXML(document, &b); err != nil {
		return nil, err
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

func newRSSItem(e entry) *rssItem {
	i := &rssItem{
		RssItem: gorilla.RssItem{
			Title: e.title(), Link: e.link, Description: e.summary,
			Content: &gorilla.RssContent{Content: e.body},
			Guid:    &gorilla.RssGuid{Id: e.id, IsPermaLink: "false"},
			PubDate: rssDate(e.published()),
		},
		Categories:     e.item.Tags,
		Source:         &rssSource{e.source, e.decision.Origin.Name},
		Editors:        e.item.Attribution.Editors,
		Language:       e.lang,
		Rights:         e.rights,
		Commons:        e.commons(),
		Links:          []rssLink{{Rel: "license", Title: e.notice.License.Text(), Href: e.licenseURL()}},
		Media:          media(e.pictures),
		terms:          e.terms(),
		rightsElements: e.rightsElements(),
	}
	if changed := e.changed(); !changed.IsZero() { // RSS itself has no word for it
		i.Updated = atomDate(changed)
	}
	if e.item.Link != "" {
		i.Links = append(i.Links, rssLink{Rel: "via", Href: e.item.Link})
	}
	for _, p := range e.authors() {
		i.Creators = append(i.Creators, p.Name)
	}
	for _, p := range e.item.Media { // one enclosure, and no pictures: players take it for sound
		if p.Medium != "image" && p.Medium != "" {
			i.Enclosure = &gorilla.RssEnclosure{Url: p.URL, Length: strconv.FormatInt(p.Length, 10), Type: mediaType(p)}
			break
		}
	}
	return i
}

// compilation is the rights line of the whole feed. It grants nothing: each item has its own.
func compilation(f Feed) string {
	if strings.HasPrefix(f.language(), "zh") {
		return f.Site.Name + "\uFF1A各条目另有许可说明。"
	}
	return f.Site.Name + ": each item states its own license."
}

// webMaster is the complaints address, if it is one that RSS takes.
func webMaster(f Feed) string {
	address, err := mail.ParseAddress(f.Site.Contact.Email)
	if err != nil || address.Name != "" {
		return ""
	}
	return address.Address + " (" + f.Site.Name + ")"
}

// rssDate writes a date of RFC 822 with a four-digit year; empty for none.
func rssDate(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT")
}

// readRSS reads a document back.
func readRSS(document []byte) ([]readBack, error) {
	var d struct {
		Items []struct {
			GUID        string `xml:"guid"`
			Description string `xml:"description"`
			Content     string `xml:"http://purl.org/rss/1.0/modules/content/ encoded"`
		} `xml:"channel>item"`
	}
	if err := xml.Unmarshal(document, &d); err != nil {
		return nil, err
	}
	var found []readBack
	for _, i := range d.Items {
		found = append(found, readBack{i.GUID, []string{i.Description, i.Content}})
	}
	return found, nil
}
