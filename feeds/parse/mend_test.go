package parse_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"reprint/feeds/parse"
)

// three is a feed of three items, with broken inside the second.
func three(broken string) string {
	return fmt.Sprintf("<rss><channel><title>Desk</title>\n<item><title>One</title></item>\n<item><title>Two</title>%s</item>\n<item><title>Three</title></item>\n</channel></rss>", broken)
}

func titles(doc parse.Document) string {
	var all []string
	for _, e := range doc.Entries {
		all = append(all, e.Title.Value)
	}
	return strings.Join(all, " ")
}

// TestMend: one broken item does not cost the others.
func TestMend(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		titles     string
		losses     int
	}{
		{"whole", three(""), "One Two Three", 0},
		{"an attribute without quotes", three(`<enclosure url=http://a.example/1.jpg />`), "One Three", 1},
		{"a less-than sign in an attribute", three(`<enclosure url="a<b"/>`), "One Three", 1},
		{"an odd declaration", three(`<![if x]>`), "One Three", 1},
		{"an end tag that closes nothing", three(`</p>`), "One Two Three", 0},
		{"many of them", three(strings.Repeat(`</p></b>`, 100)), "One Two Three", 0},
		{"an unclosed element", three(`<description>a<p>b<br></description>`), "One Two Three", 0},
		{"a less-than sign", three(`<description>a < b, a <3</description>`), "One Two Three", 0},
		{"a bare ampersand", three(`<description>a & b &nbsp; &x; c&d=1</description>`), "One Two Three", 0},
		{"the end of CDATA", three(`<description>a ]]> b</description>`), "One Two Three", 0},
		{"two hyphens in a comment", three(`<!-- a -- b ---->`), "One Two Three", 0},
		{"a comment with items", three(`<!-- </item><item><title>X</title></item> -->`), "One Two Three", 0},
		{"an undeclared prefix", three(`<x:y>a</x:y>`), "One Two Three", 0},
		{"forbidden characters", three("<description>\x00\x0B\uFFFE&#0;&#x1F;&#xD800;&#x110000;</description>"), "One Two Three", 0},
		{"cut off between items", strings.SplitAfter(three(""), "</item>")[0], "One", 1},
		{"cut off in an item", three("")[:strings.Index(three(""), "Two")], "One", 1},
		{"cut off in a tag", three("")[:strings.Index(three(""), "em><title>Two")], "One", 1},
		{"cut off in the last tag", strings.TrimSuffix(three(""), ">"), "One Two Three", 1},
		{"garbage after the root", three("") + "<b>x", "One Two Three", 0},
		{"two roots", three("") + three(""), "One Two Three", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			doc := read(t, c.text)
			if got := titles(doc); got != c.titles || len(doc.Losses) != c.losses {
				t.Errorf("%s, losses %q; want %s and %d", got, doc.Losses, c.titles, c.losses)
			}
		})
	}
}

// TestMendManyBreaks: after a few broken items, the rest is cut at the last whole one.
func TestMendManyBreaks(t *testing.T) {
	t.Parallel()
	doc := read(t, "<rss><channel><item><title>One</title></item>"+strings.Repeat("\n<item><a b=c/d/></item>", 50)+"</channel></rss>")
	if got := titles(doc); got != "One" || len(doc.Losses) < 2 {
		t.Errorf("%q, losses %q", got, doc.Losses)
	}
	if last := doc.Losses[len(doc.Losses)-1]; !strings.HasPrefix(last, "everything from line 10 on was left out: line 10: ") {
		t.Errorf("the last loss is %q", last)
	}
}

// TestMendKeepsRightsWithTheirItem: with an item gone, the others keep their own rights.
func TestMendKeepsRightsWithTheirItem(t *testing.T) {
	t.Parallel()
	doc := read(t, rss(`<item><dc:rights>1</dc:rights></item><item><dc:rights>2</dc:rights><a b=c/d/></item><item><dc:rights>3</dc:rights></item>`))
	var got []string
	for _, e := range doc.Entries {
		got = append(got, e.Rights[0].Value)
	}
	if diff := cmp.Diff([]string{"1", "3"}, got); diff != "" {
		t.Errorf("rights (-want +got):\n%s", diff)
	}
}

// TestProlog: what stands before the root does not hide it.
func TestProlog(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, before string }{
		{"white space", "\n\n  "},
		{"a declaration after white space", "\n<?xml version='1.0'?>"},
		{"a version nobody knows", "<?xml version='1.1' encoding='utf-8'?>"},
		{"what a server printed", "Warning: line 3<br />\n<?xml version='1.0'?>"},
		{"text", "hello "},
		{"zero bytes", "\x00\x00"},
		{"a long comment", "<!--" + strings.Repeat("-x", 5000) + "-->"},
		{"a style sheet", `<?xml-stylesheet href="a.xsl"?>`},
		{"a document type", `<!DOCTYPE rss [<!ENTITY a "b">]>`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := titles(read(t, c.before+three(""))); got != "One Two Three" {
				t.Errorf("got %q", got)
			}
		})
	}
}

// TestDeclarationInAnArticle: a declaration after the root is part of a text.
func TestDeclarationInAnArticle(t *testing.T) {
	t.Parallel()
	doc := read(t, `<rss><channel><title>Desk</title><item><title><![CDATA[<?xml version="1.0" encoding="gbk"?>桥]]></title></item></channel></rss>`)
	if got := titles(doc); got != `<?xml version="1.0" encoding="gbk"?>桥` || doc.Title.Value != "Desk" {
		t.Errorf("got %q in %q", got, doc.Title.Value)
	}
}

// TestItemsInTwoPlaces: gofeed lists the items of the channel before those beside it, and
// of two channels keeps the last; rights must go with the right item.
func TestItemsInTwoPlaces(t *testing.T) {
	t.Parallel()
	it := func(n string) string { return "<item><guid>" + n + "</guid><r:rights>" + n + "</r:rights></item>" }
	doc := read(t, `<rss xmlns:r="http://purl.org/dc/elements/1.1/">`+it("1")+`<channel>`+it("2")+`</channel>`+it("3")+`<channel>`+it("4")+`<foo>`+it("5")+`</foo></channel></rss>`)
	for _, e := range doc.Entries {
		if e.GUID != e.Rights[0].Value {
			t.Errorf("item %s has the rights of %s", e.GUID, e.Rights[0].Value)
		}
	}
	if len(doc.Entries) != 3 {
		t.Errorf("%d entries", len(doc.Entries))
	}
}
