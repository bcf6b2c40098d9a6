package parse_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"reprint/feeds"
	"reprint/feeds/parse"
)

// read parses a feed that must be readable.
func read(t *testing.T, text string) parse.Document {
	t.Helper()
	doc, err := parse.Parse([]byte(text), parse.Hint{})
	if err != nil {
		t.Fatalf("Parse: %v\n%s", err, text)
	}
	return doc
}

// first returns the first entry of a feed.
func first(t *testing.T, text string) parse.Entry {
	t.Helper()
	doc := read(t, text)
	if len(doc.Entries) == 0 {
		t.Fatalf("no entries in\n%s", text)
	}
	return doc.Entries[0]
}

// refused parses a feed that must be refused.
func refused(t *testing.T, text string) *parse.Error {
	t.Helper()
	doc, err := parse.Parse([]byte(text), parse.Hint{})
	var e *parse.Error
	if !errors.As(err, &e) {
		t.Fatalf("Parse = %v, %v; want an Error", doc, err)
	}
	if e.Detail == "" || e.Kind == "" {
		t.Fatalf("an Error without kind or detail: %#v", e)
	}
	return e
}

// rss wraps the inside of a channel, with every namespace that the tests use.
func rss(channel string) string {
	return `<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:atom="http://www.w3.org/2005/Atom"
 xmlns:media="http://search.yahoo.com/mrss/" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:podcast="https://podcastindex.org/namespace/1.0">
<channel>` + channel + `</channel></rss>`
}

func item(inside string) string { return rss("<title>Desk</title><item>" + inside + "</item>") }

func TestRSS(t *testing.T) {
	t.Parallel()
	got := read(t, rss(`
		<title>Valley &amp; Hill</title><link>https://valley.example/</link>
		<atom:link rel="self" href="https://valley.example/rss"/><atom:link rel="hub" href="https://hub.example/"/>
		<language>en</language><copyright>Valley Post</copyright><managingEditor>desk@valley.example (The Desk)</managingEditor>
		<lastBuildDate>Mon, 03 Aug 2026 10:00:00 GMT</lastBuildDate><ttl>60</ttl>
		<skipHours><hour>0</hour><hour>1</hour></skipHours><skipDays><day>Sunday</day></skipDays>
		<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>
		<item>
			<title>Bridge &lt;i&gt;opens&lt;/i&gt;</title><link>https://valley.example/1</link><guid isPermaLink="false">n-1</guid>
			<pubDate>Sun, 02 Aug 2026 09:00:00 +0800</pubDate><dcterms:modified>2026-08-02T10:00:00Z</dcterms:modified>
			<dc:creator>Li Ming</dc:creator><dc:creator>Zhao Shan</dc:creator><author>x@valley.example (Somebody)</author>
			<dc:contributor>Editor Wu</dc:contributor><category>Local</category><dc:subject>Roads</dc:subject>
			<source url="https://hill.example/rss">Hill Times</source><dc:source>https://hill.example/7</dc:source><dcterms:source>Hill Times</dcterms:source>
			<description>Short.</description><content:encoded><![CDATA[<p>Long & whole.</p>]]></content:encoded>
			<enclosure url="https://valley.example/1.jpg" length="12" type="image/jpeg"/>
		</item>`))
	want := parse.Document{
		Format: "rss", Version: "2.0", Charset: "utf-8", CharsetBy: "declaration",
		Title: parse.Text{Value: "Valley & Hill"}, Home: "https://valley.example/", Self: "https://valley.example/rss",
		Hubs: []string{"https://hub.example/"}, Language: "en", Copyright: parse.Text{Value: "Valley Post"},
		Updated: "Mon, 03 Aug 2026 10:00:00 GMT",
		Hints:   parse.Hints{TTL: "60", SkipHours: []string{"0", "1"}, SkipDays: []string{"Sunday"}, UpdatePeriod: "daily", UpdateFrequency: "2"},
		Rights:  []feeds.Statement{{Kind: feeds.KindNotice, Scope: feeds.ScopeFeed, Value: "Valley Post", Where: "copyright"}},
		Authors: []parse.Author{{Name: "The Desk", Email: "desk@valley.example"}},
		Entries: []parse.Entry{{
			GUID: "n-1", Link: "https://valley.example/1",
			Title: parse.Text{Value: "Bridge <i>opens</i>"}, Summary: parse.Text{Value: "Short."},
			Content: parse.Text{Value: "<p>Long & whole.</p>", Kind: parse.HTML}, Language: "",
			Published: "Sun, 02 Aug 2026 09:00:00 +0800", Updated: "2026-08-02T10:00:00Z",
			Authors: []parse.Author{{Name: "Li Ming"}, {Name: "Zhao Shan"}}, Editors: []parse.Author{{Name: "Editor Wu"}},
			Categories: []string{"Local", "Roads"},
			Source:     &parse.Source{Title: "Hill Times", URL: "https://hill.example/rss", Element: "source"},
			SourceName: "Hill Times",
			Media:      []parse.Media{{URL: "https://valley.example/1.jpg", Type: "image/jpeg", Length: "12"}},
		}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Parse (-want +got):\n%s", diff)
	}
}

func TestRDF(t *testing.T) {
	t.Parallel()
	doc := read(t, `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:cc="http://web.resource.org/cc/">
<channel rdf:about="https://valley.example/"><title>Valley</title><link>https://valley.example/</link><dc:language>fr</dc:language></channel>
<item rdf:about="https://valley.example/1"><title>One</title><link>https://valley.example/one</link><dc:date>2026-08-02</dc:date>
<cc:license rdf:resource="http://creativecommons.org/licenses/by/4.0/" resource="https://trap.example/"/></item>
<item rdf:about="https://valley.example/2"><title>Two</title></item></rdf:RDF>`)
	if doc.Format != "rdf" || doc.Version != "1.0" || doc.Language != "fr" || len(doc.Entries) != 2 {
		t.Fatalf("got %q %q %q with %d entries", doc.Format, doc.Version, doc.Language, len(doc.Entries))
	}
	one, two := doc.Entries[0], doc.Entries[1]
	if one.GUID != "https://valley.example/1" || one.Link != "https://valley.example/one" || one.Published != "2026-08-02" {
		t.Errorf("first entry: %+v", one)
	}
	if two.GUID != "https://valley.example/2" || two.Link != two.GUID {
		t.Errorf("rdf:about must stand in for the link: %+v", two)
	}
	want := []feeds.Statement{{Kind: feeds.KindLicense, Scope: feeds.ScopeItem, Value: "http://creativecommons.org/licenses/by/4.0/", SPDX: "CC-BY-4.0", Where: "cc:license"}}
	if diff := cmp.Diff(want, one.Rights); diff != "" {
		t.Errorf("rights (-want +got):\n%s", diff)
	}
}

func TestRSSLink(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, item, want string }{
		{"link", `<link>https://a.example/1</link><guid>https://a.example/g</guid>`, "https://a.example/1"},
		{"second link", `<link></link><link>https://a.example/2</link>`, "https://a.example/2"},
		{"atom link", `<atom:link href="https://a.example/3"/>`, "https://a.example/3"},
		{"guid by default", `<guid>https://a.example/g</guid>`, "https://a.example/g"},
		{"guid said to be none", `<guid isPermaLink="false">https://a.example/g</guid>`, ""},
		{"guid that is no address", `<guid>n-7</guid>`, ""},
		{"relative as written", `<link>/1.html</link>`, "/1.html"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := first(t, item(c.item)).Link; got != c.want {
				t.Errorf("Link = %q, want %q", got, c.want)
			}
		})
	}
}

