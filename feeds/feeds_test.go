package feeds_test

import (
	"encoding/xml"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"reprint/feeds"
)

func TestNewID(t *testing.T) {
	t.Parallel()
	id := feeds.NewID("qing-he", "http://a/1")
	if got := feeds.SourceOf(id); got != "qing-he" {
		t.Errorf("SourceOf(%q) = %q", id, got)
	}
	if id == feeds.NewID("qing-he", "http://a/2") || id == feeds.NewID("qing", "http://a/1") {
		t.Error("two items share an id")
	}
	for _, bad := range []string{"", "x", "-abcdefghijklmnopqrst", "s-abcdefghijklmnopqrs", "s-ABCDEFGHIJKLMNOPQRST", "s-abcdefghijklmnopqrs1"} {
		if got := feeds.SourceOf(bad); got != "" {
			t.Errorf("SourceOf(%q) = %q, want none", bad, got)
		}
	}
}

func TestIsIRI(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{
		"http://a.example/1":         true,
		"https://a.example/一?q=1":    true,
		"tag:a.example,2023:note-17": true,
		"tag:a.example:80,2023:x":    false,
		"tag:a.example,23:x":         false,
		"urn:uuid:1225c695-cfb8":     true,
		"urn:x":                      false,
		"http:///nohost":             false,
		"http://a.example/a b":       false,
		"12345":                      false,
		"javascript:alert(1)":        false,
		"":                           false,
		"/t3_x":                      false,
	} {
		if got := feeds.IsIRI(s); got != want {
			t.Errorf("IsIRI(%q) = %v", s, got)
		}
	}
	if uri := feeds.MintURI("news.example,2026", "weekly", "g1"); !feeds.IsIRI(uri) {
		t.Errorf("minted %q is no IRI", uri)
	}
}

func TestScrubGivesXML(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := feeds.Scrub(string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")) + rapid.String().Draw(t, "text"))
		if !utf8.ValidString(s) || feeds.Scrub(s) != s {
			t.Fatalf("%q is not scrubbed", s)
		}
		var v struct {
			Text string `xml:",chardata"`
		}
		var b strings.Builder
		b.WriteString("<a>")
		if err := xml.EscapeText(&b, []byte(s)); err != nil {
			t.Fatal(err)
		}
		b.WriteString("</a>")
		if strings.Contains(b.String(), "\uFFFD") && !strings.Contains(s, "\uFFFD") {
			t.Fatalf("the encoder replaced something in %q", s)
		}
		if err := xml.Unmarshal([]byte(b.String()), &v); err != nil {
			t.Fatal(err)
		}
	})
}

