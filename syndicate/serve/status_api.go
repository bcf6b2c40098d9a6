package serve

import (
	"context"
	"net/http"
	"time"

	"reprint/cache"
	"reprint/syndicate"
)

// statusMost is how many items one question of status may name.
const statusMost = 100

// apiStatus tells a partner of items that it names what it may show.
func (s *Server) apiStatus(t *site) func(http.ResponseWriter, *http.Request, *principal) error {
	return func(w http.ResponseWriter, r *http.Request, p *principal) error {
		var question struct {
			Items []string `json:"items"`
		}
		if err := readJSON(w, r, 64<<10, `{"items": ["ID", …]} with up to 100 ids`, &question); err != nil {
			return err
		}
		if len(question.Items) == 0 || len(question.Items) > statusMost {
			return badRequest("name 1 to 100 items")
		}
		return s.again(r, func() error { return s.tellStatus(w, r, s.walkFor(t, p, s.now()), question.Items) })
	}
}

// tellStatus makes and sends the answer.
func (s *Server) tellStatus(w http.ResponseWriter, r *http.Request, walk *walk, ids []string) error {
	told, err := walk.tell(r.Context(), ids)
	if err != nil {
		return err
	}
	statuses := make([]itemStatus, len(ids))
	for i, id := range ids {
		statuses[i] = walk.status(id, told)
	}
	return s.sendDecided(w, r, walk, struct {
		Items []itemStatus `json:"items"`
	}{statuses})
}

// sendDecided sends an answer of a walk, if nothing was withdrawn since it was decided on.
func (s *Server) sendDecided(w http.ResponseWriter, r *http.Request, walk *walk, answer any) error {
	body, err := marshal(answer)
	if err != nil {
		return err
	}
	if err := s.lastMoment(&walk.decided, s.now()); err != nil {
		return err
	}
	writeBody(w, r, body)
	return nil
}

// itemStatus is what a partner may show of an item.
type itemStatus struct {
	Item      string          `json:"item"`
	Form      string          `json:"form"`
	Reason    string          `json:"reason"`
	Agreement string          `json:"agreement,omitempty"`
	Until     time.Time       `json:"until,omitzero"`
	Had       string          `json:"had,omitempty"` // the most that the partner was sent
	Pictures  []pictureStatus `json:"pictures"`
}

type pictureStatus struct {
	URL    string `json:"url"`
	Reason string `json:"reason"`
}

// notAvailable is the reason for what is not there or was never granted: which of the two is
// not told.
const notAvailable = "not-available"

func (w *walk) status(id string, told map[string]telling) itemStatus {
	status := itemStatus{Item: id, Form: syndicate.Withheld.String(), Reason: notAvailable, Pictures: []pictureStatus{}}
	t, ok := told[id]
	if !ok || t.decision.Form == syndicate.Withheld && !t.wasHeld {
		return status
	}
	d := t.decision
	status.Form, status.Reason, status.Agreement, status.Until = d.Form.String(), string(d.Reason), w.ownName(d.Agreement), d.Until
	if t.wasHeld {
		status.Had = syndicate.Form(t.held.Form).String()
	}
	for _, p := range d.Pictures {
		if p.Granted {
			status.Pictures = append(status.Pictures, pictureStatus{p.URL, string(p.Reason)})
		}
	}
	return status
}

// holdingsStep is how many items one question of what must be removed looks through.
const holdingsStep = 500

// apiMustRemove lists what the partner was sent and may show less of now, or nothing.
func (s *Server) apiMustRemove(t *site) func(http.ResponseWriter, *http.Request, *principal) error {
	return func(w http.ResponseWriter, r *http.Request, p *principal) error {
		return s.again(r, func() error { return s.tellRemovals(w, r, s.walkFor(t, p, s.now())) })
	}
}

// tellRemovals makes and sends the answer.
func (s *Server) tellRemovals(w http.ResponseWriter, r *http.Request, walk *walk) error {
	holdings, err := s.store.Holdings(r.Context(), walk.p.partner, r.URL.Query().Get("after"), holdingsStep)
	if err != nil {
		return err
	}
	removals, err := walk.removals(r.Context(), holdings)
	if err != nil {
		return err
	}
	answer := mustRemove{Items: removals, More: len(holdings) == holdingsStep}
	if answer.More {
		answer.After = holdings[len(holdings)-1].Item
	}
	return s.sendDecided(w, r, walk, answer)
}

type mustRemove struct {
	Items []removal `json:"items"`
	After string    `json:"after,omitempty"`
	More  bool      `json:"more"`
}

// removal is an item of which the partner may show less than it was sent.
type removal struct {
	Item   string    `json:"item"`
	URI    string    `json:"uri,omitempty"`
	Had    string    `json:"had"`  // the most that it was sent
	Form   string    `json:"form"` // what it may show
	Reason string    `json:"reason"`
	First  time.Time `json:"first"`
	Last   time.Time `json:"last"`
}

func (w *walk) removals(ctx context.Context, holdings []cache.Held) ([]removal, error) {
	ids := make([]string, len(holdings))
	for i, h := range holdings {
		ids[i] = h.Item
	}
	told, err := w.tell(ctx, ids)
	if err != nil {
		return nil, err
	}
	list := []removal{}
	for _, h := range holdings {
		r := removal{Item: h.Item, Had: syndicate.Form(h.Form).String(), Form: syndicate.Withheld.String(), Reason: string(syndicate.SourceUnknown), First: h.First, Last: h.Last}
		if t, ok := told[h.Item]; ok {
			t.held = h
			if !t.hasMore() {
				continue
			}
			d := t.decision
			r.URI, r.Form, r.Reason = t.item.URI, d.Form.String(), string(d.Reason)
		}
		list = append(list, r)
	}
	return list, nil
}
