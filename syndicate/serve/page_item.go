package serve

import (
	"html/template"
	"time"

	"reprint/feeds"
	"reprint/syndicate"
	"reprint/syndicate/render"
)

// itemData is the page of an item.
type itemData struct {
	frame
	Heading   string
	Link      string
	Whole     bool // the notices do not link to the original
	Published time.Time
	Tags      []string
	Body      template.HTML
	Data      newsArticle
}

func (t *site) itemPage(c syndicate.Cleared) ([]byte, error) {
	item := c.Item()
	title := titleOf(c)
	f := t.frame(title, item.Link)
	if f.Canonical == "" {
		f.Canonical = t.url("/items/" + item.ID)
	}
	if item.Language != "" {
		f.Lang = item.Language
	}
	f.NoIndex, f.Spoken = !c.Decision().Origin.House, len(c.Notice().Contact) > 0
	return renderPage("item", itemData{
		frame: f, Heading: title, Link: item.Link, Whole: c.Decision().Form == syndicate.Full, Published: item.Rank(), Tags: item.Tags,
		Body: template.HTML(render.Body(c)), // cleaned by normalize, escaped by render
		Data: t.article(c, title),
	})
}

// newsArticle is an item for machines that read pages: schema.org's NewsArticle.
type newsArticle struct {
	Context   string        `json:"@context"`
	Type      string        `json:"@type"`
	ID        string        `json:"@id"`
	URL       string        `json:"url"`
	Headline  string        `json:"headline"`
	Language  string        `json:"inLanguage,omitempty"`
	Published string        `json:"datePublished,omitempty"`
	Modified  string        `json:"dateModified,omitempty"`
	Authors   []thing       `json:"author"`
	Editors   []thing       `json:"editor,omitempty"`
	Origin    thing         `json:"sourceOrganization"`
	Publisher thing         `json:"publisher"`
	BasedOn   string        `json:"isBasedOn,omitempty"`
	License   string        `json:"license"`
	Usage     string        `json:"usageInfo"`
	Notice    string        `json:"copyrightNotice"`
	Credit    string        `json:"creditText"`
	Holder    thing         `json:"copyrightHolder"`
	Free      bool          `json:"isAccessibleForFree"`
	Images    []imageObject `json:"image,omitempty"`
	Keywords  []string      `json:"keywords,omitempty"`
	Contact   *publisher    `json:"sdPublisher,omitempty"`
}

// thing is a person or an organization.
type thing struct {
	Type string `json:"@type"`
	Name string `json:"name"`
	URL  string `json:"url,omitempty"`
}

// publisher is who publishes these data, and how to reach them.
type publisher struct {
	thing
	Email string `json:"email,omitempty"`
	Phone string `json:"telephone,omitempty"`
}

// imageObject is a picture with its credit.
type imageObject struct {
	Type    string `json:"@type"`
	URL     string `json:"contentUrl"`
	Caption string `json:"caption,omitempty"`
	Credit  string `json:"creditText,omitempty"`
	License string `json:"license,omitempty"`
}

// article describes an item. It says nothing that the page does not show.
func (t *site) article(c syndicate.Cleared, title string) newsArticle {
	item, decision, notice, site := c.Item(), c.Decision(), c.Notice(), t.rules.House().Site
	origin := thing{"Organization", decision.Origin.Name, decision.Origin.URL}
	house := thing{"Organization", site.Name, site.URL}
	a := newsArticle{
		Context: "https://schema.org", Type: "NewsArticle", ID: item.URI, URL: t.url("/items/" + item.ID), Headline: title,
		Language: item.Language, Published: iso(item.Published), Modified: iso(item.Updated), Authors: authorsOf(item, origin),
		Origin: origin, Publisher: house, BasedOn: item.Link, License: c.License().URL, Usage: t.url("/licenses/" + decision.License),
		Notice: notice.License.Text(), Credit: notice.Attribution.Text(), Holder: origin, Free: true, Keywords: item.Tags,
		Contact: &publisher{house, site.Contact.Email, site.Contact.Phone},
	}
	for _, e := range item.Attribution.Editors {
		a.Editors = append(a.Editors, thing{"Person", e, ""})
	}
	for _, p := range c.Pictures() {
		if p.Medium == "image" {
			a.Images = append(a.Images, imageObject{"ImageObject", p.URL, p.Caption, p.Credit, p.License})
		}
	}
	return a
}

func authorsOf(item feeds.Item, origin thing) []thing {
	var authors []thing
	for _, p := range item.Attribution.Authors {
		authors = append(authors, thing{"Person", p.Name, p.URL})
	}
	if len(authors) == 0 {
		authors = []thing{origin}
	}
	return authors
}

func iso(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}
