package serve

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"reprint/cache"
	"reprint/syndicate"
	"reprint/syndicate/ledger"
	"reprint/syndicate/render"
)

// partnerRoutes are the partner API.
func (s *Server) partnerRoutes(t *site) []route {
	api := func(pattern, method string, answer func(http.ResponseWriter, *http.Request, *principal) error) route {
		return route{pattern: pattern, method: method, audience: partners, handler: s.forPartners(t, answer)}
	}
	return []route{
		api("/partner", "", s.apiSelf(t)),
		api("/partner/changes", "", s.apiChanges(t)),
		api("/partner/status", http.MethodPost, s.apiStatus(t)),
		api("/partner/must-remove", "", s.apiMustRemove(t)),
		api("/partner/receipts/{n}", "", s.apiReceipt),
	}
}

// badRequest is what a partner asked wrongly, in words.
type badRequest string

func (e badRequest) Error() string { return string(e) }

// partnerSelf is what a partner is told of itself.
type partnerSelf struct {
	Partner    string           `json:"partner"`
	Name       string           `json:"name"`
	Agreements []agreementTerms `json:"agreements"`
	Channels   []channelFeeds   `json:"channels"`
	Ledger     ledgerKey        `json:"ledger"`
}

type agreementTerms struct {
	ID        string             `json:"id"`
	Revision  string             `json:"revision"`
	Covers    syndicate.Coverage `json:"covers"`
	Text      string             `json:"text"`
	Pictures  string             `json:"pictures"`
	From      time.Time          `json:"from,omitzero"`
	Until     time.Time          `json:"until,omitzero"`
	Embargo   string             `json:"embargo,omitempty"`
	Window    string             `json:"window,omitempty"`
	DailyCap  int                `json:"daily_cap,omitempty"`
	Terms     string             `json:"terms,omitempty"`
	Territory []string           `json:"territory,omitempty"`
	Purpose   string             `json:"purpose,omitempty"`
}

type channelFeeds struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	RSS   string `json:"rss"`
	Atom  string `json:"atom"`
	JSON  string `json:"json"`
}

type ledgerKey struct {
	ID        string `json:"id"`
	PublicKey string `json:"public_key"`
}

// apiSelf tells a partner what it was promised and where things are.
func (s *Server) apiSelf(t *site) func(http.ResponseWriter, *http.Request, *principal) error {
	return func(w http.ResponseWriter, _ *http.Request, p *principal) error {
		partner, _ := t.rules.Partner(p.partner)
		self := partnerSelf{Partner: partner.ID, Name: partner.Name, Agreements: []agreementTerms{}, Channels: []channelFeeds{}, Ledger: ledgerKey{s.ledger.ID(), s.ledger.PublicKey()}}
		for _, a := range partner.Agreements {
			self.Agreements = append(self.Agreements, termsIn(a))
		}
		for _, c := range t.channels {
			page := t.url("/feeds/" + c.ID)
			self.Channels = append(self.Channels, channelFeeds{c.ID, c.Title, page + ".rss", page + ".atom", page + ".json"})
		}
		writeJSON(w, self)
		return nil
	}
}

func termsIn(a syndicate.Agreement) agreementTerms {
	t := agreementTerms{
		ID: a.ID, Revision: a.Revision(), Covers: a.Covers, Text: a.Text.String(), Pictures: a.Pictures.String(), From: a.From, Until: a.Until,
		DailyCap: a.DailyCap, Terms: a.Terms, Territory: a.Territory, Purpose: a.Purpose,
	}
	if a.Embargo > 0 {
		t.Embargo = a.Embargo.String()
	}
	if a.Window > 0 {
		t.Window = a.Window.String()
	}
	return t
}

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
		items, dropped, err := render.JSONItems(render.Feed{
			Site: site, Channel: syndicate.Channel{ID: "changes", Title: site.Name}, Page: t.url("/"), Self: t.url("/partner/changes"), ItemURL: t.url("/items/"), Items: cleared,
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
		if err := s.record(w, r, p, newManifest(p.view, cleared), digestOf(body)); err != nil {
			return err
		}
	}
	writeBody(w, r, body)
	return nil
}

