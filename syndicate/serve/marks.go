package serve

import (
	"context"
	"slices"
	"time"

	"reprint/feeds"
	"reprint/syndicate"
)

// A withdrawn item leaves a mark in the feeds that had it: readers keep what has left a feed without a word.

// mourn notes the mark of a withdrawn item, if the channel's audience could have had it.
func (p *selection) mourn(s *Server, t *site, c *channel, item feeds.Item, now time.Time) {
	s.authority.read(func(withdrawn *syndicate.Withdrawals) {
		if g, told := t.rules.Gone(item, c.audience(), withdrawn, now); told {
			p.gone = append(p.gone, g)
			p.noting(t, item) // its replacement may be withdrawn too
			if own, _ := withdrawn.Standing(syndicate.ItemTarget(item.ID)); own.CopyOf != "" {
				// By its name alone: the copy may say something else by now.
				p.shows[string(own.CopyOf)], p.ids = true, append(p.ids, own.CopyOf.Item())
			}
			if g.Stub && (p.until.IsZero() || g.Until.Before(p.until)) {
				p.until = g.Until
			}
		}
	})
}

// markPages bounds how many times as many items as a channel takes are looked at for marks of what has left it.
const markPages = 4

// markOthers adds the marks of what was withdrawn last and was not among the newest items any more: as many as the channel takes
// items. A busy channel would lose the mark with the item within the hour.
func (s *Server) markOthers(ctx context.Context, t *site, c *channel, p *selection) error {
	now := s.now()
	most := len(p.gone) + c.Limit
	for ids := range slices.Chunk(s.lately(t, c, p.marked(), now), max(c.Limit, 1)) {
		items, err := s.store.Items(ctx, ids)
		if err != nil {
			return err
		}
		for _, item := range items {
			if len(p.gone) < most && t.rules.Holds(c.Channel, item) {
				p.mourn(s, t, c, item, now)
			}
		}
		if len(p.gone) >= most {
			break
		}
	}
	return nil
}

// marked are the targets of the items that leave a mark.
func (p *selection) marked() map[syndicate.Target]bool {
	marked := make(map[syndicate.Target]bool)
	for _, g := range p.gone {
		marked[syndicate.ItemTarget(g.Item)] = true
	}
	return marked
}

// lately are the items that were withdrawn last and may leave a mark in a channel, besides those that do: the notice for its time, and
// then a tombstone for as long again as notices usually stand.
func (s *Server) lately(t *site, c *channel, marked map[syndicate.Target]bool, now time.Time) (ids []string) {
	since := now.Add(-t.rules.NoticeTime() - syndicate.StubTime)
	s.authority.read(func(withdrawn *syndicate.Withdrawals) {
		for w := range withdrawn.Latest() {
			if len(ids) == markPages*c.Limit {
				return
			}
			if id := w.Target.Item(); w.At.After(since) && c.holds(feeds.SourceOf(id)) && !marked[w.Target] {
				ids = append(ids, id)
			}
		}
	})
	return ids
}
