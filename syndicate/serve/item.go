package serve

import (
	"net/http"

	"reprint/feeds"
	"reprint/syndicate"
)

// item answers with the page of one item, as everybody may see it. An item that is withheld
// is not told apart from one that does not exist: that there is one is itself a part of it.
func (s *Server) item(t *site) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := r.PathValue("id")
		if feeds.SourceOf(id) == "" {
			s.fail(w, r, errNotFound)
			return
		}
		items, err := s.store.Items(r.Context(), []string{id})
		if err != nil {
			s.fail(w, r, err)
			return
		}
		if len(items) == 0 {
			s.fail(w, r, errNotFound)
			return
		}
		cleared, decision := t.rules.Decide(items[0], syndicate.Public, nil, s.now())
		if decision.Form == syndicate.Withheld {
			s.fail(w, r, errNotFound)
			return
		}
		d, err := t.itemDocument(cleared)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		s.release(w, r, d)
	})
}

// itemDocument makes the representation of an item's page.
func (t *site) itemDocument(c syndicate.Cleared) (*representation, error) {
	body, err := t.itemPage(c)
	if err != nil {
		return nil, err
	}
	d := document{contentType: typeHTML, body: body, maxAge: maxAge, until: c.Decision().Until, page: true, once: true}
	d.links = []string{`<` + c.License().URL + `>; rel="license"`}
	if !c.Decision().Origin.House {
		d.robots = "noindex" // the page to be found is the one at the source
	}
	return newRepresentation(d), nil
}
