package syndicate

import (
	"html"
	"regexp"
	"slices"
	"strings"

	"reprint/feeds"
)

// clear cuts the item down to the decision and adds the notices that go with it.
func (h *hearing) clear() Cleared {
	c := Cleared{item: h.item, license: h.book.licenses[h.d.License], feed: h.feed()}
	if c.under = h.under(); c.under.Terms != "" {
		c.license.URL, c.license.SPDX = c.under.Terms, ""
	}
	c.item.Rights = nil
	c.item.Body = nil
	c.pictures = h.granted()
	c.item.Media = h.grantedMedia()
	if h.d.Form == Excerpt && h.d.ExcerptChars == 0 {
		h.d.ExcerptChars = defaultExcerpt
	}
	c.item.Text = h.text()
	c.notice = h.notice(c)
	if h.d.Form == Full {
		c.item.Body = h.body()
	}
	c.decision = h.d
	return c
}

// text returns the excerpt; for a full text, the beginning that serves as its summary.
func (h *hearing) text() string {
	switch h.d.Form {
	case Excerpt:
		return feeds.Cut(h.item.Text, h.d.ExcerptChars)
	case Full:
		return feeds.Cut(h.item.Text, defaultExcerpt)
	}
	return ""
}

// granted returns the pictures that go out, those of the body first. The verdicts stand in
// the order of [feeds.Item.Pictures].
func (h *hearing) granted() []feeds.Picture {
	var granted []feeds.Picture
	for i, p := range h.item.Pictures() {
		if h.d.Pictures[i].Granted {
			granted = append(granted, p)
		}
	}
	return granted
}

// grantedMedia returns the granted files that stand outside the body.
func (h *hearing) grantedMedia() []feeds.Picture {
	var granted []feeds.Picture
	first := len(h.d.Pictures) - len(h.item.Media)
	for i, p := range h.item.Media {
		if h.d.Pictures[first+i].Granted {
			granted = append(granted, p)
		}
	}
	return granted
}

// body returns the parts that go out: no denied picture; no credit line of the source,
// which the attribution line repeats (R36); no notice of the source that ours repeats (R37).
func (h *hearing) body() []feeds.Part {
	var parts []feeds.Part
	next := 0
	for _, p := range h.item.Body {
		if p.Picture != nil {
			next++
			if !h.d.Pictures[next-1].Granted {
				continue
			}
		}
		p.HTML = h.unlinked(p.HTML)
		if p.Role == feeds.RoleCredit || p.Role == feeds.RoleNotice && h.repeats(p.Text) {
			continue
		}
		parts = append(parts, p)
	}
	return parts
}

// unlinked takes the links to withdrawn pictures out of HTML, as normalize writes it: a link shows the picture too, however
// its address is spelled.
func (h *hearing) unlinked(text string) string {
	var gone []Target
	for _, v := range h.d.Pictures {
		if v.Reason == PictureWithdrawn {
			gone = append(gone, PictureTarget(v.URL))
		}
	}
	if len(gone) == 0 {
		return text
	}
	return href.ReplaceAllStringFunc(text, func(link string) string {
		address := html.UnescapeString(href.FindStringSubmatch(link)[1])
		if slices.Contains(gone, PictureTarget(address)) {
			return ""
		}
		return link
	})
}

// href is where a link leads, as normalize writes it.
var href = regexp.MustCompile(` href="([^"]*)"`)

// disclaimers are words that mark a pass-along disclaimer, over folded text.
var disclaimers = []string{"不代表", "并不意味着赞同", "doesnotrepresent", "donotrepresent", "doesnotendorse", "neithershares", "viewsexpressed"}

// repeats tells whether a notice that the source printed says what ours says: the same
// words, or a disclaimer where ours disclaims, or the house's own address.
func (h *hearing) repeats(text string) bool {
	folded := feeds.Fold(text)
	for _, l := range h.noticeLines() {
		if folded == feeds.Fold(l.Text()) {
			return true
		}
	}
	if h.d.Disclaimer && slices.ContainsFunc(disclaimers, func(d string) bool { return strings.Contains(folded, d) }) {
		return true
	}
	contact := h.book.house.Site.Contact
	for _, address := range []string{contact.Email, contact.Phone} {
		if address != "" && strings.Contains(folded, feeds.Fold(address)) {
			return true
		}
	}
	return false
}

// feed returns the first feed in the chain of custody, with the gaps filled from the
// configuration.
func (h *hearing) feed() feeds.FeedRef {
	if carried := h.item.Attribution.Carried; carried != nil {
		return *carried
	}
	f := h.item.Feed
	if f.Title == "" {
		f.Title = h.from.Name
	}
	if f.Home == "" {
		f.Home = h.from.Home
	}
	if f.URL == "" {
		f.URL = h.from.Feed
	}
	return f
}
