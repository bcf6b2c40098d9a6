package feeds_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"reprint/feeds"
)

// FuzzOneLine: whatever comes in, a line comes out that XML allows and that says the same
// when it is read again.
func FuzzOneLine(f *testing.F) {
	f.Add(" a\x00b\u202E c\n\u0085d\uFFFE\xff")
	f.Add("来源\u3000清河周刊网")
	f.Fuzz(func(t *testing.T, s string) {
		line := feeds.OneLine(s)
		if again := feeds.OneLine(line); again != line {
			t.Errorf("%q becomes %q", line, again)
		}
		if scrubbed := feeds.Scrub(line); scrubbed != line {
			t.Errorf("%q holds what XML forbids: %q", line, scrubbed)
		}
		if strings.ContainsFunc(line, unicode.IsControl) || strings.Contains(line, "  ") || !utf8.ValidString(line) {
			t.Errorf("%q is no line", line)
		}
	})
}

// FuzzCut: an excerpt is never longer than it may be, and nothing but the beginning of its
// text.
func FuzzCut(f *testing.F) {
	f.Add("One sentence. Another one! 第三句。第四句", 20)
	f.Add("一二三四五六七八九十", 5)
	f.Fuzz(func(t *testing.T, text string, limit int) {
		if limit < 0 || limit > feeds.MaxText {
			return
		}
		text = feeds.Scrub(text)
		cut := feeds.Cut(text, limit)
		if n := utf8.RuneCountInString(cut); n > limit && cut != text {
			t.Errorf("%d characters, %d may be: %q", n, limit, cut)
		}
		begins := strings.TrimRight(strings.TrimSuffix(cut, "…"), " ")
		if !strings.HasPrefix(text, begins) {
			t.Errorf("%q is not how %q begins", cut, text)
		}
	})
}

// FuzzSPDX: a license that is recognized is recognized again by its own name, unless that
// name is one of ours for a port that the list of SPDX lacks.
func FuzzSPDX(f *testing.F) {
	for _, s := range []string{"https://creativecommons.org/licenses/by-nc-sa/3.0/nz/deed.zh", "CC BY 4.0", "http://creativecommons.org/publicdomain/zero/1.0/", "https://creativecommons.org.evil.example/licenses/by/4.0/"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, license string) {
		id := feeds.SPDX(license)
		if id == "" {
			return
		}
		if strings.HasPrefix(id, "LicenseRef-CC-") {
			return
		}
		if again := feeds.SPDX(id); again != id {
			t.Errorf("%q is %q, which is %q", license, id, again)
		}
	})
}