// apiReceipt answers with the proof of one of the partner's own pulls.
func (s *Server) apiReceipt(w http.ResponseWriter, r *http.Request, p *principal) error {
	id, number, ok := strings.Cut(r.PathValue("n"), "-")
	if !ok {
		id, number = s.ledger.ID(), id
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || len(id) != len(s.ledger.ID()) {
		return errNotFound
	}
	if id != s.ledger.ID() {
		return errElsewhere
	}
	receipt, err := s.ledger.Receipt(r.Context(), n)
	if errors.Is(err, ledger.ErrNoEntry) {
		return errNotFound
	}
	if err != nil {
		return err
	}
	var e ledger.Entry
	if err := json.Unmarshal([]byte(receipt.Entry), &e); err != nil {
		return err
	}
	if e.Pulled == nil || e.Pulled.Partner != p.partner {
		return errNotFound
	}
	body, err := marshal(receipt)
	if err != nil {
		return err
	}
	writeBody(w, r, body)
	return nil
}

// errElsewhere tells that a receipt is of another server.
var errElsewhere = errors.New("this receipt is of the ledger of another server: ask again, or ask the publisher")

// statusMost is how many items one question of status may name.
const statusMost = 100

// apiStatus tells a partner of items that it names what it may show.
func (s *Server) apiStatus(t *site) func(http.ResponseWriter, *http.Request, *principal) error {
	return func(w http.ResponseWriter, r *http.Request, p *principal) error {
		var question struct {
			Items []string `json:"items"`
		}
		decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, 64<<10))
		if err := decoder.Decode(&question); err != nil && !errors.Is(err, io.EOF) {
			return badRequest(`send {"items": ["ID", …]} with up to 100 ids`)
		}
		if len(question.Items) == 0 || len(question.Items) > statusMost {
			return badRequest("name 1 to 100 items")
		}
		walk := &walk{server: s, site: t, p: p, now: s.now()}
		told, err := walk.tell(r.Context(), question.Items)
		if err != nil {
			return err
		}
		statuses := make([]itemStatus, len(question.Items))
		for i, id := range question.Items {
			statuses[i] = walk.status(id, told)
		}
		body, err := marshal(struct {
			Items []itemStatus `json:"items"`
		}{statuses})
		if err != nil {
			return err
		}
		writeBody(w, r, body)
		return nil
	}
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
		after := r.URL.Query().Get("after")
		holdings, err := s.store.Holdings(r.Context(), p.partner, after, holdingsStep)
		if err != nil {
			return err
		}
		removals, err := (&walk{server: s, site: t, p: p, now: s.now()}).removals(r.Context(), holdings)
		if err != nil {
			return err
		}
		answer := mustRemove{Items: removals, More: len(holdings) == holdingsStep}
		if answer.More {
			answer.After = holdings[len(holdings)-1].Item
		}
		body, err := marshal(answer)
		if err != nil {
			return err
		}
		writeBody(w, r, body)
		return nil
	}
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
			d := t.decision
			if int(d.Form) >= h.Form && len(t.cleared.Pictures()) >= h.Pictures {
				continue
			}
			r.URI, r.Form, r.Reason = t.item.URI, d.Form.String(), string(d.Reason)
		}
		list = append(list, r)
	}
	return list, nil
}

// marshal writes an answer of the API.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	err := e.Encode(v)
	return b.Bytes(), err
}

// writeBody sends an answer of the API, which nobody may keep.
func writeBody(w http.ResponseWriter, r *http.Request, body []byte) {
	h := w.Header()
	h["Content-Type"] = []string{"application/json"}
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	h["Cache-Control"], h["Vary"] = noStore, varyAuthorization
	h["X-Content-Type-Options"], h["Referrer-Policy"] = noSniff, noReferrer
	h["Content-Security-Policy"] = documentPolicy
	if r.Method != http.MethodHead {
		_, _ = w.Write(body)
	}
}
