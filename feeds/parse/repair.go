package parse

import (
	"bytes"
	"regexp"
	"strconv"
	"unicode"
	"unicode/utf8"
)

// repair returns text, which is valid UTF-8, without what would stop an XML decoder
// although it means nothing: anything before the document, the XML declaration (the text
// is UTF-8 now, whatever it says), characters that XML forbids, as such or as references,
// comments, and a "<" or "]]>" that stands for itself. Lines keep their numbers.
func repair(text []byte) []byte {
	text = blankProlog(dropForbidden(text))
	e := edit{text: text}
	cdata := false
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == ']' && bytes.HasPrefix(text[i:], []byte("]]>")):
			if !cdata {
				e.replace(i, i+3, "]]&gt;")
			}
			cdata = false
			i += 3
		case c == '&' && !cdata:
			i = e.reference(i)
		case c == '<' && !cdata:
			i, cdata = e.opening(i)
		default:
			i++
		}
	}
	return e.done()
}

// dropForbidden returns text without the characters that XML forbids.
func dropForbidden(text []byte) []byte {
	e := edit{text: text}
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c < ' ' && c != '\n' && c != '\t' && c != '\r':
			i = e.replace(i, i+1, "")
		case c == 0xEF && noncharacter(text[i:]):
			i = e.replace(i, i+3, "")
		default:
			i++
		}
	}
	return e.done()
}

// blankProlog returns text with everything up to the end of the XML declaration replaced
// by spaces, or, without one, everything before the first markup.
func blankProlog(text []byte) []byte {
	end := 0
	for end < len(text) && (text[end] != '<' || !beginsMarkup(text[end+1:])) {
		end++
	}
	if i := declarationAt(text); i >= 0 {
		end = i
		if close := bytes.Index(text[i:], []byte("?>")); close >= 0 {
			end = i + close + 2
		}
	}
	if end == 0 {
		return text
	}
	text = bytes.Clone(text)
	for i, c := range text[:end] {
		if c != '\n' {
			text[i] = ' '
		}
	}
	return text
}

// feedRoot is the tag that a feed begins with.
var feedRoot = regexp.MustCompile(`(?i)<([a-z][a-z0-9._-]*:)?(rss|rdf|feed)[\s/>]`)

// declarationAt finds the XML declaration near the beginning of text; -1 if there is none.
// It should be the very beginning, but what a server printed may come before it. One that
// comes after the root is part of an article.
func declarationAt(text []byte) int {
	head := text[:min(len(text), 4096)]
	i := bytes.Index(head, []byte("<?xml"))
	if i < 0 || i+5 >= len(text) || !isSpace(text[i+5]) || feedRoot.Match(head[:i]) {
		return -1
	}
	return i
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// noncharacter tells whether text begins with U+FFFE or U+FFFF.
func noncharacter(text []byte) bool {
	return len(text) >= 3 && text[1] == 0xBF && text[2] >= 0xBE
}

// edit collects replacements in a text and copies it only if there are any.
type edit struct {
	text []byte
	out  []byte
	kept int // how far text is in out
}

// replace puts with in the place of text[from:to] and returns to. Edits go forward only.
func (e *edit) replace(from, to int, with string) int {
	e.out = append(e.out, e.text[e.kept:from]...)
	e.out = append(e.out, with...)
	e.kept = to
	return to
}

// done returns the edited text.
func (e *edit) done() []byte {
	if e.kept == 0 {
		return e.text
	}
	return append(e.out, e.text[e.kept:]...)
}

// reference puts a space in the place of a character reference at i that stands for a
// character which XML forbids, such as &#0;. It returns where to go on.
func (e *edit) reference(i int) int {
	rest := e.text[i:min(i+16, len(e.text))]
	end := bytes.IndexByte(rest, ';')
	if end < 3 || rest[1] != '#' {
		return i + 1
	}
	digits, base := string(rest[2:end]), 10
	if digits[0] == 'x' || digits[0] == 'X' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 64)
	if err != nil || allowed(n) {
		return i + 1
	}
	return e.replace(i, i+end+1, " ")
}

// allowed tells whether XML 1.0 allows a character (section 2.2).
func allowed(n uint64) bool {
	switch {
	case n == '\t', n == '\n', n == '\r':
		return true
	case n < ' ', n >= 0xD800 && n < 0xE000, n == 0xFFFE, n == 0xFFFF, n > utf8.MaxRune:
		return false
	}
	return true
}

// opening looks at a "<" at i: a comment is taken out but for its line ends, a CDATA
// section begins, a "<" that begins no markup is escaped. It returns where to go on.
func (e *edit) opening(i int) (next int, cdata bool) {
	rest := e.text[i:]
	switch {
	case bytes.HasPrefix(rest, []byte("<!--")):
		end := bytes.Index(rest[4:], []byte("-->"))
		if end < 0 {
			return i + 4, false
		}
		end += 7
		lines := bytes.Repeat([]byte("\n"), bytes.Count(rest[:end], []byte("\n")))
		return e.replace(i, i+end, string(lines)), false
	case bytes.HasPrefix(rest, []byte("<![CDATA[")):
		return i + len("<![CDATA["), true
	case !beginsMarkup(rest[1:]):
		return e.replace(i, i+1, "&lt;"), false
	}
	return i + 1, false
}

// beginsMarkup tells whether what follows a "<" makes it a tag or a declaration.
func beginsMarkup(rest []byte) bool {
	r, _ := utf8.DecodeRune(rest)
	return unicode.IsLetter(r) || r == '/' || r == '!' || r == '?' || r == '_' || r == ':'
}
