package serve

import (
	"context"
	"strings"
	"sync/atomic"
	"time"

	"reprint/syndicate"
)

// view is what all partners with the same terms see: the channels, decided on for them and
// rendered once. It costs nothing until one of them asks.
type view struct {
	key string
	// audience is who decisions are made for: any of those with these terms. Where days are
	// counted there is only one, and partner is whose days they are.
	audience   syndicate.Audience
	partner    string
	agreements []syndicate.Agreement
	channels   map[string]*channel
}

// seat is a place to ask from: a partner, or the reader links of one agreement.
type seat struct {
	partner    string
	view       *view
	agreements []string // as they go on the record, in the order of the view's
	terms      string   // key of all the partner's terms, also where the view is of one agreement
}

// agreementAt is the seat's own id of the agreement at a position of the view; empty for 0.
func (t *seat) agreementAt(position int) string {
	if position == 0 {
		return ""
	}
	id, _, _ := strings.Cut(t.agreements[position-1], "@")
	return id
}

// makeSeats makes the seats of a site and the views that they share.
func (t *site) makeSeats() {
	t.seats = make(map[syndicate.Audience]*seat)
	byKey := make(map[string]*view)
	for _, p := range t.rules.House().Partners {
		t.addSeat(byKey, syndicate.Audience(p.ID), p.ID)
		for _, a := range p.Agreements {
			if a.ReaderLink != "" {
				t.addSeat(byKey, syndicate.LinkAudience(p.ID, a.ID), p.ID)
			}
		}
	}
}

func (t *site) addSeat(byKey map[string]*view, audience syndicate.Audience, partner string) {
	p, _ := t.rules.Partner(string(audience))
	key := t.rules.ViewOf(string(audience))
	v := byKey[key]
	if v == nil {
		v = &view{key: key, audience: audience, partner: partner, agreements: p.Agreements, channels: make(map[string]*channel)}
		for _, c := range t.rules.House().Channels {
			v.channels[c.ID] = newChannel(t.rules, c)
			v.channels[c.ID].view = v
		}
		byKey[key] = v
		t.views = append(t.views, v)
	}
	place := &seat{partner: partner, view: v, agreements: []string{}, terms: t.rules.ViewOf(partner)}
	for _, a := range p.Agreements {
		place.agreements = append(place.agreements, a.ID+"@"+a.Revision())
	}
	t.seats[audience] = place
}

// position is the number of an agreement in the view's list, from 1; 0 for none.
func (v *view) position(agreement string) int {
	for i, a := range v.agreements {
		if a.ID == agreement {
			return i + 1
		}
	}
	return 0
}

// restTime is for how long a partner's view is kept up to date after it was last asked for.
const restTime = 15 * time.Minute

// lastUse is when something was last asked for.
type lastUse struct{ at atomic.Int64 }

func (u *lastUse) set(now time.Time) { u.at.Store(now.UnixNano()) }

func (u *lastUse) isOld(now time.Time) bool {
	return now.UnixNano()-u.at.Load() > int64(restTime)
}

// of returns the channel as a principal sees it.
func (c *channel) of(p *principal) *channel {
	if p == nil {
		return c
	}
	return p.view.channels[c.ID]
}

// renewViews does for the partners' views what renewAll does for the public's. One that
// nobody asked for in a while is dropped, and made anew when somebody does.
func (t *tail) renewViews(ctx context.Context, site *site, chosen func(*channel) bool) {
	now := t.server.now()
	for _, v := range site.views {
		for _, c := range v.channels {
			if c.current.Load() == nil || !chosen(c) {
				continue
			}
			if c.used.isOld(now) {
				c.current.Store(nil)
				continue
			}
			if ctx.Err() == nil {
				_ = t.server.renew(ctx, site, c)
			}
		}
	}
}
