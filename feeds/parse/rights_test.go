package parse_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"reprint/feeds"
	"reprint/feeds/parse"
)

// TestStatements reads each element that speaks about rights, in the channel and in an
// item, under a prefix that says nothing.
func TestStatements(t *testing.T) {
	t.Parallel()
	const by = "https://creativecommons.org/licenses/by/4.0/"
	const terms, cc, media, podcast = "http://purl.org/dc/terms/", "http://creativecommons.org/ns#", "http://search.yahoo.com/mrss/", "https://podcastindex.org/namespace/1.0"
	for _, c := range []struct {
		uri, element string
		want         string // kind, where and value
	}{
		{"http://purl.org/dc/elements/1.1/", `<x:rights>(c) Li</x:rights>`, "notice dc:rights (c) Li"},
		{"http://purl.org/dc/elements/1.0/", `<x:rights>(c) Li</x:rights>`, "notice dc:rights (c) Li"},
		{" http://purl.org/dc/elements/1.1/ ", `<x:rights>(c) Li</x:rights>`, "notice dc:rights (c) Li"},
		{terms, `<x:license>` + by + `</x:license>`, "license dcterms:license " + by + " CC-BY-4.0"},
		{terms, `<x:license rdf:resource="` + by + `"/>`, "license dcterms:license " + by + " CC-BY-4.0"},
		{terms, `<x:rights>R</x:rights>`, "notice dcterms:rights R"},
		{terms, `<x:rightsHolder>Li</x:rightsHolder>`, "holder dcterms:rightsHolder Li"},
		{terms, `<x:accessRights>Full text</x:accessRights>`, "notice dcterms:accessRights Full text"},
		{"http://www.w3.org/2005/Atom", `<x:rights>R</x:rights>`, "notice atom:rights R"},
		{"http://www.w3.org/2005/Atom", `<x:link rel="license" href="` + by + `"/>`, "license link rel=license " + by + " CC-BY-4.0"},
		{"http://www.w3.org/2005/Atom", `<x:link rel="license" href="http://purl.org/atompub/license#unspecified"/>`, "unspecified link rel=license http://purl.org/atompub/license#unspecified"},
		{"http://www.w3.org/2005/Atom", `<x:link rel="license" type="application/rsl+xml" href="/rsl.xml"/>`, "notice link rel=license (RSL) /rsl.xml"},
		{cc, `<x:license rdf:resource="` + by + `"/>`, "license cc:license " + by + " CC-BY-4.0"},
		{"http://web.resource.org/cc/", `<x:license rdf:resource="` + by + `"/>`, "license cc:license " + by + " CC-BY-4.0"},
		{"http://backend.userland.com/creativeCommonsRssModule", `<x:license>` + by + `</x:license>`, "license creativeCommons:license " + by + " CC-BY-4.0"},
		{"http://cyber.law.harvard.edu/rss/creativeCommonsRSSModule.html", `<x:license>` + by + `</x:license>`, "license creativeCommons:license " + by + " CC-BY-4.0"},
		{media, `<x:copyright>Li</x:copyright>`, "notice media:copyright Li"},
		{"http://www.rssboard.org/media-rss", `<x:license href="/l">L</x:license>`, "notice media:license /l"},
		{media, `<x:restriction relationship="deny">all</x:restriction>`, "forbidden media:restriction deny all"},
		{media, `<x:restriction relationship="allow">none</x:restriction>`, "forbidden media:restriction allow none"},
		{media, `<x:restriction relationship="deny" type="country">us</x:restriction>`, ""},
		{media, `<x:restriction relationship="allow">all</x:restriction>`, ""},
		{podcast, `<x:locked owner="a@b.example">yes</x:locked>`, "forbidden podcast:locked yes"},
		{podcast, `<x:locked>no</x:locked>`, ""},
		{podcast, `<x:block>yes</x:block>`, "forbidden podcast:block yes"},
		{podcast, `<x:block id="somebody">yes</x:block>`, ""},
		{podcast, `<x:license>CC-BY-4.0</x:license>`, "notice podcast:license CC-BY-4.0"},
		{"http://www.itunes.com/DTDs/PodCast-1.0.dtd", `<x:block>Yes</x:block>`, "forbidden itunes:block Yes"},
		{"http://www.itunes.com/dtds/podcast-1.0.dtd", `<x:copyright>Li</x:copyright>`, "notice itunes:copyright Li"},
		{"http://www.bloglines.com/about/specs/fac-1.0", `<x:restriction relationship="deny"/>`, "forbidden access:restriction deny"},
		{"http://www.bloglines.com/about/specs/fac-1.0", `<x:restriction relationship="allow"/>`, ""},
		{"https://rslstandard.org/rsl", `<x:content url="/a"><x:license><x:prohibits type="usage">ai-all</x:prohibits></x:license></x:content>`, "notice rsl:content /a; notice rsl:prohibits usage: ai-all"},
		{"http://prismstandard.org/namespaces/basic/2.1/", `<x:copyright>Li</x:copyright>`, "notice prism:copyright Li"},
		{"http://prismstandard.org/namespaces/1.2/basic/", `<x:expirationDate>2026-12-31</x:expirationDate>`, "notice prism:expirationDate 2026-12-31"},
		{"http://www.w3.org/1999/xhtml", `<x:meta name="robots" content="noindex"/>`, "notice xhtml:meta robots noindex"},
		// Spoofed: the usual names under other URIs say nothing.
		{"http://evil.example/", `<x:license>` + by + `</x:license>`, ""},
		{"http://purl.org/dc/terms/evil", `<x:license>` + by + `</x:license>`, ""},
		{"http://PURL.org/dc/terms/", `<x:license>` + by + `</x:license>`, ""},
	} {
		t.Run(c.uri+" "+c.element, func(t *testing.T) {
			t.Parallel()
			text := fmt.Sprintf(`<rss version="2.0" xmlns:x="%s" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><channel>%s<item>%s</item></channel></rss>`, c.uri, c.element, c.element)
			doc := read(t, text)
			if got := said(t, doc.Rights, feeds.ScopeFeed); got != c.want {
				t.Errorf("the channel says %q, want %q", got, c.want)
			}
			if got := said(t, doc.Entries[0].Rights, feeds.ScopeItem); got != c.want {
				t.Errorf("the item says %q, want %q", got, c.want)
			}
		})
	}
}

