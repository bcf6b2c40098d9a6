package chaos

import (
	"fmt"
	"regexp"
	"sync"
	"sync/atomic"
	"time"
)

// book is what everybody writes into: what was acknowledged when, and what was seen.
type book struct {
	begun time.Time
	// gone is when the withdrawal of a story was acknowledged as being everywhere, in nanoseconds after the beginning;
	// 0 while it was not, or is being put back.
	gone []atomic.Int64
	// known is whether the store had the story when it was withdrawn.
	known []atomic.Bool

	checked, items, unchanged atomic.Int64 // answers that were held against the rule; with items; and 304
	unavailable, unreachable  atomic.Int64 // 503 with Retry-After, and no answer at all
	withdrawals, putBack      atomic.Int64 // orders that are everywhere

	mu       sync.Mutex
	wrong    []string                  // answers that break the rule
	odd      []string                  // answers that nobody promised
	receipts map[string]map[int64]bool // by ledger
}

func newBook(stories int) *book {
	return &book{begun: time.Now(), gone: make([]atomic.Int64, stories), known: make([]atomic.Bool, stories), receipts: make(map[string]map[int64]bool)}
}

// oftenToldToo is one in how many stories is told by another source too, once it is gone.
const oftenToldToo = 4

// toldToo tells whether a story is. One that the store had lost when it was withdrawn cannot be known again before it is back, and the
// answer to the order says so.
func (b *book) toldToo(n int) bool {
	return n%oftenToldToo == 0 && b.gone[n].Load() != 0 && b.known[n].Load()
}

// now is a moment of the run, never 0.
func (b *book) now() int64 { return int64(time.Since(b.begun)) + 1 }

var markInText = regexp.MustCompile(`mark(\d{6})z`)

// marksIn finds the stories that a text shows.
func marksIn(text []byte) []int {
	var found []int
	for _, m := range markInText.FindAllSubmatch(text, -1) {
		n := 0
		for _, digit := range m[1] {
			n = n*10 + int(digit-'0')
		}
		if len(found) == 0 || found[len(found)-1] != n {
			found = append(found, n)
		}
	}
	return found
}

// check holds an answer against the rule: what it shows was not gone when it was asked for.
func (b *book) check(asked int64, marks []int, what string) {
	b.checked.Add(1)
	for _, n := range marks {
		if gone := b.gone[n].Load(); gone != 0 && gone < asked {
			b.note(&b.wrong, fmt.Sprintf("%s: story %d, %v after the acknowledgment", what, n, time.Duration(asked-gone)))
		}
	}
}

// note adds a note.
func (b *book) note(list *[]string, text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	*list = append(*list, text)
}

// receipt notes that a server has put an answer on the record. Each answer has an entry of its own.
func (b *book) receipt(ledger string, n int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.receipts[ledger] == nil {
		b.receipts[ledger] = make(map[int64]bool)
	}
	if b.receipts[ledger][n] {
		b.odd = append(b.odd, fmt.Sprintf("two answers have the receipt %s-%d", ledger, n))
	}
	b.receipts[ledger][n] = true
}

// lastReceipt is the greatest number of a receipt of a ledger; -1 if there is none.
func (b *book) lastReceipt(ledger string) int64 {
	last := int64(-1)
	for n := range b.receipts[ledger] {
		last = max(last, n)
	}
	return last
}
