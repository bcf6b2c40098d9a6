package parse

import (
	"encoding/json"
	"errors"
	"path"
	"strconv"
	"strings"

	jsonfeed "github.com/mmcdole/gofeed/json"
)

// jsonHead is a JSON Feed with its items unread, so that one that is not as it should be
// does not cost the others. gofeed's struct for the feed lacks the hubs.
type jsonHead struct {
	Version     string             `json:"version"`
	Title       string             `json:"title"`
	HomePageURL string             `json:"home_page_url"`
	FeedURL     string             `json:"feed_url"`
	Language    string             `json:"language"`
	Author      *jsonfeed.Author   `json:"author"`
	Authors     []*jsonfeed.Author `json:"authors"`
	Hubs        []struct {
		Type string `json:"type"`
		URL  string `json:"url"`
	} `json:"hubs"`
	Expired jsonWord          `json:"expired"`
	Items   []json.RawMessage `json:"items"`
}

// readJSON reads a JSON Feed, 1.0 or 1.1.
func readJSON(text []byte) (Document, error) {
	text, cut, err := boundJSON(text)
	if err != nil {
		return Document{}, err
	}
	var head jsonHead
	var mistyped *json.UnmarshalTypeError
	if err := json.Unmarshal(text, &head); err != nil && !errors.As(err, &mistyped) {
		return Document{}, malformedJSON(text, err)
	}
	if !strings.Contains(head.Version, "jsonfeed.org/version/") {
		return Document{}, refuse(KindNotFeed, "the document is JSON but no JSON Feed: its version is %q", head.Version)
	}
	doc := head.document()
	doc.Partial = cut
	if cut {
		doc.Losses = loss(doc.Losses, "the items after the first %d were left out", MaxItems)
	}
	for i, raw := range head.Items {
		doc.addItem(i, raw)
	}
	return doc, nil
}

// malformedJSON is the error for JSON that cannot be read, with its line.
func malformedJSON(text []byte, err error) error {
	refused := refuse(KindMalformed, "the JSON is broken: %v", err)
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		refused.Line = lineOf(text, min(int(syntax.Offset), len(text)))
	}
	return refused
}

func (h jsonHead) document() Document {
	doc := Document{
		Format:   formatJSON,
		Version:  path.Base(h.Version),
		Title:    Text{Value: h.Title, Kind: Plain},
		Home:     h.HomePageURL,
		Self:     h.FeedURL,
		Language: h.Language,
		Authors:  jsonAuthors(h.Authors, h.Author),
		Expired:  h.Expired == "true",
	}
	for _, hub := range h.Hubs {
		if strings.EqualFold(hub.Type, "WebSub") && hub.URL != "" {
			doc.Hubs = append(doc.Hubs, hub.URL)
		}
	}
	return doc
}

// addItem reads one item. One without an id is left out, as the standard asks.
func (d *Document) addItem(n int, raw json.RawMessage) {
	var item jsonfeed.Item
	if err := json.Unmarshal(raw, &item); err != nil {
		d.Losses, d.Partial = loss(d.Losses, "item %d was left out: %v", n+1, err), true
		return
	}
	id := strings.TrimSpace(item.ID)
	if id == "" || id[0] == '{' || id[0] == '[' {
		d.Losses, d.Partial = loss(d.Losses, "item %d was left out: it has no id", n+1), true
		return
	}
	e := jsonEntry(item)
	e.Retraction = readLife(raw)
	d.Entries = append(d.Entries, e)
}

func jsonEntry(item jsonfeed.Item) Entry {
	e := Entry{
		GUID:       item.ID,
		Link:       firstOf(item.URL, item.ExternalURL),
		Title:      Text{Value: item.Title, Kind: Plain},
		Summary:    Text{Value: item.Summary, Kind: Plain},
		Content:    Text{Value: item.ContentHTML, Kind: HTML},
		Language:   item.Language,
		Published:  item.DatePublished,
		Updated:    item.DateModified,
		Authors:    jsonAuthors(item.Authors, item.Author),
		Categories: item.Tags,
		Media:      jsonMedia(item),
	}
	if item.ContentHTML == "" {
		e.Content = Text{Value: item.ContentText, Kind: Plain}
	}
	return e
}

// jsonAuthors reads the authors of version 1.1, else the one author of 1.0.
func jsonAuthors(several []*jsonfeed.Author, one *jsonfeed.Author) []Author {
	if len(several) == 0 && one != nil {
		several = []*jsonfeed.Author{one}
	}
	var people []Author
	for _, a := range several {
		if a != nil && (a.Name != "" || a.URL != "") {
			people = append(people, Author{Name: a.Name, URL: a.URL})
		}
	}
	return people
}

func jsonMedia(item jsonfeed.Item) []Media {
	var files []Media
	for _, url := range []string{item.Image, item.BannerImage} {
		if url != "" && (len(files) == 0 || files[0].URL != url) {
			files = append(files, Media{URL: url, Medium: "image"})
		}
	}
	if item.Attachments == nil {
		return files
	}
	for _, a := range *item.Attachments {
		if a.URL == "" || len(files) >= maxFiles {
			continue
		}
		m := Media{URL: a.URL, Type: a.MimeType, Title: a.Title}
		if a.SizeInBytes > 0 {
			m.Length = strconv.FormatInt(a.SizeInBytes, 10)
		}
		files = append(files, m)
	}
	return files
}