func TestRSSBody(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, item string
		want       parse.Text
	}{
		{"atom:content", `<atom:content type="html">&lt;p&gt;A&lt;/p&gt;</atom:content>`, parse.Text{Value: "<p>A</p>", Kind: parse.HTML}},
		{"atom:content as text", `<atom:content>1 &lt; 2</atom:content>`, parse.Text{Value: "1 < 2", Kind: parse.Plain}},
		{"xhtml:body", `<body xmlns="http://www.w3.org/1999/xhtml"><p>A</p> <p>B</p></body>`, parse.Text{Value: "<p>A</p> <p>B</p>", Kind: parse.HTML}},
		{"content:encoded comes first", `<content:encoded>&lt;p&gt;C&lt;/p&gt;</content:encoded><atom:content>A</atom:content>`, parse.Text{Value: "<p>C</p>", Kind: parse.HTML}},
		{"none", `<description>D</description>`, parse.Text{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := first(t, item(c.item)).Content; got != c.want {
				t.Errorf("Content = %+v, want %+v", got, c.want)
			}
		})
	}
}

// TestMisplacedNamespace: a default namespace on <rss> means nothing, but would make
// gofeed take every element for an extension.
func TestMisplacedNamespace(t *testing.T) {
	t.Parallel()
	for _, uri := range []string{"http://search.yahoo.com/mrss/", "http://www.w3.org/2005/Atom", "http://nowhere.example/rss2"} {
		text := strings.Replace(item("<title>One</title><media:title>No</media:title>"), "<rss ", `<rss xmlns="`+uri+`" `, 1)
		if got := first(t, text).Title.Value; got != "One" {
			t.Errorf("under %s the title is %q", uri, got)
		}
	}
}

func TestRSSLanguage(t *testing.T) {
	t.Parallel()
	doc := read(t, `<rss version="2.0" xml:lang="de" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><item/><item xml:lang="fr"/><item><dc:language>it</dc:language></item></channel></rss>`)
	got := []string{doc.Language}
	for _, e := range doc.Entries {
		got = append(got, e.Language)
	}
	if diff := cmp.Diff([]string{"de", "de", "fr", "it"}, got); diff != "" {
		t.Errorf("languages (-want +got):\n%s", diff)
	}
}
