package parse

import (
	"bytes"
	"encoding/xml"
	"errors"
	"slices"
	"strings"
)

// walk goes over the elements of an XML feed once, before gofeed does. It guards, and it
// finds what gofeed loses: statements about rights, the kinds of texts, ids as written,
// bases, languages, links, media with their credits.
//
// The open elements are a stack of frames. What an element is depends on where it stands:
// dc:rights speaks about an item as the item's child, and is just text inside a body.
type walk struct {
	text   []byte // its own copy; what was mended in place is for gofeed too
	format string
	in     *window
	dec    *xml.Decoder
	guard  guard

	open []frame
	at   int    // where the current token begins
	done bool   // the root was closed
	root string // the namespace of the root

	// reading is how many elements are open, up to the one whose text is being read; 0 if
	// none is.
	reading int
	value   bytes.Buffer

	feed *found
	// inChannel and atRoot are the entries by where they stand: gofeed lists those in the
	// channel first.
	inChannel []*found
	atRoot    []*found
	losses    []string
	// partial tells that entries were left out.
	partial bool

	tombstones []*Tombstone
	surplus    int  // tombstones that are not kept
	complete   bool // the feed says that it holds all that it has (RFC 5005 section 2)
}

// place says how the children of an element are read.
type place uint8

const (
	elsewhere place = iota // not at all
	rootOfRSS              // channel, and in RSS 1.0 the items
	section                // a feed, an entry or an atom:source
	mediaItem              // media:group, media:content
	person                 // atom:author of an RSS feed, at:by
	tombstone              // at:deleted-entry
	rslTerms               // rsl:content and what is in it
)

// frame is an open element.
type frame struct {
	name   []byte // as written, prefix and all
	at     int    // where its tag begins
	inside int    // where its content begins
	place  place
	markup bool // it belongs to a body
	spaces int  // how many namespaces are in scope

	base     string
	language string

	about  *found // what the children speak about
	box    *box   // the media:group or media:content that the children describe
	author *Author
	// tombstone is the one that the children describe.
	tombstone *Tombstone
	// construct is the name of the Atom text that this is; empty if it is none.
	construct string

	limit int                // how much of its text is read
	text  func(value string) // is told the text of the element, trimmed
	raw   func(inner []byte) // is told the content as written
}

// read has f's text told to one more reader.
func (f *frame) read(reader func(value string)) {
	before := f.text
	f.limit = max(f.limit, maxValue)
	f.text = func(value string) {
		if before != nil {
			before(value)
		}
		reader(value)
	}
}

// errEnough stops the walk at the item after the last one that is kept.
var errEnough = errors.New("enough items")

// walkDocument walks over text. Where the XML is broken, the item with the break is taken
// out and the walk begins anew; see mend.
func walkDocument(text []byte) (*walk, error) {
	var losses []string
	for mends := 0; ; mends++ {
		w, err := newWalk(text)
		if err != nil {
			return nil, err
		}
		if err = w.run(); err == nil {
			w.losses, w.partial = append(losses, w.losses...), len(losses) > 0
			return w, nil
		}
		var refused *Error
		if errors.As(err, &refused) && refused.Kind != KindMalformed {
			return nil, err
		}
		mended, what, ok := w.mend(text, err, mends >= maxMends)
		if !ok {
			return nil, err
		}
		text, losses = mended, loss(losses, "%s", what)
	}
}

func newWalk(text []byte) (*walk, error) {
	text = bytes.Clone(text)
	format, err := findRoot(text)
	if err != nil {
		return nil, err
	}
	w := &walk{text: text, format: format, in: &window{text: text}, feed: newFound(nil)}
	w.dec = newDecoder(w.in)
	return w, nil
}

