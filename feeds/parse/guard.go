package parse

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
)

// window is the reader under the XML decoder. Before each token it is opened as far as a
// token of that kind may reach, so that no tag and no text grows beyond its bound in
// memory before anybody can look at it.
type window struct {
	text []byte
	next int
	end  int
}

// errBeyond is what the decoder meets at the end of an open window.
var errBeyond = errors.New("token too long")

// open lets the next token through and returns where it begins.
func (w *window) open(dec *xml.Decoder) (at int) {
	at = int(dec.InputOffset())
	w.end = min(len(w.text), at+allowance(w.text[at:]))
	return at
}

// ReadByte implements [io.ByteReader], which the decoder prefers.
func (w *window) ReadByte() (byte, error) {
	if w.next >= w.end {
		if w.end < len(w.text) {
			return 0, errBeyond
		}
		return 0, io.EOF
	}
	c := w.text[w.next]
	w.next++
	return c, nil
}

// Read implements [io.Reader].
func (w *window) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	c, err := w.ReadByte()
	if err != nil {
		return 0, err
	}
	p[0] = c
	return 1, nil
}

// allowance is how long the token may be that text begins with.
func allowance(text []byte) int {
	switch {
	case len(text) < 2 || text[0] != '<', text[1] == '?', bytes.HasPrefix(text, []byte("<![")):
		return maxText
	case text[1] == '!':
		return maxDoctype
	}
	return maxTag
}

// newDecoder returns a decoder that reads as gofeed's does, so that both see the same
// elements, and that knows HTML's entities besides.
func newDecoder(in *window) *xml.Decoder {
	dec := xml.NewDecoder(in)
	dec.Strict = false
	dec.Entity = xml.HTMLEntity
	return dec
}

// guard counts what a document may have only so much of.
type guard struct {
	elements int
	work     int
}

// admit checks an element before anything is read of it. spaces is how many namespaces
// are in scope, depth how many elements are open, this one included.
func (g *guard) admit(e xml.StartElement, depth, spaces int, markup bool) error {
	g.elements++
	g.work += spaces
	deepest := maxDepth
	if markup {
		deepest = maxMarkupDepth
	}
	switch {
	case depth > deepest:
		return refuse(KindDepth, "elements are nested more than %d deep", deepest)
	case spaces > maxNamespaces:
		return refuse(KindNamespaces, "more than %d namespaces are in scope", maxNamespaces)
	case len(e.Attr) > maxAttributes:
		return refuse(KindAttributes, "an element has %d attributes, more than %d", len(e.Attr), maxAttributes)
	case g.elements > maxElements:
		return refuse(KindElements, "the document has more than %d elements", maxElements)
	case g.work > maxScopeWork:
		return refuse(KindNamespaces, "too many namespaces are in scope of too many elements")
	}
	return nil
}

// declarations counts the namespaces that an element declares.
func declarations(e xml.StartElement) int {
	n := 0
	for _, a := range e.Attr {
		if a.Name.Space == "xmlns" || a.Name.Space == "" && a.Name.Local == "xmlns" {
			n++
		}
	}
	return n
}

// broken turns what a decoder met into an Error with its line.
func broken(dec *xml.Decoder, err error) *Error {
	line, _ := dec.InputPos()
	if errors.Is(err, errBeyond) {
		e := refuse(KindToken, "a tag, a text or the document type is longer than is read")
		e.Line = line
		return e
	}
	detail := "the XML is broken"
	var syntax *xml.SyntaxError
	if errors.As(err, &syntax) {
		detail, line = "the XML is broken: "+syntax.Msg, syntax.Line
	}
	return &Error{Kind: KindMalformed, Detail: detail, Line: line}
}
