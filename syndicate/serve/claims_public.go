package serve

import (
	"cmp"
	"context"
	"crypto/hmac"
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"reprint/syndicate"
	"reprint/syndicate/claim"
)

// claimRoutes are where everybody reaches the house with a complaint (T4).
func (s *Server) claimRoutes(t *site) []route {
	// A page elsewhere must not file claims for those who read it.
	guarded := func(h http.HandlerFunc) http.Handler {
		guard := http.NewCrossOriginProtection()
		guard.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.fail(w, r, errElsewhereForm) }))
		return guard.Handler(h)
	}
	const one = "/claims/{number}/{token}"
	return []route{
		{pattern: "/claims/new", audience: claimants, handler: s.claimForm(t)},
		{pattern: "/claims/new", method: http.MethodPost, audience: claimants, handler: guarded(s.fileClaim(t))},
		{pattern: one, audience: claimants, handler: s.claimStatus(t)},
		{pattern: one, method: http.MethodPost, audience: claimants, handler: guarded(s.claimAnswer(t))},
	}
}

var errElsewhereForm = errors.New("this form can be sent from the house's own page only, or by a program")

// claimDesk is the desk of this server.
func (s *Server) claimDesk(t *site) ClaimDesk {
	return ClaimDesk{
		Store: s.store, Site: t.rules.House().Site, Sources: t.sources(), Now: s.now, Remember: s.rememberClaim,
		Place: func(ctx context.Context, order syndicate.Order) error {
			_, err := s.place(ctx, order)
			if errors.Is(err, errQueued) { // it is on the disk, and carried out as soon as the store answers
				return nil
			}
			return err
		},
		Secret: func(ctx context.Context) ([]byte, error) { return s.secret(ctx, ClaimSecret) },
	}
}

// claimForm shows the form.
func (s *Server) claimForm(t *site) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		filing := claim.Filing{}
		if id := r.URL.Query().Get("item"); id != "" && len(id) < 200 {
			filing.Places = []string{t.url("/items/" + id)}
		}
		s.showClaimForm(w, r, t, http.StatusOK, said{Key: NewKey(), Filing: filing}, nil)
	}
}

// fileClaim takes a claim.
func (s *Server) fileClaim(t *site) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		what, err := readSaid(w, r)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		if what.isForm || what.Language == "" {
			what.Language = t.words.Language
		}
		c, err := s.takeClaim(r, t, what)
		var bad *BadFiling
		switch {
		case errors.As(err, &bad) && what.isForm:
			s.showClaimForm(w, r, t, http.StatusUnprocessableEntity, what, bad.Problems)
		case err != nil:
			s.fail(w, r, err)
		default:
			s.claimFiled(w, r, t, c, what.isForm)
		}
	}
}

// takeClaim files a claim, if not too many were.
func (s *Server) takeClaim(r *http.Request, t *site, what said) (claim.Claim, error) {
	if problems := what.Trim().Problems(); len(problems) > 0 {
		return claim.Claim{}, &BadFiling{problems}
	}
	from, _ := netip.ParseAddrPort(r.RemoteAddr)
	if wait, ok := s.filings.Filed(from.Addr(), s.now()); !ok {
		return claim.Claim{}, &tooMany{wait, "too many claims at once; write to the house by mail, or try again later"}
	}
	return s.claimDesk(t).File(r.Context(), cmp.Or(what.Key, NewKey()), what.Filing)
}

// claimFiled tells a person, or a program, where to see what becomes of a claim.
func (s *Server) claimFiled(w http.ResponseWriter, r *http.Request, t *site, c claim.Claim, person bool) {
	house, err := s.claimDesk(t).House(r.Context(), c.Number)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	w.Header()["Referrer-Policy"] = noReferrer
	if person {
		w.Header()["Cache-Control"] = noStore
		at, _ := url.Parse(house.Status)
		http.Redirect(w, r, at.RequestURI(), http.StatusSeeOther) // the form may have been at another name of the house
		return
	}
	w.Header()["Location"] = []string{house.Status}
	writeStatusJSON(w, http.StatusCreated, publicClaim(c, house.Status))
}

