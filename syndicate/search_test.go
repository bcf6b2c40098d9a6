package syndicate_test

import (
	"testing"

	"reprint/feeds"
	"reprint/syndicate"
)

// TestSearch finds what is said and where, over tags, entities, cases and scripts, and never everything.
func TestSearch(t *testing.T) {
	t.Parallel()
	item := feeds.Item{
		Title: "The Old Mill", Link: "https://Hill.example/2026/mill", URI: "tag:hill.example,2026:7", Text: "It turns &",
		Body: []feeds.Part{{HTML: `<p>The whe<b>el tur</b>ns: 3 &lt; 4 &amp; 网络</p>`}, {Picture: &feeds.Picture{URL: "https://img.example/a.jpg"}}, {HTML: "<p>again</p>"}},
	}
	for _, tt := range []struct {
		search syndicate.Search
		want   bool
	}{
		{syndicate.Search{}, false},
		{syndicate.Search{Phrase: " \n"}, false},
		{syndicate.Search{Phrase: "old  MILL"}, true},
		{syndicate.Search{Phrase: "the wheel turns"}, true},
		{syndicate.Search{Phrase: "3 < 4 &"}, true},
		{syndicate.Search{Phrase: "網絡"}, false},
		{syndicate.Search{Phrase: "網络"}, true},
		{syndicate.Search{Phrase: "<b>"}, false},
		{syndicate.Search{Phrase: "bridge"}, false},
		{syndicate.Search{Address: "hill.example/2026/"}, true},
		{syndicate.Search{Address: "tag:hill"}, true},
		{syndicate.Search{Address: "img.example/a"}, true},
		{syndicate.Search{Address: "vale.example"}, false},
		{syndicate.Search{Phrase: "mill", Address: "hill.example"}, true},
		{syndicate.Search{Phrase: "mill", Address: "vale.example"}, false},
		{syndicate.Search{Phrase: "bridge", Address: "hill.example"}, false},
	} {
		if got := tt.search.Finds(item); got != tt.want {
			t.Errorf("%+v: %v", tt.search, got)
		}
	}
}
