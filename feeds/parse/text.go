package parse

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"strings"
	"unicode/utf8"
)

// construct notes how one of Atom's texts is to be read; gofeed decodes it, but forgets
// its type (RFC 4287 section 3.1.1).
func (f *found) construct(at *frame, local string, e xml.StartElement) {
	switch local {
	case "title", "summary", "content", "rights", "copyright":
	default:
		return
	}
	if f.texts == nil {
		f.texts = make(map[string]construct)
	}
	media := strings.ToLower(attribute(e, "type"))
	f.texts[local] = construct{
		kind:     textKind(e),
		base:     at.base,
		language: at.language,
		binary:   binary(media),
		encoded:  strings.EqualFold(attribute(e, "mode"), "base64"),
		source:   attribute(e, "src"),
		media:    media,
	}
	at.construct = local
}

// prefixed notes the prefix that the markup of a text has on its elements. gofeed keeps
// it, and HTML knows none.
func (f *found) prefixed(local string, name []byte) {
	c := f.texts[local]
	if i := bytes.IndexByte(name, ':'); i > 0 {
		c.prefix = string(name[:i+1])
	}
	f.texts[local] = c
}

// textKind tells text from markup by the type of an Atom 1.0 text, or the type and mode of
// one of Atom 0.3.
func textKind(e xml.StartElement) TextKind {
	media, mode := strings.ToLower(attribute(e, "type")), strings.ToLower(attribute(e, "mode"))
	switch {
	case media == "" && mode == "", media == "text":
		return Plain
	case strings.HasPrefix(media, "text/") && media != "text/html":
		return Plain
	}
	return HTML
}

// binary tells whether content of a media type is neither text nor markup (RFC 4287
// section 4.1.3.3).
func binary(media string) bool {
	switch {
	case media == "", media == "text", media == "html", media == "xhtml":
		return false
	case strings.HasPrefix(media, "text/"), strings.HasSuffix(media, "+xml"), strings.HasSuffix(media, "/xml"):
		return false
	}
	return true
}

// text makes a Text of what gofeed decoded and the walk knows of its kind. The base is
// told only where it differs from the entry's.
func (f *found) text(local, value string) Text {
	c, ok := f.texts[local]
	switch {
	case !ok:
		return Text{Value: value}
	case c.binary || value == "":
		return Text{}
	case c.prefix != "":
		value = strings.NewReplacer("<"+c.prefix, "<", "</"+c.prefix, "</").Replace(value)
	}
	if c.encoded {
		value = unpacked(value)
	}
	t := Text{Value: value, Kind: c.kind}
	if c.base != f.base {
		t.Base = c.base
	}
	return t
}

// unpacked decodes a text that Atom 0.3 allowed to be in base64. gofeed does so for some of its
// types only, and what it has decoded is none any more.
func unpacked(value string) string {
	decoded, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(value), ""))
	if err != nil || !utf8.Valid(decoded) {
		return value
	}
	return string(decoded)
}
