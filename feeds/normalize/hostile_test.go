package normalize_test

import (
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"reprint/feeds"
	"reprint/feeds/normalize"
	"reprint/feeds/parse"
)

// vectors are ways to smuggle a script, an address or an element through a sanitizer.
var vectors = []string{
	`<script>alert(1)</script>`, `<SCRIPT SRC=//x.example/x.js></SCRIPT>`, `<img src=x onerror=alert(1)>`, `<img src="javascript:alert(1)">`,
	`<a href="javascript:alert(1)">a</a>`, `<a href=" &#106;avascript:alert(1)">a</a>`, `<a href="jav&#x09;ascript:alert(1)">a</a>`, `<a href="JaVaScRiPt:alert(1)">a</a>`,
	`<a href="data:text/html,<script>alert(1)</script>">a</a>`, `<a href="vbscript:x">a</a>`, `<a href="//x.example" onmouseover=alert(1)>a</a>`,
	`<svg onload=alert(1)>`, `<svg><script>alert(1)</script></svg>`, `<svg><a xlink:href="javascript:alert(1)"><text>a</text></a></svg>`,
	`<math><mi//xlink:href="data:x,<script>alert(1)</script>">`, `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=x onerror=alert(1)&gt;">`,
	`<noscript><p title="</noscript><img src=x onerror=alert(1)>">`, `<iframe src="javascript:alert(1)"></iframe>`, `<iframe srcdoc="<script>alert(1)</script>"></iframe>`,
	`<object data="x.swf"></object>`, `<embed src="x.swf">`, `<form action="javascript:alert(1)"><input type=submit></form>`, `<button formaction="javascript:alert(1)">b</button>`,
	`<input autofocus onfocus=alert(1)>`, `<select onfocus=alert(1)><option>a</option></select>`, `<textarea><img src=x onerror=alert(1)></textarea>`,
	`<style>@import "x.css"</style>`, `<p style="background:url(javascript:alert(1))">p</p>`, `<link rel=stylesheet href=x.css>`, `<meta http-equiv=refresh content="0;url=//x.example">`,
	`<base href="//x.example/"><a href="y">a</a>`, `<template><script>alert(1)</script></template>`, `<title><script>alert(1)</script></title>`,
	`<video src=x onerror=alert(1)></video>`, `<audio onloadstart=alert(1) src=x></audio>`, `<details open ontoggle=alert(1)>d</details>`, `<marquee onstart=alert(1)>m</marquee>`,
	`<img srcset="javascript:alert(1) 1x">`, `<img src="x" srcset="x,javascript:alert(1) 2x">`, `<picture><source srcset="javascript:alert(1)"><img src="data:x"></picture>`,
	`<a href="http://x.example/&quot;onclick=alert(1)//">a</a>`, `<a title="&quot;&gt;&lt;script&gt;">a</a>`, `<p title='"><script>alert(1)</script>'>p</p>`,
	`<!--<img src="--><img src=x onerror=alert(1)//">`, `<![CDATA[<script>alert(1)</script>]]>`, `<?xml version="1.0"?><script>alert(1)</script>`, `<!DOCTYPE html [<!ENTITY x "y">]>&x;`,
	`<a><b></a><script>x</script></b>`, `<table><script>alert(1)</script><tr><td>1</table>`, `<plaintext><script>alert(1)</script>`, `<xmp><script>alert(1)</script></xmp>`,
	`<listing>&lt;img onerror=alert(1) src=x&gt;</listing>`, `<frameset onload=alert(1)><frame src=x></frameset>`, `<body onload=alert(1)>b`, `<html manifest=x>`,
	`<isindex action="javascript:alert(1)">`, `<keygen autofocus onfocus=alert(1)>`, `<map><area href="javascript:alert(1)"></map>`, `<dialog open>d</dialog>`,
	`<portal src="javascript:alert(1)">`, `<img src="&#x6A;avascript:alert(1)">`, "<img src=`javascript:alert(1)`>", `<x onclick=alert(1)>x</x>`, `<p onclick
=alert(1)>p</p>`, `<img/src="x"/onerror=alert(1)>`, `<<script>alert(1)//<</script>`, `<scr<script>ipt>alert(1)</script>`, `</p><script>alert(1)</script><p>`,
	`<a href="https://user:pass@x.example/">a</a>`, `<a href="file:///etc/passwd">a</a>`, `<a href="ftp://x.example/">a</a>`, `<a href="blob:https://x.example/1">a</a>`,
	"<p>\x00<scr\x00ipt>alert(1)</script></p>", "<p>\xff\xfe</p>", `<p dir="rtl" lang="ar">x</p>`, `<a rel="license" href="https://cc.example/">l</a>`, `<select><noembed></select><script x='a@b'a>y='a@b'//a@b%0a</script>`,
}

