package serve

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"time"

	"reprint/cache"
	"reprint/feeds"
	"reprint/syndicate"
)

// What a change tells a partner.
const (
	changeNew     = "new"     // it may have an item that it was not sent yet
	changeRevised = "revised" // an item was corrected
	changeGranted = "granted" // an item that was kept back may be had now
	changeReduced = "reduced" // less of an item may be shown than was sent
	changeRemoved = "removed" // nothing of an item may be shown any more
)

// change is one entry of the log of what concerns a partner.
type change struct {
	Change    string          `json:"change"`
	Item      string          `json:"item"`
	URI       string          `json:"uri,omitempty"`
	Form      string          `json:"form"`
	Reason    string          `json:"reason"`
	Agreement string          `json:"agreement,omitempty"`
	At        time.Time       `json:"at"`
	Until     time.Time       `json:"until,omitzero"`
	Content   json.RawMessage `json:"content,omitempty"`

	cleared syndicate.Cleared
}

// walk is one reading of the log for a partner, from a cursor on. The log is not kept
// anywhere: it is the journal and the clock, decided on when they are read. Nothing can be
// missed, because what was told depends on the cursor alone; something may be told twice.
type walk struct {
	server *Server
	site   *site
	p      *principal
	now    time.Time // the moment that is decided for
	limit  int

	cursor  cursor
	began   bool // all is told from the beginning
	changes []change
	more    bool // there is more to tell already

	decided decidable // under which withdrawals
}

const (
	journalStep = 50   // changes of the journal that are read at once, or as many as may be told
	journalMost = 4000 // changes that one call reads at most
)

// skew is how far the clocks of two servers may be apart. A cursor from further ahead is one
// of a clock that was wrong.
const skew = 5 * time.Second

// walkFor prepares decisions for a partner.
func (s *Server) walkFor(t *site, p *principal, now time.Time) *walk {
	w := &walk{server: s, site: t, p: p, now: now.UTC()}
	w.decided.version.Store(math.MaxInt64)
	return w
}

// newWalk prepares a reading. Without a cursor, under other terms, or where the journal is not
// the one that the cursor is of, it begins at the beginning.
func (s *Server) newWalk(ctx context.Context, t *site, p *principal, from *cursor, limit int, now time.Time) (*walk, error) {
	w := s.walkFor(t, p, now)
	w.limit = limit
	head, err := s.store.Head(ctx)
	if err != nil {
		return nil, err
	}
	view, err := s.termsUnder(ctx, p)
	if err != nil {
		return nil, err
	}
	if from == nil || from.View != view || from.Seq > head || w.isOver(*from) {
		w.began = true
		w.cursor = cursor{View: view, At: w.now.UnixMilli(), After: pastAll}
		return w, nil
	}
	w.cursor = *from
	if at := time.UnixMilli(from.At); at.After(w.now) {
		w.now = at.UTC() // a server whose clock is ahead has told it so far
	}
	w.cursor.wake(w.now)
	return w, nil
}

// termsUnder names the terms of a partner and since when it has them: terms that come back
// after others are not the same. It must be called before anything is sent under new terms.
func (s *Server) termsUnder(ctx context.Context, p *principal) (string, error) {
	since, err := s.store.Stamp(ctx, "terms:"+p.partner, p.terms, s.now())
	return fmt.Sprintf("%s@%d", p.terms[:12], since.Unix()), err
}

// isOver tells whether a cursor is of another time: an agreement has begun or ended since, so
// that everything may be otherwise, or its clock was wrong.
func (w *walk) isOver(c cursor) bool {
	at := time.UnixMilli(c.At)
	if at.After(w.now.Add(skew)) {
		return true
	}
	for _, a := range w.p.view.agreements {
		for _, edge := range []time.Time{a.From, a.Until} {
			if !edge.IsZero() && edge.After(at) && !edge.After(w.now) {
				return true
			}
		}
	}
	return false
}

// read tells what there is, up to the limit: first what the journal says, then what time
// brought.
func (w *walk) read(ctx context.Context) error {
	step := max(w.limit, journalStep)
	for range journalMost / step {
		page, _, err := w.server.store.Journal(ctx, w.cursor.Seq, step, 0)
		if err != nil {
			return err
		}
		if err := w.server.heed(ctx, page); err != nil {
			return err
		}
		if err := w.tellJournal(ctx, page); err != nil {
			return err
		}
		if len(w.changes) >= w.limit {
			w.more = true
			return nil
		}
		if len(page) < step && (len(page) == 0 || w.cursor.Seq == page[len(page)-1].Seq) {
			return w.tellTime(ctx)
		}
	}
	w.more = true
	return nil
}

