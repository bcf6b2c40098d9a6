package ingest

import (
	"context"
	"fmt"
	"slices"
	"time"

	"reprint/cache"
	"reprint/feeds"
)

// maxRetracted is how many words of a source that took something back are remembered. What is
// forgotten stays withdrawn, and comes back by the operator's hand alone.
const maxRetracted = 200

// Withdrawer withdraws what sources take back, and puts back what they publish again. Both may be
// repeated with the same arguments and then do nothing.
type Withdrawer interface {
	// TakeBack withdraws what deletions name, and returns those that withdrew something: not
	// what was withdrawn already, nor what an operator put back in spite of the same word.
	TakeBack(ctx context.Context, deletions []feeds.Deletion) ([]feeds.Deletion, error)
	// PutBack puts back those of the items that are withdrawn by their source's word alone and
	// are dated later than it. It returns their ids, and those of the items that stay
	// withdrawn by the word of their source.
	PutBack(ctx context.Context, items []feeds.Item) (back, down []string, err error)
}

// said is what a source says of what it published before.
type said struct {
	deletions []feeds.Deletion
	again     []feeds.Item // what it took back once and shows now
}

func (a said) isNothing() bool { return len(a.deletions) == 0 && len(a.again) == 0 }

// said finds what has to be heeded.
func (g *Ingester) said(poll cache.Poll, items []feeds.Item, deletions []feeds.Deletion) said {
	if g.o.Withdraw == nil {
		return said{}
	}
	retracted := make(map[string]bool)
	for _, r := range poll.Retracted {
		retracted[r.Item] = retracted[r.Item] || r.Picture == ""
	}
	a := said{deletions: deletions}
	for _, i := range items {
		if retracted[i.ID] {
			a.again = append(a.again, i)
		}
	}
	return a
}

// takeIn stores the items, and then heeds what the source takes back. The validators that keep
// the document from being read again are saved when both is done.
func (g *Ingester) takeIn(ctx context.Context, s Source, poll *cache.Poll, before validators, items []feeds.Item, read feedLevel, now time.Time, o *Outcome) error {
	said := g.said(*poll, items, append(read.deletions, removed(s, *poll, now)...))
	if said.isNothing() {
		return g.store(ctx, s, poll, items, now, o)
	}
	after := validatorsOf(*poll)
	before.put(poll)
	if err := g.store(ctx, s, poll, items, now, o); err != nil {
		return err
	}
	if err := g.heed(ctx, s, poll, said, now, o); err != nil {
		return err
	}
	after.put(poll)
	return g.o.Store.SavePoll(ctx, s.ID, *poll)
}

// validators are what keeps a document from being read again.
type validators struct{ etag, lastModified, digest string }

func validatorsOf(poll cache.Poll) validators {
	return validators{poll.ETag, poll.LastModified, poll.BodyDigest}
}

func (v validators) put(poll *cache.Poll) {
	poll.ETag, poll.LastModified, poll.BodyDigest = v.etag, v.lastModified, v.digest
}

// heed withdraws what the source takes back of what it brought, and puts back what it publishes
// again.
func (g *Ingester) heed(ctx context.Context, s Source, poll *cache.Poll, a said, now time.Time, o *Outcome) error {
	deletions, err := g.ours(ctx, s, poll, a.deletions, o)
	if err != nil {
		return err
	}
	if o.TakenBack, err = g.o.Withdraw.TakeBack(ctx, deletions); err != nil {
		return err
	}
	back, down, err := g.o.Withdraw.PutBack(ctx, a.again)
	if err != nil {
		return err
	}
	o.PutBack = back
	if len(down) > 0 {
		lose(poll, o, fmt.Sprintf("%d items that the source took back stand there again with a date from before that (the first: %s); they stay withdrawn until it dates them later, or you reinstate them", len(down), down[0]))
	}
	poll.Retracted = slices.DeleteFunc(poll.Retracted, func(r cache.Retraction) bool {
		return r.Picture == "" && !slices.Contains(down, r.Item) && slices.ContainsFunc(a.again, func(i feeds.Item) bool { return i.ID == r.Item })
	})
	for _, d := range deletions {
		note(poll, d, now)
	}
	poll.Missing = slices.DeleteFunc(poll.Missing, func(m cache.Shown) bool {
		return slices.ContainsFunc(deletions, func(d feeds.Deletion) bool { return d.Item == m.Item && d.Picture == "" })
	})
	return nil
}

// ours are the deletions of what the source has brought. A word about anything else has no
// effect, and the operator is told.
func (g *Ingester) ours(ctx context.Context, s Source, poll *cache.Poll, deletions []feeds.Deletion, o *Outcome) ([]feeds.Deletion, error) {
	if len(deletions) == 0 {
		return nil, nil
	}
	ids := make([]string, len(deletions))
	for n, d := range deletions {
		ids[n] = d.Item
	}
	known, err := g.o.Store.Known(ctx, s.ID, ids)
	if err != nil {
		return nil, err
	}
	var ours, others []feeds.Deletion
	for _, d := range deletions {
		if _, ok := known[d.Item]; ok {
			ours = append(ours, d)
		} else {
			others = append(others, d)
		}
	}
	if len(others) > 0 {
		lose(poll, o, fmt.Sprintf("%d deletions are of items that this source never brought (the first: %.80q in %s); they have no effect", len(others), others[0].GUID, others[0].Where))
	}
	return ours, nil
}

// note remembers the word of a source, from when it was first heard.
func note(poll *cache.Poll, d feeds.Deletion, now time.Time) {
	if slices.ContainsFunc(poll.Retracted, func(r cache.Retraction) bool { return r.Item == d.Item && r.Picture == d.Picture }) {
		return
	}
	poll.Retracted = append(poll.Retracted, cache.Retraction{Item: d.Item, Picture: d.Picture, At: now.UTC(), Where: d.Where, Reason: d.Reason})
	if over := len(poll.Retracted) - maxRetracted; over > 0 {
		poll.Retracted = slices.Delete(poll.Retracted, 0, over)
	}
}

// lose tells the operator what was not taken in.
func lose(poll *cache.Poll, o *Outcome, loss string) {
	o.Losses = append(o.Losses, loss)
	if len(poll.Losses) < maxLosses {
		poll.Losses = append(slices.Clip(poll.Losses), loss)
	}
}

// finishedAdvice tells the operator that a feed has ended.
func finishedAdvice(poll cache.Poll) string {
	if !poll.Finished {
		return ""
	}
	return "the publisher says that this feed is finished; what it brought stays, and it is asked once a day"
}
