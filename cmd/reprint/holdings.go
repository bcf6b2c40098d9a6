package main

import (
	"context"
	"time"

	"reprint/cache"
	"reprint/syndicate"
	"reprint/syndicate/ledger"
)

// holdings are what partners were sent, by the ledger of this server, and the store may not know: because it fell back to
// an older state, or because this process is new and the one before may not have noted it again, see serve.hold.
type holdings struct {
	since time.Time
	sent  map[string]map[string]cache.Held // by edition and partner: when
}

// recentPulls is how far back a process that begins looks in its ledger, whatever the store has counted.
const recentPulls = 2 * time.Minute

func newHoldings(now time.Time) *holdings {
	return &holdings{since: now.Add(-recentPulls), sent: make(map[string]map[string]cache.Held)}
}

// add takes up a pull that the store has not counted, or that was made a short while ago.
func (h *holdings) add(e ledger.Entry, counted int64) {
	if e.N < counted && e.At.Before(h.since) {
		return
	}
	partners := h.sent[e.Pulled.Edition]
	if partners == nil {
		partners = make(map[string]cache.Held)
		h.sent[e.Pulled.Edition] = partners
	}
	times, known := partners[e.Pulled.Partner]
	if !known {
		times.First = e.At
	}
	times.Last = e.At
	partners[e.Pulled.Partner] = times
}

// note tells the store what the partners hold. It reads the ledger once more for what the editions held, so that no more
// than one is in memory.
func (h *holdings) note(ctx context.Context, store cache.Partners, dir string) error {
	if len(h.sent) == 0 {
		return nil
	}
	return ledger.Read(dir, func(e ledger.Entry, _ []byte) error {
		if e.Edition == nil {
			return nil
		}
		for partner, times := range h.sent[e.Edition.Digest] {
			held := make([]cache.Held, 0, len(e.Edition.Items))
			for _, i := range e.Edition.Items {
				var form syndicate.Form
				if err := form.UnmarshalText([]byte(i.Form)); err != nil {
					return err
				}
				held = append(held, cache.Held{Item: i.ID, Form: int(form), Pictures: i.PictureCount(), First: times.First, Last: times.Last})
			}
			if err := store.Hold(ctx, partner, held); err != nil {
				return err
			}
		}
		delete(h.sent, e.Edition.Digest) // it may be recorded again after another start
		return nil
	})
}
