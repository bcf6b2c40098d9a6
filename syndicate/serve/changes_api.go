package serve

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"reprint/syndicate"
	"reprint/syndicate/render"
)

const (
	changesUsual = 100
	changesMost  = 500
	waitMost     = 20 * time.Second
	waitStep     = time.Second
)

// changesAnswer is a page of the log.
type changesAnswer struct {
	// Begun tells that this is the beginning of everything that the partner may have: there
	// was no cursor, or the terms or the store are others than those of the cursor. What the
	// partner holds and is not told of until there is no more was not granted any more.
	Begun   bool     `json:"begun,omitempty"`
	Changes []change `json:"changes"`
	Cursor  string   `json:"cursor"`
	More    bool     `json:"more"`
}

// apiChanges answers with the log of what concerns the partner, from a cursor on.
func (s *Server) apiChanges(t *site) func(http.ResponseWriter, *http.Request, *principal) error {
	return func(w http.ResponseWriter, r *http.Request, p *principal) error {
		q, err := s.changesQuestion(r, p)
		if err != nil {
			return err
		}
		return s.again(r, func() error { return s.tellChanges(w, r, t, p, q) })
	}
}

// tellChanges makes and sends one page.
func (s *Server) tellChanges(w http.ResponseWriter, r *http.Request, t *site, p *principal, q changesQuestion) error {
	walk, err := s.walkOn(r.Context(), t, p, q)
	if err != nil {
		return err
	}
	answer := changesAnswer{Begun: walk.began, Changes: walk.changes, Cursor: walk.cursor.encode(q.secret, p.partner), More: walk.more}
	if answer.Changes == nil {
		answer.Changes = []change{}
	}
	return s.sendChanges(w, r, t, p, walk, answer, q.content)
}

// changesQuestion is what a partner asks of the log.
type changesQuestion struct {
	after   *cursor
	limit   int
	wait    time.Duration
	content bool
	secret  []byte
}

func (s *Server) changesQuestion(r *http.Request, p *principal) (changesQuestion, error) {
	q := changesQuestion{limit: changesUsual, content: true}
	var err error
	if q.secret, err = s.secret(r.Context(), cursorSecret); err != nil {
		return q, err
	}
	values := r.URL.Query()
	if after := values.Get("after"); after != "" {
		c, err := decodeCursor(q.secret, p.partner, after)
		if err != nil {
			return q, err
		}
		q.after = &c
	}
	if limit := values.Get("limit"); limit != "" {
		if q.limit, err = strconv.Atoi(limit); err != nil || q.limit < 1 || q.limit > changesMost {
			return q, badRequest("limit must be a number from 1 to " + strconv.Itoa(changesMost))
		}
	}
	if wait := values.Get("wait"); wait != "" {
		seconds, err := strconv.Atoi(wait)
		if err != nil || seconds < 0 {
			return q, badRequest("wait must be a number of seconds")
		}
		q.wait = min(time.Duration(seconds)*time.Second, waitMost)
	}
	switch values.Get("content") {
	case "", "full":
	case "none":
		q.content = false
	default:
		return q, badRequest("content must be full or none")
	}
	return q, nil
}

// walkOn reads the log, and waits for something if there is nothing.
func (s *Server) walkOn(ctx context.Context, t *site, p *principal, q changesQuestion) (*walk, error) {
	for waited := time.Duration(0); ; waited += waitStep {
		walk, err := s.newWalk(ctx, t, p, q.after, q.limit, s.now())
		if err != nil {
			return nil, err
		}
		if err := walk.read(ctx); err != nil {
			return nil, err
		}
		if len(walk.changes) > 0 || walk.more || walk.began || waited >= q.wait || s.site.Load() != t || s.health.isDraining() {
			return walk, nil
		}
		begun := s.now()
		if _, _, err := s.store.Journal(ctx, walk.cursor.Seq, 1, waitStep); err != nil {
			return nil, err
		}
		if rest := waitStep - s.now().Sub(begun); rest > 0 && rest < waitStep {
			waited -= rest // something came before the step was over
		}
		q.after = &walk.cursor
	}
}

// sendChanges writes a page of the log, on the record if it holds content.
func (s *Server) sendChanges(w http.ResponseWriter, r *http.Request, t *site, p *principal, walk *walk, answer changesAnswer, content bool) error {
	cleared := walk.cleared()
	if content && len(cleared) > 0 {
		site := t.rules.House().Site
		// Without a feed around it every item states its own language: "und" is nobody's.
		items, dropped, err := render.JSONItems(render.Feed{
			Site: site, Channel: syndicate.Channel{ID: "changes", Title: site.Name, Language: "und"}, Page: t.url("/"), Self: t.url("/partner/changes"), ItemURL: t.url("/items/"), Items: cleared,
		})
		if err != nil {
			return err
		}
		for _, d := range dropped {
			s.log.Warn("item left out", "partner", p.partner, "item", d.ID, "reason", d.Reason)
		}
		for i := range answer.Changes {
			answer.Changes[i].Content = items[answer.Changes[i].Item]
		}
	}
	body, err := marshal(answer)
	if err != nil {
		return err
	}
	if content && len(cleared) > 0 && r.Method != http.MethodHead {
		err = s.record(w, r, p, newManifest(p.view, cleared), digestOf(body), &walk.decided)
	} else {
		err = s.lastMoment(&walk.decided, s.now())
	}
	if err != nil {
		return err
	}
	writeBody(w, r, body)
	return nil
}
