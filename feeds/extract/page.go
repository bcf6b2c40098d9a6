package extract

import (
	"bytes"
	"errors"
	"fmt"
	"mime"
	"net/url"
	"strings"

	readability "codeberg.org/readeck/go-readability/v2"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/net/html/charset"

	"reprint/feeds"
)

// The bounds of a page.
const (
	maxElements = 20_000 // beyond it nothing is extracted
	maxLines    = 5_000
	maxAround   = 200 // lines that are kept after a story
	maxAbove    = 30  // and before it
	shortStory  = 100 // bytes; what is shorter is no story
)

// Page is what the page of an item holds. All strings are as they stand there, not cleaned.
type Page struct {
	// HTML is the story, with addresses made absolute.
	HTML string
	// Before are the lines between the headline and the story, After those below the story,
	// in order. Both are empty where the story could not be found again among the lines.
	Before, After []Line
	// Sources, Authors and Editors are what elements of the head say, in order.
	Sources, Authors, Editors []string
	// Titled tells that the headline that was looked for stands on the page.
	Titled   bool
	Language string
	// Rights are the statements that the page makes in elements.
	Rights []feeds.Statement
}

// Line is one line of a page.
type Line struct {
	Text string
	// Href is where the line's only link leads, and Anchor its words; empty where it has
	// none, or several.
	Href, Anchor string
	// Heading tells that it is a heading.
	Heading bool
}

// ErrNoStory is a page on which no story was found.
var ErrNoStory = errors.New("no story was found on the page")

// Read reads a page. address is where it came from, title the headline of the story that is
// looked for. The error says what is wrong with the page, or is [ErrNoStory].
func Read(body []byte, contentType, address, title string) (page Page, err error) {
	defer func() {
		if p := recover(); p != nil { // whatever a hostile page does to the extractor stays here
			err = fmt.Errorf("the page could not be read (%v)", p)
		}
	}()
	if media, _, err := mime.ParseMediaType(contentType); err == nil && media != "text/html" && media != "application/xhtml+xml" {
		return Page{}, fmt.Errorf("it is %s and no page", media)
	}
	base, err := url.Parse(address)
	if err != nil {
		return Page{}, err
	}
	if len(body) < shortStory {
		return Page{}, ErrNoStory
	}
	decoded, err := charset.NewReader(bytes.NewReader(body), contentType)
	if err != nil {
		return Page{}, err
	}
	doc, err := html.Parse(decoded)
	if err != nil {
		return Page{}, fmt.Errorf("its HTML cannot be read: %w", err)
	}
	if n := countElements(doc); n > maxElements {
		return Page{}, fmt.Errorf("it has %d elements; at most %d are read", n, maxElements)
	}
	lines := linesOf(doc)
	page = Page{Language: languageOf(doc), Titled: isTitled(lines, title)}
	page.readHead(doc, base)
	article, err := extractor().ParseAndMutate(doc, base)
	if err != nil || article.Node == nil {
		return Page{}, ErrNoStory
	}
	told := linesOf(article.Node)
	if lengthOf(told) < shortStory {
		return Page{}, ErrNoStory
	}
	if page.HTML, err = storyOf(article.Node); err != nil {
		return Page{}, err
	}
	page.Before, page.After = around(lines, told, title)
	return page, nil
}

// storyOf renders a story without the boxes that it lies in.
func storyOf(n *html.Node) (string, error) {
	for {
		only := onlyChild(n)
		if only == nil || only.DataAtom != atom.Div && only.DataAtom != atom.Article && only.DataAtom != atom.Section && only.DataAtom != atom.Main {
			break
		}
		n = only
	}
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if err := html.Render(&b, c); err != nil {
			return "", err
		}
	}
	return b.String(), nil
}

// onlyChild returns the one child of an element that shows something, nil if there is none
// or there are more.
func onlyChild(n *html.Node) *html.Node {
	var only *html.Node
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.CommentNode || c.Type == html.TextNode && strings.TrimSpace(c.Data) == "" {
			continue
		}
		if only != nil {
			return nil
		}
		only = c
	}
	return only
}

// extractor is the extractor with its bounds. Data in scripts are not believed: nobody sees
// them on the page.
func extractor() *readability.Parser {
	p := readability.NewParser()
	p.MaxElemsToParse = maxElements
	p.DisableJSONLD = true
	p.CharThresholds = 140 // short news are stories too
	return &p
}

func countElements(doc *html.Node) int {
	n := 0
	for d := range doc.Descendants() {
		if d.Type == html.ElementNode {
			n++
		}
	}
	return n
}

// languageOf returns the language that the page says it is in.
func languageOf(doc *html.Node) string {
	for d := range doc.Descendants() {
		if d.DataAtom == atom.Html {
			return attribute(d, "lang")
		}
	}
	return ""
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name && a.Namespace == "" {
			return strings.TrimSpace(a.Val)
		}
	}
	return ""
}
