package parse

import (
	"bytes"
	"errors"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// seeds are small feeds of every format, whole and broken.
var seeds = []string{
	`<?xml version="1.0" encoding="gbk"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:m="http://search.yahoo.com/mrss/"><channel><title>A</title><item><guid>1</guid><dc:rights>R</dc:rights><m:group><m:content url="u"><m:credit>P</m:credit></m:content></m:group></item></channel></rss>`,
	`<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel rdf:about="c"/><item rdf:about="i"><title>A</title></item></rdf:RDF>`,
	`<feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://a.example/"><entry xml:base="b"><id>1</id><title type="html">&lt;b&gt;</title><content type="xhtml"><x:div xmlns:x="http://www.w3.org/1999/xhtml">a</x:div></content><source><id>s</id></source></entry></feed>`,
	`<feed xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/1.0" xmlns:fh="http://purl.org/syndication/history/1.0"><fh:complete/><at:deleted-entry ref="1" when="2026-03-09T10:00:00Z"><at:by><name>N</name></at:by><at:comment type="html">&lt;b&gt;</at:comment><link href="l"/></at:deleted-entry><entry><id>1</id><pubStatus>canceled</pubStatus></entry></feed>`,
	`{"version":"https://jsonfeed.org/version/1.1","title":"A","expired":true,"items":[{"id":"1","expired":true,"pubstatus":"canceled","_rights":{"decision":"withdrawn","withdrawn":1},"_ninjs":[]}]}`,
	`{"version":"https://jsonfeed.org/version/1.1","title":"A","items":[{"id":1,"attachments":[{"url":"u"}]}]}`,
	`<rss><channel><item><title>A</p></title></b></item><item><a b=c/d></item><item>`,
	`<rss xmlns="http://www.w3.org/2005/Atom"><item/><channel><item/></channel><item/><channel><item/></channel></rss>`,
	`<rss><channel><item><![CDATA[<!-- ]]> ]]> &#0; <!-- -- --> a < b</item></channel></rss>`,
	`<html><link rel="alternate" type="application/rss+xml" href="/f">`,
	"\xFF\xFE<\x00r\x00s\x00s\x00/\x00>\x00",
	"\xC1\xAA\xCD\xA8 <rss/>",
	"<!DOCTYPE rss [<!ENTITY a '<b'>]><rss>&a;</rss>",
}

// FuzzParse: nothing makes the parser panic or count entries twice, what is refused is
// refused with an Error, and what is read is valid UTF-8 and within bounds.
func FuzzParse(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s), "")
		f.Add([]byte(s), "text/xml; charset=gb2312")
	}
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		before := bytes.Clone(body)
		doc, err := Parse(body, Hint{ContentType: contentType})
		if !bytes.Equal(before, body) {
			t.Fatal("Parse changed the body")
		}
		if err != nil {
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("an error of another kind: %v", err)
			}
			if e.Kind == KindDisagreement {
				t.Fatalf("gofeed and the walk disagree: %v", e)
			}
			return
		}
		if len(doc.Entries) > MaxItems || len(doc.Tombstones) > MaxItems || len(doc.Losses) > maxLosses {
			t.Fatalf("%d entries, %d tombstones, %d losses", len(doc.Entries), len(doc.Tombstones), len(doc.Losses))
		}
		for _, d := range doc.Tombstones {
			for _, s := range []string{d.Ref, d.When, d.By.Name, d.Comment.Value} {
				if !utf8.ValidString(s) {
					t.Fatalf("%q is not UTF-8", s)
				}
			}
		}
		for _, e := range doc.Entries {
			for _, s := range []string{e.GUID, e.Link, e.Title.Value, e.Content.Value, e.SourceName} {
				if !utf8.ValidString(s) {
					t.Fatalf("%q is not UTF-8", s)
				}
			}
		}
	})
}

// FuzzDecode: whatever the bytes and the label, the text is valid UTF-8, and valid UTF-8
// beyond doubt stays as it is.
func FuzzDecode(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s), "text/xml")
		f.Add([]byte(s), "text/xml; charset=iso-2022-jp")
	}
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		text, c := decode(body, contentType)
		if !utf8.Valid(text) {
			t.Fatalf("%s by %s gives what is no UTF-8", c.name, c.by)
		}
		if c.name == "utf-8" && utf8.Valid(body) && !bytes.HasSuffix(body, text) {
			t.Fatalf("UTF-8 was changed: %q", text)
		}
	})
}

// FuzzWalk: repair is done in one go, keeps the lines, and the walk ends.
func FuzzWalk(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		text, _ := decode(body, "")
		repaired := repair(text)
		if bytes.Count(repaired, []byte("\n")) != bytes.Count(text, []byte("\n")) {
			t.Fatalf("repair changed the number of lines: %q", repaired)
		}
		if !utf8.Valid(repaired) {
			t.Fatalf("repair broke a character: %q", repaired)
		}
		w, err := walkDocument(repaired)
		if err == nil && len(w.open) != 0 {
			t.Fatalf("the walk ended with %d open elements", len(w.open))
		}
	})
}

// TestRepairIsIdempotent: what was repaired needs no repair.
func TestRepairIsIdempotent(t *testing.T) {
	t.Parallel()
	piece := rapid.SampledFrom([]string{
		"<", ">", "<a>", "</a>", "<!--", "-->", "<![CDATA[", "]]>", "]", "&", "&#0;", "&#x41;", "&#", ";", "\x00", "\uFFFF", "\uFEFF", "桥", "\n", "x", "<?xml version='1.0'?>", "-", "!",
	})
	rapid.Check(t, func(t *rapid.T) {
		text := []byte("<rss>")
		for range rapid.IntRange(0, 12).Draw(t, "pieces") {
			text = append(text, piece.Draw(t, "piece")...)
		}
		once := repair(text)
		if twice := repair(once); !bytes.Equal(once, twice) {
			t.Fatalf("%q became %q, then %q", text, once, twice)
		}
	})
}
