package serve

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"reprint/feeds"
	"reprint/syndicate"
	"reprint/syndicate/render"
)

// selection is what a channel holds at one moment.
type selection struct {
	cleared []syndicate.Cleared
	until   time.Time // when it could change by time alone
	version int64     // of the withdrawals that all decisions heed
	shows   map[string]bool
	tells   []syndicate.Wording
	gone    []syndicate.Gone // what leaves a mark, because it was withdrawn
	ids     []string         // of the items that are shown, are linked as copies, or leave a mark
}

// fewestItems is how many items are looked at at least, so that a story is known again for
// some time, also in a short channel.
const fewestItems = 100

// mostItems is how many items of its sources are looked at for a channel at most. It bounds
// what a channel with a rare tag costs.
const mostItems = 4000

// pick decides on the newest items of a channel's sources until the channel is full. Where
// many do not belong to it, more are looked at.
func (s *Server) pick(ctx context.Context, t *site, c *channel) (selection, error) {
	for ask := max(2*c.Limit, fewestItems); ; ask *= 4 {
		ask = min(ask, mostItems)
		items, err := s.store.Latest(ctx, c.sources, ask)
		if err != nil {
			return selection{}, err
		}
		picked, err := s.choose(ctx, t, c, items)
		if err != nil || len(picked.cleared) == c.Limit || len(items) < ask || ask == mostItems {
			return picked, err
		}
	}
}

// choose decides on the stories that items tell, for the channel's view, and keeps those that
// may be shown, as many as the channel takes. One that is withheld counts for the time: it
// may come up later.
func (s *Server) choose(ctx context.Context, t *site, c *channel, items []feeds.Item) (selection, error) {
	held := slices.DeleteFunc(items, func(i feeds.Item) bool { return !t.rules.Holds(c.Channel, i) })
	picked := selection{version: math.MaxInt64, shows: make(map[string]bool)}
	now := s.now()
	stories := t.rules.Stories(held)
	s.authority.read(func(withdrawn *syndicate.Withdrawals) {
		stories = t.rules.Parted(stories, c.audience(), withdrawn, now)
	})
	for len(stories) > 0 && len(picked.cleared) < c.Limit {
		some := min(len(stories), c.Limit-len(picked.cleared)) // no more, so that none takes a place in a day for nothing
		all, version, err := s.decide(ctx, t, c.view, stories[:some], now)
		if err != nil {
			return picked, err
		}
		picked.version = min(picked.version, version)
		stories = stories[some:]
		for _, d := range all {
			if u := d.decision.Until; !u.IsZero() && (picked.until.IsZero() || u.Before(picked.until)) {
				picked.until = u
			}
			if d.decision.Reason == syndicate.Withdrawn && len(picked.gone) < c.Limit {
				picked.mourn(s, t, c, d.story.Original, now)
			}
			if d.decision.Form != syndicate.Withheld {
				picked.cleared = append(picked.cleared, d.cleared)
				picked.noting(t, d.story.Original)
				for _, c := range d.story.Copies {
					picked.noting(t, c)
				}
			}
		}
	}
	if picked.version == math.MaxInt64 { // nothing to decide on
		picked.version = s.authority.version.Load()
	}
	return picked, nil
}

// audience is for whom the channel is.
func (c *channel) audience() syndicate.Audience {
	if c.view == nil {
		return syndicate.Public
	}
	return c.view.audience
}

