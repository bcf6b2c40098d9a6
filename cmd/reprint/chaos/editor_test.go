package chaos

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"reprint/syndicate/serve"
)

// editor withdraws stories, and now and then puts one back to withdraw it again.
type editor struct {
	h      *house
	book   *book
	client *http.Client

	mu    sync.Mutex
	tried int
	took  map[string]map[string][]time.Duration // by what else there was, by level
}

func newEditor(h *house, b *book) *editor {
	return &editor{h: h, book: b, client: &http.Client{Timeout: 8 * time.Second}, took: make(map[string]map[string][]time.Duration)}
}

// oftenPutBack is one in how many stories is put back once.
const oftenPutBack = 20

// When orders are given: by one editor, by all of them, and by all while there are faults.
const (
	alone    = "calm, one after the other"
	together = "calm, six at once"
	faulty   = "with faults"
)

// work withdraws stories, each with one of some hands, and returns when all are withdrawn.
func (e *editor) work(ctx context.Context, stories []story, hands int, when string, seed uint64, pause time.Duration) {
	next := make(chan story)
	var wg sync.WaitGroup
	for hand := range hands {
		random := rand.New(rand.NewPCG(seed, uint64(hand)+100))
		wg.Go(func() {
			for s := range next {
				e.withdraw(ctx, random, s, when)
				time.Sleep(time.Duration(random.Int64N(int64(pause) + 1)))
			}
		})
	}
	for _, s := range stories {
		select {
		case next <- s:
		case <-ctx.Done():
		}
	}
	close(next)
	wg.Wait()
}

// withdraw withdraws one story for good.
func (e *editor) withdraw(ctx context.Context, random *rand.Rand, s story, when string) {
	gone := func() {
		if e.order(ctx, random, s, false, when) {
			e.book.gone[s.n].Store(e.book.now())
			e.book.withdrawals.Add(1)
		}
	}
	gone()
	if random.IntN(oftenPutBack) != 0 || ctx.Err() != nil {
		return
	}
	time.Sleep(time.Duration(random.IntN(500)) * time.Millisecond)
	e.book.gone[s.n].Store(0)
	if e.order(ctx, random, s, true, when) {
		e.book.putBack.Add(1)
	}
	gone()
}

// order gives one order, to one server after the other until one says that it is everywhere. It tells whether one
// did.
func (e *editor) order(ctx context.Context, random *rand.Rand, s story, back bool, when string) bool {
	e.mu.Lock()
	e.tried++
	key := fmt.Sprintf("order-%d", e.tried)
	e.mu.Unlock()
	body, _ := json.Marshal(map[string]any{"targets": []string{s.id}, "cause": "rights", "note": "chaos", "key": key, "reinstate": back})
	begun, reached := time.Now(), make(map[string]time.Duration)
	defer func() { e.note(reached, when) }()
	for n := random.IntN(len(e.h.servers)); ctx.Err() == nil; n++ {
		admin := "http://" + e.h.servers[n%len(e.h.servers)].admin
		method, at := http.MethodPost, "/api/withdrawals"
		for ctx.Err() == nil {
			ack, ok := e.ask(ctx, method, admin+at, body)
			if !ok {
				break
			}
			if _, before := reached[ack.Level]; !before {
				reached[ack.Level] = time.Since(begun)
			}
			if method == http.MethodPost && len(ack.About) > 0 && ack.About[0].Items > 0 {
				e.book.known[s.n].Store(true)
			}
			if ack.IsOver() {
				return true
			}
			method, at = http.MethodGet, "/api/orders/"+key
			time.Sleep(20 * time.Millisecond)
		}
		time.Sleep(50 * time.Millisecond)
	}
	return false
}

// reply is what is answered to an order.
type reply struct {
	serve.Acknowledgment
	About []serve.About `json:"about"`
}

// ask gives an order, or asks what became of it.
func (e *editor) ask(ctx context.Context, method, address string, order []byte) (reply, bool) {
	var a reply
	request, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(order))
	if err != nil {
		panic(err) // the addresses are ours
	}
	response, err := e.client.Do(request)
	if err != nil {
		return a, false
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return a, false
	}
	switch response.StatusCode {
	case http.StatusOK, http.StatusAccepted:
		return a, json.Unmarshal(body, &a) == nil
	case http.StatusServiceUnavailable, http.StatusNotFound: // the store is away, or the server was started anew
	default:
		e.book.note(&e.book.odd, fmt.Sprintf("an order: %d %s", response.StatusCode, body))
	}
	return a, false
}

// note notes how long an order took to each level.
func (e *editor) note(reached map[string]time.Duration, when string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.took[when] == nil {
		e.took[when] = make(map[string][]time.Duration)
	}
	for level, took := range reached {
		e.took[when][level] = append(e.took[when][level], took)
	}
}
