package normalize

import (
	"slices"
	"strings"
)

// words are texts that are looked for all at once. Every place of a text is looked at once:
// where the three bytes there begin none of the words, which a table tells, it goes on.
type words struct {
	all    []string
	fold   bool     // they are in lower case, and the text may not be
	short  []string // those of less than three bytes
	begins [tableSize / 64]uint64
	from   map[uint32][]string // by place in the table
}

// tableSize is the number of bits of the table: some ten times the longest list of words.
const tableSize = 4096

// newWords makes a list. An empty one is in every text.
func newWords(list []string, fold bool) words {
	w := words{fold: fold, from: make(map[uint32][]string)}
	for _, word := range list {
		if fold {
			word = strings.ToLower(word)
		}
		w.all = append(w.all, word)
	}
	slices.Sort(w.all)
	w.all = slices.Compact(w.all)
	for _, word := range w.all {
		if len(word) < 3 {
			w.short = append(w.short, word)
			continue
		}
		at := place(word[0], word[1], word[2])
		w.begins[at/64] |= 1 << (at % 64)
		w.from[at] = append(w.from[at], word)
	}
	return w
}

// in tells whether one of the words is in a text. It may say so of a text that has none of
// them, never the other way round.
func (w *words) in(text string) bool {
	if len(w.all) == 0 {
		return true
	}
	for _, word := range w.short {
		if strings.Contains(text, word) || w.fold && strings.Contains(text, strings.ToUpper(word)) {
			return true
		}
	}
	if w.fold {
		return w.inFolded(text)
	}
	for i := 0; i+3 <= len(text); i++ {
		at := place(text[i], text[i+1], text[i+2])
		if w.begins[at/64]&(1<<(at%64)) == 0 {
			continue
		}
		for _, word := range w.from[at] {
			if strings.HasPrefix(text[i:], word) {
				return true
			}
		}
	}
	return false
}

// inFolded is in for any case of letters. Two letters that are not ASCII equal one that is:
// the long s (U+017F) and the sign of the kelvin (U+212A). Texts with a byte that may begin
// one of them are not looked at closely.
func (w *words) inFolded(text string) bool {
	for i := 0; i+3 <= len(text); i++ {
		if text[i] == 0xC5 || text[i] == 0xE2 && text[i+1] == 0x84 {
			return true
		}
		at := place(lower(text[i]), lower(text[i+1]), lower(text[i+2]))
		if w.begins[at/64]&(1<<(at%64)) == 0 {
			continue
		}
		for _, word := range w.from[at] {
			if len(text)-i >= len(word) && strings.EqualFold(text[i:i+len(word)], word) {
				return true
			}
		}
	}
	return strings.HasSuffix(text, "\u017F")
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}

// place is the place in the table of three bytes.
func place(a, b, c byte) uint32 {
	first := uint32(a) | uint32(b)<<8 | uint32(c)<<16
	return first * 2654435761 >> 20
}
