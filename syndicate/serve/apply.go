package serve

import (
	"context"
	"slices"

	"reprint/feeds"
	"reprint/syndicate"
)

// apply adds entries: they are durable here first, then nothing that they are about is sent any more.
func (s *Server) apply(ctx context.Context, entries []syndicate.Withdrawal) error {
	a := &s.authority
	var news []syndicate.Withdrawal
	a.read(func(set *syndicate.Withdrawals) {
		news = lackedBy(set, entries)
	})
	if s.memory != nil && len(news) > 0 {
		if err := s.memory.Remember(ctx, news); err != nil {
			return err
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(news) == 0 {
		return nil
	}
	for _, e := range news {
		a.set.Add(e)
	}
	before := a.version.Load()
	version := before + 1
	a.note(news, version)
	s.site.Load().eachChannel(func(c *channel) {
		if e := c.current.Load(); e != nil {
			heeds, stays := raised(e.decided.version.Load(), before, e.isAbout(c, news))
			if stays {
				e.decided.version.Store(heeds)
			} else {
				c.current.CompareAndSwap(e, nil)
			}
		}
		if c.mayGain(news) || c.mayTellOf(news) {
			c.stale.Store(true) // it may be shown, and is no withdrawal's, but lacks something
		}
	})
	a.version.Store(version)
	a.epoch.Store(a.set.Epoch())
	s.health.wake()
	return nil
}

// mayGain tells whether something was put back that the channel may hold.
func (c *channel) mayGain(entries []syndicate.Withdrawal) bool {
	return slices.ContainsFunc(entries, func(w syndicate.Withdrawal) bool {
		if !w.Reinstated {
			return false
		}
		if id := w.Target.Item(); id != "" {
			return c.holds(feeds.SourceOf(id))
		}
		return true
	})
}

// mayTellOf tells whether an item was withdrawn that the channel may have had, and has to leave a mark.
func (c *channel) mayTellOf(entries []syndicate.Withdrawal) bool {
	return slices.ContainsFunc(entries, func(w syndicate.Withdrawal) bool { return !w.Reinstated && c.holds(feeds.SourceOf(w.Target.Item())) })
}

// eachChannel calls f with the channels of the public and of all views.
func (t *site) eachChannel(f func(*channel)) {
	for _, c := range t.channels {
		f(c)
	}
	for _, v := range t.views {
		for _, c := range v.channels {
			f(c)
		}
	}
}

// isAbout tells whether an edition shows something that entries withdraw.
func (e *edition) isAbout(c *channel, entries []syndicate.Withdrawal) bool {
	return slices.ContainsFunc(entries, func(w syndicate.Withdrawal) bool {
		if w.Reinstated {
			return false // what it does not show yet may stay so until it is made anew
		}
		if w.Target.Item() == "" && !e.shows[string(w.Target)] {
			return c.isUnder(w.Target)
		}
		return e.shows[string(w.Target)] || slices.ContainsFunc(w.Addresses, func(key string) bool { return e.shows[key] }) ||
			slices.ContainsFunc(e.tells, w.IsToldBy)
	})
}

// isUnder tells whether a target that is no item may hold items of the channel.
func (c *channel) isUnder(t syndicate.Target) bool {
	for _, source := range c.sources {
		if t == syndicate.SourceTarget(source) {
			return true
		}
	}
	return t.Origin() != ""
}

// noting notes that an item is shown, or linked, or leaves a mark: under which names, and what it says.
func (p *selection) noting(t *site, i feeds.Item) {
	shown(p.shows, i)
	p.ids = append(p.ids, i.ID)
	if told := t.rules.WordingOf(i); told.Passages > 0 {
		p.tells = append(p.tells, told)
	}
}

// shown notes under which names an edition shows an item: its id, its addresses, its pictures.
func shown(shows map[string]bool, i feeds.Item) {
	shows[string(syndicate.ItemTarget(i.ID))] = true
	for _, key := range syndicate.AddressesOf(i) {
		shows[key] = true
	}
	for _, p := range i.Pictures() {
		shows[string(syndicate.PictureTarget(p.URL))] = true
		shows[string(syndicate.SourcePictureTarget(i.Source, p.URL))] = true
	}
}
