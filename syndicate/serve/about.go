package serve

import (
	"context"
	"time"

	"reprint/feeds"
	"reprint/syndicate"
)

// About tells how many of the newest items a target is about: none may mean that it is not spelled as the source does.
type About struct {
	Target syndicate.Target `json:"target"`
	Items  int              `json:"items"`
}

// IsUnknownItem tells whether the target is an item that the store does not have: a slip, or one that has not come yet.
func (a About) IsUnknownItem() bool { return a.Target.Item() != "" && a.Items == 0 }

// CountedThrough is how many of the newest items are looked through to count.
const CountedThrough = 2000

// Count tells how many of the newest items each target is about.
func (n Names) Count(ctx context.Context, rules *syndicate.Rulebook, targets []string, now time.Time) ([]About, error) {
	list, ids := distinct(targets)
	items, err := n.Store.Items(ctx, ids)
	if err != nil {
		return nil, err
	}
	counts := make(map[syndicate.Target]int)
	for _, i := range items {
		counts[syndicate.ItemTarget(i.ID)]++
	}
	if len(ids) < len(list) {
		newest, err := n.Store.Latest(ctx, n.Sources, CountedThrough)
		if err != nil {
			return nil, err
		}
		for _, i := range newest {
			for t := range targetsOf(rules, i, now) {
				counts[t]++
			}
		}
	}
	about := make([]About, len(list))
	for k, t := range list {
		about[k] = About{t, counts[t]}
	}
	return about, nil
}

// targetsOf are the targets besides itself that an item is under.
func targetsOf(rules *syndicate.Rulebook, i feeds.Item, now time.Time) map[syndicate.Target]bool {
	under := map[syndicate.Target]bool{syndicate.SourceTarget(i.Source): true}
	for _, p := range i.Pictures() {
		under[syndicate.PictureTarget(p.URL)] = true
		under[syndicate.SourcePictureTarget(i.Source, p.URL)] = true
	}
	_, decision := rules.Decide(i, syndicate.Public, nil, now)
	for _, name := range decision.Outlets {
		under[syndicate.OriginTarget(name)] = true
	}
	return under
}
