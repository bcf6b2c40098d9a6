package parse_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"reprint/feeds"
	"reprint/feeds/parse"
)

// atom wraps the inside of a feed.
func atom(inside string) string {
	return `<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/">` + inside + `</feed>`
}

func entry(inside string) string { return atom("<entry>" + inside + "</entry>") }

func TestAtom(t *testing.T) {
	t.Parallel()
	got := read(t, atom(`
		<id>HTTP://Valley.example/%7Efeed</id><title type="html">Valley &amp;amp; Hill</title><updated>2026-08-03T10:00:00Z</updated>
		<link href="https://valley.example/"/><link rel="self" href="https://valley.example/atom"/><link rel="hub" href="https://hub.example/"/>
		<rights>Valley Post</rights><author><name>The Desk</name></author>
		<entry xml:lang="zh" xml:base="https://valley.example/a/">
			<id>tag:valley.example,2026:n 1</id><title>1 &lt; 2</title><published>2026-08-02T09:00:00+08:00</published><updated>2026-08-02T10:00:00Z</updated>
			<link rel="alternate" type="application/pdf" href="one.pdf"/><link rel="alternate" type="text/html" href="one.html"/>
			<link rel="enclosure" type="image/png" href="one.png" length="9" title="A bridge"/>
			<link rel="license" href="../terms"/>
			<author><name>Li Ming</name><uri>https://li.example/</uri><email>li@valley.example</email></author><contributor><name>Zhao</name></contributor>
			<category term="roads" label="Roads"/><category term="local"/>
			<summary type="text">Short.</summary>
			<content type="xhtml" xml:base="https://valley.example/b/"><div xmlns="http://www.w3.org/1999/xhtml"><p>A <a href="x">b</a></p></div></content>
			<source><id>tag:hill.example,2026:f</id><title>Hill Times</title><updated>2026-08-01T00:00:00Z</updated>
				<link rel="self" href="https://hill.example/atom"/><link href="https://hill.example/"/><link rel="license" href="http://creativecommons.org/licenses/by-nd/4.0/"/>
				<rights>Hill</rights></source>
		</entry>`))
	want := parse.Document{
		Format: "atom", Version: "1.0", Charset: "utf-8", CharsetBy: "utf-8",
		ID: "HTTP://Valley.example/%7Efeed", Title: parse.Text{Value: "Valley &amp; Hill", Kind: parse.HTML},
		Home: "https://valley.example/", Self: "https://valley.example/atom", Hubs: []string{"https://hub.example/"},
		Copyright: parse.Text{Value: "Valley Post", Kind: parse.Plain}, Updated: "2026-08-03T10:00:00Z",
		Rights:  []feeds.Statement{{Kind: feeds.KindNotice, Scope: feeds.ScopeFeed, Value: "Valley Post", Where: "atom:rights"}},
		Authors: []parse.Author{{Name: "The Desk"}},
		Entries: []parse.Entry{{
			GUID: "tag:valley.example,2026:n 1", Link: "one.html", Base: "https://valley.example/a/",
			Title: parse.Text{Value: "1 < 2", Kind: parse.Plain}, Summary: parse.Text{Value: "Short.", Kind: parse.Plain},
			Content:  parse.Text{Value: `<p>A <a href="x">b</a></p>`, Kind: parse.HTML, Base: "https://valley.example/b/"},
			Language: "zh", Published: "2026-08-02T09:00:00+08:00", Updated: "2026-08-02T10:00:00Z",
			Authors: []parse.Author{{Name: "Li Ming", URL: "https://li.example/", Email: "li@valley.example"}}, Editors: []parse.Author{{Name: "Zhao"}},
			Categories: []string{"Roads", "local"},
			Source: &parse.Source{
				ID: "tag:hill.example,2026:f", Title: "Hill Times", URL: "https://hill.example/atom", Home: "https://hill.example/",
				Rights: "Hill", License: "http://creativecommons.org/licenses/by-nd/4.0/", Updated: "2026-08-01T00:00:00Z", Element: "atom:source",
			},
			Media: []parse.Media{{URL: "one.png", Type: "image/png", Title: "A bridge", Length: "9"}},
			Rights: []feeds.Statement{
				{Kind: feeds.KindLicense, Scope: feeds.ScopeItem, Value: "https://valley.example/terms", Where: "link rel=license"},
				{Kind: feeds.KindLicense, Scope: feeds.ScopeSource, Value: "http://creativecommons.org/licenses/by-nd/4.0/", SPDX: "CC-BY-ND-4.0", Where: "link rel=license"},
				{Kind: feeds.KindNotice, Scope: feeds.ScopeSource, Value: "Hill", Where: "atom:rights"},
			},
		}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Parse (-want +got):\n%s", diff)
	}
}

func TestAtomTexts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, element string
		want          parse.Text
	}{
		{"no type", `<content>a &lt; b</content>`, parse.Text{Value: "a < b", Kind: parse.Plain}},
		{"text", `<content type="text">a &lt;b&gt;</content>`, parse.Text{Value: "a <b>", Kind: parse.Plain}},
		{"html", `<content type="html">a &lt;b&gt;c&lt;/b&gt;</content>`, parse.Text{Value: "a <b>c</b>", Kind: parse.HTML}},
		{"html in CDATA", `<content type="html"><![CDATA[a <b>c</b>]]></content>`, parse.Text{Value: "a <b>c</b>", Kind: parse.HTML}},
		{"xhtml", `<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">a <b>c</b></div></content>`, parse.Text{Value: "a <b>c</b>", Kind: parse.HTML}},
		{"xhtml with a prefix", `<content type="xhtml"><x:div xmlns:x="http://www.w3.org/1999/xhtml">a <x:b>c</x:b></x:div></content>`,
			parse.Text{Value: `<div xmlns:x="http://www.w3.org/1999/xhtml">a <b>c</b></div>`, Kind: parse.HTML}},
		{"media type of HTML", `<content type="text/html">&lt;b&gt;c&lt;/b&gt;</content>`, parse.Text{Value: "<b>c</b>", Kind: parse.HTML}},
		{"media type of text", `<content type="text/plain">&lt;b&gt;</content>`, parse.Text{Value: "<b>", Kind: parse.Plain}},
		{"a picture is no text", `<content type="image/png">iVBORw0KGgo=</content>`, parse.Text{}},
		{"out of line", `<content type="text/html" src="https://a.example/whole"/>`, parse.Text{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := first(t, entry(c.element)).Content; got != c.want {
				t.Errorf("Content = %+v, want %+v", got, c.want)
			}
		})
	}
}

