package serve

import (
	"bytes"
	"encoding/xml"

	"reprint/feeds"
)

// opml is an OPML 2.0 subscription list.
type opml struct {
	XMLName xml.Name      `xml:"opml"`
	Version string        `xml:"version,attr"`
	Title   string        `xml:"head>title"`
	Owner   string        `xml:"head>ownerName"`
	Mail    string        `xml:"head>ownerEmail,omitempty"`
	Docs    string        `xml:"head>docs"`
	Entries []opmlOutline `xml:"body>outline"`
}

type opmlOutline struct {
	Type        string `xml:"type,attr"`
	Text        string `xml:"text,attr"`
	Title       string `xml:"title,attr"`
	Description string `xml:"description,attr,omitempty"`
	Language    string `xml:"language,attr,omitempty"`
	Page        string `xml:"htmlUrl,attr"`
	Feed        string `xml:"xmlUrl,attr"`
}

// outline makes the list of all feeds, which readers import in one step.
func (t *site) outline() (*representation, error) {
	site := t.rules.House().Site
	list := opml{Version: "2.0", Title: feeds.Scrub(site.Name), Owner: feeds.Scrub(site.Name), Mail: site.Contact.Email, Docs: "http://opml.org/spec2.opml"}
	for _, c := range t.channels {
		list.Entries = append(list.Entries, opmlOutline{
			Type: "rss", Text: feeds.Scrub(c.Title), Title: feeds.Scrub(c.Title), Description: feeds.Scrub(c.Description),
			Language: t.languageOf(c), Page: t.url("/feeds/" + c.ID), Feed: t.url("/feeds/" + c.ID + documentEnd[rss]),
		})
	}
	var b bytes.Buffer
	b.WriteString(xml.Header)
	if err := xml.NewEncoder(&b).Encode(list); err != nil {
		return nil, err
	}
	b.WriteByte('\n')
	return newRepresentation(document{contentType: typeOPML, body: b.Bytes(), maxAge: maxAge}), nil
}

// languageOf is the language of a channel.
func (t *site) languageOf(c *channel) string {
	if c.Language != "" {
		return c.Language
	}
	return t.rules.House().Site.Language
}
