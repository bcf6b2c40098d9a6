package normalize

import (
	"unicode/utf8"

	"golang.org/x/net/html"

	"reprint/feeds"
)

// How far from the ends of a body a line counts. A line that says nothing of itself, such as
// a kicker or a list of links, may stand between; prose may not.
const (
	maxOtherAtHead = 2  // other short lines before the last credit line of the head
	maxOtherAtFoot = 4  // and after the first one of the foot
	shortLine      = 40 // characters of a line that is no prose
	shortLatin     = 90
	maxTerms       = 20 // lines of terms below their heading
)

// edges is the reading of the head and the foot of a page (R38).
type edges struct {
	page       *page
	lines      []*piece
	said       said
	statements []feeds.Statement
}

// readEdges finds the credit lines and notices at the head and the foot. It gives each such
// line its role and returns what they say.
func readEdges(p *page) *edges {
	e := &edges{page: p, lines: p.lines()}
	first := e.head()
	e.foot(first)
	return e
}

// head reads down from the first line and returns the first line that it did not reach.
func (e *edges) head() int {
	others, next := 0, 0
	for i := 0; i < len(e.lines) && others <= maxOtherAtHead; i++ {
		line := e.lines[i]
		switch {
		case line.role != feeds.RoleText:
		case e.credit(i, feeds.PlaceHead):
			next = i + 1
		case e.notice(line, readNotice(line.text, false), "head"):
			next = i + 1
		case !isShort(line):
			return next
		default:
			others++
		}
	}
	return next
}

// foot reads up from the last line, as far as first. Terms come with a heading and run to
// the end of the page, so they are looked for before.
func (e *edges) foot(first int) {
	last := e.terms(first) - 1
	others := 0
	for i := last; i >= first && others <= maxOtherAtFoot; i-- {
		line := e.lines[i]
		switch {
		case line.role != feeds.RoleText:
		case e.credit(i, feeds.PlaceFoot):
		case e.notice(line, readNotice(line.text, false), "foot"):
		case !isShort(line):
			e.tail(line)
			return
		default:
			others++
		}
	}
}

// terms marks the terms at the end of the page, if there are any, and returns the line that
// they begin with, or the number of lines.
func (e *edges) terms(first int) int {
	for i := max(first, len(e.lines)-maxTerms); i < len(e.lines); i++ {
		if e.lines[i].verbatim || !heading.MatchString(e.lines[i].text) || !e.allClauses(i+1) {
			continue
		}
		for _, line := range e.lines[i:] {
			e.notice(line, readNotice(line.text, true), "foot")
		}
		return i
	}
	return len(e.lines)
}

// allClauses tells whether the lines from i on read like terms: the first of them does, and
// none is too long to be a clause.
func (e *edges) allClauses(i int) bool {
	for _, line := range e.lines[i:] {
		if readNotice(line.text, true) == noNotice {
			return false
		}
	}
	if i == len(e.lines) {
		return true
	}
	text := e.lines[i].text
	return readNotice(text, false) != noNotice || forbids.MatchString(text) || holds.MatchString(text) || clause.MatchString(text)
}

// credit reads the line at i as a credit line.
func (e *edges) credit(i int, place feeds.Place) bool {
	line := e.lines[i]
	if line.verbatim {
		return false
	}
	s, ok := readLine(line.text, line.links)
	if !ok {
		return false
	}
	if s.pending {
		s = e.named(i, s)
	}
	for _, o := range s.origins {
		o.Place = place
		e.said.origins = append(e.said.origins, o)
	}
	e.said.authors = append(e.said.authors, s.authors...)
	e.said.editors = append(e.said.editors, s.editors...)
	if e.said.note == "" {
		e.said.note = shorten(s.note, maxStatement)
	}
	if s.others {
		return true
	}
	line.role = feeds.RoleCredit
	if n := readNotice(line.text, false); n != noNotice {
		// A line that also speaks of rights goes out as it is.
		line.role = feeds.RoleText
		e.notice(line, n, string(place))
	}
	return true
}

// named finishes a source label that stood alone: the next line may hold the name. Where it
// does not, a picture did, or nothing, and nobody can read which.
func (e *edges) named(i int, s said) said {
	raw := e.lines[i].text
	if i+1 < len(e.lines) && isOutlet(e.lines[i+1].text) {
		e.lines[i+1].role = feeds.RoleCredit
		raw += " " + e.lines[i+1].text
		s.addOrigin(e.lines[i+1].text, e.lines[i+1].links)
	} else {
		s.origins = append(s.origins, feeds.Origin{Unclear: true})
	}
	for j := range s.origins {
		s.origins[j].Raw = shorten(raw, maxStatement)
	}
	return s
}

// notice marks a line as a notice of a kind and keeps what it says about rights.
func (e *edges) notice(line *piece, kind notice, where string) bool {
	if kind == noNotice || line.verbatim || line.role == feeds.RoleNotice {
		return false
	}
	line.role = feeds.RoleNotice
	if s, ok := kind.statement(line.text, where); ok {
		e.statements = append(e.statements, s)
	}
	for _, l := range line.links {
		if l.license {
			e.statements = append(e.statements, feeds.Statement{
				Kind: feeds.KindLicense, Scope: feeds.ScopeItem, Value: l.href, Where: "a rel=license",
			})
		}
	}
	return true
}

// isShort tells whether a line can be something else than prose.
func isShort(line *piece) bool {
	n := utf8.RuneCountInString(line.text)
	return !line.verbatim && (n <= shortLine || n <= shortLatin && !hasHan(line.text))
}

// lastWords matches a bracket at the end of a paragraph, after the end of its sentence.
var lastWords = compile(`[。\x{FF01}\x{FF1F}!?”".]\s*([(\x{FF08}\[【][^()\x{FF08}\x{FF09}\[\]【】]{3,60}(?:[(\x{FF08}][^()\x{FF08}\x{FF09}]{1,8}[)\x{FF09}][^()\x{FF08}\x{FF09}]{0,20})?[)\x{FF09}\]】])\s*[。.]?\s*$`)

// tail reads a credit in brackets at the end of the last paragraph, such as "(来源:学习时报)",
// and makes it a line of its own.
func (e *edges) tail(line *piece) {
	if line.verbatim || len(line.leaves) == 0 {
		return
	}
	leaf := line.leaves[len(line.leaves)-1]
	m := lastWords.FindStringSubmatchIndex(leaf.Data)
	if m == nil {
		return
	}
	words := feeds.OneLine(leaf.Data[m[2]:])
	if _, ok := readLine(words, nil); !ok {
		return
	}
	own := e.page.split(line, leaf, m[2])
	e.lines = append(e.lines, own)
	e.credit(len(e.lines)-1, feeds.PlaceFoot)
}

// split cuts the last text node of a line in two and makes the second half a line of its own,
// right behind the first.
func (p *page) split(line *piece, leaf *html.Node, at int) *piece {
	rest := textNode(leaf.Data[at:])
	leaf.Data = leaf.Data[:at]
	leaf.Parent.InsertBefore(rest, leaf.NextSibling)
	own := &piece{text: feeds.OneLine(rest.Data), leaves: []*html.Node{rest}, links: line.links}
	p.of[rest] = own
	line.text = feeds.OneLine(line.text[:max(0, len(line.text)-len(own.text))])
	for i, x := range p.pieces {
		if x == line {
			p.pieces = append(p.pieces[:i+1], append([]*piece{own}, p.pieces[i+1:]...)...)
			break
		}
	}
	return own
}