func TestVectors(t *testing.T) {
	t.Parallel()
	for _, v := range vectors {
		for _, wrapped := range []string{v, "<p>text " + v + " more</p>", "<div><table><tr><td>" + v, strings.Repeat("<b>", 30) + v} {
			doc := parse.Document{Entries: []parse.Entry{{GUID: "1", Title: parse.Text{Value: v}, Content: parse.Text{Value: wrapped, Kind: parse.HTML}}}}
			items, _ := normalize.Items(doc, from)
			for _, i := range items {
				checkItem(t, i, wrapped)
			}
		}
	}
}

// checkItem holds what must be true of every item, whatever it was made from.
func checkItem(t testing.TB, i feeds.Item, source string) {
	t.Helper()
	for _, p := range i.Body {
		if (p.Picture == nil) == (p.HTML == "") {
			t.Errorf("a part is a picture or a run: %+v from %q", p, source)
		}
		if p.Picture == nil {
			checkRun(t, p.HTML, source)
		}
	}
	for _, p := range i.Pictures() {
		checkURL(t, p.URL, source)
	}
	for _, u := range []string{i.Link, i.Feed.URL, i.Feed.Home} {
		if u != "" {
			checkURL(t, u, source)
		}
	}
	if len([]rune(i.Text)) > feeds.MaxText {
		t.Errorf("%d characters of text from %q", len([]rune(i.Text)), source)
	}
	for _, s := range []string{i.Title, i.Text, i.URI, i.Attribution.AuthorNote} {
		if s != feeds.Scrub(s) || !utf8.ValidString(s) {
			t.Errorf("%q is not clean, from %q", s, source)
		}
	}
}

// allowed are the attributes that a run may hold.
var allowed = map[string]bool{"href": true, "rel": true, "lang": true, "dir": true, "title": true, "cite": true, "datetime": true, "colspan": true, "rowspan": true,
	"scope": true, "start": true, "reversed": true, "type": true, "value": true, "open": true, "abbr": true, "headers": true, "span": true}

// forbidden are elements that no run may hold.
var forbidden = map[string]bool{"script": true, "style": true, "iframe": true, "object": true, "embed": true, "form": true, "input": true, "button": true, "textarea": true,
	"select": true, "svg": true, "math": true, "base": true, "meta": true, "link": true, "template": true, "noscript": true, "img": true, "picture": true, "video": true,
	"audio": true, "source": true, "frame": true, "frameset": true, "plaintext": true, "xmp": true, "title": true, "dialog": true, "area": true, "map": true}

// checkRun parses a run as a browser would and looks at everything in it.
func checkRun(t testing.TB, run, source string) {
	t.Helper()
	nodes, err := html.ParseFragmentWithOptions(strings.NewReader(run), &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}, html.ParseOptionEnableScripting(true))
	if err != nil {
		t.Fatalf("%v in %q", err, run)
	}
	var again strings.Builder
	for _, root := range nodes {
		if err := html.Render(&again, root); err != nil {
			t.Fatal(err)
		}
		for n := range root.Descendants() {
			checkNode(t, n, run, source)
		}
		checkNode(t, root, run, source)
	}
	if again.String() != run {
		t.Errorf("a browser reads the run as something else:\nrun   %q\nagain %q\nfrom  %q", run, again.String(), source)
	}
}

