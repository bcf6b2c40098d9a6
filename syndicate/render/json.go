package render

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"

	"reprint/feeds"
)

// jsonFeed is JSON Feed 1.1, which gorilla/feeds writes wrongly in several places.
type jsonFeed struct {
	Version     string       `json:"version"`
	Title       string       `json:"title"`
	HomePageURL string       `json:"home_page_url"`
	FeedURL     string       `json:"feed_url"`
	Description string       `json:"description,omitempty"`
	Language    string       `json:"language,omitempty"`
	Authors     []jsonAuthor `json:"authors"`
	Items       []any        `json:"items"` // jsonItem and jsonGone
}

type jsonAuthor struct {
	Name string `json:"name"`
	URL  string `json:"url,omitempty"`
}

type jsonItem struct {
	ID            string           `json:"id"`
	URL           string           `json:"url"`
	Title         string           `json:"title,omitempty"`
	ContentHTML   string           `json:"content_html"`
	Summary       string           `json:"summary,omitempty"`
	Image         string           `json:"image,omitempty"`
	DatePublished string           `json:"date_published,omitempty"`
	DateModified  string           `json:"date_modified,omitempty"`
	Authors       []jsonAuthor     `json:"authors"`
	Tags          []string         `json:"tags,omitempty"`
	Language      string           `json:"language,omitempty"`
	Attachments   []jsonAttachment `json:"attachments,omitempty"`
	Rights        *jsonRights      `json:"_rights"`
}

type jsonAttachment struct {
	URL      string `json:"url"`
	MimeType string `json:"mime_type"`
	Title    string `json:"title,omitempty"`
	Size     int64  `json:"size_in_bytes,omitempty"`
}

// jsonRights is our extension: the decision and everything that must be shown or kept with
// the item. Keys are listed in docs/feeds.md.
type jsonRights struct {
	About      string        `json:"about"`
	Decision   string        `json:"decision"`
	Reason     string        `json:"reason"`
	Item       string        `json:"item"`
	Source     jsonSource    `json:"source"`
	Editor     string        `json:"editor,omitempty"`
	License    string        `json:"license"`
	SPDX       string        `json:"spdx,omitempty"`
	Holder     string        `json:"holder"`
	Notice     string        `json:"notice"`
	Disclaimer string        `json:"disclaimer,omitempty"`
	Contact    string        `json:"contact"`
	Claims     string        `json:"claims"`
	Terms      string        `json:"terms"`
	ValidFrom  string        `json:"valid_from,omitempty"`
	ValidUntil string        `json:"valid_until,omitempty"`
	Territory  []string      `json:"territory,omitempty"`
	Purpose    string        `json:"purpose,omitempty"`
	Provenance string        `json:"provenance"`
	Seen       []jsonSource  `json:"seen,omitempty"`
	Pictures   []jsonPicture `json:"pictures"`
}

type jsonSource struct {
	Name   string `json:"name"`
	URL    string `json:"url,omitempty"`
	FeedID string `json:"feed_id,omitempty"`
}

// jsonPicture is the verdict on a picture. The address of one that was denied is withheld
// with it.
type jsonPicture struct {
	URL      string `json:"url,omitempty"`
	Credit   string `json:"credit,omitempty"`
	Decision string `json:"decision"`
	Reason   string `json:"reason"`
}

func writeJSON(f Feed, entries []entry) ([]byte, error) {
	document := &jsonFeed{
		Version: "https://jsonfeed.org/version/1.1", Title: f.Channel.Title, HomePageURL: f.Page, FeedURL: f.Self,
		Description: f.Channel.Description, Language: f.language(),
		Authors: []jsonAuthor{{f.Site.Name, f.Site.URL}}, Items: []any{},
	}
	for _, e := range entries {
		i := newJSONItem(e)
		document.Items = append(document.Items, &i) // scrub reaches through pointers
	}
	for _, g := range f.Gone {
		i := newJSONGone(f, g)
		document.Items = append(document.Items, &i)
	}
	scrub(document)
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(document); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func newJSONItem(e entry) jsonItem {
	i := jsonItem{
		ID: e.id, URL: e.link, Title: e.item.Title, ContentHTML: e.body, Summary: e.item.Text, Tags: e.item.Tags, Language: e.lang,
		DateModified: e.updated().Format(time.RFC3339), Rights: newJSONRights(e),
	}
	if p := e.published(); !p.IsZero() {
		i.DatePublished = p.Format(time.RFC3339)
	}
	if lead := e.leadImage(); lead != nil {
		i.Image = lead.URL
	}
	for _, p := range e.authors() {
		i.Authors = append(i.Authors, jsonAuthor{p.Name, p.URL})
	}
	for _, p := range e.item.Media {
		i.Attachments = append(i.Attachments, jsonAttachment{p.URL, mediaType(p), p.Caption, p.Length})
	}
	return i
}

func newJSONRights(e entry) *jsonRights {
	r := &jsonRights{
		About: About, Decision: e.decision.Form.String(), Reason: string(e.decision.Reason), Item: e.item.ID,
		Source: jsonSource{Name: e.decision.Origin.Name, URL: e.decision.Origin.URL},
		Editor: strings.Join(e.item.Attribution.Editors, ", "), License: e.licenseURL(), SPDX: e.license.SPDX, Holder: e.decision.Origin.Name,
		Notice: e.rights, Disclaimer: e.notice.Disclaimer.Text(), Contact: e.notice.Contact.Text(), Claims: e.notice.Claims(),
		Terms: e.accessRights(), ValidFrom: day(e.under.From), ValidUntil: lastDay(e.under.Until), Territory: e.under.Territory, Purpose: e.under.Purpose,
		Provenance: e.provenance(), Pictures: []jsonPicture{},
	}
	if feeds.IsIRI(e.feed.ID) {
		r.Source.FeedID = e.feed.ID
	}
	for _, s := range e.seen {
		r.Seen = append(r.Seen, jsonSource{Name: s.Name, URL: s.Link})
	}
	for _, p := range e.decision.Pictures {
		picture := jsonPicture{Credit: p.Credit, Decision: "removed", Reason: string(p.Reason)}
		if p.Granted {
			picture.URL, picture.Decision = p.URL, "granted"
		}
		r.Pictures = append(r.Pictures, picture)
	}
	return r
}

// readJSON reads a document back.
func readJSON(document []byte) ([]readBack, error) {
	var d struct {
		Items []struct {
			ID      string `json:"id"`
			Content string `json:"content_html"`
		} `json:"items"`
	}
	decoder := json.NewDecoder(bytes.NewReader(document))
	if err := decoder.Decode(&d); err != nil {
		return nil, err
	}
	var found []readBack
	for _, i := range d.Items {
		found = append(found, readBack{i.ID, []string{i.Content}})
	}
	return found, nil
}

// JSONItems renders items as JSON Feed does, each by itself, by our id of it. Items that
// cannot be published are left out and named.
func JSONItems(f Feed) (map[string]json.RawMessage, []Dropped, error) {
	document, err := JSON(f)
	if err != nil {
		return nil, nil, err
	}
	var d struct {
		Items []json.RawMessage `json:"items"`
	}
	if err := json.Unmarshal(document.Bytes, &d); err != nil {
		return nil, nil, err
	}
	items := make(map[string]json.RawMessage, len(d.Items))
	for _, text := range d.Items {
		var i struct {
			Rights struct {
				Item string `json:"item"`
			} `json:"_rights"`
		}
		if err := json.Unmarshal(text, &i); err != nil {
			return nil, nil, err
		}
		items[i.Rights.Item] = text
	}
	return items, document.Dropped, nil
}
