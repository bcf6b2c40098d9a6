package serve

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"reprint/cache"
	"reprint/syndicate/report"
)

// adminHandler makes the handler of the operator's listener.
func (s *Server) adminHandler(registry *prometheus.Registry) (http.Handler, error) {
	h, err := s.handler(append(s.claimAdminRoutes(), []route{
		{pattern: "/{$}", audience: operator, handler: http.RedirectHandler("/console", http.StatusFound)},
		{pattern: "/console", audience: operator, handler: http.HandlerFunc(s.console)},
		{pattern: "/api/sources", audience: operator, handler: http.HandlerFunc(s.apiSources)},
		{pattern: "/api/channels", audience: operator, handler: http.HandlerFunc(s.apiChannels)},
		{pattern: "/api/partners", audience: operator, handler: http.HandlerFunc(s.apiPartners)},
		{pattern: "/api/partners.csv", audience: operator, handler: http.HandlerFunc(s.apiPartnersCSV)},
		{pattern: "/api/items", audience: operator, handler: http.HandlerFunc(s.apiItems)},
		{pattern: "/api/withdrawals", audience: operator, handler: http.HandlerFunc(s.apiWithdrawals)},
		{pattern: "/api/withdrawals", method: http.MethodPost, audience: operator, handler: http.HandlerFunc(s.apiWithdraw)},
		{pattern: "/api/withdrawals/{epoch}", audience: operator, handler: http.HandlerFunc(s.apiAcknowledgment)},
		{pattern: "/api/orders/{key}", audience: operator, handler: http.HandlerFunc(s.apiOrder)},
		{pattern: "/api/servers", audience: operator, handler: http.HandlerFunc(s.apiServers)},
		{pattern: "/metrics", audience: operator, handler: promhttp.HandlerFor(registry, promhttp.HandlerOpts{})},
		{pattern: stylePath, audience: operator, handler: s.fixed(style)},
		{pattern: "/healthz", audience: operator, handler: http.HandlerFunc(s.alive)},
		{pattern: "/readyz", audience: operator, handler: http.HandlerFunc(s.ready)},
	}...), operator)
	if err != nil {
		return nil, err
	}
	// A page elsewhere must not act for the operator's browser.
	return http.NewCrossOriginProtection().Handler(h), nil
}

// retractionsTold is how many of what a source took back the operator is told with its status.
const retractionsTold = 20

// sourceStatus is what the operator sees of a source.
type sourceStatus struct {
	ID       string    `json:"id"`
	Name     string    `json:"name"`
	Feed     string    `json:"feed"`
	License  string    `json:"license"`
	Outcome  string    `json:"outcome"`
	Problem  string    `json:"problem,omitempty"`
	Last     time.Time `json:"last"`
	Changed  time.Time `json:"changed"`
	Next     time.Time `json:"next"`
	Failures int       `json:"failures"`
	Items    int       `json:"items"`
	Losses   []string  `json:"losses"`
	// Retracted is what the source took back, the latest first.
	Retracted []retraction `json:"retracted"`
	// Pushed is until when a hub has agreed to send what is new; zero where none has.
	Pushed time.Time `json:"pushed_until,omitzero"`
	// Server is who polls it; empty while nobody does.
	Server string `json:"server,omitempty"`
}

// retraction is what the operator sees of a source's word that it takes something back.
type retraction struct {
	Item    string    `json:"item"`
	Picture string    `json:"picture,omitempty"`
	At      time.Time `json:"at"`
	Where   string    `json:"where"`
	Reason  string    `json:"reason,omitempty"`
}

// sources asks the store what became of every source.
func (s *Server) sources(r *http.Request) ([]sourceStatus, error) {
	list := []sourceStatus{}
	holders, err := s.store.Holders(r.Context())
	if err != nil {
		return nil, err
	}
	for _, source := range s.site.Load().rules.House().Sources {
		p, err := s.store.Poll(r.Context(), source.ID)
		if err != nil {
			return nil, err
		}
		status := statusOf(source.ID, source.Name, source.Feed, source.License, p)
		if p.Hub != "" {
			if err := s.addSubscription(r.Context(), &status); err != nil {
				return nil, err
			}
		}
		status.Server = holders[source.ID]
		list = append(list, status)
	}
	return list, nil
}

