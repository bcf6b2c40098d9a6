package ingest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"reprint/cache"
	"reprint/feeds"
	"reprint/feeds/extract"
	"reprint/feeds/fetch"
	"reprint/feeds/normalize"
)

// How many pages one poll reads, and for how long. What is left is read at the next polls.
const (
	maxPages    = 40
	pagesTime   = 80 * time.Second
	maxPending  = 1000
	pagePause   = hostPause // between two requests to the publisher
	robotsAgain = 24 * time.Hour
)

// Robots knows what sites ask of robots.
type Robots interface {
	// Check returns what the site of an address says of it. The error is the context's.
	Check(ctx context.Context, address string) (fetch.Permission, error)
}

// pageReader reads the pages of the items of one poll.
type pageReader struct {
	g       *Ingester
	source  Source
	until   time.Time
	asked   int
	pending []string // items whose pages are still to be read
	losses  []string
	stopped bool          // the publisher asks for peace, or the time is over
	wait    time.Duration // its wish
}

// readPages makes items whole by their pages, as far as one poll may, and returns those that
// are to be stored. An item whose page is not read now is stored as the feed has it where it
// is new, and left alone where it is known.
func (g *Ingester) readPages(ctx context.Context, s Source, poll *cache.Poll, found []candidate, o *Outcome) ([]feeds.Item, error) {
	if !s.FullText || g.o.Robots == nil {
		poll.Pending = nil
		return itemsOf(found), nil
	}
	found, err := g.withPending(ctx, *poll, found)
	if err != nil {
		return nil, err
	}
	r := &pageReader{g: g, source: s, until: g.o.Now().Add(pagesTime)}
	var items []feeds.Item
	for _, c := range found {
		item, read, err := r.read(ctx, c.item)
		if err != nil {
			return nil, err
		}
		if read || c.changed {
			items = append(items, item)
		}
		if !read && len(r.pending) < maxPending {
			r.pending = append(r.pending, c.item.ID)
		}
	}
	r.end(poll, o)
	return items, nil
}

// end tells what is left, what was lost, and when the publisher wants to be asked again.
func (r *pageReader) end(poll *cache.Poll, o *Outcome) {
	poll.Pending = r.pending
	o.Losses = append(o.Losses, r.losses...)
	poll.Losses = append(poll.Losses, r.losses...)
	poll.Losses = poll.Losses[:min(len(poll.Losses), maxLosses)]
	if r.wait == 0 {
		return
	}
	o.RetryAfter = max(o.RetryAfter, r.wait)
	poll.Hold = later(poll.Hold, holdUntil(r.g.o.Now(), r.wait))
	poll.Next = later(poll.Next, poll.Hold)
	o.Next = poll.Next
}

// candidate is an item that may have to be stored.
type candidate struct {
	item    feeds.Item
	changed bool // what the feed says of it is not what is stored; false where only its page is missing
}

func itemsOf(found []candidate) []feeds.Item {
	var items []feeds.Item
	for _, c := range found {
		if c.changed {
			items = append(items, c.item)
		}
	}
	return items
}

// withPending adds the items whose pages earlier polls left, as they are stored.
func (g *Ingester) withPending(ctx context.Context, poll cache.Poll, found []candidate) ([]candidate, error) {
	left := slices.DeleteFunc(slices.Clone(poll.Pending), func(id string) bool {
		return slices.ContainsFunc(found, func(c candidate) bool { return c.item.ID == id })
	})
	if len(left) == 0 {
		return found, nil
	}
	stored, err := g.o.Store.Items(ctx, left)
	for _, i := range stored {
		if _, read := feeds.FeedRevision(i.Revision); !read {
			found = append(found, candidate{item: i})
		}
	}
	return found, err
}

