package render

import (
	"html"
	"strconv"
	"strings"

	"reprint/feeds"
	"reprint/syndicate"
)

// Body returns the HTML that people see of an item: the attribution line, what may be
// shown of the text and the pictures, and the notices. It is the same in feeds and on pages.
func Body(c syndicate.Cleared) string {
	var b strings.Builder
	writeHead(&b, c)
	item := c.Item()
	switch c.Decision().Form {
	case syndicate.Full:
		for _, p := range item.Body {
			if p.Picture != nil {
				writeFigure(&b, *p.Picture)
			} else {
				b.WriteString(p.HTML)
			}
			b.WriteByte('\n')
		}
		for _, m := range item.Media {
			writeFigure(&b, m)
		}
	case syndicate.Excerpt:
		writeText(&b, item.Text)
		for _, p := range c.Pictures() {
			if p.Medium == "image" || p.Medium == "" {
				writeFigure(&b, p)
				break
			}
		}
	}
	writeFoot(&b, c)
	return b.String()
}

// summary returns the shorter form: attribution, excerpt, notices.
func summary(c syndicate.Cleared) string {
	var b strings.Builder
	writeHead(&b, c)
	writeText(&b, c.Item().Text)
	writeFoot(&b, c)
	return b.String()
}

// attributionTag begins the attribution line. Cleaned bodies hold no class attribute, so it
// stands in a body exactly as often as the line.
const attributionTag = `<p class="reprint-attribution"`

func writeHead(b *strings.Builder, c syndicate.Cleared) {
	b.WriteString(attributionTag + langOf(c) + `>` + lineHTML(c.Notice().Attribution) + "</p>\n")
}

func writeFoot(b *strings.Builder, c syndicate.Cleared) {
	for _, l := range c.Notice().Foot() {
		b.WriteString(`<p class="reprint-notice"` + langOf(c) + `>` + lineHTML(l) + "</p>\n")
	}
}

// langOf are the attributes of notices that are not in the item's language: which one it is, and that it may be written
// in the other direction.
func langOf(c syndicate.Cleared) string {
	if c.Notice().Language == c.Item().Language {
		return ""
	}
	return ` lang="` + html.EscapeString(c.Notice().Language) + `" dir="auto"`
}

// writeText writes plain text, each line as a paragraph.
func writeText(b *strings.Builder, text string) {
	for _, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			b.WriteString("<p>" + html.EscapeString(line) + "</p>\n")
		}
	}
}

// writeFigure writes a picture with its caption and credit; sound and video as a link.
func writeFigure(b *strings.Builder, p feeds.Picture) {
	caption := p.Legend()
	if p.Medium != "image" && p.Medium != "" {
		if caption == "" {
			caption = p.Medium
		}
		b.WriteString(`<p><a href="` + html.EscapeString(p.URL) + `">` + html.EscapeString(caption) + "</a></p>\n")
		return
	}
	b.WriteString(`<figure><img src="` + html.EscapeString(p.URL) + `" alt="` + html.EscapeString(p.Alt) + `"`)
	if p.Width > 0 && p.Height > 0 {
		b.WriteString(` width="` + strconv.Itoa(p.Width) + `" height="` + strconv.Itoa(p.Height) + `"`)
	}
	b.WriteString(">")
	if caption != "" {
		b.WriteString("<figcaption>" + html.EscapeString(caption) + "</figcaption>")
	}
	b.WriteString("</figure>\n")
}

// lineHTML writes a line of a notice.
func lineHTML(l syndicate.Line) string {
	var b strings.Builder
	for _, s := range l {
		text := html.EscapeString(strings.Map(space, s.Text))
		if s.Href == "" {
			b.WriteString(text)
			continue
		}
		b.WriteString(`<a href="` + html.EscapeString(s.Href) + `"`)
		if s.Rel != "" {
			b.WriteString(` rel="` + html.EscapeString(s.Rel) + `"`)
		}
		b.WriteString(">" + text + "</a>")
	}
	return b.String()
}

// space keeps a line on one line: what breaks lines becomes a space.
func space(r rune) rune {
	if r == '\r' || r == '\n' || r == '\t' {
		return ' '
	}
	return r
}
