package chaos

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// reader asks for feeds and pages, one after the other, as the public or as the partner, through the proxy or at one
// server. It keeps what it got, and asks conditionally.
type reader struct {
	h      *house
	p      *publishers
	book   *book
	random *rand.Rand
	client *http.Client
	copies map[string]kept // by address and credentials
}

// kept is a copy.
type kept struct {
	etag  string
	marks []int
}

func newReader(h *house, p *publishers, b *book, seed uint64) *reader {
	return &reader{h: h, p: p, book: b, random: rand.New(rand.NewPCG(seed, 1)), copies: make(map[string]kept), client: &http.Client{
		Timeout: 10 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 4},
	}}
}

// read asks until ctx ends.
func (r *reader) read(ctx context.Context) {
	defer r.client.CloseIdleConnections()
	for ctx.Err() == nil {
		r.ask(ctx)
		time.Sleep(time.Duration(r.random.IntN(4)) * time.Millisecond)
	}
}

// paths are what is asked for besides the pages of stories.
var paths = []string{"/feeds/top.rss", "/feeds/top.atom", "/feeds/top.json", "/feeds/top", "/feeds/open.rss", "/feeds/open.json"}

// ask asks once.
func (r *reader) ask(ctx context.Context) {
	base := r.h.front
	if r.random.IntN(2) == 0 {
		base = "http://" + r.h.servers[r.random.IntN(len(r.h.servers))].public
	}
	story := r.p.stories[r.random.IntN(len(r.p.stories))]
	path := "/items/" + story.id
	switch r.random.IntN(8) {
	case 0, 1, 2, 3:
		path = paths[r.random.IntN(len(paths))]
	case 4:
		path = "/items/" + story.again(sourceID((story.n+1)%sourceCount)).id
	}
	r.get(ctx, base+path, r.random.IntN(3) == 0, r.random.IntN(4) != 0)
}

// get asks for an address, as the partner or as the public, and if so wished whether it is still what it was.
func (r *reader) get(ctx context.Context, address string, asPartner, conditional bool) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		panic(err) // the addresses are ours
	}
	key := address
	if asPartner {
		request.Header.Set("Authorization", "Bearer "+r.h.token)
		key += " as the partner"
	}
	before := r.copies[key]
	if before.etag != "" && conditional {
		request.Header.Set("If-None-Match", before.etag)
	}
	asked := r.book.now()
	response, err := r.client.Do(request)
	if err != nil {
		r.book.unreachable.Add(1)
		return
	}
	body, err := io.ReadAll(response.Body)
	_ = response.Body.Close()
	if err != nil { // it was cut off; what came may not hold it either
		r.book.unreachable.Add(1)
	}
	r.judge(key, asked, response, body, before)
}

// judge holds an answer against the rule. One that says that nothing has changed is an answer with the copy.
func (r *reader) judge(key string, asked int64, response *http.Response, body []byte, before kept) {
	what := fmt.Sprintf("%s: %d", key, response.StatusCode)
	marks := marksIn(body)
	switch response.StatusCode {
	case http.StatusOK:
		slices.Sort(marks)
		marks = slices.Compact(marks)
		r.copies[key] = kept{response.Header.Get("ETag"), marks}
		r.book.items.Add(1)
	case http.StatusNotModified:
		marks = before.marks
		r.book.unchanged.Add(1)
	case http.StatusGone, http.StatusNotFound:
	case http.StatusServiceUnavailable, http.StatusInsufficientStorage, http.StatusBadGateway, http.StatusGatewayTimeout:
		fromProxy := response.StatusCode != http.StatusServiceUnavailable && strings.HasPrefix(key, r.h.front)
		if !fromProxy && response.Header.Get("Retry-After") == "" {
			r.book.note(&r.book.odd, what+" without Retry-After")
		}
		r.book.unavailable.Add(1)
	default:
		r.book.note(&r.book.odd, what)
	}
	if ledger, n, ok := strings.Cut(response.Header.Get("Reprint-Receipt"), "-"); ok {
		if n, err := strconv.ParseInt(n, 10, 64); err == nil {
			r.book.receipt(ledger, n)
		}
	}
	r.book.check(asked, marks, what)
}
