package serve

import (
	"strings"
	"time"

	"reprint/feeds"
	"reprint/syndicate"
	"reprint/syndicate/render"
)

// channelData is a channel as a page.
type channelData struct {
	frame
	Items []itemCard
}

// itemCard is an item on the page of a channel: the same decision as in the feeds, and the
// same notices but for the contact, which stands below the whole page.
type itemCard struct {
	ID, Title, Lang string
	NoticeLang      string // of the notices and the attribution
	Published       time.Time
	Attribution     syndicate.Line
	Text            []string
	Picture         *feeds.Picture
	Notices         []syndicate.Line
	Seen            []syndicate.Sighting
}

func (t *site) channelPage(c *channel, feed render.Feed) ([]byte, error) {
	data := channelData{frame: t.frame(c.Title, t.url("/feeds/"+c.ID))}
	data.Lang, data.frame.Channel = t.languageOf(c), c
	for _, cleared := range feed.Items {
		data.Items = append(data.Items, newItemCard(cleared))
	}
	return renderPage("channel", data)
}

func newItemCard(c syndicate.Cleared) itemCard {
	item, notice := c.Item(), c.Notice()
	card := itemCard{
		ID: item.ID, Title: titleOf(c), Lang: item.Language, NoticeLang: notice.Language, Published: item.Rank(),
		Attribution: notice.Attribution, Picture: leadImage(c), Seen: c.Seen(),
	}
	for _, line := range strings.Split(item.Text, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			card.Text = append(card.Text, line)
		}
	}
	for _, line := range []syndicate.Line{notice.License, notice.Disclaimer} {
		if len(line) > 0 {
			card.Notices = append(card.Notices, line)
		}
	}
	return card
}

// titleChars is the length of a title that is made from an item's text.
const titleChars = 40

// titleOf is the item's title; if it has none, the beginning of what is shown of its text,
// else the name of its outlet.
func titleOf(c syndicate.Cleared) string {
	item := c.Item()
	switch {
	case item.Title != "":
		return item.Title
	case item.Text != "":
		return feeds.Cut(feeds.OneLine(item.Text), titleChars)
	}
	return c.Decision().Origin.Name
}

// leadImage is the first granted image; nil if there is none, or if the form shows none.
func leadImage(c syndicate.Cleared) *feeds.Picture {
	if c.Decision().Form < syndicate.Excerpt {
		return nil
	}
	for _, p := range c.Pictures() {
		if p.Medium == "image" {
			return &p
		}
	}
	return nil
}
