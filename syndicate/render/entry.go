package render

import (
	"fmt"
	"mime"
	"path"
	"strings"
	"time"

	"reprint/feeds"
	"reprint/syndicate"
)

// entry is one item with everything that the formats share.
type entry struct {
	item     feeds.Item
	decision syndicate.Decision
	notice   syndicate.Notice
	license  syndicate.License
	feed     feeds.FeedRef
	pictures []feeds.Picture
	seen     []syndicate.Sighting // where else the story was found
	under    syndicate.Agreement  // that granted it; zero where the license did

	id      string // permanent id, the same in every format and for every audience
	link    string // the page to credit: the source's, else our own
	lang    string // the item's language where it is not the feed's
	body    string // HTML with attribution and notices
	summary string // the same for the excerpt alone
	rights  string // one sentence for people
	source  string // the feed, or site, of the outlet that is credited
}

func newEntry(f Feed, c syndicate.Cleared) entry {
	e := entry{
		item: c.Item(), decision: c.Decision(), notice: c.Notice(), license: c.License(), feed: c.Feed(), pictures: c.Pictures(),
		seen: c.Seen(), body: Body(c), summary: summary(c),
	}
	e.under, _ = c.Agreement()
	e.id, e.link = e.item.URI, e.item.Link
	if e.link == "" {
		e.link = f.ItemURL + e.item.ID
	}
	if e.item.Language != "" && e.item.Language != f.language() {
		e.lang = e.item.Language
	}
	e.rights = rightsLine(e.decision, e.notice)
	e.source = sourceURL(e.decision, e.feed, e.item, e.link)
	return e
}

// rightsLine says in one sentence whose the item is and on what terms it is here.
func rightsLine(d syndicate.Decision, n syndicate.Notice) string {
	parts := []string{d.Origin.Name + " · " + n.License.Text()}
	if len(n.Disclaimer) > 0 {
		parts = append(parts, n.Disclaimer.Text())
	}
	return strings.Join(parts, " · ")
}

// sourceURL is what <source url> of RSS needs: the feed of the outlet that is credited. An
// outlet that is only named in a line has no feed that we know; then its site stands in, and
// where nothing is known the page that is linked.
func sourceURL(d syndicate.Decision, feed feeds.FeedRef, i feeds.Item, link string) string {
	own := len(i.Attribution.Origins) == 0 || i.Attribution.Carried != nil || feeds.Fold(feed.Title) == feeds.Fold(d.Origin.Name)
	choices := []string{d.Origin.URL, feed.URL, feed.Home}
	if own {
		choices = []string{feed.URL, feed.Home, d.Origin.URL}
	}
	for _, u := range choices {
		if strings.HasPrefix(u, "http://") || strings.HasPrefix(u, "https://") {
			return u
		}
	}
	return link
}

// title is the source's; RSS and Atom want one, so an item without begins with its text, and
// where that is not shown with the name of the outlet.
func (e entry) title() string {
	switch {
	case e.item.Title != "":
		return e.item.Title
	case e.item.Text != "":
		return feeds.Cut(feeds.OneLine(e.item.Text), titleChars)
	}
	return e.decision.Origin.Name
}

// titleChars is the length of a title that is made from the text.
const titleChars = 40

// updated is the last change that the source states, else its publication, else the day
// that we first saw the item. What was withdrawn and is back was updated by that: an entry that is not newer than its tombstone
// is deleted (RFC 6721 section 4). Dates have whole seconds, so it is the next one.
func (e entry) updated() time.Time {
	last := e.item.FirstSeen
	for _, t := range []time.Time{e.item.Published, e.item.Updated} {
		if !t.IsZero() {
			last = t
		}
	}
	if back := e.decision.Restored; !back.IsZero() && !last.After(back) {
		last = back.Truncate(time.Second).Add(time.Second)
	}
	return last.UTC()
}

// changed is the same; zero where nothing but the publication is known.
func (e entry) changed() time.Time {
	if e.item.Updated.IsZero() && e.decision.Restored.IsZero() {
		return time.Time{}
	}
	return e.updated()
}

// published is the publication that the source states, zero if none. Readers hide what
// lies in the future, so a date beyond the day that we saw the item is that day.
func (e entry) published() time.Time {
	if e.item.Published.IsZero() {
		return time.Time{}
	}
	return e.item.Rank().UTC()
}

// authors are the people who wrote the item; if none is known, the outlet.
func (e entry) authors() []feeds.Person {
	if len(e.item.Attribution.Authors) > 0 {
		return e.item.Attribution.Authors
	}
	return []feeds.Person{{Name: e.decision.Origin.Name}}
}

// accessRights says what this copy holds.
func (e entry) accessRights() string {
	s := "text: " + e.decision.Form.String()
	if n := len(e.decision.Pictures); n > 0 {
		s += fmt.Sprintf("; pictures: %d of %d", len(e.pictures), n)
	}
	if len(e.under.Territory) > 0 {
		s += "; territory: " + strings.Join(e.under.Territory, " ")
	}
	if e.under.Purpose != "" {
		s += "; purpose: " + e.under.Purpose
	}
	return s
}

// valid is the period of the agreement that granted the item, as a DCMI Period; empty where
// it has no bounds. Its last day is named, not the moment after it.
func (e entry) valid() string {
	var s string
	if from := day(e.under.From); from != "" {
		s += "start=" + from + "; "
	}
	if until := lastDay(e.under.Until); until != "" {
		s += "end=" + until + "; "
	}
	if s == "" {
		return ""
	}
	return s + "scheme=W3C-DTF;"
}

// day is the day on which a period begins, in the zone that it was written in.
func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

// lastDay is the last day of a period that ends before a moment.
func lastDay(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return day(t.Add(-time.Nanosecond))
}

// provenance says from where and when we have the item, and what we left out.
func (e entry) provenance() string {
	from := e.feed
	if e.item.Attribution.Carried != nil {
		from = e.item.Feed
	}
	s := "Received from " + strings.TrimSpace(from.Title)
	if from.URL != "" {
		s += fmt.Sprintf(" (%s)", from.URL)
	}
	s += " " + e.item.FirstSeen.UTC().Format(time.RFC3339)
	if n := len(e.decision.Denied()); n > 0 {
		s += fmt.Sprintf("; %d of %d pictures left out", n, len(e.decision.Pictures))
	}
	return s + "."
}

// licenseURL is where the terms stand; where nobody states any, the URL that says so.
func (e entry) licenseURL() string {
	if e.license.URL == "" {
		return unstated
	}
	return e.license.URL
}

// commons returns the license's URL if it is a Creative Commons license.
func (e entry) commons() string {
	if strings.HasPrefix(e.license.SPDX, "CC") {
		return e.license.URL
	}
	return ""
}

// mediaType is the declared type of a file, else the one that its name suggests, else what
// its medium allows to say.
func mediaType(p feeds.Picture) string {
	if p.Type != "" {
		return p.Type
	}
	name, _, _ := strings.Cut(p.URL, "?")
	if t, _, err := mime.ParseMediaType(mime.TypeByExtension(strings.ToLower(path.Ext(name)))); err == nil {
		return t
	}
	switch p.Medium {
	case "audio":
		return "audio/mpeg"
	case "video":
		return "video/mp4"
	case "image":
		return "image/jpeg"
	}
	return "application/octet-stream"
}

// leadImage returns the first granted image; nil if there is none.
func (e entry) leadImage() *feeds.Picture {
	for i := range e.pictures {
		if e.pictures[i].Medium == "image" || e.pictures[i].Medium == "" {
			return &e.pictures[i]
		}
	}
	return nil
}
