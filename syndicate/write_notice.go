package syndicate

import (
	"net/url"
	"strconv"
	"strings"

	"reprint/feeds"
)

// notice writes the lines that go with the item (R32, R33, R35), in its language (R34).
func (h *hearing) notice(c Cleared) Notice {
	language, words := h.book.wordsFor(h.item.Language)
	n := Notice{Language: language}
	n.Attribution = h.attribution(words)
	n.License = fill(words.License, map[string]Span{
		"license": {Text: licenseName(c.license, language), Href: c.license.URL, Rel: "license"},
	})
	n.Changes = h.changes(words, c)
	if h.d.Disclaimer {
		n.Disclaimer = h.disclaimer(words)
	}
	n.Contact = h.contact(words)
	return n
}

// noticeLines returns the lines that a notice of the source could repeat.
func (h *hearing) noticeLines() []Line {
	language, words := h.book.wordsFor(h.item.Language)
	license := h.book.licenses[h.d.License]
	return []Line{
		fill(words.License, map[string]Span{"license": {Text: licenseName(license, language)}}),
		h.disclaimer(words),
		h.contact(words),
	}
}

// attribution writes the line above the text: source, author, editor, as far as known.
// The source is always known. An agreement's own wording replaces the source's part, and
// whatever else it names.
func (h *hearing) attribution(words Words) Line {
	values := map[string]Span{
		"source": {Text: h.d.Origin.Name, Href: h.sourceLink()},
		"author": {Text: h.author(words)},
		"editor": {Text: strings.Join(h.item.Attribution.Editors, words.Between)},
	}
	source := words.Source
	if own := h.under().Attribution; own != "" {
		source = own
	}
	line := fill(source, values)
	for _, part := range []struct{ name, template string }{{"author", words.Author}, {"editor", words.Editor}} {
		if values[part.name].Text != "" && !strings.Contains(source, "{"+part.name+"}") {
			line = append(line, Span{Text: words.apart()})
			line = append(line, fill(part.template, values)...)
		}
	}
	return line
}

// sourceLink is where the name of the source leads: to the item's page, else to the
// outlet's site, else to the feed's.
func (h *hearing) sourceLink() string {
	for _, u := range []string{h.item.Link, h.d.Origin.URL, h.from.Home} {
		if u != "" {
			return u
		}
	}
	return ""
}

// author joins the authors' names and the author note. An author who is just the outlet
// is not repeated.
func (h *hearing) author(words Words) string {
	var names []string
	for _, p := range h.item.Attribution.Authors {
		if feeds.Fold(p.Name) != feeds.Fold(h.d.Origin.Name) && p.Name != "" {
			names = append(names, p.Name)
		}
	}
	author, note := strings.Join(names, words.Between), h.item.Attribution.AuthorNote
	switch {
	case note == "":
		return author
	case author == "":
		return note
	case words.Between == "、":
		return author + "\uFF08" + note + "\uFF09"
	}
	return author + " (" + note + ")"
}

// changes says what was left out (R35).
func (h *hearing) changes(words Words, c Cleared) Line {
	link := map[string]Span{"link": {Href: h.item.Link}}
	if h.item.Link != "" {
		link["link"] = Span{Text: words.ReadOn, Href: h.item.Link}
	}
	var line Line
	switch {
	case h.d.Form == Link:
		return fill(words.LinkOnly, link)
	case h.d.Form == Excerpt && c.item.Text != h.item.Text, h.d.Form == Excerpt && len(h.item.Text) == 0:
		line = fill(words.Excerpt, link)
	}
	if len(h.d.Denied()) > 0 {
		if len(line) > 0 && words.Between != "、" {
			line = append(line, Span{Text: " "})
		}
		line = append(line, fill(words.Pictures, nil)...)
	}
	return line
}

func (h *hearing) disclaimer(words Words) Line {
	return fill(words.Disclaimer, map[string]Span{
		"house":  {Text: h.book.house.Site.Name},
		"source": {Text: h.d.Origin.Name},
	})
}

// contact writes where complaints go (T4).
func (h *hearing) contact(words Words) Line {
	site := h.book.house.Site
	values := map[string]Span{
		"house": {Text: site.Name, Href: site.URL + "/claims/new?item=" + url.QueryEscape(h.item.ID)},
		"days":  {},
		"phone": {Text: site.Contact.Phone},
		"email": {Text: site.Contact.Email},
	}
	if site.ClaimDays > 0 {
		values["days"] = Span{Text: strconv.Itoa(site.ClaimDays)}
	}
	if site.Contact.Email != "" {
		values["email"] = Span{Text: site.Contact.Email, Href: "mailto:" + site.Contact.Email}
	}
	return fill(words.Contact, values)
}

// licenseName returns a license's name in the language, or in any that it has: the base
// language, English, then the first by spelling of its tag.
func licenseName(l License, language string) string {
	base, _, _ := strings.Cut(language, "-")
	for _, tag := range []string{language, base, "en"} {
		if n := l.Name[tag]; n != "" {
			return n
		}
	}
	first := ""
	for tag := range l.Name {
		if first == "" || tag < first {
			first = tag
		}
	}
	return l.Name[first]
}
