package serve

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// audience says who may use a route. The zero value is nobody: a route that does not say
// does not register.
type audience int

const (
	undeclared audience = iota
	everybody           // readers, and the same for partners, on the public listener
	anyone              // readers, and partners with credentials, who get what is theirs
	partners            // partners with credentials
	archived            // partners with credentials that are good for the feed
	linked              // who was given a reader link
	hubs                // a hub that was given the address, on the public listener
	claimants           // who files a claim, or was given the secret address of one, on the public listener
	operator            // who reaches the operator's listener
)

// onPublicListener are the audiences of the public listener.
var onPublicListener = []audience{everybody, anyone, partners, archived, linked, hubs, claimants}

// route is one address pattern, who may use it, and who answers.
type route struct {
	pattern  string // of http.ServeMux, without the method
	method   string // GET, with HEAD, where empty
	audience audience
	handler  http.Handler
	// ready returns the document at this address if it is ready in memory, for the lanes;
	// nil where there never is one.
	ready func() *representation
}

// fixedRoute is a route to a document that is always the same.
func (s *Server) fixedRoute(pattern string, d *representation) route {
	return route{pattern: pattern, audience: everybody, handler: s.fixed(d), ready: func() *representation { return d }}
}

// editionRoute is a route to a document of a channel's edition.
func (s *Server) editionRoute(t *site, c *channel, kind documentKind) route {
	ready := func() *representation {
		if e := c.current.Load(); e != nil {
			return e.documents[kind]
		}
		return nil
	}
	return route{pattern: "/feeds/" + c.ID + documentEnd[kind], audience: anyone, handler: s.edition(t, c, kind), ready: ready}
}

// publicRoutes lists every address of the public listener.
func (s *Server) publicRoutes(t *site) ([]route, error) {
	catalog, err := t.catalog()
	if err != nil {
		return nil, err
	}
	outline, err := t.outline()
	if err != nil {
		return nil, err
	}
	routes := []route{
		s.fixedRoute("/{$}", catalog),
		s.fixedRoute("/feeds.opml", outline),
		s.fixedRoute("/robots.txt", t.robots()),
		s.fixedRoute(stylePath, style),
		{pattern: "/items/{id}", audience: anyone, handler: s.item(t)},
		{pattern: archivePattern, audience: archived, handler: s.archive(t)},
		{pattern: linkPattern, audience: linked, handler: s.linked(t)},
		{pattern: "/healthz", audience: everybody, handler: http.HandlerFunc(s.alive)},
		{pattern: "/readyz", audience: everybody, handler: http.HandlerFunc(s.ready)},
	}
	for _, c := range t.channels {
		for kind := range documentKind(documents) {
			routes = append(routes, s.editionRoute(t, c, kind))
		}
	}
	for _, l := range t.rules.House().Licenses {
		page, err := t.license(l.ID)
		if err != nil {
			return nil, err
		}
		routes = append(routes, s.fixedRoute("/licenses/"+l.ID, page))
	}
	return slices.Concat(routes, s.partnerRoutes(t), s.pushRoutes(), s.claimRoutes(t)), nil
}

// handler makes one handler of the routes of a listener's audiences. A route of another
// audience, or of none, is an error: it would be reachable by the wrong people.
func (s *Server) handler(routes []route, of ...audience) (http.Handler, error) {
	mux := http.NewServeMux()
	for _, r := range routes {
		if r.audience == undeclared || !slices.Contains(of, r.audience) {
			return nil, fmt.Errorf("serve: the route %s does not say that it is for this listener", r.pattern)
		}
		mux.Handle(cmp.Or(r.method, http.MethodGet)+" "+r.pattern, s.observe(r.pattern, r.handler))
	}
	mux.Handle("/", s.observe("none", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.fail(w, r, unmatched(mux, r))
	})))
	return mux, nil
}

// warmRoutes lists the documents that lanes can send, by their path.
func (s *Server) warmRoutes(routes []route) map[string]*warmRoute {
	warm := make(map[string]*warmRoute)
	for _, r := range routes {
		if r.ready != nil && (r.audience == everybody || r.audience == anyone) {
			path := strings.TrimSuffix(r.pattern, "{$}")
			warm[path] = &warmRoute{r.pattern, path, s.metrics.route(r.pattern), r.ready}
		}
	}
	return warm
}

// unmatched tells why no route took a request: there is nothing there, or nothing for its method.
func unmatched(mux *http.ServeMux, r *http.Request) error {
	takes := func(method string) bool {
		_, pattern := mux.Handler(&http.Request{Method: method, URL: r.URL, Host: r.Host})
		return pattern != "/"
	}
	switch {
	case r.Method == http.MethodGet, r.Method == http.MethodHead, !takes(http.MethodGet): // every address can be read
		return errNotFound
	case takes(http.MethodPost):
		return errMethodOrPost
	}
	return errMethod
}

// fixed answers with a document that is always the same.
func (s *Server) fixed(d *representation) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := s.release(w, r, d, nil, nil); err != nil {
			s.fail(w, r, err)
		}
	})
}
