package render

import (
	"cmp"
	"errors"
	"html"
	"slices"
	"strings"

	gorilla "github.com/gorilla/feeds"

	"reprint/feeds"
	"reprint/syndicate"
)

// A withdrawn item leaves a mark under its own id, so that readers overwrite the copy that
// they have: first a notice in its place, later a tombstone where the format has one.

// goneBody is what people read.
func goneBody(g syndicate.Gone) string {
	return `<p class="reprint-withdrawn">` + html.EscapeString(feeds.Scrub(g.Notice)) + `</p>`
}

// mediaStatus is media:status of Media RSS 1.5.1.
type mediaStatus struct {
	State  string `xml:"state,attr"`
	Reason string `xml:"reason,attr,omitempty"`
}

func statusOf(g syndicate.Gone) *mediaStatus {
	if g.Legal {
		return &mediaStatus{"blocked", "legal"}
	}
	return &mediaStatus{"deleted", "withdrawn"}
}

// rssStub is an item of RSS that says that it was withdrawn. RSS has no tombstones: media:status under the same guid
// stands for one, with the title that an item must have.
type rssStub struct {
	gorilla.RssItem
	Status   *mediaStatus `xml:"media:status"`
	Decision string       `xml:"rr:decision"`
	Item     string       `xml:"rr:item"`
}

func rssStubs(f Feed) []*rssStub {
	var stubs []*rssStub
	for _, g := range allGone(f) {
		stub := &rssStub{
			RssItem: gorilla.RssItem{Title: g.Notice, Link: f.ItemURL + g.Item, Guid: &gorilla.RssGuid{Id: g.URI, IsPermaLink: "false"}, PubDate: rssDate(g.At)},
			Status:  statusOf(g), Decision: withdrawnDecision, Item: g.Item,
		}
		if g.Stub {
			stub.Description, stub.Content = goneBody(g), &gorilla.RssContent{Content: goneBody(g)}
		}
		stubs = append(stubs, stub)
	}
	return stubs
}

// withdrawnDecision is what stands where the form of an item stands otherwise.
const withdrawnDecision = "withdrawn"

// atomStub is an entry that says that it was withdrawn.
type atomStub struct {
	gorilla.AtomEntry
	Lang     string     `xml:"xml:lang,attr,omitempty"`
	Links    []atomLink `xml:"link"`
	Decision string     `xml:"rr:decision"`
	Item     string     `xml:"rr:item"`
}

func atomStubs(f Feed) []*atomStub {
	var stubs []*atomStub
	for _, g := range stubsOf(f) {
		stubs = append(stubs, &atomStub{
			AtomEntry: gorilla.AtomEntry{
				Title: g.Notice, Id: g.URI, Updated: atomDate(g.At), Summary: &gorilla.AtomSummary{Type: "html", Content: goneBody(g)},
				Content: &gorilla.AtomContent{Type: "html", Content: goneBody(g)},
			},
			Lang: g.Language, Links: []atomLink{{Rel: "alternate", Type: "text/html", Href: f.ItemURL + g.Item}}, Decision: withdrawnDecision, Item: g.Item,
		})
	}
	return stubs
}

// tombstone is at:deleted-entry (RFC 6721 section 3).
type tombstone struct {
	Ref     string      `xml:"ref,attr"`
	When    string      `xml:"when,attr"`
	By      string      `xml:"at:by>name"`
	Comment string      `xml:"at:comment,omitempty"`
	Source  *atomSource `xml:"source"`
}

// tombstones are those whose stub has had its time: no document has both.
func tombstones(f Feed) []tombstone {
	var list []tombstone
	for _, g := range f.Gone {
		if !g.Stub {
			list = append(list, tombstone{g.URI, atomDate(g.At), f.Site.Name, g.Notice, sourceOf(f, g)})
		}
	}
	return list
}

// sourceOf names the feed that a withdrawn item came from, or, where it has no id, the item's page here.
func sourceOf(f Feed, g syndicate.Gone) *atomSource {
	s := &atomSource{ID: g.From.ID, Title: g.From.Title, Updated: atomDate(g.At)}
	if !feeds.IsIRI(s.ID) {
		s.ID = cmp.Or(g.From.URL, g.From.Home, f.ItemURL+g.Item)
	}
	if !g.From.Updated.IsZero() {
		s.Updated = atomDate(g.From.Updated)
	}
	return s
}

// jsonGone is an item of JSON Feed that says that it was withdrawn.
type jsonGone struct {
	ID            string         `json:"id"`
	URL           string         `json:"url"`
	Title         string         `json:"title"`
	ContentHTML   string         `json:"content_html"`
	DatePublished string         `json:"date_published"`
	DateModified  string         `json:"date_modified"`
	Language      string         `json:"language,omitempty"`
	Rights        jsonGoneRights `json:"_rights"`
}

type jsonGoneRights struct {
	About     string `json:"about"`
	Decision  string `json:"decision"`
	Reason    string `json:"reason"`
	Item      string `json:"item"`
	Expired   bool   `json:"expired"`
	Withdrawn string `json:"withdrawn"`
}

func newJSONGone(f Feed, g syndicate.Gone) jsonGone {
	at := atomDate(g.At)
	return jsonGone{
		ID: g.URI, URL: f.ItemURL + g.Item, Title: g.Notice, ContentHTML: goneBody(g), DatePublished: at, DateModified: at, Language: g.Language,
		Rights: jsonGoneRights{About: About, Decision: withdrawnDecision, Reason: string(syndicate.Withdrawn), Item: g.Item, Expired: true, Withdrawn: at},
	}
}

// stubsOf are the withdrawn items whose place a notice takes.
func stubsOf(f Feed) []syndicate.Gone {
	var stubs []syndicate.Gone
	for _, g := range f.Gone {
		if g.Stub {
			stubs = append(stubs, g)
		}
	}
	return stubs
}

// allGone are all withdrawn items: a format without tombstones shows them as items.
func allGone(f Feed) []syndicate.Gone { return f.Gone }

// checkGone compares what was found with the notice that was written.
func (r readBack) checkGone(g syndicate.Gone) error {
	if r.id != g.URI {
		return errors.New("its id is read back as another one")
	}
	stands := func(body string) bool { return strings.Contains(body, goneBody(g)) }
	if g.Stub && slices.ContainsFunc(r.bodies, func(body string) bool { return !stands(body) }) {
		return errors.New("its notice does not stand there")
	}
	return nil
}