// tellJournal tells what entries of the journal mean for the partner, until the limit.
func (w *walk) tellJournal(ctx context.Context, page []cache.Change) error {
	last := make(map[string]int, len(page))
	for i, c := range page {
		if c.Source != "" {
			last[c.Item] = i
		}
	}
	var ids []string
	for i, c := range page {
		if c.Source != "" && last[c.Item] == i {
			ids = append(ids, c.Item)
		}
	}
	told, err := w.tell(ctx, ids)
	if err != nil {
		return err
	}
	for i, c := range page {
		if len(w.changes) >= w.limit {
			return nil
		}
		if isBroad(c) && c.Seq > w.cursor.Broad {
			return w.readAgain(ctx, c.Seq)
		}
		if t, ok := told[c.Item]; ok && last[c.Item] == i && (c.Seq > w.cursor.Told || w.isAffected(t.item)) {
			w.takeJournal(c, t)
		}
		w.cursor.Seq = c.Seq
	}
	return nil
}

// readAgain begins the journal anew, once this server knows all that the journal tells of now.
func (w *walk) readAgain(ctx context.Context, broad int64) error {
	end, err := w.server.store.Head(ctx)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, w.server.lease)
	defer cancel()
	if err := w.server.beat(ctx); err != nil {
		return err
	}
	w.cursor.again(max(end, broad))
	return nil
}

// isAffected tells whether something that was withdrawn of many items, or put back, is about this one.
func (w *walk) isAffected(i feeds.Item) (affected bool) {
	about := targetsOf(w.site.rules, i, w.now)
	w.server.authority.read(func(set *syndicate.Withdrawals) {
		for t := range about {
			if e, _ := set.Standing(t); e.Target != "" {
				affected = true
			}
		}
	})
	return affected
}

// isBroad tells whether an entry of the journal may be about any number of items: a source, an
// outlet or a picture was withdrawn, or put back.
func isBroad(c cache.Change) bool {
	return c.Source == "" && (c.Kind == cache.ChangeWithdraw || c.Kind == cache.ChangeReinstate)
}

// takeJournal adds what one entry of the journal means.
func (w *walk) takeJournal(c cache.Change, t telling) {
	d := t.decision
	if len(d.Covered) == 0 && (d.Reason == syndicate.CapReached || d.Reason == syndicate.Embargoed && t.isAhead()) && !d.Until.IsZero() {
		w.cursor.wakeAt(d.Until, c.Seq)
	}
	kind := changeRevised
	if c.Kind == cache.ChangePut && !t.wasHeld {
		kind = changeNew
	}
	if c.Kind == cache.ChangeReinstate {
		kind = changeGranted
	}
	w.take(kind, t, c.At)
}

// heeds notes the version of the withdrawals that some decisions heed: the least counts.
func (w *walk) heeds(version int64) {
	w.decided.version.Store(min(w.decided.version.Load(), version))
}

// take adds a change, if the item concerns the partner: an agreement grants it, or the partner
// was sent it before. That there are other items it is not told.
func (w *walk) take(kind string, t telling, at time.Time) {
	d := t.decision
	switch {
	case len(d.Covered) > 0:
	case !t.wasHeld:
		return
	case d.Form == syndicate.Withheld:
		kind = changeRemoved
	case t.hasMore():
		kind = changeReduced
	}
	c := change{
		Change: kind, Item: t.item.ID, URI: t.item.URI, Form: d.Form.String(), Reason: string(d.Reason), Agreement: w.ownName(d.Agreement),
		At: at.UTC(), Until: d.Until, cleared: t.cleared,
	}
	w.changes = append(w.changes, c)
}

// ownName is the partner's own name for an agreement of the view that it shares.
func (w *walk) ownName(agreement string) string { return w.p.agreementAt(w.p.view.position(agreement)) }

// cleared returns what the changes carry.
func (w *walk) cleared() []syndicate.Cleared {
	var all []syndicate.Cleared
	seen := make(map[string]bool)
	for _, c := range slices.Backward(w.changes) {
		if !c.cleared.IsZero() && !seen[c.Item] {
			seen[c.Item] = true
			all = append(all, c.cleared)
		}
	}
	slices.Reverse(all)
	return all
}
