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

	checked, items, unchanged atomic.Int64 // answers that were held against the rule; with items; and 304
	unavailable, unreachable  atomic.Int64 // 503 with Retry-After, and no answer at all
	withdrawals, putBack      atomic.Int64 // orders that are everywhere

	mu       sync.Mutex
	wrong    []string // answers that break the rule
	odd      []string // answers that nobody promised
	receipts map[string]int64
}

func newBook(stories int) *book {
	return &book{begun: time.Now(), gone: make([]atomic.Int64, stories), receipts: make(map[string]int64)}
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

// receipt notes that a server has put an answer on the record.
func (b *book) receipt(ledger string, n int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.receipts[ledger] = max(b.receipts[ledger], n+1)
}
