package feeds

import (
	"slices"
	"unicode"
	"unicode/utf8"
)

// Gist is what a text says, in a form in which a reprint is found again: hashes of the
// passages that it is made of, of which one in [gistSample] is kept. Case, punctuation,
// spaces, width and the common traditional characters do not count. Which passages are
// kept depends on the passage alone, so two texts keep the same ones of what they share.
type Gist struct {
	// Passages are the kept hashes, sorted, without repeats.
	Passages []uint64
	// Length is how many bytes of letters and digits the text has.
	Length int
}

const (
	// gistPassage is the length of a passage: eight Chinese characters or four to five
	// English words. Shorter ones are phrases that many texts have.
	gistPassage = 24
	// gistSample is how many passages there are to each that is kept.
	gistSample = 4
)

// NewGist reads a text. The hash of a passage is made from the one before it (Rabin and
// Karp), so the work does not grow with the length of passages.
func NewGist(text string) Gist {
	folded := letters(text)
	g := Gist{Length: len(folded)}
	var rolling uint64
	for i := range len(folded) {
		rolling = rolling*gistBase + uint64(folded[i])
		if i >= gistPassage {
			rolling -= uint64(folded[i-gistPassage]) * gistLeaving
		}
		if begin := i + 1 - gistPassage; begin >= 0 && utf8.RuneStart(folded[begin]) {
			if h := spread(rolling); h%gistSample == 0 {
				g.Passages = append(g.Passages, h)
			}
		}
	}
	slices.Sort(g.Passages)
	g.Passages = slices.Compact(g.Passages)
	return g
}

// letters folds a text to its letters and digits.
func letters(text string) []byte {
	folded := make([]byte, 0, len(text))
	for _, r := range text {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			folded = append(folded, byte(r))
		case r >= 'A' && r <= 'Z':
			folded = append(folded, byte(r)+'a'-'A')
		case r >= utf8.RuneSelf:
			if r = foldRune(r); unicode.IsLetter(r) || unicode.IsDigit(r) {
				folded = utf8.AppendRune(folded, r)
			}
		}
	}
	return folded
}

// gistBase is the multiplier of the hash.
const gistBase = 0x9E3779B97F4A7C15

// gistLeaving is gistBase to the power of gistPassage: what a byte counts for when it leaves
// the passage.
var gistLeaving = power(gistBase, gistPassage)

func power(base uint64, exponent int) uint64 {
	p := uint64(1)
	for range exponent {
		p *= base
	}
	return p
}

// spread makes all bits of a hash depend on each other, because the passages that are kept
// are chosen by its low bits.
func spread(h uint64) uint64 {
	h ^= h >> 33
	h *= 0xFF51AFD7ED558CCD
	h ^= h >> 33
	h *= 0xC4CEB9FE1A85EC53
	return h ^ h>>33
}

// Share returns how much of the shorter text stands in the longer one, from 0 to 1. Texts
// without passages share nothing.
func (g Gist) Share(o Gist) float64 {
	least := min(len(g.Passages), len(o.Passages))
	if least == 0 {
		return 0
	}
	shared := 0
	for i, j := 0, 0; i < len(g.Passages) && j < len(o.Passages); {
		switch a, b := g.Passages[i], o.Passages[j]; {
		case a == b:
			shared++
			i++
			j++
		case a < b:
			i++
		default:
			j++
		}
	}
	return float64(shared) / float64(least)
}