// read reads the page of an item. It returns the item as it is to be stored, and whether its
// page is done with: it was read, or it will not be read until the feed changes the item.
func (r *pageReader) read(ctx context.Context, item feeds.Item) (feeds.Item, bool, error) {
	without := item
	without.Revision = feeds.PageRevision(item.Revision, feeds.NoPage)
	if item.Link == "" || !r.isOwn(item.Link) {
		r.lose(item, errors.New("its page is not on the source's own site"))
		return without, true, nil
	}
	if r.stopped || r.asked == maxPages || !r.g.o.Now().Before(r.until) {
		return item, false, nil
	}
	response, err := r.get(ctx, item.Link)
	switch {
	case ctx.Err() != nil:
		return item, false, ctx.Err()
	case errors.Is(err, errLater):
		return item, false, nil
	case err != nil:
		r.lose(item, err)
		return without, true, nil
	}
	whole, losses, err := r.whole(item, response)
	if err != nil {
		r.lose(item, err)
		return without, true, nil
	}
	r.losses = append(r.losses, losses...)
	return whole, true, nil
}

// errLater is a page that could not be had now and may be had later.
var errLater = errors.New("the page is asked for later")

// get asks for a page, if robots may, a pause after the last request.
func (r *pageReader) get(ctx context.Context, address string) (fetch.Response, error) {
	if err := pause(ctx, pagePause); err != nil {
		return fetch.Response{}, err
	}
	may, err := r.g.o.Robots.Check(ctx, address)
	switch {
	case err != nil:
		return fetch.Response{}, err
	case !may.Known:
		r.stopped = true
		return fetch.Response{}, errLater
	case !may.Allowed && !r.source.IgnoreRobots:
		return fetch.Response{}, errors.New("robots.txt of its site forbids it; if the contract allows it, write robots: ignore")
	case may.Asked:
		if err := pause(ctx, pagePause); err != nil {
			return fetch.Response{}, err
		}
	}
	r.asked++
	response, err := r.g.o.Fetch.Get(ctx, fetch.Request{URL: address, Accept: fetch.AcceptPage})
	if err == nil && !r.isOwn(response.URL) {
		return response, errors.New("it leads to another site")
	}
	return response, r.weigh(err)
}

// weigh tells a failure that passes from one that stays.
func (r *pageReader) weigh(err error) error {
	var refused *fetch.Error
	if !errors.As(err, &refused) {
		return err
	}
	busy := overloaded(Outcome{Status: refused.Status})
	if busy || unreachable(Outcome{Err: err}) {
		r.stopped, r.wait = true, max(r.wait, refused.RetryAfter)
		return errLater
	}
	return err
}

// whole reads a page that came.
func (r *pageReader) whole(item feeds.Item, response fetch.Response) (feeds.Item, []string, error) {
	d := response.Documents[0]
	r.g.reading <- struct{}{}
	defer func() { <-r.g.reading }()
	page, err := extract.Read(d.Body, d.ContentType, response.URL, item.Title)
	if err != nil {
		return item, nil, err
	}
	page.Rights = append(page.Rights, headerRights(response.Header, feeds.ScopeItem)...)
	return normalize.Whole(item, page, response.URL, r.g.from(r.source, response.URL))
}

// isOwn tells whether an address is on the source's own site, which is what its contract is
// about.
func (r *pageReader) isOwn(address string) bool {
	at := site(address)
	return at != "" && (at == site(r.source.Feed) || at == site(r.source.Home))
}

// lose notes why the page of an item was not read.
func (r *pageReader) lose(item feeds.Item, err error) {
	if len(r.losses) < maxLosses {
		r.losses = append(r.losses, fmt.Sprintf("the page of %s was not read: %v", feeds.Cut(item.GUID, 80), err))
	}
}

// pause waits, or ends with ctx.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// permitted fails where a source's site forbids its feed to us by name. To what it says to
// robots in general a feed is not subject: it is made to be polled.
// What a site said holds for a day, over restarts too.
func (g *Ingester) permitted(ctx context.Context, s Source, poll *cache.Poll, address string) error {
	if g.o.Robots == nil || s.IgnoreRobots || s.local() {
		return nil
	}
	now := g.o.Now()
	if since := now.Sub(poll.Robots); since >= 0 && since < robotsAgain {
		return nil
	}
	may, err := g.o.Robots.Check(ctx, address)
	switch {
	case err != nil:
		return err
	case may.Named:
		return fetch.Forbidden(address, robotsAgain)
	}
	poll.Robots = now
	if err := g.note(ctx, s, *poll, now); err != nil || !may.Asked {
		return err
	}
	return pause(ctx, pagePause)
}
