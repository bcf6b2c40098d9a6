package normalize

import (
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"reprint/feeds"
)

// page is a body laid out flat: lines of text and pictures, in reading order. The rules that
// read captions, credits and source lines look at pieces only, never at elements.
type page struct {
	root   *html.Node
	pieces []*piece
	of     map[*html.Node]*piece // by text node, or by the mark of a picture
}

// piece is one line of text or one picture.
type piece struct {
	picture *feeds.Picture // nil for a line

	text     string       // of a line, plain
	leaves   []*html.Node // its text nodes
	links    []anchor     // the links in it
	verbatim bool         // stands in a listing, where nothing is a credit line
	caption  bool         // is marked as a caption
	role     feeds.Role
	gone     bool // was taken: into a caption, or as the second copy of a picture
}

// anchor is one link of a line.
type anchor struct {
	text, href string
	license    bool
}

// lay lays out a tidied tree.
func lay(root *html.Node, t *tidier) *page {
	p := &page{root: root, of: make(map[*html.Node]*piece)}
	l := layout{page: p, tidier: t}
	l.visit(root)
	l.end()
	for i, x := range p.pieces {
		if i > 0 && x.picture != nil && p.pieces[i-1].picture != nil && fileOf(x.picture.URL) == fileOf(p.pieces[i-1].picture.URL) {
			x.gone = true
		}
	}
	return p
}

// layout is the walk that lays out a page.
type layout struct {
	page     *page
	tidier   *tidier
	line     *piece // the line at work; nil between lines
	text     strings.Builder
	verbatim bool
	caption  bool
}

// end ends the line at work.
func (l *layout) end() {
	if l.line == nil {
		return
	}
	l.line.text = feeds.OneLine(l.text.String())
	if !blank(l.line.text) {
		l.page.pieces = append(l.page.pieces, l.line)
	} else {
		for _, leaf := range l.line.leaves {
			delete(l.page.of, leaf)
		}
	}
	l.line = nil
	l.text.Reset()
}

func (l *layout) visit(n *html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch {
		case c.Type == html.TextNode:
			l.add(c)
		case l.tidier.pictures[c] != nil:
			l.end()
			mark := &piece{picture: l.tidier.pictures[c]}
			l.page.of[c] = mark
			l.page.pieces = append(l.page.pieces, mark)
		case c.DataAtom == atom.Br && !l.verbatim:
			l.end()
		case c.DataAtom == atom.Pre:
			l.inListing(c)
		case elements[c.Data].block:
			l.inBlock(c)
		case c.DataAtom == atom.A:
			l.inLink(c)
		default:
			l.visit(c)
		}
	}
}

// add adds a text node to the line at work.
func (l *layout) add(leaf *html.Node) {
	if l.line == nil {
		if blank(leaf.Data) {
			return
		}
		l.line = &piece{verbatim: l.verbatim, caption: l.caption}
	}
	l.line.leaves = append(l.line.leaves, leaf)
	l.page.of[leaf] = l.line
	l.text.WriteString(leaf.Data)
}

func (l *layout) inBlock(n *html.Node) {
	l.end()
	outer := l.caption
	l.caption = outer || l.tidier.captions[n]
	l.visit(n)
	l.end()
	l.caption = outer
}

// inListing lays out preformatted text, which is one line however many lines it has.
func (l *layout) inListing(n *html.Node) {
	outer := l.verbatim
	l.verbatim = true
	l.inBlock(n)
	l.verbatim = outer
}

func (l *layout) inLink(n *html.Node) {
	l.visit(n)
	if l.line == nil || l.text.Len() > maxLine {
		return
	}
	raw := strings.TrimLeftFunc(textIn(n), unicode.IsSpace)
	if text := feeds.OneLine(raw); text != "" && strings.HasSuffix(l.text.String(), raw) {
		l.line.links = append(l.line.links, anchor{text, attr(n, "href"), attr(n, "rel") != ""})
	}
}

// lines returns the lines that nobody has taken, without the pictures between them.
func (p *page) lines() []*piece {
	var lines []*piece
	for _, x := range p.pieces {
		if x.picture == nil && !x.gone {
			lines = append(lines, x)
		}
	}
	return lines
}

// pictures returns the pictures of the body, in order.
func (p *page) pictures() []*feeds.Picture {
	var all []*feeds.Picture
	for _, x := range p.pieces {
		if x.picture != nil && !x.gone {
			all = append(all, x.picture)
		}
	}
	return all
}

// plainText returns the beginning of the story as plain text, one line of it a line.
func (p *page) plainText() string {
	var b strings.Builder
	left := feeds.MaxText
	for _, x := range p.lines() {
		if x.role != feeds.RoleText || left <= 0 {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
			left--
		}
		text := shorten(x.text, left)
		b.WriteString(text)
		left -= len([]rune(text))
	}
	return strings.TrimSpace(b.String())
}

// blank tells whether text shows nothing.
func blank(text string) bool {
	for _, r := range text {
		if !unicode.IsSpace(r) && r != 0x200B && r != 0x200C && r != 0x200D && r != 0x2060 && r != 0xFEFF {
			return false
		}
	}
	return true
}