// run reads token by token until the root is closed.
func (w *walk) run() error {
	for !w.done {
		w.mendEndTag()
		w.at = w.in.open(w.dec)
		token, err := w.dec.Token()
		if err != nil {
			return broken(w.dec, err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			err = w.start(t)
		case xml.EndElement:
			w.end()
		case xml.CharData:
			w.chars(t)
		}
		if err != nil {
			return w.located(err)
		}
	}
	return nil
}

// located adds the line to an error of the guard.
func (w *walk) located(err error) error {
	var refused *Error
	if errors.As(err, &refused) {
		refused.Line, _ = w.dec.InputPos()
	}
	return err
}

func (w *walk) start(e xml.StartElement) error {
	var outer frame
	if len(w.open) > 0 {
		outer = w.open[len(w.open)-1]
	}
	ns := w.namespace(e.Name.Space)
	f := frame{
		name:   tagName(w.text[w.at+1:]),
		at:     w.at,
		inside: int(w.dec.InputOffset()),
		markup: outer.markup || ns == nsXHTML,
		spaces: outer.spaces + declarations(e),
		base:   w.base(e, outer.base),
	}
	if err := w.guard.admit(e, len(w.open)+1, f.spaces, f.markup); err != nil {
		return err
	}
	f.language = outer.language
	if lang := attributeIn(e, nsXML, "lang"); lang != "" {
		f.language = lang
	}
	if err := w.position(&f, outer, ns, e); err != nil {
		return err
	}
	w.open = append(w.open, f)
	if w.reading == 0 && f.text != nil {
		w.reading = len(w.open)
		w.value.Reset()
	}
	return nil
}

// namespace returns the vocabulary of an element. In Atom, an element without a namespace
// is taken for Atom's, as gofeed does.
func (w *walk) namespace(uri string) namespace {
	ns := namespaceOf(uri)
	if ns == nsCore && w.format == formatAtom {
		return nsAtom
	}
	return ns
}

// base returns the xml:base in scope of an element. It is hidden from gofeed, which
// resolves against it in its own way and rewrites bodies and ids.
func (w *walk) base(e xml.StartElement, outer string) string {
	own := attributeIn(e, nsXML, "base")
	if own == "" {
		return outer
	}
	hide(w.text[w.at:w.dec.InputOffset()], "xml:base")
	return resolve(outer, own)
}

// position finds out what an element is by where it stands.
func (w *walk) position(f *frame, outer frame, ns namespace, e xml.StartElement) error {
	switch {
	case len(w.open) == 0:
		w.atRootElement(f, e)
		return nil
	case outer.place == rootOfRSS:
		return w.inRootOfRSS(f, e)
	case outer.place == section:
		return w.inSection(f, outer, ns, e)
	case outer.construct != "" && ns == nsXHTML:
		outer.about.prefixed(outer.construct, f.name)
	case outer.place == mediaItem && ns == nsMedia:
		w.inMedia(f, outer, e)
	case outer.place == tombstone:
		inTombstone(f, outer.tombstone, term{ns, strings.ToLower(e.Name.Local)}, e)
	case outer.place == person && ns == nsAtom:
		readPerson(f, outer.author, e)
	case outer.place == rslTerms && ns == nsRSL:
		readTerms(f, outer.about, e)
	}
	return nil
}

func (w *walk) atRootElement(f *frame, e xml.StartElement) {
	w.root = strings.TrimSpace(e.Name.Space)
	f.about = w.feed
	w.feed.base, w.feed.language = f.base, f.language
	f.place = rootOfRSS
	if w.format == formatAtom {
		f.place = section
	}
}

func (w *walk) inRootOfRSS(f *frame, e xml.StartElement) error {
	switch local := strings.ToLower(e.Name.Local); {
	case !w.native(e.Name.Space):
	case local == "channel":
		// gofeed keeps the last channel and its items.
		w.inChannel = nil
		w.feed.base, w.feed.language = f.base, f.language
		f.place, f.about = section, w.feed
	case local == "item":
		return w.entry(f, &w.atRoot, e)
	}
	return nil
}

// native tells whether gofeed takes an element of RSS for RSS's own. It must decide just
// as gofeed does, because entries are matched by their order.
func (w *walk) native(space string) bool {
	space = strings.TrimSpace(space)
	switch namespaceOf(space) {
	case nsCore, nsRDF:
		return true
	}
	return space == "rss" || space == "rdf" || space == w.root
}

// inSection reads a child of a feed, an entry or an atom:source.
func (w *walk) inSection(f *frame, outer frame, ns namespace, e xml.StartElement) error {
	about := outer.about
	f.about = about
	local := strings.ToLower(e.Name.Local)
	switch {
	case w.format == formatAtom && ns == nsAtom && local == "entry" && about == w.feed:
		return w.entry(f, &w.inChannel, e)
	case w.format != formatAtom && local == "item" && about == w.feed && w.native(e.Name.Space):
		return w.entry(f, &w.inChannel, e)
	case ns == nsAtom && local == "source" && about.scope == scopeEntry:
		about.source = newFound(about)
		f.place, f.about = section, about.source
	case ns == nsMedia:
		w.inMedia(f, outer, e)
	default:
		w.describe(f, ns, local, e)
	}
	readStatement(f, term{ns, local}, e)
	switch about.scope {
	case scopeEntry:
		about.readStatus(f, term{ns, local}, e)
	case scopeFeed:
		w.inFeed(f, term{ns, local}, e)
	}
	f.markup = f.markup || f.place == elsewhere && (ns == nsAtom || ns == nsCore)
	return nil
}

// entry begins an entry.
func (w *walk) entry(f *frame, among *[]*found, e xml.StartElement) error {
	if len(w.inChannel)+len(w.atRoot) == MaxItems {
		return errEnough
	}
	entry := newFound(w.feed)
	entry.base, entry.language = f.base, f.language
	entry.resource = attributeIn(e, nsRDF, "about")
	if entry.resource == "" && w.format == formatRDF {
		entry.resource = attribute(e, "about")
	}
	*among = append(*among, entry)
	f.place, f.about = section, entry
	return nil
}

// chars keeps text for the element that is being read, whatever elements are inside it.
func (w *walk) chars(text []byte) {
	if w.reading == 0 {
		return
	}
	room := w.open[w.reading-1].limit - w.value.Len()
	w.value.Write(text[:min(len(text), max(0, room))])
}

// end closes an element.
func (w *walk) end() {
	last := len(w.open) - 1
	f := w.open[last]
	if w.reading == len(w.open) {
		f.text(strings.TrimSpace(strings.ToValidUTF8(w.value.String(), "")))
		w.reading = 0
	}
	if f.raw != nil && f.inside <= w.at {
		f.raw(bytes.TrimSpace(w.text[f.inside:w.at]))
	}
	w.open = w.open[:last]
	w.done = last == 0
}

// entries returns what was found of the entries, in gofeed's order.
func (w *walk) entries() []*found { return slices.Concat(w.inChannel, w.atRoot) }

// countLosses reports what was left out because an entry had too much of it.
func (w *walk) countLosses() {
	for i, e := range w.entries() {
		if e.losses > 0 {
			w.losses = loss(w.losses, "entry %d has very many files, links or statements; %d of them were left out", i+1, e.losses)
		}
	}
}
