package normalize

import (
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"reprint/feeds"
)

// frameFigure tidies a figure and gives its pictures what it says of them. The caption goes
// with the pictures, also where none of them has a usable address: a caption without its
// picture says nothing. A figure without any picture, such as a table, keeps its caption.
func (t *tidier) frameFigure(n *html.Node) {
	framed := holdsPicture(n)
	credit := ""
	if framed {
		credit = takeMarkedCredit(n)
	}
	t.children(n)
	if !framed {
		t.settle(n)
		return
	}
	caption, license := takeCaption(n)
	text, read := readCredit(caption)
	if credit == "" {
		credit = read
	} else {
		text = caption
	}
	for d := range n.Descendants() {
		if p := t.pictures[d]; p != nil && !t.framed[p] {
			t.framed[p] = true
			describe(p, text, credit)
			p.License = license
		}
	}
	t.settle(n)
}

// describe gives a picture its caption, and its credit where one was read.
func describe(p *feeds.Picture, caption, credit string) {
	p.Caption = shorten(caption, maxCaption)
	if credit != "" {
		p.Credit = shorten(credit, maxCredit)
	}
}

func holdsPicture(n *html.Node) bool {
	for d := range n.Descendants() {
		switch d.DataAtom {
		case atom.Img, atom.Picture, atom.Video, atom.Audio:
			return true
		}
	}
	return false
}

// takeCaption takes the captions out of a figure and returns their text and the license
// that they link to. Those of figures within it are gone by then.
func takeCaption(n *html.Node) (text, license string) {
	for _, d := range each(n) {
		if d.DataAtom != atom.Figcaption || d.Parent == nil {
			continue
		}
		for a := range d.Descendants() {
			if a.DataAtom == atom.A && isLicense(attr(a, "rel")) && license == "" {
				license = attr(a, "href")
			}
		}
		text = feeds.OneLine(text + " " + textIn(d))
		remove(d)
	}
	return text, license
}

// creditClass matches the classes and properties by which publishers mark a credit.
var creditClass = compile(`(?i)(?:^|[\s_-])(?:credits?|photographer|credittext|copyrightholder)(?:$|[\s_-])`)

// takeMarkedCredit takes an element out of a figure that is marked as the credit, and returns
// its text.
func takeMarkedCredit(n *html.Node) string {
	for _, d := range each(n) {
		if !isMarkedCredit(d) || holdsPicture(d) {
			continue
		}
		text := trimCredit(feeds.OneLine(textIn(d)))
		if text != "" && len([]rune(text)) <= maxCredit && !isNobody(text) {
			remove(d)
			return text
		}
	}
	return ""
}

func isMarkedCredit(n *html.Node) bool {
	if n.Type != html.ElementNode || elements[n.Data].drop {
		return false
	}
	return creditClass.MatchString(attr(n, "class")) || creditClass.MatchString(attr(n, "itemprop"))
}

// captionClass matches the classes by which publishers mark a caption that is no figcaption.
var captionClass = compile(`(?i)(?:^|[\s_-])caption(?:$|[\s_-]|text)`)
