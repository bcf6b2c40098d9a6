package feeds

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxText is how many characters of plain text an [Item] keeps for excerpts. An excerpt
// can be no longer than this.
const MaxText = 2000

// Scrub returns s without the characters that XML 1.0 forbids (section 2.2) and without
// bytes that are not UTF-8. One such character makes a whole feed unreadable, so every
// string passes here on the way in, and again on the way out. The controls from U+0080 to
// U+009F become what they are in Windows-1252, as browsers read them: they come of texts
// in that charset whose publisher calls it Latin-1.
func Scrub(s string) string {
	for i, r := range s {
		if !inXML(r) || r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD") {
			return scrub(s)
		}
	}
	return s
}

func scrub(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 0x80 && r <= 0x9F:
			return windows[r-0x80]
		case !inXML(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}

// windows are the characters of Windows-1252 from 0x80 on, -1 where it has none.
var windows = [32]rune{
	'\u20AC', -1, '\u201A', '\u0192', '\u201E', '\u2026', '\u2020', '\u2021', '\u02C6', '\u2030', '\u0160', '\u2039', '\u0152', -1, '\u017D', -1,
	-1, '\u2018', '\u2019', '\u201C', '\u201D', '\u2022', '\u2013', '\u2014', '\u02DC', '\u2122', '\u0161', '\u203A', '\u0153', -1, '\u017E', '\u0178',
}

// inXML tells whether r is a Char of XML 1.0, and none of those that stand for another.
func inXML(r rune) bool {
	switch {
	case r == '\t', r == '\n', r == '\r':
		return true
	case r < 0x20, r >= 0x80 && r <= 0x9F, r == 0xFFFE, r == 0xFFFF:
		return false
	}
	return true
}

// OneLine returns s scrubbed, with every run of white space made one space and without
// the controls that turn the direction of text around (U+202A to U+202E, U+2066 to
// U+2069), which could make a credit line read as something else.
func OneLine(s string) string {
	if isOneLine(s) {
		return s
	}
	var b strings.Builder
	space := false
	for _, r := range Scrub(s) {
		switch {
		case unicode.IsSpace(r):
			space = b.Len() > 0
			continue
		case turnsAround(r), unicode.IsControl(r):
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Lines returns s with each of its lines as [OneLine] has them, and without empty ones around it.
func Lines(s string) string {
	lines := strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n").Replace(s), "\n")
	for i, line := range lines {
		lines[i] = OneLine(line)
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

// isOneLine tells whether OneLine has nothing to change, as in most texts.
func isOneLine(s string) bool {
	spaced := true
	for _, r := range s {
		switch {
		case r == ' ' && spaced:
			return false
		case r == ' ':
			spaced = true
			continue
		case r > 0x20 && r < 0x7F:
		case r < 0xA1, r == utf8.RuneError, unicode.IsSpace(r), !inXML(r), turnsAround(r):
			return false
		}
		spaced = false
	}
	return !spaced || s == ""
}

// turnsAround tells whether r turns the direction of the text around it.
func turnsAround(r rune) bool {
	return r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069
}

// Cut returns the beginning of text, at most limit characters long with the ellipsis
// that it ends with where something was left out. It cuts after a sentence where one ends
// in the last half, else between words, else (as in Chinese) between characters.
func Cut(text string, limit int) string {
	runes := []rune(text)
	if len(runes) <= limit {
		return text
	}
	if limit < 2 {
		return ""
	}
	kept := runes[:limit-1]
	for i := len(kept) - 1; i > limit/2; i-- {
		if endsSentence(kept, i) {
			return string(kept[:i+1]) + apart(kept[i]) + "…"
		}
	}
	if isWord(runes[limit-1]) {
		for i := len(kept) - 1; i > limit/2; i-- {
			if unicode.IsSpace(kept[i]) {
				kept = kept[:i]
				break
			}
		}
	}
	return strings.TrimRightFunc(string(kept), unicode.IsSpace) + "…"
}

// endsSentence tells whether a sentence ends with the character at i.
func endsSentence(text []rune, i int) bool {
	switch text[i] {
	case '。', '\uFF01', '\uFF1F':
		return true
	case '.', '!', '?':
		return i+1 < len(text) && unicode.IsSpace(text[i+1])
	}
	return false
}

// apart is what stands between the end of a sentence and the ellipsis: wide stops bring
// their own space.
func apart(stop rune) string {
	if stop < 0x80 {
		return " "
	}
	return ""
}

// isWord tells whether r belongs to a word of a script that puts spaces between words.
func isWord(r rune) bool {
	return unicode.IsLetter(r) && !unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai)
}
