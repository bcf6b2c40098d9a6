package serve

import (
	"context"
	"slices"

	"reprint/cache"
	"reprint/feeds"
	"reprint/syndicate"
)

// telling is an item with the verdict on it, and what the partner was sent of it before.
type telling struct {
	item feeds.Item
	decided
	held    cache.Held
	wasHeld bool
}

// isAhead tells whether the item's date lies after the day that we first saw it. Its embargo
// ends at a moment that its rank does not tell.
func (t telling) isAhead() bool { return t.item.Published.After(t.item.FirstSeen) }

// hasMore tells whether the partner may show more of the item than it may have now: more text, more pictures, or one that was
// withdrawn. Which pictures it was sent is not kept, only how many.
func (t telling) hasMore() bool {
	wasWithdrawn := func(p syndicate.PictureDecision) bool { return p.Reason == syndicate.PictureWithdrawn }
	return int(t.decision.Form) < t.held.Form || len(t.cleared.Pictures()) < t.held.Pictures ||
		t.held.Pictures > 0 && slices.ContainsFunc(t.decision.Denied(), wasWithdrawn)
}

// tell decides on items.
func (w *walk) tell(ctx context.Context, ids []string) (map[string]telling, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	items, err := w.server.store.Items(ctx, ids)
	if err != nil {
		return nil, err
	}
	return w.tellItems(ctx, items)
}

func (w *walk) tellItems(ctx context.Context, items []feeds.Item) (map[string]telling, error) {
	stories := make([]syndicate.Story, len(items))
	ids := make([]string, len(items))
	for i, item := range items {
		stories[i], ids[i] = syndicate.Story{Original: item}, item.ID
	}
	all, version, err := w.server.decide(ctx, w.site, w.p.view, stories, w.now)
	if err != nil {
		return nil, err
	}
	w.heeds(version)
	held, err := w.server.store.Held(ctx, w.p.partner, ids)
	if err != nil {
		return nil, err
	}
	told := make(map[string]telling, len(items))
	for i, d := range all {
		h, ok := held[items[i].ID]
		told[items[i].ID] = telling{items[i], d, h, ok}
	}
	return told, nil
}
