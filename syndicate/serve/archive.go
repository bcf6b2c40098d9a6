package serve

import (
	"context"
	"net/http"
	"strings"
	"time"

	"reprint/feeds"
	"reprint/syndicate/access"
	"reprint/syndicate/render"
)

// archivePattern is the address of an archive: the items of a channel of one day (UTC), for
// partners that speak nothing but feeds (RFC 5005 section 4).
const archivePattern = "/feeds/{channel}/archive/{document}"

// archiveLink is the address of the archive of the day of a moment.
func (t *site) archiveLink(channel string, kind documentKind, of time.Time) string {
	return t.url("/feeds/" + channel + "/archive/" + of.UTC().Format(time.DateOnly) + documentEnd[kind])
}

// archive answers with the archive of a day. It is made when it is asked for: an archive of
// the past is asked for once.
func (s *Server) archive(t *site) http.Handler {
	return s.forAnyone(t, "", "", func(w http.ResponseWriter, r *http.Request, p *principal) error {
		if p == nil {
			return errCredentials
		}
		return s.answerArchive(w, r, t, p)
	})
}

func (s *Server) answerArchive(w http.ResponseWriter, r *http.Request, t *site, p *principal) error {
	name, format, _ := strings.Cut(r.PathValue("document"), ".")
	kind, ok := kindOf(format)
	public := t.channel(r.PathValue("channel"))
	day, err := time.Parse(time.DateOnly, name)
	if err != nil || !ok || public == nil || kind != rss && kind != atom {
		return errNotFound
	}
	if !p.token.Allows(public.ID, access.Format(format)) {
		return access.ErrScope
	}
	if err := s.ensureLease(r.Context()); err != nil {
		return err
	}
	c := public.of(p)
	picked, err := s.pickDay(r.Context(), t, c, day)
	if err != nil {
		return err
	}
	feed := render.Feed{
		Site: t.rules.House().Site, Channel: c.Channel, Page: t.url("/feeds/" + c.ID), ItemURL: t.url("/items/"), Items: picked.cleared, Gone: picked.gone,
		Self: t.archiveLink(c.ID, kind, day), Changed: picked.changed(day), Archive: true, Current: t.url("/feeds/" + c.ID + documentEnd[kind]),
	}
	if feed.PrevArchive, feed.NextArchive, err = s.neighbors(r.Context(), t, c, kind, day); err != nil {
		return err
	}
	write, media := render.RSS, typeRSS
	if kind == atom {
		write, media = render.Atom, typeAtom
	}
	d, err := write(feed)
	if err != nil {
		return err
	}
	document := newRepresentation(document{contentType: media, body: d.Bytes, until: picked.until, once: true, mine: true, private: c.view.key, robots: "noindex", decided: new(decidable)})
	document.decided.version.Store(picked.version)
	return s.release(w, r, document, p, newManifest(c.view, picked.cleared))
}

// oneDay is what an archive holds.
const oneDay = 24 * time.Hour

// pickDay decides on all items of a day, newest first.
func (s *Server) pickDay(ctx context.Context, t *site, c *channel, day time.Time) (selection, error) {
	items, err := s.store.Ranked(ctx, c.sources, day, "", day.Add(oneDay-time.Millisecond), mostItems)
	if err != nil {
		return selection{}, err
	}
	newest := make([]feeds.Item, len(items))
	for i, item := range items {
		newest[len(items)-1-i] = item
	}
	return s.choose(ctx, t, c.limited(mostItems), newest)
}

// changed is when an archive changed last, as far as withdrawals and their undoing change it.
func (p *selection) changed(last time.Time) time.Time {
	for _, g := range p.gone {
		if last = later(last, g.At); !g.Stub {
			last = later(last, g.Until)
		}
	}
	for _, c := range p.cleared {
		last = later(last, c.Decision().Restored)
	}
	return last
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// limited returns the channel with another limit, and without an edition.
func (c *channel) limited(limit int) *channel {
	other := &channel{Channel: c.Channel, sources: c.sources, view: c.view}
	other.Limit = limit
	return other
}

// neighbors finds the archives before and after a day; empty where there is none.
func (s *Server) neighbors(ctx context.Context, t *site, c *channel, kind documentKind, day time.Time) (prev, next string, err error) {
	before, found, err := s.dayBefore(ctx, c.sources, day)
	if err != nil {
		return "", "", err
	}
	if found {
		prev = t.archiveLink(c.ID, kind, before)
	}
	after, err := s.store.Ranked(ctx, c.sources, day.Add(oneDay), "", s.now().Add(oneDay), 1)
	if err == nil && len(after) > 0 {
		next = t.archiveLink(c.ID, kind, after[0].Rank())
	}
	return prev, next, err
}

// furthest is how many days back an archive is looked for: longer than there have been feeds.
const furthest = 1 << 15

// dayBefore finds the last day before one that has items: in windows that double, then by
// halves.
func (s *Server) dayBefore(ctx context.Context, sources []string, day time.Time) (time.Time, bool, error) {
	any := func(from, to int) (bool, error) { // days back, from is further
		items, err := s.store.Ranked(ctx, sources, day.Add(-time.Duration(from)*oneDay), "", day.Add(-time.Duration(to)*oneDay-time.Millisecond), 1)
		return len(items) > 0, err
	}
	near, far := 0, 1
	for {
		found, err := any(far, near)
		if err != nil {
			return day, false, err
		}
		if found {
			break
		}
		if far >= furthest {
			return day, false, nil
		}
		near, far = far, 2*far
	}
	for far-near > 1 {
		middle := (near + far) / 2
		found, err := any(middle, near)
		if err != nil {
			return day, false, err
		}
		if found {
			far = middle
		} else {
			near = middle
		}
	}
	return day.Add(-time.Duration(far) * oneDay), true, nil
}
