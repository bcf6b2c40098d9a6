package extract

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"reprint/feeds"
)

// silent are elements whose text nobody reads as a line of the page.
var silent = []atom.Atom{
	atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Head, atom.Nav, atom.Aside, atom.Form, atom.Select, atom.Button, atom.Textarea,
	atom.Iframe, atom.Object, atom.Svg, atom.Math, atom.Audio, atom.Video,
}

// inline are elements that do not end a line.
var inline = []atom.Atom{
	atom.A, atom.Abbr, atom.B, atom.Bdi, atom.Bdo, atom.Cite, atom.Code, atom.Data, atom.Dfn, atom.Em, atom.Font, atom.I, atom.Ins,
	atom.Kbd, atom.Label, atom.Mark, atom.Q, atom.S, atom.Samp, atom.Small, atom.Span, atom.Strong, atom.Sub, atom.Sup, atom.Time,
	atom.U, atom.Var, atom.Wbr,
}

// linesOf returns the lines of a tree, as a reader sees them.
func linesOf(root *html.Node) []Line {
	var w lineWalk
	w.visit(root)
	w.end()
	return w.lines
}

// lengthOf is how many bytes of text the lines have.
func lengthOf(lines []Line) int {
	n := 0
	for _, l := range lines {
		n += len(l.Text)
	}
	return n
}

// lineWalk is the walk over a tree that collects its lines.
type lineWalk struct {
	lines []Line
	text  strings.Builder
	links int
	last  Line // with the link of the line at work

	heading bool
}

func (w *lineWalk) visit(n *html.Node) {
	for c := n.FirstChild; c != nil && len(w.lines) < maxLines; c = c.NextSibling {
		switch {
		case c.Type == html.TextNode:
			w.text.WriteString(c.Data)
		case c.Type != html.ElementNode || slices.Contains(silent, c.DataAtom) || isHidden(c):
		case c.DataAtom == atom.A:
			before := w.text.Len()
			w.visit(c)
			if before <= w.text.Len() {
				w.links++
				w.last.Href, w.last.Anchor = attribute(c, "href"), feeds.OneLine(w.text.String()[before:])
			}
		case slices.Contains(inline, c.DataAtom):
			w.visit(c)
		default:
			w.end()
			w.heading = w.heading || isHeading(c)
			w.visit(c)
			w.end()
			w.heading = w.heading && !isHeading(c)
		}
	}
}

// end ends the line at work.
func (w *lineWalk) end() {
	line := w.last
	line.Heading = w.heading
	line.Text = feeds.OneLine(w.text.String())
	if w.links != 1 || line.Anchor == "" || line.Href == "" {
		line.Href, line.Anchor = "", ""
	}
	if line.Text != "" {
		w.lines = append(w.lines, line)
	}
	w.text.Reset()
	w.links, w.last = 0, Line{}
}

func isHeading(n *html.Node) bool {
	switch n.DataAtom {
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return true
	}
	return false
}

// isHidden tells whether the markup itself hides an element.
func isHidden(n *html.Node) bool {
	style := strings.ReplaceAll(strings.ToLower(attribute(n, "style")), " ", "")
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == "hidden" }) ||
		attribute(n, "aria-hidden") == "true" || strings.Contains(style, "display:none") || strings.Contains(style, "visibility:hidden")
}

// around returns the lines of the page between the headline and the story, and those below
// the story, without those that the story has itself. The story is found by its first and its
// last long line; where either stands nowhere, or the headline is not above it, nothing is
// said for certain, and nothing is returned for that end.
func around(page, story []Line, title string) (before, after []Line) {
	in := make(map[string]bool)
	for _, l := range story {
		in[l.Text] = true
	}
	first, last := -1, -1
	for n, l := range page {
		if in[l.Text] && len(l.Text) >= longLine {
			if first < 0 {
				first = n
			}
			last = n
		}
	}
	if first < 0 {
		return nil, nil
	}
	for n := first - 1; n >= max(0, first-maxAbove); n-- {
		if isHeadline(page[n].Text, title) {
			before = without(page[n+1:first], in)
			break
		}
	}
	return before, without(page[last+1:min(len(page), last+1+maxAround)], in)
}

// longLine is how many bytes a line has by which a story is found again.
const longLine = 60

func isHeadline(line, title string) bool {
	folded := feeds.Fold(title)
	return folded != "" && feeds.Fold(line) == folded
}

// isTitled tells whether a headline stands on the page. A headline of a word or two stands
// on every page.
func isTitled(lines []Line, title string) bool {
	return len(feeds.Fold(title)) >= shortTitle && slices.ContainsFunc(lines, func(l Line) bool { return isHeadline(l.Text, title) })
}

// shortTitle is how many bytes a headline has by which a page is known.
const shortTitle = 12

func without(lines []Line, in map[string]bool) []Line {
	var kept []Line
	for _, l := range lines {
		if !in[l.Text] {
			kept = append(kept, l)
		}
	}
	return kept
}
