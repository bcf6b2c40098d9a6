package parse

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

var mailAddress = regexp.MustCompile(`(?:mailto:)?([^\s<>()"@,;\x{FF08}\x{FF09}]+@[^\s<>()"@,;\x{FF08}\x{FF09}]+)`)

// brackets are the pairs that stand around an address or a name.
var brackets = map[rune]rune{'(': ')', '<': '>', '\uFF08': '\uFF09'}

// author reads a person as RSS writes one: "a@b.example (Name)", "Name <a@b.example>",
// "Name (a@b.example)", a bare address, or a bare name, which may have parentheses itself.
func author(text string) Author {
	text = strings.TrimSpace(text)
	m := mailAddress.FindStringSubmatchIndex(text)
	if m == nil {
		return Author{Name: text}
	}
	before, after := strings.TrimSpace(text[:m[0]]), strings.TrimSpace(text[m[1]:])
	open, size := utf8.DecodeLastRuneInString(before)
	if closing, ok := brackets[open]; ok && strings.HasPrefix(after, string(closing)) {
		before, after = before[:len(before)-size], after[utf8.RuneLen(closing):]
	}
	name := unwrap(strings.TrimSpace(strings.TrimSpace(before) + " " + strings.TrimSpace(after)))
	return Author{Name: strings.Trim(name, `"`), Email: text[m[2]:m[3]]}
}

// unwrap takes the brackets from a name that is in brackets as a whole.
func unwrap(name string) string {
	open, size := utf8.DecodeRuneInString(name)
	closing, ok := brackets[open]
	if !ok || !strings.HasSuffix(name, string(closing)) {
		return name
	}
	depth := 0
	for i, r := range name {
		switch r {
		case open:
			depth++
		case closing:
			depth--
		}
		if depth == 0 && i+utf8.RuneLen(r) < len(name) {
			return name // the first bracket is closed before the end: "(A) and (B)"
		}
	}
	return strings.TrimSpace(name[size : len(name)-utf8.RuneLen(closing)])
}

// authors reads people, without those that have neither name nor address.
func authors(texts ...string) []Author {
	var people []Author
	for _, text := range texts {
		if who := author(text); who != (Author{}) {
			people = append(people, who)
		}
	}
	return people
}
