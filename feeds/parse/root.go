package parse

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"golang.org/x/net/html"
)

// The formats of a [Document].
const (
	formatRSS  = "rss"
	formatRDF  = "rdf"
	formatAtom = "atom"
	formatJSON = "json"
)

// findRoot reads up to the root element and returns the format. The root's default
// namespace is hidden where it is none that means anything there: many feeds put one on
// <rss>, which then would turn every element into an extension. It edits text in place.
func findRoot(text []byte) (format string, err error) {
	in := &window{text: text}
	dec := newDecoder(in)
	for {
		at := in.open(dec)
		token, err := dec.RawToken()
		switch {
		case errors.Is(err, io.EOF):
			return "", refuse(KindNotFeed, "the document has no elements: it is neither XML nor JSON")
		case err != nil:
			return "", broken(dec, err)
		}
		if e, ok := token.(xml.StartElement); ok {
			format, err := formatOf(e, text)
			hideDefault(e, format, text[at:dec.InputOffset()])
			return format, err
		}
	}
}

// formatOf returns the format that a root element begins.
func formatOf(e xml.StartElement, text []byte) (string, error) {
	switch strings.ToLower(e.Name.Local) {
	case "rss":
		return formatRSS, nil
	case "rdf":
		return formatRDF, nil
	case "feed":
		return formatAtom, nil
	case "html", "head", "body", "meta", "div", "script", "p", "title", "br":
		return "", page(text)
	}
	return "", refuse(KindNotFeed, "the document is XML but no feed: its root element is <%s>", e.Name.Local)
}

// hideDefault hides the default namespace of a root where it stands for nothing: on <rss>,
// whose elements have none, and on a <feed> that misspells Atom's.
func hideDefault(e xml.StartElement, format string, tag []byte) {
	for _, a := range e.Attr {
		if a.Name.Space != "" || a.Name.Local != "xmlns" || e.Name.Space != "" {
			continue
		}
		if format == formatRSS || format == formatAtom && namespaceOf(a.Value) != nsAtom {
			hide(tag, "xmlns")
		}
	}
}

// hide renames an attribute in a tag, in place, so that nobody reads it.
func hide(tag []byte, name string) {
	for from := 0; ; {
		i := bytes.Index(tag[from:], []byte(name))
		if i < 0 {
			return
		}
		start, end := from+i, from+i+len(name)
		after := bytes.TrimLeft(tag[end:], " \t\r\n")
		if start > 0 && isSpace(tag[start-1]) && bytes.HasPrefix(after, []byte("=")) {
			tag[end-1] = '_'
			return
		}
		from = end
	}
}

// page is the error for an HTML page. If the page links to a feed, the error names it.
func page(text []byte) *Error {
	const told = "the document is an HTML page, not a feed"
	if feed := linkedFeed(text[:min(len(text), maxValue)]); feed != "" {
		return refuse(KindPage, "%s; the page says that its feed is at %q", told, feed)
	}
	return refuse(KindPage, "%s; configure the address of the feed itself", told)
}

// linkedFeed returns the first feed that a page links to (link rel=alternate).
func linkedFeed(text []byte) string {
	z := html.NewTokenizer(bytes.NewReader(text))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return ""
		case html.StartTagToken, html.SelfClosingTagToken:
			if href := feedLink(z.Token()); href != "" {
				return href
			}
		}
	}
}

func feedLink(t html.Token) string {
	if t.Data != "link" {
		return ""
	}
	attr := make(map[string]string)
	for _, a := range t.Attr {
		attr[a.Key] = a.Val
	}
	switch strings.ToLower(attr["type"]) {
	case "application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml":
		if strings.Contains(strings.ToLower(attr["rel"]), "alternate") {
			return attr["href"]
		}
	}
	return ""
}
