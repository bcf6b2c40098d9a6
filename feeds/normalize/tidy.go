package normalize

import (
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"reprint/feeds"
)

// tidier takes out of a tree what may not stay, and finds its pictures. A picture's element
// stays as a mark: an img without attributes, whose picture is in pictures.
type tidier struct {
	base     *url.URL
	pictures map[*html.Node]*feeds.Picture
	seen     map[string]bool         // pictures, by their file
	framed   map[*feeds.Picture]bool // pictures that a figure has described
	captions map[*html.Node]bool     // elements that are marked as captions
	inLink   bool
	unshown  bool // inside a noscript
	lost     int  // pictures beyond the bound
}

func newTidier(base *url.URL) *tidier {
	return &tidier{
		base:     base,
		pictures: make(map[*html.Node]*feeds.Picture),
		seen:     make(map[string]bool),
		framed:   make(map[*feeds.Picture]bool),
		captions: make(map[*html.Node]bool),
	}
}

// children tidies everything in n.
func (t *tidier) children(n *html.Node) {
	for c := n.FirstChild; c != nil; {
		next := c.NextSibling
		t.node(c)
		c = next
	}
}

func (t *tidier) node(n *html.Node) {
	switch {
	case n.Type == html.TextNode:
		n.Data = strings.ReplaceAll(feeds.Scrub(n.Data), "\r", "\n")
	case n.Type != html.ElementNode:
		remove(n)
	case n.Namespace == "math":
		replace(n, textNode(formula(n)))
	case n.Namespace != "", hidden(n), elements[n.Data].drop:
		remove(n)
	default:
		t.element(n)
	}
}

// element tidies an element that is shown.
func (t *tidier) element(n *html.Node) {
	switch n.DataAtom {
	case atom.Img, atom.Picture, atom.Video, atom.Audio:
		t.place(n)
	case atom.Iframe:
		t.frame(n)
	case atom.Noscript:
		outer := t.unshown
		t.unshown = true
		t.children(n)
		t.unshown = outer
		unwrap(n)
	case atom.A:
		t.anchor(n)
	case atom.Figure:
		t.frameFigure(n)
	default:
		t.children(n)
		t.settle(n)
	}
}

// settle decides whether an element stays, and leaves it only the attributes that may.
func (t *tidier) settle(n *html.Node) {
	r := elements[n.Data]
	if r.as != "" {
		n.Data, n.DataAtom = r.as, atom.Lookup([]byte(r.as))
		r.keep = true
	}
	if !r.keep {
		unwrap(n)
		return
	}
	if r.block && captionClass.MatchString(attr(n, "class")) {
		t.captions[n] = true
	}
	var kept []html.Attribute
	for _, a := range n.Attr {
		if a.Key == "cite" {
			a.Val = resolve(t.base, a.Val)
		}
		a.Val = strings.TrimSpace(feeds.Scrub(a.Val))
		if a.Namespace == "" && allowed(n.Data, a.Key, a.Val) {
			kept = append(kept, html.Attribute{Key: a.Key, Val: a.Val})
		}
	}
	n.Attr = kept
	if n.DataAtom == atom.Span && len(kept) == 0 {
		unwrap(n)
	}
}

// anchor tidies a link. A link in a link, or one that leads nowhere, is only its text.
func (t *tidier) anchor(n *html.Node) {
	href := link(t.base, attr(n, "href"))
	if t.inLink || href == "" {
		t.children(n)
		unwrap(n)
		return
	}
	t.inLink = true
	t.children(n)
	t.inLink = false
	license := isLicense(attr(n, "rel"))
	lang, dir := attr(n, "lang"), attr(n, "dir")
	n.Attr = []html.Attribute{{Key: "href", Val: href}}
	if license {
		n.Attr = append(n.Attr, html.Attribute{Key: "rel", Val: "license"})
	}
	for _, a := range []html.Attribute{{Key: "lang", Val: lang}, {Key: "dir", Val: dir}} {
		if allowed("a", a.Key, a.Val) {
			n.Attr = append(n.Attr, a)
		}
	}
}

func isLicense(rel string) bool {
	for _, word := range strings.Fields(rel) {
		if strings.EqualFold(word, "license") {
			return true
		}
	}
	return false
}

// frame puts a link in the place of a page within the page.
func (t *tidier) frame(n *html.Node) {
	src := attr(n, "src")
	if lazy := attr(n, "data-src"); lazy != "" {
		src = lazy
	}
	href := resolve(t.base, src)
	if href == "" || tiny(attr(n, "width")) || tiny(attr(n, "height")) {
		remove(n)
		return
	}
	text := shorten(feeds.OneLine(attr(n, "title")), maxName)
	if text == "" {
		text = siteOf(href)
	}
	if t.inLink {
		replace(n, textNode(" "+text+" "))
		return
	}
	a := element(atom.A)
	a.Attr = []html.Attribute{{Key: "href", Val: href}}
	a.AppendChild(textNode(text))
	n.Parent.InsertBefore(textNode(" "), n)
	replace(n, a)
}

// formula returns a mathematical formula as text: the one that its author gave, else the
// signs in it.
func formula(n *html.Node) string {
	if alt := attr(n, "alttext"); alt != "" {
		return feeds.OneLine(alt)
	}
	for _, d := range each(n) {
		if d.Parent != nil && (strings.HasPrefix(d.Data, "annotation") || elements[d.Data].drop) {
			remove(d)
		}
	}
	return feeds.OneLine(textIn(n))
}

// each returns all descendants of n, so that the tree may change while they are visited.
func each(n *html.Node) []*html.Node {
	var all []*html.Node
	for d := range n.Descendants() {
		all = append(all, d)
	}
	return all
}

// invisible matches the styles that hide an element. Shown without its style it would say
// what its publisher did not show.
var invisible = compile(`(?i)(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0(?:\.0*)?\s*(?:;|!|$)|font-size\s*:\s*0(?:px|em|pt|%)?\s*(?:;|!|$))`)

func hidden(n *html.Node) bool {
	return hasAttr(n, "hidden") || invisible.MatchString(attr(n, "style"))
}
