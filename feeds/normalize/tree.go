package normalize

import (
	"errors"
	"io"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"reprint/feeds"
	"reprint/feeds/parse"
)

var (
	errTooLarge = errors.New("its HTML is too large; only the text was kept")
	errTooMany  = errors.New("its HTML has too many elements; only the text was kept")
	errTooDeep  = errors.New("its HTML is nested too deep; only the text was kept")
)

// tree reads a body into a tree under one element. Where it fails, the tree holds the text
// alone, in paragraphs, and the error says why: what cannot be read whole is not half read.
func tree(t parse.Text) (*html.Node, error) {
	value := strings.ReplaceAll(feeds.Scrub(t.Value), "\r\n", "\n")
	switch {
	case t.Kind == parse.Plain:
		return paragraphs(value), nil
	case t.Kind == parse.Unknown && !strings.Contains(value, "<"):
		return paragraphs(decode(value)), nil
	case len(value) > maxBody:
		return paragraphs(textOnly(value)), errTooLarge
	case strings.Count(value, "<") > maxTagsIn:
		return paragraphs(textOnly(value)), errTooMany
	}
	root := element(atom.Div)
	nodes, err := html.ParseFragmentWithOptions(strings.NewReader(value), element(atom.Body),
		html.ParseOptionEnableScripting(false))
	if err != nil {
		return paragraphs(textOnly(value)), errTooDeep
	}
	for _, n := range nodes {
		root.AppendChild(n)
	}
	return root, nil
}

func element(a atom.Atom) *html.Node {
	return &html.Node{Type: html.ElementNode, DataAtom: a, Data: a.String()}
}

func textNode(s string) *html.Node { return &html.Node{Type: html.TextNode, Data: s} }

// paragraphs makes a tree of plain text: blank lines part paragraphs, other line ends are
// kept. It holds no more text than a body may, and what follows very many lines as one.
func paragraphs(text string) *html.Node {
	root := element(atom.Div)
	if len(text) > maxBody {
		text = strings.ToValidUTF8(text[:maxBody], "")
	}
	var p *html.Node
	lines, read := 0, 0
	for line := range strings.Lines(text) {
		if lines++; lines > maxLines {
			root.AppendChild(textNode(text[read:]))
			break
		}
		read += len(line)
		line = strings.TrimRight(line, "\r\n")
		switch {
		case blank(line):
			p = nil
			continue
		case p == nil:
			p = element(atom.P)
			root.AppendChild(p)
		default:
			p.AppendChild(element(atom.Br))
		}
		p.AppendChild(textNode(line))
	}
	return root
}

// textOnly returns the text of HTML that is not worth a tree, each block on lines of its own.
// It reads tokens only, so it is fast and takes any depth.
func textOnly(s string) string {
	var b strings.Builder
	tokens := html.NewTokenizer(strings.NewReader(s))
	skip := ""
	for {
		switch tokens.Next() {
		case html.ErrorToken:
			if tokens.Err() != io.EOF {
				return ""
			}
			return b.String()
		case html.TextToken:
			if skip == "" {
				b.WriteString(strings.ReplaceAll(string(tokens.Text()), "\n", " "))
			}
		case html.StartTagToken:
			name, _ := tokens.TagName()
			if skip == "" && elements[string(name)].drop {
				skip = string(name)
			}
			if elements[string(name)].block {
				b.WriteString("\n\n")
			}
		case html.EndTagToken:
			name, _ := tokens.TagName()
			if skip == string(name) {
				skip = ""
			}
			if elements[string(name)].block {
				b.WriteString("\n\n")
			}
		}
	}
}

// textIn returns the text of a tree as one string, as it stands.
func textIn(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		} else if elements[d.Data].block || d.DataAtom == atom.Br {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// attr returns the value of an attribute, or "".
func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name && a.Namespace == "" {
			return a.Val
		}
	}
	return ""
}

func hasAttr(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

// remove takes n out of its tree.
func remove(n *html.Node) { n.Parent.RemoveChild(n) }

// unwrap puts the children of n in its place.
func unwrap(n *html.Node) {
	for c := n.FirstChild; c != nil; c = n.FirstChild {
		n.RemoveChild(c)
		n.Parent.InsertBefore(c, n)
	}
	remove(n)
}

// replace puts other in the place of n.
func replace(n, other *html.Node) {
	n.Parent.InsertBefore(other, n)
	remove(n)
}