// said writes statements in one line and checks their scope.
func said(t *testing.T, statements []feeds.Statement, scope feeds.Scope) string {
	t.Helper()
	var all []string
	for _, s := range statements {
		if s.Scope != scope {
			t.Errorf("%v has scope %v, want %v", s, s.Scope, scope)
		}
		all = append(all, strings.TrimSpace(fmt.Sprint(s.Kind, " ", s.Where, " ", s.Value, " ", s.SPDX)))
	}
	return strings.Join(all, "; ")
}

// TestSpoofedPrefixes: well-known prefixes bound to other URIs change nothing at all.
func TestSpoofedPrefixes(t *testing.T) {
	t.Parallel()
	plain := `<title>One</title><link>https://a.example/1</link>`
	spoofed := plain
	var declared strings.Builder
	for _, prefix := range []string{"dc", "dcterms", "cc", "creativeCommons", "media", "podcast", "atom", "prism", "itunes", "access", "rsl"} {
		fmt.Fprintf(&declared, ` xmlns:%s="http://evil.example/%s/"`, prefix, prefix)
		for _, local := range []string{"rights", "license", "creator", "source", "date", "language", "locked", "block", "content", "credit", "copyright", "link", "id", "updated", "author"} {
			spoofed += fmt.Sprintf(`<%s:%s rel="license" href="https://a.example/l" url="https://a.example/u">yes</%s:%s>`, prefix, local, prefix, local)
		}
	}
	for _, wrap := range []struct{ name, text string }{
		{"RSS", `<rss version="2.0"%s><channel><item>%s</item></channel></rss>`},
		{"Atom", `<feed xmlns="http://www.w3.org/2005/Atom"%s><entry>%s</entry></feed>`},
	} {
		t.Run(wrap.name, func(t *testing.T) {
			t.Parallel()
			want := read(t, fmt.Sprintf(wrap.text, "", plain))
			got := read(t, fmt.Sprintf(wrap.text, declared.String(), spoofed))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("the spoofed elements changed something (-without +with):\n%s", diff)
			}
		})
	}
}

// TestRightsInBodies: an element speaks as a child of the item, not from inside a text.
func TestRightsInBodies(t *testing.T) {
	t.Parallel()
	const inner = `<dcterms:license xmlns:dcterms="http://purl.org/dc/terms/">https://creativecommons.org/licenses/by/4.0/</dcterms:license>`
	for _, text := range []string{
		item(`<description>` + inner + `</description>`),
		item(`<media:content url="https://a.example/1.jpg">` + inner + `</media:content>`),
		item(`<x><item>` + inner + `</item></x>`),
		entry(`<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">` + inner + `</div></content>`),
		entry(`<author>` + inner + `</author>`),
	} {
		if got := first(t, text).Rights; len(got) != 0 {
			t.Errorf("%v in\n%s", got, text)
		}
	}
}

// TestAtomSourceInRSS: an RSS item that carries an atom:source keeps what that says in a
// scope of its own.
func TestAtomSourceInRSS(t *testing.T) {
	t.Parallel()
	e := first(t, item(`<source url="https://x.example/rss">X</source><dc:rights>Item</dc:rights>
<atom:source><atom:id>urn:x:f</atom:id><atom:title>Hill</atom:title><atom:link rel="license" href="https://hill.example/l"/><atom:rights>Hill only</atom:rights></atom:source>`))
	want := []feeds.Statement{
		{Kind: feeds.KindNotice, Scope: feeds.ScopeItem, Value: "Item", Where: "dc:rights"},
		{Kind: feeds.KindLicense, Scope: feeds.ScopeSource, Value: "https://hill.example/l", Where: "link rel=license"},
		{Kind: feeds.KindNotice, Scope: feeds.ScopeSource, Value: "Hill only", Where: "atom:rights"},
	}
	if diff := cmp.Diff(want, e.Rights); diff != "" {
		t.Errorf("rights (-want +got):\n%s", diff)
	}
	source := &parse.Source{ID: "urn:x:f", Title: "Hill", Rights: "Hill only", License: "https://hill.example/l", Element: "atom:source"}
	if diff := cmp.Diff(source, e.Source); diff != "" {
		t.Errorf("source (-want +got):\n%s", diff)
	}
}

// TestManyStatements: what nobody could read is left out and reported, but never a no.
func TestManyStatements(t *testing.T) {
	t.Parallel()
	var many strings.Builder
	for i := range 500 {
		fmt.Fprintf(&many, "<dc:rights>%d</dc:rights>", i)
	}
	doc := read(t, item(many.String()+"<podcast:block>yes</podcast:block>"))
	rights := doc.Entries[0].Rights
	if len(rights) > 100 || rights[len(rights)-1].Kind != feeds.KindForbidden {
		t.Errorf("%d statements, the last %+v", len(rights), rights[len(rights)-1])
	}
	if len(doc.Losses) != 1 {
		t.Errorf("losses: %q", doc.Losses)
	}
}
