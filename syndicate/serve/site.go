package serve

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"reprint/syndicate"
)

// site is everything that is made from one rulebook: its channels, and the documents that
// change with the rules only.
type site struct {
	rules    *syndicate.Rulebook
	words    words
	base     string // the path of the site's URL, which links begin with
	channels []*channel
	public   http.Handler
	warm     map[string]*warmRoute // by path: what lanes can send

	partners Partners
	seats    map[syndicate.Audience]*seat // who can ask besides the public
	views    []*view                      // what they see, each once
}

// newSite prepares a site. Its channels have no editions yet.
func (s *Server) newSite(rules *syndicate.Rulebook, partners Partners) (*site, error) {
	rules = rules.Reading(newGists().of)
	house := rules.House()
	t := &site{rules: rules, partners: partners, words: wordsFor(house.Site.Language)}
	if u, err := url.Parse(house.Site.URL); err == nil {
		t.base = strings.TrimSuffix(u.Path, "/")
	}
	for _, c := range house.Channels {
		t.channels = append(t.channels, newChannel(rules, c))
	}
	t.makeSeats()
	routes, err := s.publicRoutes(t)
	if err != nil {
		return nil, err
	}
	t.warm = s.warmRoutes(routes)
	t.public, err = s.handler(routes, onPublicListener...)
	return t, err
}

// channel returns the public's channel with that id; nil if there is none.
func (t *site) channel(id string) *channel {
	for _, c := range t.channels {
		if c.ID == id {
			return c
		}
	}
	return nil
}

// sources are the ids of all sources.
func (t *site) sources() []string {
	var ids []string
	for _, s := range t.rules.House().Sources {
		ids = append(ids, s.ID)
	}
	return ids
}

// url returns the public address of a path of the site.
func (t *site) url(path string) string { return t.rules.House().Site.URL + path }

// page makes a page that changes with the rules only.
func (t *site) page(name string, data any) (*representation, error) {
	body, err := renderPage(name, data)
	if err != nil {
		return nil, err
	}
	return newRepresentation(document{contentType: typeHTML, body: body, maxAge: maxAge, page: true}), nil
}

// The media types of what is served.
const (
	typeHTML = "text/html; charset=utf-8"
	typeRSS  = "application/rss+xml; charset=utf-8"
	typeAtom = "application/atom+xml; charset=utf-8"
	typeJSON = "application/feed+json; charset=utf-8"
	typeOPML = "text/x-opml; charset=utf-8"
	typeText = "text/plain; charset=utf-8"
	typeCSS  = "text/css; charset=utf-8"
)

// aYear is for documents whose address changes with their content.
const aYear = 365 * 24 * time.Hour
