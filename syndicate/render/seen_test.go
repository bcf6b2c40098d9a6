package render_test

import (
	"bytes"
	"testing"

	"reprint/feeds"
	"reprint/syndicate"
)

// TestSeen notes the other places of a story for machines, in every format.
func TestSeen(t *testing.T) {
	t.Parallel()
	book, _ := syndicate.Compile(house())
	copied := items()[2]
	copied.ID, copied.Source, copied.Link = feeds.NewID("wire", "copy"), "wire", "https://kx.example/copy?a=1&b=2"
	cleared, _ := book.DecideStory(syndicate.Story{Original: items()[2], Copies: []feeds.Item{copied}}, syndicate.Public, nil, noon)
	f := feedOf(t, nil)
	f.Items = []syndicate.Cleared{cleared}
	wants := map[string]string{
		"rss":  `<rr:seen url="https://kx.example/copy?a=1&amp;b=2">平原快讯</rr:seen>`,
		"atom": `<rr:seen url="https://kx.example/copy?a=1&amp;b=2">平原快讯</rr:seen>`,
		"json": `"seen":[{"name":"平原快讯","url":"https://kx.example/copy?a=1&b=2"}]`,
	}
	for _, format := range formats {
		if got := document(t, format.render, f); !bytes.Contains(got, []byte(wants[format.name])) {
			t.Errorf("%s lacks %s:\n%s", format.name, wants[format.name], got)
		}
		f := feedOf(t, items()[:1])
		if got := document(t, format.render, f); bytes.Contains(got, []byte("seen")) {
			t.Errorf("%s names places of a story that has none:\n%s", format.name, got)
		}
	}
}