func TestScrubKeeps(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"plain 文":            "plain 文",
		"a\x00b\x0Bc":        "abc",
		"a\xFFb":             "ab",
		"don\u0092t\u0081":   "don\u2019t",
		"kept \uFFFD":        "kept \uFFFD",
		"a\uFFFE\uFFFFb":     "ab",
		"line\nbreak\ttab\r": "line\nbreak\ttab\r",
	} {
		if got := feeds.Scrub(in); got != want {
			t.Errorf("Scrub(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestOneLine(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"  来源\u00A0\u3000 学习 \n\t报 ": "来源 学习 报",
		"a\u202Eb\u2066c":            "abc",
		"\x7f\x01":                   "",
	} {
		if got := feeds.OneLine(in); got != want {
			t.Errorf("OneLine(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestLines(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"\r\n One \t two.\r\n\r\nThree.\u2028Four.\rFive. \n\n": "One two.\n\nThree.\nFour.\nFive.",
		"a\u202Eb\n\x1b[2Jc\xff":                                "ab\n[2Jc",
		"":                                                      "",
	} {
		if got := feeds.Lines(in); got != want {
			t.Errorf("Lines(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestCut(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, text string
		limit      int
		want       string
	}{
		{"short", "Short.", 20, "Short."},
		{"at a sentence", "One two three. Four five six seven", 20, "One two three. …"},
		{"between words", "Supercalifragilistic expialidocious thing", 30, "Supercalifragilistic…"},
		{"inside a long word", "Donaudampfschifffahrtsgesellschaft", 10, "Donaudamp…"},
		{"Chinese sentence", "老水塔修好了。居民可以登上塔顶", 9, "老水塔修好了。…"},
		{"Chinese characters", "老水塔修好了居民可以登上塔顶", 9, "老水塔修好了居民…"},
		{"nothing fits", "abc", 1, ""},
	} {
		if got := feeds.Cut(tt.text, tt.limit); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		text, limit := rapid.String().Draw(t, "text"), rapid.IntRange(0, 50).Draw(t, "limit")
		if got := utf8.RuneCountInString(feeds.Cut(text, limit)); got > limit {
			t.Fatalf("%d characters for a limit of %d", got, limit)
		}
	})
}

func TestSPDX(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"https://creativecommons.org/licenses/by/4.0/":                 "CC-BY-4.0",
		"http://www.creativecommons.org/licenses/BY-NC-ND/3.0/deed.zh": "CC-BY-NC-ND-3.0",
		"https://creativecommons.org/licenses/by-sa/4.0/legalcode.en":  "CC-BY-SA-4.0",
		"https://creativecommons.org/licenses/by/3.0/de/":              "CC-BY-3.0-DE",
		"https://creativecommons.org/licenses/by/3.0/igo":              "CC-BY-3.0-IGO",
		"https://creativecommons.org/licenses/by/3.0/cn/":              "LicenseRef-CC-BY-3.0-CN",
		"https://creativecommons.org/publicdomain/zero/1.0/":           "CC0-1.0",
		"https://creativecommons.org/publicdomain/mark/1.0/?ref=x#a":   "CC-PDM-1.0",
		"cc-by-4.0":                    "CC-BY-4.0",
		"CC0-1.0":                      "CC0-1.0",
		"https://creativecommons.org/": "",
		"https://creativecommons.org/publicdomain/zero/0/": "", "https://creativecommons.org/licenses/by/9.9/": "", "CC0-4.0": "", "CC-BY-5.0": "",
		"cc-by-3.0-de": "CC-BY-3.0-DE", "CC-BY-3.0-CN": "LicenseRef-CC-BY-3.0-CN", "CC-NC-1.0": "", "https://creativecommons.org/publicdomain/zero/1.0/de/": "",
		"https://creativecommons.org.evil.example/licenses/by/4.0/": "",
		"https://example.org/licenses/by/4.0/":                      "",
		"All rights reserved":                                       "",
		"":                                                          "",
	} {
		if got := feeds.SPDX(in); got != want {
			t.Errorf("SPDX(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestFold(t *testing.T) {
	t.Parallel()
	for _, same := range [][2]string{
		{"人民周刊", "人民 週刊"}, {"《学习时报》", "學習時報"}, {"ABC\uFF0D新闻", "abc-新聞"}, {"Hill\u3000Commons", "hillcommons"}, {"a—b", "a–b"},
	} {
		if feeds.Fold(same[0]) != feeds.Fold(same[1]) {
			t.Errorf("%q and %q do not fold alike: %q, %q", same[0], same[1], feeds.Fold(same[0]), feeds.Fold(same[1]))
		}
	}
	if feeds.Fold("人民周刊") == feeds.Fold("人民周报") {
		t.Error("two outlets fold alike")
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		if once := feeds.Fold(s); feeds.Fold(once) != once {
			t.Fatalf("folding %q twice gives another result", s)
		}
	})
}

func TestRank(t *testing.T) {
	t.Parallel()
	seen := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for _, tt := range []struct{ published, want time.Time }{
		{time.Time{}, seen},
		{seen.Add(-time.Hour), seen.Add(-time.Hour)},
		{seen.Add(10 * 365 * 24 * time.Hour), seen},
	} {
		if got := (feeds.Item{Published: tt.published, FirstSeen: seen}).Rank(); !got.Equal(tt.want) {
			t.Errorf("published %v: rank %v, want %v", tt.published, got, tt.want)
		}
	}
}

func TestDigest(t *testing.T) {
	t.Parallel()
	base := feeds.Item{Title: "A", Body: []feeds.Part{{HTML: "<p>a</p>"}}, Attribution: feeds.Attribution{Carried: &feeds.FeedRef{Title: "x"}}}
	same := base
	same.FirstSeen, same.ID, same.URI, same.Revision = time.Now(), "i", "u", "r"
	same.Feed.Updated = time.Now()
	carried := *base.Attribution.Carried
	carried.Updated = time.Now()
	same.Attribution.Carried = &carried
	if base.Digest() != same.Digest() {
		t.Error("what we or the clock added changes the digest")
	}
	if carried.Updated.IsZero() {
		t.Error("Digest changed its argument")
	}
	other := base
	other.Body = []feeds.Part{{HTML: "<p>b</p>"}}
	if base.Digest() == other.Digest() {
		t.Error("another body has the same digest")
	}
}
