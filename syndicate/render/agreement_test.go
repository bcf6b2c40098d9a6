package render_test

import (
	"strings"
	"testing"
	"time"

	"reprint/syndicate"
	"reprint/syndicate/render"
)

// TestAgreementIsStated: what an agreement grants carries its terms in every format, and what
// the license grants does not.
func TestAgreementIsStated(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("CST", 8*3600)
	h := house()
	h.Partners = []syndicate.Partner{{ID: "zj", Name: "ZJ", Agreements: []syndicate.Agreement{{
		ID: "zj-2026", Covers: syndicate.Coverage{Licenses: []string{"house"}}, Text: syndicate.Full, Pictures: syndicate.PicturesStaff,
		From: time.Date(2026, 1, 1, 0, 0, 0, 0, zone), Until: time.Date(2027, 1, 1, 0, 0, 0, 0, zone),
		Attribution: "转自{source}", Terms: "https://qinghe.example/zj", Territory: []string{"CN", "HK"}, Purpose: "news",
	}}}}
	book, problems := syndicate.Compile(h)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	feed := render.Feed{Site: h.Site, Channel: h.Channels[0], Page: "https://qinghe.example/feeds/top", ItemURL: "https://qinghe.example/items/", Changed: noon}
	for _, i := range items() {
		if c, d := book.Decide(i, "zj", nil, noon); d.Form != syndicate.Withheld {
			feed.Items = append(feed.Items, c)
		}
	}
	for name, f := range map[string]struct {
		render func(render.Feed) (render.Document, error)
		once   []string // stands once, with the item that the agreement grants
	}{
		"rss": {render.RSS, []string{
			"<dcterms:valid>start=2026-01-01; end=2026-12-31; scheme=W3C-DTF;</dcterms:valid>", "<dcterms:license>https://qinghe.example/zj</dcterms:license>",
			"territory: CN HK; purpose: news</dcterms:accessRights>",
		}},
		"atom": {render.Atom, []string{"<dcterms:valid>start=2026-01-01; end=2026-12-31; scheme=W3C-DTF;</dcterms:valid>", "<dcterms:license>https://qinghe.example/zj</dcterms:license>"}},
		"json": {render.JSON, []string{`"valid_from":"2026-01-01","valid_until":"2026-12-31","territory":["CN","HK"],"purpose":"news"`, `"license":"https://qinghe.example/zj"`}},
	} {
		d, err := f.render(feed)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range f.once {
			if n := strings.Count(string(d.Bytes), want); n != 1 {
				t.Errorf("%s holds %s %d times", name, want, n)
			}
		}
		if !strings.Contains(string(d.Bytes), "转自") || strings.Contains(string(d.Bytes), "agency.jpg") {
			t.Errorf("%s does not keep to the agreement:\n%s", name, d.Bytes)
		}
	}
}