// addSubscription tells of the subscription to a source. What is wrong with it is the
// source's problem where it has no other.
func (s *Server) addSubscription(ctx context.Context, status *sourceStatus) error {
	subscription, err := s.store.Subscription(ctx, status.ID)
	if subscription.Holds(s.now()) {
		status.Pushed = subscription.Until
	}
	if status.Problem == "" {
		status.Problem = subscription.Problem
	}
	return err
}

func statusOf(id, name, feed, license string, p cache.Poll) sourceStatus {
	status := sourceStatus{
		ID: id, Name: name, Feed: feed, License: license, Outcome: p.Outcome, Problem: p.Problem,
		Last: p.Last, Changed: p.Changed, Next: p.Next, Failures: p.Failures, Items: p.Items, Losses: p.Losses,
	}
	if status.Outcome == "" {
		status.Outcome = "never"
	}
	if status.Losses == nil {
		status.Losses = []string{}
	}
	status.Retracted = []retraction{}
	for _, r := range slices.Backward(p.Retracted) {
		if len(status.Retracted) < retractionsTold {
			status.Retracted = append(status.Retracted, retraction(r))
		}
	}
	return status
}

// channelStatus is what the operator sees of a channel.
type channelStatus struct {
	ID      string        `json:"id"`
	Title   string        `json:"title"`
	Items   int           `json:"items"`
	Made    time.Time     `json:"made"`
	Until   time.Time     `json:"until"`
	Stale   bool          `json:"stale"`
	Dropped []droppedItem `json:"dropped"`
}

type droppedItem struct {
	Item   string `json:"item"`
	Reason string `json:"reason"`
}

func (s *Server) channels() []channelStatus {
	list := []channelStatus{}
	for _, c := range s.site.Load().channels {
		status := channelStatus{ID: c.ID, Title: c.Title, Stale: c.stale.Load(), Dropped: []droppedItem{}}
		if e := c.current.Load(); e != nil {
			status.Items, status.Made, status.Until = e.items, e.made, e.until
			for _, d := range e.dropped {
				status.Dropped = append(status.Dropped, droppedItem{d.ID, d.Reason})
			}
		}
		list = append(list, status)
	}
	return list
}

func (s *Server) apiSources(w http.ResponseWriter, r *http.Request) {
	list, err := s.sources(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	writeJSON(w, list)
}

func (s *Server) apiChannels(w http.ResponseWriter, _ *http.Request) { writeJSON(w, s.channels()) }

// reports tells what partners have pulled.
func (s *Server) reports(r *http.Request) ([]report.Partner, error) {
	house := s.site.Load().rules.House()
	if len(house.Partners) == 0 {
		return []report.Partner{}, nil
	}
	tallies, err := s.store.Tallies(r.Context())
	return report.Partners(house, tallies, s.now()), err
}

func (s *Server) apiPartners(w http.ResponseWriter, r *http.Request) {
	list, err := s.reports(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	writeJSON(w, list)
}

func (s *Server) apiPartnersCSV(w http.ResponseWriter, r *http.Request) {
	list, err := s.reports(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	h := w.Header()
	h["Content-Type"], h["Cache-Control"] = []string{"text/csv; charset=utf-8"}, noStore
	h["Content-Disposition"] = []string{`attachment; filename="partners.csv"`}
	_ = report.WriteCSV(w, list)
}

func writeJSON(w http.ResponseWriter, v any) { writeStatusJSON(w, http.StatusOK, v) }

func writeStatusJSON(w http.ResponseWriter, status int, v any) {
	w.Header()["Content-Type"] = []string{"application/json"}
	w.Header()["Cache-Control"] = noStore
	w.WriteHeader(status)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	_ = e.Encode(v)
}
