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
		at := place(word)
		w.begins[at/64] |= 1 << (at % 64)
		w.from[at] = append(w.from[at], word)
	}
	return w
}

// in tells whether one of the words is in a text.
func (w *words) in(text string) bool {
	if len(w.all) == 0 {
		return true
	}
	if w.fold {
		if strings.Contains(text, "\u017F") {
			return true // the long s, which equals s but has no other lower case
		}
		text = strings.ToLower(text)
	}
	for _, word := range w.short {
		if strings.Contains(text, word) {
			return true
		}
	}
	for i := 0; i+3 <= len(text); i++ {
		at := place(text[i:])
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

// place is the place in the table of the first three bytes of a text.
func place(text string) uint32 {
	first := uint32(text[0]) | uint32(text[1])<<8 | uint32(text[2])<<16
	return first * 2654435761 >> 20
}