func checkNode(t testing.TB, n *html.Node, run, source string) {
	t.Helper()
	if n.Type == html.CommentNode || n.Type == html.DoctypeNode || n.Type == html.ElementNode && (forbidden[n.Data] || n.Namespace != "") {
		t.Errorf("%s in %q from %q", n.Data, run, source)
	}
	for _, a := range n.Attr {
		if !allowed[a.Key] || a.Namespace != "" {
			t.Errorf("attribute %s in %q from %q", a.Key, run, source)
		}
		if (a.Key == "href" || a.Key == "cite") && !strings.HasPrefix(a.Val, "mailto:") {
			checkURL(t, a.Val, source)
		}
	}
}

func checkURL(t testing.TB, address, source string) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || strings.ContainsAny(address, "\"<> \t\r\n") {
		t.Errorf("address %q from %q", address, source)
	}
}

// TestHuge: what is far too large or too deep is bounded, quickly.
func TestHuge(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		strings.Repeat("<div>", 100_000) + "deep", strings.Repeat("<p>word</p>", 400_000), strings.Repeat("<img src=\"/a.jpg\">", 50_000),
		"<p " + strings.Repeat("a=b ", 200_000) + ">x</p>", strings.Repeat("来源:澄江时报\n<br>", 50_000), strings.Repeat("&amp;", 500_000), strings.Repeat("<table><tr><td>", 5_000),
		strings.Repeat("<b><i>", 20_000) + "x", "<p>" + strings.Repeat("(", 100_000) + "</p>", strings.Repeat("<a href='/x'>", 30_000),
	} {
		doc := parse.Document{Entries: []parse.Entry{{GUID: "1", Content: parse.Text{Value: body, Kind: parse.HTML}}}}
		items, _ := normalize.Items(doc, from)
		if len(items) != 1 || len(items[0].Pictures()) > 200 {
			t.Errorf("%.30q: %d items", body, len(items))
		}
	}
}

// FuzzItems: whatever comes in, what goes out is clean, and the same twice.
func FuzzItems(f *testing.F) {
	for _, v := range vectors {
		f.Add(v, v, "2023-08-02")
	}
	f.Add("来源:澄江时报", "<p>来源:澄江时报</p><figure><img src=/a.jpg><figcaption>塔。李明摄</figcaption></figure>", "Wed, 02 Aug 2023 09:15:00 +0800")
	f.Fuzz(func(t *testing.T, title, body, date string) {
		doc := parse.Document{Title: parse.Text{Value: title}, Entries: []parse.Entry{{GUID: "1", Link: title, Title: parse.Text{Value: title}, Content: parse.Text{Value: body}, Published: date}}}
		items, _ := normalize.Items(doc, from)
		again, _ := normalize.Items(doc, from)
		for n, i := range items {
			checkItem(t, i, body)
			if again[n].Revision != i.Revision {
				t.Errorf("two readings differ: %q", body)
			}
		}
	})
}

func BenchmarkItems(b *testing.B) {
	body := strings.Repeat("<p>县城的老水塔修缮完工。县里请来三位老匠人。</p>", 20) + `<figure><img src="/a.jpg"><figcaption>塔。李明摄</figcaption></figure>`
	doc := parse.Document{}
	for n := range 30 {
		doc.Entries = append(doc.Entries, parse.Entry{GUID: string(rune('a' + n)), Title: parse.Text{Value: "T"}, Content: parse.Text{Value: body, Kind: parse.HTML}})
	}
	b.SetBytes(int64(30 * len(body)))
	for b.Loop() {
		if items, _ := normalize.Items(doc, from); len(items) != 30 {
			b.Fatal(len(items))
		}
	}
}
