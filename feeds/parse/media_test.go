package parse_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"reprint/feeds/parse"
)

func TestMedia(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, item string
		want       []parse.Media
	}{
		{"a file with all that is said of it", `<media:content url="u" type="image/jpeg" medium="Image" fileSize="7" width="2" height="1">
			<media:title>T</media:title><media:description>D</media:description><media:credit role="author">A</media:credit>
			<media:credit role="photographer" scheme="urn:ebu">P</media:credit><media:copyright>C</media:copyright>
			<media:license href="https://l.example/">L</media:license></media:content>`,
			[]parse.Media{{URL: "u", Type: "image/jpeg", Medium: "image", Length: "7", Width: "2", Height: "1", Title: "T", Description: "D", Credits: []string{"P", "A"}, Copyright: "C", License: "https://l.example/"}}},
		{"what the group says holds for each file, whatever the order", `<media:group><media:content url="u"/><media:content url="v"><media:credit>Mine</media:credit></media:content>
			<media:credit>Ours</media:credit><media:copyright>C</media:copyright></media:group>`,
			[]parse.Media{{URL: "u", Credits: []string{"Ours"}, Copyright: "C"}, {URL: "v", Credits: []string{"Mine"}, Copyright: "C"}}},
		{"what the item says holds for its files", `<media:credit>Ours</media:credit><media:content url="u"/>`,
			[]parse.Media{{URL: "u", Credits: []string{"Ours"}}}},
		{"a credit of one file is not another's", `<media:content url="u"><media:credit>Mine</media:credit></media:content><media:content url="v"/>`,
			[]parse.Media{{URL: "u", Credits: []string{"Mine"}}, {URL: "v"}}},
		{"a thumbnail is a smaller copy", `<media:content url="u"><media:thumbnail url="t" width="9"/><media:credit>P</media:credit></media:content>`,
			[]parse.Media{{URL: "u", Credits: []string{"P"}}, {URL: "t", Medium: "image", Width: "9", Thumbnail: true, Credits: []string{"P"}}}},
		{"restricted to a country", `<media:content url="u"><media:restriction relationship="allow" type="country">fr</media:restriction></media:content>`,
			[]parse.Media{{URL: "u", Restricted: true}}},
		{"the nearer restriction wins", `<media:restriction relationship="deny" type="country">fr</media:restriction><media:content url="u"><media:restriction relationship="allow">all</media:restriction></media:content><media:content url="v"/>`,
			[]parse.Media{{URL: "u"}, {URL: "v", Restricted: true}}},
		{"of two restrictions the stricter counts", `<media:content url="u"><media:restriction relationship="deny" type="country">fr</media:restriction><media:restriction relationship="allow">all</media:restriction></media:content>`,
			[]parse.Media{{URL: "u", Restricted: true}}},
		{"an enclosure that is there already", `<enclosure url="u" type="image/png" length="5"/><media:content url="u"><media:credit>P</media:credit></media:content>`,
			[]parse.Media{{URL: "u", Type: "image/png", Length: "5", Credits: []string{"P"}}}},
		{"several enclosures", `<enclosure url="u"/><enclosure url="v"/><media:credit>P</media:credit>`,
			[]parse.Media{{URL: "u", Credits: []string{"P"}}, {URL: "v", Credits: []string{"P"}}}},
		{"podcast:license covers sound, not pictures", `<podcast:license>CC-BY-4.0</podcast:license><enclosure url="u" type="audio/mpeg"/><enclosure url="v" type="image/png"/>`,
			[]parse.Media{{URL: "u", Type: "audio/mpeg", License: "CC-BY-4.0"}, {URL: "v", Type: "image/png"}}},
		{"no address", `<media:content medium="image"/><enclosure length="1"/>`, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, first(t, item(c.item)).Media); diff != "" {
				t.Errorf("media (-want +got):\n%s", diff)
			}
		})
	}
}

// TestChannelMedia: what the channel says holds for the files of its items.
func TestChannelMedia(t *testing.T) {
	t.Parallel()
	e := first(t, rss(`<item><media:content url="u"/></item><media:credit>Desk</media:credit><media:restriction relationship="deny" type="country">fr</media:restriction>`))
	want := []parse.Media{{URL: "u", Credits: []string{"Desk"}, Restricted: true}}
	if diff := cmp.Diff(want, e.Media); diff != "" {
		t.Errorf("media (-want +got):\n%s", diff)
	}
}
