package serve

import (
	"net/http"
	"slices"

	"reprint/feeds"
	"reprint/syndicate"
	"reprint/syndicate/access"
)

// item answers with the page of one item, as whoever asks may see it. An item that is withheld
// is not told apart from one that does not exist: that there is one is itself a part of it.
func (s *Server) item(t *site) http.Handler {
	return s.forAnyone(t, "", access.Page, func(w http.ResponseWriter, r *http.Request, p *principal) error {
		d, m, err := s.itemFor(r, t, p)
		if err != nil {
			return err
		}
		return s.release(w, r, d, p, m)
	})
}

// itemFor finds the item of a request and makes its page for whoever asks.
func (s *Server) itemFor(r *http.Request, t *site, p *principal) (*representation, *manifest, error) {
	id := r.PathValue("id")
	if feeds.SourceOf(id) == "" {
		return nil, nil, errNotFound
	}
	if err := s.ensureLease(r.Context()); err != nil {
		return nil, nil, err
	}
	items, err := s.store.Items(r.Context(), []string{id})
	if err != nil {
		return nil, nil, err
	}
	if len(items) == 0 {
		return nil, nil, errNotFound
	}
	var v *view
	if p != nil {
		if !t.allows(p.token, items[0]) {
			return nil, nil, access.ErrScope
		}
		v = p.view
	}
	decided, version, err := s.decideOne(r.Context(), t, v, items[0], s.now())
	if err != nil {
		return nil, nil, err
	}
	if decided.decision.Form == syndicate.Withheld {
		return nil, nil, s.gone(t, v, items[0])
	}
	d, err := t.itemDocument(decided.cleared, v, version, s.purges.hook != nil)
	if err != nil || v == nil {
		return d, nil, err
	}
	return d, newManifest(v, []syndicate.Cleared{decided.cleared}), nil
}

// gone says what became of an item that is withheld. That it was withdrawn is told to those who
// could have had it otherwise; to others there never was one.
func (s *Server) gone(t *site, v *view, item feeds.Item) error {
	audience := syndicate.Public
	if v != nil {
		audience = v.audience
	}
	now := s.now()
	err := error(errNotFound)
	s.authority.read(func(withdrawn *syndicate.Withdrawals) {
		if g, told := t.rules.Gone(item, audience, withdrawn, now); told {
			err = &withdrawnItem{g, t.url("/")}
		}
	})
	return err
}

// withdrawnItem tells that an item was here and was withdrawn.
type withdrawnItem struct {
	syndicate.Gone
	site string // the address of who withdrew it
}

func (e *withdrawnItem) Error() string { return e.Notice }

// status is 451 where the law took it (RFC 7725), else 410.
func (e *withdrawnItem) status() int {
	if e.Legal {
		return http.StatusUnavailableForLegalReasons
	}
	return http.StatusGone
}

// allows tells whether a token is good for the page of an item: one that is bound to channels
// is, if one of them holds it.
func (t *site) allows(token access.Token, item feeds.Item) bool {
	if len(token.Channels) == 0 {
		return token.Allows("", access.Page)
	}
	return slices.ContainsFunc(token.Channels, func(id string) bool {
		c, ok := t.rules.Channel(id)
		return ok && token.Allows(id, access.Page) && t.rules.Holds(c, item)
	})
}

// itemDocument makes the representation of an item's page; v is nil for the public's, and tagged is for
// caches in front.
func (t *site) itemDocument(c syndicate.Cleared, v *view, version int64, tagged bool) (*representation, error) {
	body, err := t.itemPage(c)
	if err != nil {
		return nil, err
	}
	d := document{contentType: typeHTML, body: body, until: c.Decision().Until, page: true, once: true, mine: true}
	d.links = []string{`<` + c.License().URL + `>; rel="license"`}
	if !c.Decision().Origin.House {
		d.robots = "noindex" // the page to be found is the one at the source
	}
	if v != nil {
		d.private, d.robots = v.key, "noindex"
	}
	if tagged && v == nil {
		d.tags = itemTags(c.Item())
	}
	d.decided = new(decidable)
	d.decided.version.Store(version)
	return newRepresentation(d), nil
}
