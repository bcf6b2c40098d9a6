package serve

import (
	"context"
	"time"

	"reprint/feeds"
	"reprint/syndicate"
)

// decided is a story with the verdict on it.
type decided struct {
	story    syndicate.Story
	cleared  syndicate.Cleared
	decision syndicate.Decision
	spent    []string // agreements that have no place left for it today
}

// decide decides on stories for a view; a nil view is the public's. The version is that of the
// withdrawals that all of it heeds. Agreements with a daily
// cap are counted here (R41): each item that one grants needs a place in its day.
func (s *Server) decide(ctx context.Context, t *site, v *view, stories []syndicate.Story, now time.Time) ([]decided, int64, error) {
	audience := syndicate.Public
	var agreements []syndicate.Agreement
	partner := ""
	if v != nil {
		audience, agreements, partner = v.audience, v.agreements, v.partner
	}
	all := make([]decided, len(stories))
	version := s.authority.read(func(withdrawn *syndicate.Withdrawals) {
		for i, story := range stories {
			all[i].story = story
			all[i].cleared, all[i].decision = t.rules.DecideStory(story, audience, withdrawn, now)
		}
	})
	for range agreements { // each round takes at most one agreement from an item
		again, err := s.allot(ctx, partner, agreements, all, now)
		if err != nil {
			return nil, 0, err
		}
		s.authority.read(func(withdrawn *syndicate.Withdrawals) {
			for _, i := range again {
				all[i].cleared, all[i].decision = t.rules.DecideStory(all[i].story, audience, withdrawn, now, all[i].spent...)
			}
		})
	}
	return all, version, nil
}

// allot asks for the places of all items that capped agreements grant, and returns those that
// got none, which must be decided on again.
func (s *Server) allot(ctx context.Context, partner string, agreements []syndicate.Agreement, all []decided, now time.Time) ([]int, error) {
	var again []int
	for _, a := range agreements {
		if a.DailyCap == 0 {
			continue
		}
		var ids []string
		granted := make(map[string]int)
		for i, d := range all {
			if d.decision.Agreement == a.ID {
				ids = append(ids, d.story.Original.ID)
				granted[d.story.Original.ID] = i
			}
		}
		if len(ids) == 0 {
			continue
		}
		placed, err := s.store.Allot(ctx, partner, a.ID, now.UTC().Format(time.DateOnly), a.DailyCap, ids)
		if err != nil {
			return nil, err
		}
		for _, id := range placed {
			delete(granted, id)
		}
		for _, i := range granted {
			all[i].spent = append(all[i].spent, a.ID)
			again = append(again, i)
		}
	}
	return again, nil
}

// decideOne decides on one item.
func (s *Server) decideOne(ctx context.Context, t *site, v *view, item feeds.Item, now time.Time) (decided, int64, error) {
	all, version, err := s.decide(ctx, t, v, []syndicate.Story{{Original: item}}, now)
	if err != nil {
		return decided{}, 0, err
	}
	return all[0], version, nil
}
