package render_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"reprint/feeds"
	"reprint/syndicate"
	"reprint/syndicate/render"
)

// TestPoison writes items that break XML and feeds in every way that is known. None takes
// the feed away.
func TestPoison(t *testing.T) {
	t.Parallel()
	for _, poison := range []string{"\x00\x01\x0b", "\xff\xfe\xf0", "a]]>b", "\uFFFE\uFFFF", "</item></channel>", "<!--", "&nosuch;", "\u2028\u202e", "<![CDATA[", "\r\n\t"} {
		all := items()
		bad := &all[1]
		bad.Title, bad.Tags = poison, []string{poison}
		bad.Text = poison + bad.Text
		bad.Attribution.Authors = []feeds.Person{{Name: poison}}
		bad.Attribution.Editors = []string{poison}
		bad.Attribution.Origins[0].Name += poison
		checkHostile(t, feedOf(t, all))
	}
}

// checkHostile renders in every format and reads the documents with strict readers.
func checkHostile(t interface {
	Fatalf(string, ...any)
}, f render.Feed) {
	for _, format := range formats {
		d, err := format.render(f)
		if err != nil {
			t.Fatalf("%s: %v", format.name, err)
		}
		again, _ := format.render(f)
		if !bytes.Equal(d.Bytes, again.Bytes) {
			t.Fatalf("%s: two renderings differ", format.name)
		}
		if !utf8.Valid(d.Bytes) || len(d.Dropped) > 0 {
			t.Fatalf("%s: dropped %v", format.name, d.Dropped)
		}
		if n := countItems(d.Bytes, format.name); n != len(f.Items) {
			t.Fatalf("%s: %d items, want %d:\n%s", format.name, n, len(f.Items), d.Bytes)
		}
	}
}

// countItems counts items with a strict reader; -1 for a document that is not well-formed.
func countItems(document []byte, format string) int {
	if format == "json" {
		var d struct{ Items []any }
		if json.Unmarshal(document, &d) != nil {
			return -1
		}
		return len(d.Items)
	}
	n := 0
	for decoder := xml.NewDecoder(bytes.NewReader(document)); ; {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return n
		}
		if err != nil {
			return -1
		}
		if start, ok := token.(xml.StartElement); ok && (start.Name.Local == "item" && start.Name.Space == "" || start.Name.Local == "entry") {
			n++
		}
	}
}

// TestAnyString puts arbitrary text into every field that a source fills.
func TestAnyString(t *testing.T) {
	t.Parallel()
	book, _ := syndicate.Compile(house())
	rapid.Check(t, func(t *rapid.T) {
		text := func(name string) string {
			return string(rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(t, name)) + rapid.String().Draw(t, name)
		}
		item := items()[0]
		item.Title, item.Text, item.Language = text("title"), text("text"), text("language")
		item.Tags = []string{text("tag")}
		item.Attribution.Authors = []feeds.Person{{Name: text("author"), URL: text("url")}}
		item.Attribution.AuthorNote, item.Attribution.Editors = text("note"), []string{text("editor")}
		item.Feed = feeds.FeedRef{ID: text("id"), Title: text("title"), URL: text("url"), Home: text("home"), Rights: text("rights"), License: text("license")}
		item.Media = []feeds.Picture{{URL: "https://img.example/a.mp3", Medium: text("medium"), Type: text("type"), Caption: text("caption"), Credit: text("credit")}}
		cleared, _ := book.Decide(item, syndicate.Public, nil, noon)
		f := feedOf(new(testing.T), items()[1:])
		f.Items = append([]syndicate.Cleared{cleared}, f.Items...)
		checkHostile(t, f)
	})
}

// TestUndecided: nothing that nobody decided on is published, and nothing twice.
func TestUndecided(t *testing.T) {
	t.Parallel()
	f := feedOf(t, items())
	f.Items = append(f.Items, syndicate.Cleared{}, f.Items[0])
	for _, format := range formats {
		d, err := format.render(f)
		if err != nil {
			t.Fatal(err)
		}
		if len(d.Dropped) != 2 || countItems(d.Bytes, format.name) != len(f.Items)-2 {
			t.Errorf("%s: dropped %v", format.name, d.Dropped)
		}
	}
}

// TestEmptyFeed: a channel without items is a feed without items.
func TestEmptyFeed(t *testing.T) {
	t.Parallel()
	f := feedOf(t, nil)
	for _, format := range formats {
		if got := document(t, format.render, f); countItems(got, format.name) != 0 || !strings.Contains(string(got), "清河要闻") {
			t.Errorf("%s: %s", format.name, got)
		}
	}
}

func BenchmarkRender(b *testing.B) {
	f := feedOf(b, items())
	for len(f.Items) < 30 {
		all := items()
		for i := range all {
			all[i].URI += strings.Repeat("x", len(f.Items))
			all[i].ID = feeds.NewID(all[i].Source, all[i].URI)
		}
		f.Items = append(f.Items, feedOf(b, all).Items...)
	}
	f.Items = f.Items[:30]
	for _, format := range formats {
		b.Run(format.name, func(b *testing.B) {
			for b.Loop() {
				d, err := format.render(f)
				if err != nil {
					b.Fatal(err)
				}
				b.SetBytes(int64(len(d.Bytes)))
			}
		})
	}
}
