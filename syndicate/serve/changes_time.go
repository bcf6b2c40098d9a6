package serve

import (
	"cmp"
	"context"
	"slices"
	"time"

	"reprint/feeds"
)

// due is an item and the moment at which time changed the verdict on it.
type due struct {
	at   int64 // milliseconds
	item feeds.Item
}

// offsets are how long after its date an item's verdict changes: the embargoes and windows
// of the view's agreements. One millisecond more, because dates may have parts of one.
func (v *view) offsets() []time.Duration {
	var all []time.Duration
	for _, a := range v.agreements {
		for _, d := range []time.Duration{a.Embargo, a.Window} {
			if d > 0 && !slices.Contains(all, d+time.Millisecond) {
				all = append(all, d+time.Millisecond)
			}
		}
	}
	return all
}

// tellTime tells what time brought between the cursor's moment and now: embargoes and windows
// that ended. Items come in the order of these moments.
func (w *walk) tellTime(ctx context.Context) error {
	most := w.limit - len(w.changes)
	all, err := w.dues(ctx, most+1)
	if err != nil {
		return err
	}
	w.more = len(all) > most
	all = all[:min(len(all), most)]
	items := make([]feeds.Item, len(all))
	for i, d := range all {
		items[i] = d.item
	}
	told, err := w.tellItems(ctx, items)
	if err != nil {
		return err
	}
	for _, d := range all {
		w.take(changeGranted, told[d.item.ID], time.UnixMilli(d.at))
		w.cursor.At, w.cursor.After = d.at, d.item.ID
	}
	if !w.more {
		w.cursor.At, w.cursor.After = w.now.UnixMilli(), pastAll
	}
	return nil
}

// dues returns the first ones of what came due after the cursor's moment, in order.
func (w *walk) dues(ctx context.Context, most int) ([]due, error) {
	var all []due
	for _, offset := range w.p.view.offsets() {
		from, to := time.UnixMilli(w.cursor.At).Add(-offset), w.now.Add(-offset)
		items, err := w.server.store.Ranked(ctx, w.site.sources(), from, w.cursor.After, to, most)
		if err != nil {
			return nil, err
		}
		for _, i := range items {
			all = append(all, due{i.Rank().Add(offset).UnixMilli(), i})
		}
	}
	slices.SortFunc(all, func(a, b due) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.item.ID, b.item.ID)) })
	all = slices.CompactFunc(all, func(a, b due) bool { return a.at == b.at && a.item.ID == b.item.ID })
	return all[:min(len(all), most)], nil
}
