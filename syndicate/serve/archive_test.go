package serve_test

import (
	"encoding/xml"
	"strings"
	"testing"
	"time"

	"reprint/feeds"
)

// archived is a document of a feed's history, as a client of RFC 5005 reads it.
type archived struct {
	Archive *struct{} `xml:"http://purl.org/syndication/history/1.0 archive"`
	Links   []struct {
		Rel  string `xml:"rel,attr"`
		Href string `xml:"href,attr"`
	} `xml:"http://www.w3.org/2005/Atom link"`
	Entries []struct {
		ID string `xml:"http://www.w3.org/2005/Atom id"`
	} `xml:"http://www.w3.org/2005/Atom entry"`
}

func (a archived) link(rel string) string {
	for _, l := range a.Links {
		if l.Rel == rel {
			return strings.TrimPrefix(l.Href, "https://qinghe.example")
		}
	}
	return ""
}

// TestArchives walks from the feed through all archives: every item that the agreement grants
// is found, however many there are and however long the gaps between them.
func TestArchives(t *testing.T) {
	t.Parallel()
	var items []feeds.Item
	for n := range 60 {
		i := article(n)
		i.Published = noon.Add(-time.Duration(n*n) * time.Hour) // more and more days between
		i.Revision = i.Digest()
		items = append(items, i)
	}
	o := newOffice(t, items...)
	found := make(map[string]bool)
	documents := 0
	before := ""
	for path := "/feeds/weekly.atom"; path != ""; documents++ {
		w := o.get(path, "zj/k1")
		var d archived
		if err := xml.Unmarshal(w.Body.Bytes(), &d); err != nil || w.Code != 200 {
			t.Fatalf("%s: %d %v", path, w.Code, err)
		}
		for _, e := range d.Entries {
			found[e.ID] = true
		}
		if (d.Archive != nil) != (documents > 0) || documents > 0 && d.link("current") != "/feeds/weekly.atom" || documents > 1 && d.link("next-archive") != before {
			t.Errorf("%s: %+v", path, d.Links)
		}
		if documents > 0 {
			before = path
		}
		path = d.link("prev-archive")
	}
	if len(found) != len(items) || documents < 30 {
		t.Errorf("%d of %d items in %d documents", len(found), len(items), documents)
	}
	if pulls := o.pulls(t); len(pulls) != documents {
		t.Errorf("%d pulls on the record", len(pulls))
	}
	if w := o.get("/feeds/weekly.atom", ""); strings.Contains(w.Body.String(), "archive") {
		t.Error("the public is led to the archives")
	}
	for path, want := range map[string]int{
		"/feeds/weekly/archive/2026-03-10.atom": 200, "/feeds/weekly/archive/2026-03-10.rss": 200, "/feeds/weekly/archive/1971-01-01.atom": 200,
		"/feeds/weekly/archive/2026-03-10.json": 404, "/feeds/weekly/archive/2026-13-10.atom": 404, "/feeds/none/archive/2026-03-10.atom": 404, "/feeds/weekly/archive/x": 404,
	} {
		if w := o.get(path, "zj/k1"); w.Code != want {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}
