package normalize

import (
	"errors"
	"html"
	"slices"
	"strings"

	"reprint/feeds"
	"reprint/feeds/extract"
	"reprint/feeds/parse"
)

// ErrOtherPage is a page that is not that of the item: neither its headline nor its words are
// there. Consent walls and friendly error pages look like that.
var ErrOtherPage = errors.New("the page holds neither the headline nor the words of the item")

const (
	maxAbove    = 6   // lines of a page above its story that may be kept
	maxUnder    = 20  // and below it
	nearStory   = 12  // lines below the story in which a source line is the story's own
	sameStory   = 0.5 // of what the feed gives must stand on a page without its headline
	maxAboveRun = 200 // characters of a line above the story
)

// Whole returns an item as its own page has it: the text, the pictures and the lines around
// them from the page, what names the item from the feed, and what both say of its makers and
// rights from both. Where the page has less text than the feed, the feed's stays. address is
// where the page came from. What was left out is told in sentences.
func Whole(item feeds.Item, page extract.Page, address string, from From) (feeds.Item, []string, error) {
	from.URL = address
	r := newReading(parse.Document{Home: item.Feed.Home, Self: item.Feed.URL}, from)
	found, ok := r.item(1, pageEntry(item, page, address))
	if !ok || len(found.Body) == 0 {
		return item, nil, extract.ErrNoStory
	}
	if !page.Titled && feeds.NewGist(item.Text).Share(feeds.NewGist(found.Text)) < sameStory {
		return item, nil, ErrOtherPage
	}
	whole := item
	if storyLength(found.Body) >= storyLength(item.Body) {
		whole.Body, whole.Text = found.Body, found.Text
		whole.Media = outside(item.Media, found)
	}
	whole.Attribution = bothSay(item.Attribution, found.Attribution)
	for _, s := range page.Sources {
		for _, o := range metaOutlets(s) {
			whole.Attribution.Origins = addOrigin(whole.Attribution.Origins, o)
		}
	}
	whole.Rights = bothRights(item.Rights, found.Rights)
	if whole.Language == "" {
		whole.Language = found.Language
	}
	whole.Revision = feeds.PageRevision(item.Revision, whole.Digest())
	return whole, r.losses, nil
}

// pageEntry makes an entry of a page. Of the lines around the story those are put to it that
// say something of its makers or its rights; to the readers of heads and feet they stand
// where they would in a feed.
func pageEntry(item feeds.Item, page extract.Page, address string) parse.Entry {
	var b strings.Builder
	for _, l := range above(page.Before) {
		writeLine(&b, l)
	}
	b.WriteString(page.HTML)
	for _, l := range below(page.After) {
		writeLine(&b, l)
	}
	e := parse.Entry{
		GUID: item.GUID, Link: item.Link, Title: parse.Text{Value: item.Title, Kind: parse.Plain}, Language: page.Language,
		Content: parse.Text{Value: b.String(), Kind: parse.HTML, Base: address}, Rights: page.Rights,
	}
	for _, name := range page.Authors {
		e.Authors = append(e.Authors, parse.Author{Name: name})
	}
	for _, name := range page.Editors {
		e.Editors = append(e.Editors, parse.Author{Name: name})
	}
	return e
}

// writeLine writes a line as a paragraph, with its link if it has one.
func writeLine(b *strings.Builder, l extract.Line) {
	text := html.EscapeString(l.Text)
	if l.Href != "" {
		anchor := html.EscapeString(l.Anchor)
		text = strings.Replace(text, anchor, `<a href="`+html.EscapeString(l.Href)+`">`+anchor+`</a>`, 1)
	}
	b.WriteString("<p>" + text + "</p>\n")
}

// above returns the credit lines between headline and story.
func above(lines []extract.Line) []extract.Line {
	var kept []extract.Line
	for _, l := range lines {
		if len([]rune(l.Text)) > maxAboveRun || len(kept) == maxAbove {
			continue
		}
		if s, ok := readLine(l.Text, nil); ok && !s.isEmpty() && !s.pending {
			kept = append(kept, l)
		}
	}
	return kept
}

// below returns the credit lines soon after a story and the notices anywhere after it. A
// source line further down, or below a heading, is that of another story in a list.
func below(lines []extract.Line) []extract.Line {
	var kept []extract.Line
	near := true
	for n, l := range lines {
		if len(kept) == maxUnder {
			break
		}
		near = near && n < nearStory && !l.Heading
		s, credit := readLine(l.Text, nil)
		credit = credit && near && !s.isEmpty() && !s.pending
		if credit || readNotice(l.Text, false) != noNotice || clause.MatchString(feeds.Simplified(l.Text)) {
			kept = append(kept, l)
		}
	}
	return kept
}

// storyLength is how much text and how many pictures a body has beside its credit lines.
func storyLength(body []feeds.Part) int {
	n := 0
	for _, p := range body {
		if p.Role == feeds.RoleText {
			n += len(p.HTML)
		}
	}
	return n
}

// outside returns the media of the feed that the page does not show in its text.
func outside(media []feeds.Picture, found feeds.Item) []feeds.Picture {
	return slices.DeleteFunc(slices.Clone(media), func(m feeds.Picture) bool {
		return slices.ContainsFunc(found.Body, func(p feeds.Part) bool {
			return p.Picture != nil && fileOf(p.Picture.URL) == fileOf(m.URL)
		})
	})
}

// bothSay joins what the feed and the page say of who made an item. An origin that the
// page's lines name counts as one of the page.
func bothSay(feed, page feeds.Attribution) feeds.Attribution {
	both := feed
	both.Origins = slices.Clone(feed.Origins)
	for _, o := range page.Origins {
		o.Place = feeds.PlacePage
		both.Origins = addOrigin(both.Origins, o)
	}
	if len(both.Authors) == 0 {
		both.Authors = page.Authors
	}
	both.Editors = slices.Clone(feed.Editors)
	for _, name := range page.Editors {
		both.Editors = addName(both.Editors, name)
	}
	if both.AuthorNote == "" {
		both.AuthorNote = page.AuthorNote
	}
	return both
}

func bothRights(feed, page []feeds.Statement) []feeds.Statement {
	both := rightsList{statements: slices.Clone(feed)}
	for _, s := range page {
		both.add(s, s.Scope, nil)
	}
	return both.statements
}

// metaOutlets reads an element of a page that names its source. Many systems write their own
// name or a word there; only what can be an outlet's name is taken.
func metaOutlets(value string) []feeds.Origin {
	text := feeds.OneLine(value)
	s, ok := readLine(text, nil)
	origins := s.origins
	if !ok && isOutlet(text) {
		origins = readOutlets(text)
	}
	for i := range origins {
		origins[i].Place, origins[i].Raw = feeds.PlacePage, shorten(text, maxStatement)
	}
	return origins
}