// TestBaseIsLeftAlone: gofeed takes a base for a folder and rewrites ids and bodies by it.
func TestBaseIsLeftAlone(t *testing.T) {
	t.Parallel()
	e := first(t, `<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://a.example/feeds/all.xml">
<entry xml:base = "../b/"><id>/n/1</id><link href="c.html"/><author><name>N</name><uri>/me</uri></author>
<content type="html">&lt;a href="d.html"&gt;d&lt;/a&gt;</content></entry></feed>`)
	want := parse.Entry{
		GUID: "/n/1", Link: "c.html", Base: "https://a.example/b/",
		Authors: []parse.Author{{Name: "N", URL: "/me"}},
		Content: parse.Text{Value: `<a href="d.html">d</a>`, Kind: parse.HTML},
	}
	if diff := cmp.Diff(want, e); diff != "" {
		t.Errorf("entry (-want +got):\n%s", diff)
	}
}

func TestAtomNamespaces(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text string }{
		{"with a prefix", `<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:entry><a:title>One</a:title></a:entry></a:feed>`},
		{"none", `<feed><entry><title>One</title></entry></feed>`},
		{"misspelled", `<feed xmlns="http://www.w3.org/2005/atom"><entry><title>One</title></entry></feed>`},
		{"version 0.3", `<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><title mode="escaped">One</title></entry></feed>`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := first(t, c.text).Title.Value; got != "One" {
				t.Errorf("Title = %q", got)
			}
		})
	}
}

// TestBase64: Atom 0.3 allowed every text to be in base64.
func TestBase64(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{`<title mode="base64">T25l</title>`, "One"},
		{`<title type="text/html" mode="base64">
			T2 5l
		</title>`, "One"},
		{`<title type="text/html" mode="base64">no base64</title>`, "no base64"},
		{`<title type="text/html" mode="base64">/////w==</title>`, "/////w=="},
		{`<title type="text/html">T25l</title>`, "T25l"},
	} {
		if got := first(t, `<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry>`+c.text+`</entry></feed>`).Title.Value; got != c.want {
			t.Errorf("%s: %q, want %q", c.text, got, c.want)
		}
	}
}

func TestAtomAuthors(t *testing.T) {
	t.Parallel()
	source := `<source><author><name>S</name></author></source>`
	for _, c := range []struct{ name, entry, want string }{
		{"own", `<author><name>A</name></author>` + source, "A"},
		{"those of the source", source + `<dc:creator>D</dc:creator>`, "S"},
		{"Dublin Core", `<dc:creator>D</dc:creator>`, "D"},
		{"the feed's are not the entry's", ``, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			text := strings.Replace(entry(c.entry), "<entry>", "<author><name>F</name></author><entry>", 1)
			got := ""
			for _, a := range first(t, text).Authors {
				got += a.Name
			}
			if got != c.want {
				t.Errorf("authors %q, want %q", got, c.want)
			}
		})
	}
}
