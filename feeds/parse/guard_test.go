package parse_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"reprint/feeds/parse"
)

// TestGuard: what is too large in any direction is refused, with its kind.
func TestGuard(t *testing.T) {
	t.Parallel()
	attributes := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, ` a%d=""`, i)
		}
		return b.String()
	}
	for _, c := range []struct {
		name, text string
		kind       parse.Kind
	}{
		{"bytes", strings.Repeat(" ", parse.MaxBytes+1), parse.KindBytes},
		{"depth", item(strings.Repeat("<dc:a>", 100) + strings.Repeat("</dc:a>", 100)), parse.KindDepth},
		{"depth of a text", item("<description>" + strings.Repeat("<b>", 600) + strings.Repeat("</b>", 600) + "</description>"), parse.KindDepth},
		{"depth of markup", entry(`<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">` + strings.Repeat("<b>", 600) + strings.Repeat("</b>", 600) + `</div></content>`), parse.KindDepth},
		{"depth without an end", "<rss>" + strings.Repeat("<a>", 1_000_000), parse.KindDepth},
		{"namespaces on the way down", namespaceBomb(100), parse.KindNamespaces},
		{"namespaces on one element", "<rss><channel" + strings.ReplaceAll(attributes(100), " a", " xmlns:a") + "/></rss>", parse.KindNamespaces},
		{"namespaces times elements", "<rss" + strings.ReplaceAll(attributes(60), " a", " xmlns:a") + ">" + strings.Repeat("<a/>", 100_000) + "</rss>", parse.KindNamespaces},
		{"attributes", "<rss><channel" + attributes(200) + "/></rss>", parse.KindAttributes},
		{"attributes of the root", "<rss" + attributes(200) + "/>", parse.KindAttributes},
		{"a tag", "<rss><channel" + attributes(200_000) + "/></rss>", parse.KindToken},
		{"the root's tag", "<rss" + attributes(200_000) + "/>", parse.KindToken},
		{"an attribute", `<rss><channel a="` + strings.Repeat("x", 1<<20) + `"/></rss>`, parse.KindToken},
		{"a text", item("<title>" + strings.Repeat("x", 3<<20) + "</title>"), parse.KindToken},
		{"a CDATA section", item("<title><![CDATA[" + strings.Repeat("x", 3<<20) + "]]></title>"), parse.KindToken},
		{"a document type", `<!DOCTYPE rss [` + strings.Repeat(`<!ENTITY a "b">`, 1000) + `]><rss/>`, parse.KindToken},
		{"elements", item(strings.Repeat("<a/>", 300_000)), parse.KindElements},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := refused(t, c.text); got.Kind != c.kind {
				t.Errorf("refused as %s (%v), want %s", got.Kind, got, c.kind)
			}
		})
	}
}

// TestGuardLetsPass: what good feeds have is not refused.
func TestGuardLetsPass(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text string }{
		{"deep markup", entry(`<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">` + strings.Repeat("<b>", 300) + strings.Repeat("</b>", 300) + `</div></content>`)},
		{"deep markup in a description", item("<description>" + strings.Repeat("<b>", 300) + strings.Repeat("</b>", 300) + "</description>")},
		{"deep markup in an extension", item(`<body xmlns="http://www.w3.org/1999/xhtml">` + strings.Repeat("<b>", 300) + strings.Repeat("</b>", 300) + "</body>")},
		{"a picture as a data: URL", entry(`<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><img src="data:` + strings.Repeat("A", 300_000) + `"/></div></content>`)},
		{"a long body", item("<description>" + strings.Repeat("x", 1<<20) + "</description>")},
		{"the old document type", `<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/publish/formats/rss-0.91.dtd">` + strings.TrimPrefix(item("<title>A</title>"), `<?xml version="1.0" encoding="UTF-8"?>`)},
		{"a long comment before the root", "<!--" + strings.Repeat("x", 3<<20) + "-->" + strings.TrimPrefix(item(""), `<?xml version="1.0" encoding="UTF-8"?>`)},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if doc := read(t, c.text); len(doc.Entries) != 1 || len(doc.Losses) != 0 {
				t.Errorf("%d entries, losses %q", len(doc.Entries), doc.Losses)
			}
		})
	}
}

// namespaceBomb nests elements that each declare one more namespace. gofeed alone takes
// seconds and gigabytes for a few thousand of them.
func namespaceBomb(levels int) string {
	var b strings.Builder
	b.WriteString("<rss><channel>")
	for i := range levels {
		fmt.Fprintf(&b, `<a xmlns:n%d="urn:%d">`, i, i)
	}
	return b.String()
}

// TestNamespaceBomb is not parallel: it measures.
func TestNamespaceBomb(t *testing.T) {
	bomb := []byte(namespaceBomb(200_000))
	if len(bomb) > parse.MaxBytes {
		t.Fatal("the bomb is refused by its size alone")
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	_, err := parse.Parse(bomb, parse.Hint{})
	took := time.Since(start)
	runtime.ReadMemStats(&after)
	if err == nil {
		t.Fatal("the bomb was read")
	}
	// Copies of the text are all that may be made of it. (A reader that is quadratic in
	// declarations takes minutes.)
	if spent := after.TotalAlloc - before.TotalAlloc; took > 3*time.Second || spent > 4*uint64(len(bomb)) {
		t.Errorf("refusing %d bytes took %v and %d bytes", len(bomb), took, spent)
	}
}

func TestManyItems(t *testing.T) {
	t.Parallel()
	var items strings.Builder
	for i := range 1500 {
		fmt.Fprintf(&items, "<item><guid>%d</guid></item>", i)
	}
	doc := read(t, rss("<copyright>C</copyright>"+items.String()))
	if len(doc.Entries) != parse.MaxItems || doc.Entries[999].GUID != "999" {
		t.Errorf("%d entries", len(doc.Entries))
	}
	if len(doc.Losses) != 1 || !strings.Contains(doc.Losses[0], "1000") {
		t.Errorf("losses: %q", doc.Losses)
	}
}

func TestErrorLine(t *testing.T) {
	t.Parallel()
	if e := refused(t, "<rss>\n\n<!-- \n --><channel>\n"+strings.Repeat("<a>", 100)); e.Line != 5 || !strings.HasPrefix(e.Error(), "line 5: ") {
		t.Errorf("line %d: %v", e.Line, e)
	}
}

// TestNoFeed: what is no feed at all is told apart.
func TestNoFeed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		kind       parse.Kind
		says       string
	}{
		{"nothing", "", parse.KindEmpty, ""},
		{"white space", " \r\n\t ", parse.KindEmpty, ""},
		{"a page", "<!DOCTYPE html>\n<html><body>Not found</body></html>", parse.KindPage, "configure the address"},
		{"a page in XHTML", `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>`, parse.KindPage, ""},
		{"a page that links to its feed", `<html><head><link rel="alternate" type="application/rss+xml" href="/feed.xml"></head>`, parse.KindPage, `"/feed.xml"`},
		{"other XML", "<opml><body/></opml>", parse.KindNotFeed, "<opml>"},
		{"text", "hello", parse.KindNotFeed, ""},
		{"no element", "<?xml version='1.0'?>", parse.KindNotFeed, ""},
		{"broken before any item", "<rss><channel><title>A", parse.KindMalformed, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if e := refused(t, c.text); e.Kind != c.kind || !strings.Contains(e.Error(), c.says) {
				t.Errorf("refused as %s: %v", e.Kind, e)
			}
		})
	}
}
