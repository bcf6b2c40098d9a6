package normalize

import (
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"reprint/feeds"
)

// write cuts a page into its parts. A run ends at every picture and at every line that has a
// role of its own: the elements that are open there are closed, and opened again after it.
// An element is written only when something comes that it holds, so nothing is ever empty.
func write(p *page) []feeds.Part {
	w := writer{page: p, edge: true, listingAt: -1, rows: make(map[*html.Node]bool)}
	w.children(p.root)
	w.flush()
	return w.parts
}

// writer is the walk that writes the parts.
type writer struct {
	page  *page
	parts []feeds.Part

	run    strings.Builder
	line   *piece // the line that the run is for; nil for the story
	full   bool   // the run holds something to read
	stack  []*open
	edge   bool // at the beginning of a line
	space  bool // a space is due before the next text
	breaks int  // line breaks that are due before the next text

	listingAt int                 // where the text of a listing begins in the run
	rows      map[*html.Node]bool // rows of tables, with whether any of the story is in them
}

// open is an element that is open at this place.
type open struct {
	node    *html.Node
	written bool // its start tag stands in the run
	items   int  // of a list: how many items have begun
}

func (w *writer) children(n *html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		w.node(c)
	}
}

func (w *writer) node(n *html.Node) {
	x := w.page.of[n]
	switch {
	case x != nil && x.gone:
	case x != nil && x.picture != nil:
		w.flush()
		w.parts = append(w.parts, feeds.Part{Picture: x.picture})
	case n.Type == html.TextNode:
		w.turn(x)
		w.text(n.Data)
	case n.DataAtom == atom.Br && w.listing():
		w.text("\n")
	case n.DataAtom == atom.Br:
		w.breaks++
	case n.DataAtom == atom.Hr:
		w.turn(nil)
		w.begin(true)
		w.run.WriteString("<hr/>")
		w.edge = true
	default:
		w.element(n)
	}
}

// turn ends the run where a line with a role of its own begins or ends.
func (w *writer) turn(x *piece) {
	if x != nil && x.role == feeds.RoleText {
		x = nil
	}
	if x != w.line {
		w.flush()
		w.line = x
	}
}

// element writes an element and what is in it.
func (w *writer) element(n *html.Node) {
	if n.DataAtom == atom.Li && len(w.stack) > 0 {
		w.stack[len(w.stack)-1].items++
	}
	block := elements[n.Data].block
	w.stack = append(w.stack, &open{node: n})
	w.children(n)
	if w.isEmptyCell(n) && w.hasStory(n.Parent) {
		w.turn(nil)
		w.begin(true)
	}
	last := w.stack[len(w.stack)-1]
	w.stack = w.stack[:len(w.stack)-1]
	switch {
	case last.written:
		w.run.WriteString("</" + n.Data + ">")
		if block {
			w.edge, w.breaks, w.space = true, 0, false
		}
	case block && !w.edge && w.breaks == 0:
		w.breaks = 1
	}
}

func (w *writer) isEmptyCell(n *html.Node) bool {
	return (n.DataAtom == atom.Td || n.DataAtom == atom.Th) && !w.stack[len(w.stack)-1].written
}

// hasStory tells whether anything of the story stands in a row, so that its empty cells count.
func (w *writer) hasStory(row *html.Node) bool {
	has, known := w.rows[row]
	if known {
		return has
	}
	for d := range row.Descendants() {
		if x := w.page.of[d]; x != nil && x.picture == nil && !x.gone && x.role == feeds.RoleText {
			has = true
			break
		}
	}
	w.rows[row] = has
	return has
}

// listing tells whether white space counts here.
func (w *writer) listing() bool {
	for _, o := range w.stack {
		if o.node.DataAtom == atom.Pre {
			return true
		}
	}
	return false
}

// text writes text. Outside listings all white space is one space, and none at the
// beginning of a line.
func (w *writer) text(s string) {
	listing := w.listing()
	if !listing {
		s = collapse(s)
		w.space = w.space || !w.edge && strings.HasPrefix(s, " ")
		if blank(s) {
			w.space = w.space || !w.edge
			return
		}
	}
	w.begin(false)
	if !listing { // spaces at its ends are due before what comes before or after
		w.space = strings.HasSuffix(s, " ")
		s = strings.Trim(s, " ")
	}
	if w.run.Len() == w.listingAt && strings.HasPrefix(s, "\n") {
		w.run.WriteByte('\n') // a parser takes away the first one
	}
	w.run.WriteString(html.EscapeString(s))
	w.full = w.full || !blank(s)
	w.edge = false
}

// begin writes what is due before the next thing: line breaks, a space, start tags.
func (w *writer) begin(block bool) {
	for _, o := range w.stack {
		block = block || !o.written && elements[o.node.Data].block
	}
	switch {
	case block || w.edge:
	case w.breaks > 0:
		w.run.WriteString(strings.Repeat("<br/>", min(w.breaks, 2)))
		w.edge = true
	case w.space:
		w.run.WriteByte(' ')
	}
	w.breaks, w.space = 0, false
	for _, o := range w.stack {
		if !o.written {
			w.start(o)
		}
	}
}

// start writes a start tag.
func (w *writer) start(o *open) {
	o.written = true
	w.run.WriteString("<" + o.node.Data)
	for _, a := range o.node.Attr {
		if o.node.DataAtom == atom.Ol && a.Key == "start" {
			continue
		}
		w.run.WriteString(" " + a.Key + `="` + html.EscapeString(a.Val) + `"`)
	}
	if n := number(o); n != 1 {
		w.run.WriteString(` start="` + strconv.Itoa(n) + `"`)
	}
	w.run.WriteByte('>')
	if o.node.DataAtom == atom.Pre {
		w.listingAt = w.run.Len()
	}
	w.edge = w.edge || elements[o.node.Data].block
}

// number returns the number of the first item of an ordered list in this run: a list that
// was cut goes on where it stopped.
func number(o *open) int {
	if o.node.DataAtom != atom.Ol {
		return 1
	}
	first := 1
	if n, err := strconv.Atoi(attr(o.node, "start")); err == nil {
		first = n
	}
	return first + max(o.items, 1) - 1
}

// flush ends the run and makes it a part, if there is anything to read in it.
func (w *writer) flush() {
	for i := len(w.stack) - 1; i >= 0; i-- {
		if o := w.stack[i]; o.written {
			w.run.WriteString("</" + o.node.Data + ">")
			o.written = false
		}
	}
	if w.full {
		w.parts = append(w.parts, w.part(checked(w.run.String())))
	}
	w.run.Reset()
	w.line, w.full, w.edge, w.space, w.breaks, w.listingAt = nil, false, true, false, 0, -1
}

func (w *writer) part(markup string) feeds.Part {
	if w.line == nil {
		return feeds.Part{HTML: markup}
	}
	return feeds.Part{HTML: markup, Role: w.line.role, Text: w.line.text}
}

// collapse makes every run of HTML's white space one space.
func collapse(s string) string {
	if !strings.ContainsAny(s, "\n\t\f") && !strings.Contains(s, "  ") {
		return s
	}
	var b strings.Builder
	space := false
	for _, r := range s {
		if r == ' ' || r == '\n' || r == '\t' || r == '\f' {
			space = true
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
	}
	if space {
		b.WriteByte(' ')
	}
	return b.String()
}