// shownClaim is what the claimant, or who answers, is told of a claim.
type shownClaim struct {
	Number int64         `json:"number"`
	Status string        `json:"status,omitempty"` // address to look at
	State  string        `json:"state"`
	At     string        `json:"filed"`
	Due    string        `json:"due"`
	Meets  []string      `json:"meets"`
	Items  []string      `json:"items"`
	Events []claim.Event `json:"events"`
}

func publicClaim(c claim.Claim, status string) shownClaim {
	shown := shownClaim{
		Number: c.Number, Status: status, State: c.State(), At: c.At.Format("2006-01-02T15:04:05Z07:00"), Due: c.Due.Format("2006-01-02T15:04:05Z07:00"),
		Meets: c.Filing.Meets(), Items: append([]string{}, c.Items...), Events: []claim.Event{},
	}
	for _, e := range c.Events {
		e.Order = ""
		shown.Events = append(shown.Events, e)
	}
	return shown
}

// claimAt returns the claim of an address, and which part its secret is for. Who guesses learns nothing.
func (s *Server) claimAt(r *http.Request) (c claim.Claim, part string, err error) {
	number, err := strconv.ParseInt(r.PathValue("number"), 10, 64)
	if err != nil || number < 1 {
		return c, "", s.refuse(r, "", errNotFound)
	}
	secret, err := s.secret(r.Context(), ClaimSecret)
	if err != nil {
		return c, "", err
	}
	for _, p := range []string{asClaimant, asAnswerer} {
		if hmac.Equal([]byte(token(secret, p, number)), []byte(strings.ToLower(r.PathValue("token")))) {
			part = p
		}
	}
	if part == "" {
		return c, "", s.refuse(r, "", errNotFound)
	}
	c, err = s.store.Complaint(r.Context(), number)
	return c, part, err
}

// claimStatus shows what has become of a claim.
func (s *Server) claimStatus(t *site) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c, part, err := s.claimAt(r)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		s.showClaim(w, r, t, http.StatusOK, c, part, "")
	}
}

// claimAnswer takes what the claimant, or the one whom it concerns, has to say.
func (s *Server) claimAnswer(t *site) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c, part, err := s.claimAt(r)
		if err == nil {
			var what said
			if what, err = readSaid(w, r); err == nil {
				c, err = s.hear(r, t, c, part, what)
			}
		}
		var bad badRequest
		switch {
		case errors.As(err, &bad) && c.Number > 0:
			s.showClaim(w, r, t, http.StatusConflict, c, part, bad.Error())
		case err != nil:
			s.fail(w, r, err)
		default:
			s.showClaim(w, r, t, http.StatusOK, c, part, "")
		}
	}
}

// hear lets happen what somebody says, if it is for him to say.
func (s *Server) hear(r *http.Request, t *site, c claim.Claim, part string, what said) (claim.Claim, error) {
	e := claim.Event{Text: clip(strings.TrimSpace(what.Text), claim.MostReasons)}
	switch {
	case part == asAnswerer && what.Action == "answer":
		e.Kind, e.By = claim.Answered, "answerer"
	case part == asClaimant && what.Action == "retract":
		e.Kind, e.By = claim.Retracted, "claimant"
	default:
		return c, badRequest("that is not possible here: the claimant may retract, and who has the other address may answer")
	}
	from, _ := netip.ParseAddrPort(r.RemoteAddr)
	if wait, ok := s.filings.Filed(from.Addr(), s.now()); !ok {
		return c, &tooMany{wait, "too much at once; try again later"}
	}
	next, err := s.claimDesk(t).Happen(r.Context(), c.Number, e)
	if err != nil {
		return c, err
	}
	return next, nil
}