// compose makes an edition. The JSON feed holds everything that the others hold, but for whether a notice has given way to
// a tombstone, and no date of its own, so its digest is what the whole channel is dated by: an edition that
// says the same has the same dates, on every server and after a restart.
func (s *Server) compose(ctx context.Context, t *site, c *channel) (*edition, error) {
	picked, err := s.pick(ctx, t, c)
	if err == nil {
		err = s.markOthers(ctx, t, c, &picked)
	}
	if err != nil {
		return nil, err
	}
	feed := render.Feed{
		Site: t.rules.House().Site, Channel: c.Channel, Page: t.url("/feeds/" + c.ID), ItemURL: t.url("/items/"), Items: picked.cleared, Gone: picked.gone,
	}
	feed.Self = feed.Page + documentEnd[jsonFeed]
	dated, err := render.JSON(feed)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(append([]byte(render.Version+" "+pagesVersion+" "+tombstones(picked.gone)), dated.Bytes...))
	feed.Changed, err = s.store.Stamp(ctx, c.stampName(), hex.EncodeToString(sum[:]), s.now())
	if err != nil {
		return nil, fmt.Errorf("date of the edition: %w", err)
	}
	e := &edition{until: picked.until, made: s.now(), items: len(picked.cleared), dropped: dated.Dropped}
	e.shows, e.tells, e.ids = picked.shows, picked.tells, picked.ids
	e.decided.version.Store(picked.version)
	if c.view != nil {
		e.manifest = newManifest(c.view, picked.cleared)
	}
	e.documents[jsonFeed] = s.document(t, c, e, feed, jsonFeed, typeJSON, dated.Bytes)
	if err := s.composeXML(t, c, e, feed); err != nil {
		return nil, err
	}
	body, err := t.channelPage(c, feed)
	if err != nil {
		return nil, err
	}
	e.documents[page] = s.document(t, c, e, feed, page, typeHTML, body)
	return e, nil
}

// tombstones names the marks whose notice has had its time.
func tombstones(gone []syndicate.Gone) string {
	var names strings.Builder
	for _, g := range gone {
		if !g.Stub {
			names.WriteString(g.Item + " ")
		}
	}
	return names.String()
}

// stampName names what the channel's date is remembered for.
func (c *channel) stampName() string {
	if c.view == nil {
		return "channel:" + c.ID
	}
	return "channel:" + c.ID + ":" + c.view.key
}

// composeXML adds the two formats that are XML.
func (s *Server) composeXML(t *site, c *channel, e *edition, feed render.Feed) error {
	for _, format := range []struct {
		kind   documentKind
		media  string
		render func(render.Feed) (render.Document, error)
	}{{rss, typeRSS, render.RSS}, {atom, typeAtom, render.Atom}} {
		feed.Self = feed.Page + documentEnd[format.kind]
		if c.view != nil && len(feed.Items) > 0 {
			feed.PrevArchive = t.archiveLink(c.ID, format.kind, feed.Items[0].Item().Rank())
		}
		d, err := format.render(feed)
		if err != nil {
			return err
		}
		e.documents[format.kind] = s.document(t, c, e, feed, format.kind, format.media, d.Bytes)
		for _, dropped := range d.Dropped {
			e.dropped = appendDropped(e.dropped, dropped)
		}
	}
	return nil
}

// appendDropped adds an item that was left out, once.
func appendDropped(all []render.Dropped, d render.Dropped) []render.Dropped {
	for _, known := range all {
		if known.ID == d.ID {
			return all
		}
	}
	return append(all, d)
}

// document makes the representation of one document of an edition.
func (s *Server) document(t *site, c *channel, e *edition, feed render.Feed, kind documentKind, media string, body []byte) *representation {
	d := document{contentType: media, body: body, modified: feed.Changed, until: e.until, page: media == typeHTML, mine: true, decided: &e.decided}
	d.links = []string{`<` + feed.Self + `>; rel="self"`, `<` + feed.Page + `>; rel="alternate"; type="text/html"`}
	d.robots = "noindex"
	if last := c.last.Load(); last != nil {
		d.before = last.documents[kind] // nothing may have changed
	}
	if c.view != nil {
		d.private = c.view.key
	}
	if s.purges.hook != nil && c.view == nil {
		d.tags = channelTags(c, e.ids)
	}
	if d.page && c.view == nil {
		d.links = t.feedLinks(c)
		d.robots = ""
	}
	return newRepresentation(d)
}

// feedLinks are the Link headers that lead from a page to its feeds (RFC 8288).
func (t *site) feedLinks(c *channel) []string {
	var links []string
	for kind, media := range [...]string{rss: "application/rss+xml", atom: "application/atom+xml", jsonFeed: "application/feed+json"} {
		links = append(links, `<`+t.url("/feeds/"+c.ID+documentEnd[kind])+`>; rel="alternate"; type="`+media+`"`)
	}
	return links
}
