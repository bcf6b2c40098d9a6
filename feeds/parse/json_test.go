package parse_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"reprint/feeds/parse"
)

// jsonFeed wraps items.
func jsonFeed(items string) string {
	return `{"version":"https://jsonfeed.org/version/1.1","title":"Desk","items":[` + items + `]}`
}

func TestJSON(t *testing.T) {
	t.Parallel()
	got := read(t, `{"version":"https://jsonfeed.org/version/1.1","title":"Desk <b>","home_page_url":"https://a.example/","feed_url":"https://a.example/feed.json",
		"language":"zh","authors":[{"name":"The Desk"},{}],"_rights":{"license":"https://a.example/l"},
		"hubs":[{"type":"WebSub","url":"https://hub.example/"},{"type":"rssCloud","url":"https://cloud.example/"}],
		"items":[{"id":"n-1","url":"https://a.example/1","external_url":"https://b.example/1","title":"1 < 2","summary":"S","content_html":"<p>H</p>","content_text":"T",
			"date_published":"2026-08-02T09:00:00+08:00","date_modified":"2026-08-02T10:00:00Z","language":"en","tags":["a","b"],
			"authors":[{"name":"Li","url":"https://li.example/"}],"author":{"name":"Old"},"image":"https://a.example/1.jpg","banner_image":"https://a.example/1.jpg",
			"attachments":[{"url":"https://a.example/1.mp3","mime_type":"audio/mpeg","title":"Sound","size_in_bytes":12.0},{"title":"no address"}]}]}`)
	want := parse.Document{
		Format: "json", Version: "1.1", Charset: "utf-8", CharsetBy: "utf-8",
		Title: parse.Text{Value: "Desk <b>", Kind: parse.Plain}, Home: "https://a.example/", Self: "https://a.example/feed.json",
		Hubs: []string{"https://hub.example/"}, Language: "zh", Authors: []parse.Author{{Name: "The Desk"}},
		Entries: []parse.Entry{{
			GUID: "n-1", Link: "https://a.example/1", Title: parse.Text{Value: "1 < 2", Kind: parse.Plain},
			Summary: parse.Text{Value: "S", Kind: parse.Plain}, Content: parse.Text{Value: "<p>H</p>", Kind: parse.HTML},
			Language: "en", Published: "2026-08-02T09:00:00+08:00", Updated: "2026-08-02T10:00:00Z",
			Authors: []parse.Author{{Name: "Li", URL: "https://li.example/"}}, Categories: []string{"a", "b"},
			Media: []parse.Media{{URL: "https://a.example/1.jpg", Medium: "image"}, {URL: "https://a.example/1.mp3", Type: "audio/mpeg", Title: "Sound", Length: "12"}},
		}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Parse (-want +got):\n%s", diff)
	}
}

func TestJSONItems(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, item string
		guid       string // empty where the item is left out
		text       parse.Text
	}{
		{"text only", `{"id":"1","content_text":"a < b"}`, "1", parse.Text{Value: "a < b", Kind: parse.Plain}},
		{"a number for an id", `{"id":17}`, "17", parse.Text{Kind: parse.Plain}},
		{"a large number for an id", `{"id":12345678901234567890123}`, "12345678901234567890123", parse.Text{Kind: parse.Plain}},
		{"no id", `{"title":"A"}`, "", parse.Text{}},
		{"an empty id", `{"id":" "}`, "", parse.Text{}},
		{"an object for an id", `{"id":{"a":1}}`, "", parse.Text{}},
		{"a number for a title", `{"id":"1","title":5}`, "", parse.Text{}},
		{"not an object", `7`, "", parse.Text{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			doc := read(t, jsonFeed(c.item+`,{"id":"good"}`))
			if len(doc.Entries) == 1 {
				if c.guid != "" || len(doc.Losses) != 1 || !strings.HasPrefix(doc.Losses[0], "item 1 was left out: ") {
					t.Errorf("the item is missing; losses: %q", doc.Losses)
				}
				return
			}
			if e := doc.Entries[0]; e.GUID != c.guid || e.Content != c.text {
				t.Errorf("got %+v", e)
			}
		})
	}
}

// TestJSONMistyped: a field of the feed that has the wrong type costs that field only.
func TestJSONMistyped(t *testing.T) {
	t.Parallel()
	doc := read(t, `{"version":"https://jsonfeed.org/version/1","title":5,"hubs":"x","home_page_url":"https://a.example/","author":{"name":"A"},"items":[{"id":"1"}]}`)
	if doc.Home != "https://a.example/" || len(doc.Entries) != 1 || len(doc.Authors) != 1 || doc.Version != "1" {
		t.Errorf("got %+v", doc)
	}
}

func TestJSONLimits(t *testing.T) {
	t.Parallel()
	var items []string
	for i := range 1200 {
		items = append(items, fmt.Sprintf(`{"id":"%d","tags":["],[","}"]}`, i))
	}
	text := strings.TrimSuffix(jsonFeed(strings.Join(items, ",")), "}") + `,"home_page_url":"https://a.example/"}`
	doc := read(t, text)
	if doc.Home != "https://a.example/" {
		t.Errorf("what comes after the items is lost: %+v", doc.Home)
	}
	if len(doc.Entries) != parse.MaxItems || doc.Entries[999].GUID != "999" || len(doc.Losses) != 1 {
		t.Errorf("%d entries, losses %q", len(doc.Entries), doc.Losses)
	}
	for _, c := range []struct {
		name, text string
		kind       parse.Kind
	}{
		{"deep", jsonFeed(`{"id":"1","_x":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + `}`), parse.KindDepth},
		{"many values", jsonFeed(`{"id":"1","tags":["a"` + strings.Repeat(`,"a"`, 300_000) + `]}`), parse.KindElements},
		{"cut off", jsonFeed(`{"id":"1"}`)[:70], parse.KindMalformed},
		{"another JSON", `{"name":"a"}`, parse.KindNotFeed},
		{"an array", `[1,2]`, parse.KindNotFeed},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := refused(t, c.text); got.Kind != c.kind {
				t.Errorf("refused as %v: %v, want %v", got.Kind, got, c.kind)
			}
		})
	}
}

func TestJSONErrorLine(t *testing.T) {
	t.Parallel()
	if e := refused(t, "{\n\"version\": \"https://jsonfeed.org/version/1.1\",\n oops}"); e.Line != 3 {
		t.Errorf("line %d: %v", e.Line, e)
	}
}
