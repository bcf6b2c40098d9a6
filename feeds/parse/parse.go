package parse

import (
	"bytes"
	"fmt"
	"strings"
)

// Hint is what is known of a document besides its bytes.
type Hint struct {
	// ContentType is the HTTP header's value; empty for files.
	ContentType string
	// Language is the HTTP header Content-Language, for documents that state none; a list
	// of several says nothing.
	Language string
}

// Parse reads a feed: RSS 0.9x, 1.0 and 2.0, Atom 0.3 and 1.0, JSON Feed. It does not
// change body. A document that is too large, too deep, or no feed is refused with an
// [*Error]; what can be left out is left out and listed in the Losses.
func Parse(body []byte, hint Hint) (Document, error) {
	if len(body) > MaxBytes {
		return Document{}, refuse(KindBytes, "the document has %d bytes, more than the %d that are read; ask the publisher for a shorter feed", len(body), MaxBytes)
	}
	if isBinary(body) {
		return Document{}, refuse(KindNotFeed, "the document is no text; check that the address is that of a feed")
	}
	text, charset := decode(body, hint.ContentType)
	var doc Document
	var err error
	switch first := firstByte(text); first {
	case 0:
		return Document{}, refuse(KindEmpty, "the document is empty")
	case '{':
		doc, err = readJSON(text)
	case '[':
		return Document{}, refuse(KindNotFeed, "the document is a JSON array; a JSON Feed is an object with items")
	default:
		doc, err = readXML(text)
	}
	if err != nil {
		return Document{}, err
	}
	doc.Charset, doc.CharsetBy = charset.name, charset.by
	if doc.Language == "" && !strings.ContainsAny(hint.Language, ",; ") {
		doc.Language = hint.Language
	}
	return doc, nil
}

// firstByte returns the first byte that is no white space; 0 if there is none.
func firstByte(text []byte) byte {
	text = bytes.TrimLeft(text, " \t\r\n\x00")
	if len(text) == 0 {
		return 0
	}
	return text[0]
}

// readXML reads RSS or Atom.
func readXML(text []byte) (Document, error) {
	w, err := walkDocument(repair(text))
	if err != nil {
		return Document{}, err
	}
	var doc Document
	if w.format == formatAtom {
		doc, err = readAtom(w)
	} else {
		doc, err = readRSS(w)
	}
	if err != nil {
		return Document{}, err
	}
	doc.Format = w.format
	doc.Losses = w.losses
	doc.readTombstones(w)
	return doc, nil
}

// disagreement is the error for a document in which gofeed and the walk count different
// entries. Rights would be read for the wrong entry, so it is refused.
func disagreement(gofeed, walk int) error {
	return refuse(KindDisagreement, "the document can be read in two ways, with %d entries or with %d; ask the publisher to make it well-formed", gofeed, walk)
}

// loss lists what was left out, up to maxLosses.
func loss(losses []string, format string, args ...any) []string {
	if len(losses) >= maxLosses {
		return losses
	}
	return append(losses, fmt.Sprintf(format, args...))
}
