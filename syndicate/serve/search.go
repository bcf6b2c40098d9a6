package serve

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"reprint/feeds"
	"reprint/syndicate"
)

// mostFound is how many items a search returns.
const mostFound = 1000

// RankedStore is what [Find] needs of the store; [cache.Store] states what it promises.
type RankedStore interface {
	Ranked(ctx context.Context, sources []string, from time.Time, after string, to time.Time, limit int) ([]feeds.Item, error)
}

// Find looks through all items of some sources, and returns those that a search finds, the newest first. It looks and
// changes nothing: what it finds is withdrawn by name. More than a thousand are an error: the search is too wide.
func Find(ctx context.Context, store RankedStore, sources []string, search syndicate.Search, now time.Time) ([]feeds.Item, error) {
	if search.IsZero() {
		return nil, badRequest("say what to look for: a phrase, or a part of an address")
	}
	var found []feeds.Item
	err := eachItem(ctx, store, sources, now, func(items []feeds.Item) error {
		for _, i := range items {
			if search.Finds(i) {
				found = append(found, i)
			}
		}
		if len(found) > mostFound {
			return badRequest("more than " + strconv.Itoa(mostFound) + " items are found; look for something more special, or withdraw their source")
		}
		return nil
	})
	slices.Reverse(found)
	return found, err
}

// itemPage is how many items are read at once by who reads all.
const itemPage = 500

// earliest is before every date that a store can keep: sources date their items as they like.
var earliest = time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC)

// eachItem reads all items of some sources, the oldest first.
func eachItem(ctx context.Context, store RankedStore, sources []string, now time.Time, each func(page []feeds.Item) error) error {
	from, after, to := earliest, "", now.AddDate(1, 0, 0)
	for {
		items, err := store.Ranked(ctx, sources, from, after, to, itemPage)
		if err != nil {
			return err
		}
		if err := each(items); err != nil || len(items) < itemPage {
			return err
		}
		last := items[len(items)-1]
		from, after = last.Rank(), last.ID
	}
}

// foundItem is an item for the operator, who may withdraw it.
type foundItem struct {
	ID        string    `json:"id"`
	Title     string    `json:"title"`
	Link      string    `json:"link"`
	Source    string    `json:"source"`
	Published time.Time `json:"published,omitzero"`
	Withdrawn bool      `json:"withdrawn"` // already
}

// apiItems looks for items by a phrase or a part of an address. Nothing is withdrawn by it.
func (s *Server) apiItems(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	site := s.site.Load()
	items, err := Find(r.Context(), s.store, site.sources(), syndicate.Search{Phrase: q.Get("phrase"), Address: q.Get("address")}, s.now())
	if err != nil {
		s.fail(w, r, err)
		return
	}
	list := make([]foundItem, len(items))
	s.authority.read(func(set *syndicate.Withdrawals) {
		for n, i := range items {
			down := site.rules.IsWithdrawn(i, set, s.now())
			list[n] = foundItem{ID: i.ID, Title: i.Title, Link: i.Link, Source: i.Source, Published: i.Published, Withdrawn: down}
		}
	})
	writeJSON(w, list)
}
