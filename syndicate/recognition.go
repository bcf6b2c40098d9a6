package syndicate

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"hash/fnv"
	"slices"
	"time"

	"reprint/feeds"
)

// Wording is what an item says, in the form in which its story is known again at another address (R43). It holds
// no text, only hashes of passages and of pairs of letters.
type Wording struct {
	Source    string    `json:"source"`
	Published time.Time `json:"published,omitzero"`
	Length    int       `json:"length"` // of [feeds.Gist]
	// Passages is how many passages the text has. Least are the least of them by their hashes, in order, or all.
	Passages int    `json:"passages"`
	Least    hashes `json:"least"`
	Title    pairs  `json:"title,omitempty"` // of the letters of the title, in order
}

const (
	// sketched is how many passages of a withdrawn item are kept: enough that of a hundred texts that share nine tenths
	// with it one or two are missed.
	sketched = 64
	// lookedUp is by how many of these an item finds what was withdrawn.
	lookedUp = 8
	// mostPairsKept is how many pairs of letters of a title are kept.
	mostPairsKept = 64
	// briefStory is the least length of a text that is known again. Below shortStory it is told only by another source, to
	// the letter and under the same title.
	briefStory = 90
	// sameAgain is how much of each of two texts of one source the other must hold. A source says nearly the same every
	// day, of another day.
	sameAgain = 0.95
)

// WordingOf reads an item. What is too short to be told again has the zero wording, which is like no other.
func WordingOf(i feeds.Item) Wording { return wordingOf(i, feeds.NewGist(i.Text)) }

// WordingOf is the function of that name, with the Rulebook's way of reading texts.
func (b *Rulebook) WordingOf(i feeds.Item) Wording { return wordingOf(i, b.gist(i.Text)) }

func wordingOf(i feeds.Item, g feeds.Gist) Wording {
	if g.Length < briefStory || len(g.Passages) == 0 {
		return Wording{}
	}
	w := Wording{Source: i.Source, Published: i.Published.UTC(), Length: g.Length, Passages: len(g.Passages), Least: make(hashes, len(g.Passages))}
	for n, h := range g.Passages {
		w.Least[n] = uint32(h >> 32) // these are in order too
	}
	for pair := range pairsOf(i.Title) {
		w.Title = append(w.Title, hashOfPair(pair))
	}
	slices.Sort(w.Title)
	w.Title = slices.Compact(w.Title)
	w.Title = w.Title[:min(len(w.Title), mostPairsKept)]
	return w
}

// sketch is the part of a wording that a withdrawal keeps; nil for the zero one.
func (w Wording) sketch() *Wording {
	if w.Passages == 0 {
		return nil
	}
	w.Least = slices.Clone(w.Least[:min(len(w.Least), sketched)])
	return &w
}

// IsToldBy tells whether an item tells the story of which w is kept (R43): to the letter, at whatever time, or by the
// measures of R39.
func (w *Wording) IsToldBy(other Wording) bool {
	if w == nil || other.Passages == 0 {
		return false
	}
	letter := w.isTextOf(other)
	if min(w.Length, other.Length) < shortStory {
		return letter && w.Source != other.Source && len(w.Title) > 0 && slices.Equal(w.Title, other.Title)
	}
	if letter && w.Source != other.Source {
		return true
	}
	if !letter && !samePeriodOf(w.Published, other.Published) {
		return false
	}
	held := w.heldBy(other)
	holds := held * float64(w.Passages) / float64(other.Passages)
	if w.Source == other.Source {
		return min(held, holds) >= sameAgain && (w.isLong(other) || w.Title.agree(other.Title))
	}
	share := held
	if other.Passages < w.Passages {
		share = holds
	}
	return share >= sameWording && (w.isLong(other) || w.Title.agree(other.Title))
}

// isLike tells whether two sketches are of one text.
func (w *Wording) isLike(other *Wording) bool {
	return other != nil && slices.Equal(w.Least, other.Least)
}

// isTextOf tells whether an item has the text of which w is kept, but for what does not count in a [feeds.Gist].
func (w *Wording) isTextOf(other Wording) bool {
	return w.Length == other.Length && w.Passages == other.Passages && len(w.Least) <= len(other.Least) && slices.Equal(w.Least, other.Least[:len(w.Least)])
}

// isLong tells whether two texts are so long, and so nearly of one length, that they need no titles.
func (w *Wording) isLong(other Wording) bool {
	short, long := min(w.Length, other.Length), max(w.Length, other.Length)
	return short >= longStory && short >= long/2
}

// heldBy is how much of a text another one holds, from 0 to 1: how many of its least passages. Which are the least has
// nothing to do with where they stand.
func (w *Wording) heldBy(other Wording) float64 {
	return float64(shared(w.Least, other.Least)) / float64(max(len(w.Least), 1))
}

// hashes are hashes of passages, in order.
type hashes []uint32

// pairs are hashes of pairs of letters, in order.
type pairs []uint16

// agree tells whether most of the shorter title stands in the longer one, as titlesAgree does.
func (p pairs) agree(o pairs) bool {
	least := min(len(p), len(o))
	return least > 0 && float64(shared(p, o)) >= sameTitle*float64(least)
}

// shared counts what two lists in order have in common.
func shared[T uint16 | uint32](a, b []T) int {
	count := 0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] == b[j]:
			count++
			i++
			j++
		case a[i] < b[j]:
			i++
		default:
			j++
		}
	}
	return count
}

func hashOfPair(pair [2]rune) uint16 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(string(pair[:]))) // never fails
	sum := h.Sum32()
	return uint16(sum>>16 ^ sum&0xffff)
}

// MarshalText writes hashes in base 64.
func (h hashes) MarshalText() ([]byte, error) {
	var bytes []byte
	for _, one := range h {
		bytes = binary.BigEndian.AppendUint32(bytes, one)
	}
	return base64.StdEncoding.AppendEncode(nil, bytes), nil
}

// UnmarshalText reads what MarshalText wrote.
func (h *hashes) UnmarshalText(text []byte) error {
	bytes, err := readHashes(text, 4)
	for ; len(bytes) >= 4; bytes = bytes[4:] {
		*h = append(*h, binary.BigEndian.Uint32(bytes))
	}
	return err
}

// MarshalText writes pairs in base 64.
func (p pairs) MarshalText() ([]byte, error) {
	var bytes []byte
	for _, one := range p {
		bytes = binary.BigEndian.AppendUint16(bytes, one)
	}
	return base64.StdEncoding.AppendEncode(nil, bytes), nil
}

// UnmarshalText reads what MarshalText wrote.
func (p *pairs) UnmarshalText(text []byte) error {
	bytes, err := readHashes(text, 2)
	for ; len(bytes) >= 2; bytes = bytes[2:] {
		*p = append(*p, binary.BigEndian.Uint16(bytes))
	}
	return err
}

// errHashes tells that a wording was damaged.
var errHashes = errors.New("the wording of a withdrawal is no list of hashes")

func readHashes(text []byte, size int) ([]byte, error) {
	bytes, err := base64.StdEncoding.AppendDecode(nil, text)
	if err != nil || len(bytes)%size != 0 {
		return nil, errHashes
	}
	return bytes, nil
}
