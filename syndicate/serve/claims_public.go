package serve

import (
	"context"
	"crypto/hmac"
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"reprint/cache"
	"reprint/feeds"
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
		Store: s.store, Site: t.rules.House().Site, Sources: t.sources(), Now: s.now, Remember: s.rememberClaim, Copies: s.copiesDown(),
		Shown: func(item feeds.Item) bool { return s.isOrWasShown(t, item) },
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

// isOrWasShown tells whether the public is shown an item, or would be if it were not withdrawn.
func (s *Server) isOrWasShown(t *site, item feeds.Item) (shown bool) {
	_, d := t.rules.Decide(item, syndicate.Public, nil, s.now())
	return d.Form != syndicate.Withheld
}

// claimForm shows the form.
func (s *Server) claimForm(t *site) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		filing := claim.Filing{}
		if id := r.URL.Query().Get("item"); isItemID(id) {
			filing.Places = []string{t.url("/items/" + id)}
		}
		s.showClaimForm(w, r, t, said{Key: NewKey(), Filing: filing}, nil)
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
			what.Language = t.languageFor(r)
		}
		c, err := s.takeClaim(r, t, what)
		var bad *BadFiling
		switch {
		case errors.As(err, &bad) && what.isForm:
			s.showClaimForm(w, r, t, what, bad.Problems)
		case err != nil:
			s.fail(w, r, err)
		default:
			s.claimFiled(w, r, t, c, what.isForm)
		}
	}
}

// takeClaim files a claim, if not too many were.
func (s *Server) takeClaim(r *http.Request, t *site, what said) (claim.Claim, error) {
	if problems := what.Clean().Problems(); len(problems) > 0 {
		return claim.Claim{}, &BadFiling{problems}
	}
	if err := s.mayFile(r); err != nil {
		return claim.Claim{}, err
	}
	key := what.Key
	if key == "" {
		key = NewKey()
	}
	return s.claimDesk(t).File(r.Context(), key, what.Filing)
}

// mayFile counts a claim, and tells who files it to wait if there were too many.
func (s *Server) mayFile(r *http.Request) error {
	from, _ := netip.ParseAddrPort(r.RemoteAddr)
	return unlessTooMuch(s.filings.Filed(from.Addr(), s.now()))
}

// maySay does so for what those say of a claim who have its secret address.
func (s *Server) maySay(c claim.Claim) error { return unlessTooMuch(s.filings.Said(c.Key, s.now())) }

func unlessTooMuch(wait time.Duration, ok bool) error {
	if ok {
		return nil
	}
	return &tooMany{wait, "too much at once; write to the house by mail, or try again later"}
}

// claimFiled tells a person, or a program, where to see what becomes of a claim.
func (s *Server) claimFiled(w http.ResponseWriter, r *http.Request, t *site, c claim.Claim, person bool) {
	house, err := s.claimDesk(t).House(r.Context(), c)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	if person {
		seeOther(w, r, house.Status)
		return
	}
	w.Header()["Location"], w.Header()["Referrer-Policy"] = []string{house.Status}, noReferrer
	writeStatusJSON(w, http.StatusCreated, publicClaim(c, house.Status, t.rules.House().Site.Zone))
}

// seeOther leads a browser to a page of the house, by whatever name of the house it came.
func seeOther(w http.ResponseWriter, r *http.Request, address string) {
	w.Header()["Cache-Control"], w.Header()["Referrer-Policy"] = noStore, noReferrer
	at, _ := url.Parse(address)
	http.Redirect(w, r, at.RequestURI(), http.StatusSeeOther)
}

// shownClaim is what the claimant, or who answers, is told of a claim.
type shownClaim struct {
	Number int64        `json:"number"`
	Status string       `json:"status,omitempty"` // address to look at
	State  string       `json:"state"`
	At     time.Time    `json:"filed"`
	Due    string       `json:"due"` // the last day
	Meets  []string     `json:"meets"`
	Items  []string     `json:"items"`
	Events []shownEvent `json:"events"`
}

// shownEvent is an event as both of them are told it.
type shownEvent struct {
	At     time.Time    `json:"at"`
	Kind   claim.Kind   `json:"kind"`
	By     string       `json:"by"`
	Text   string       `json:"text,omitempty"`
	Letter claim.Letter `json:"letter,omitempty"`
}

func publicClaim(c claim.Claim, status string, zone *time.Location) shownClaim {
	shown := shownClaim{
		Number: c.Number, Status: status, State: c.State(), At: c.At, Due: feeds.Day(c.Due, zone),
		Meets: c.Meets(), Items: append([]string{}, c.Items...), Events: []shownEvent{},
	}
	for _, e := range c.Events {
		shown.Events = append(shown.Events, shownEvent{e.At, e.Kind, e.By, e.Text, e.Letter})
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
	c, err = s.store.Complaint(r.Context(), number)
	if errors.Is(err, cache.ErrNoClaim) {
		return c, "", s.refuse(r, "", errNotFound)
	}
	if err != nil {
		return c, "", err
	}
	for _, p := range []string{asClaimant, asAnswerer} {
		if hmac.Equal([]byte(token(secret, p, c)), []byte(strings.ToLower(r.PathValue("token")))) {
			return c, p, nil
		}
	}
	return claim.Claim{}, "", s.refuse(r, "", errNotFound)
}
