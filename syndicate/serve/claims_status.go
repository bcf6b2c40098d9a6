package serve

import (
	"errors"
	"net/http"

	"reprint/feeds"
	"reprint/syndicate/claim"
)

// claimStatus shows what has become of a claim.
func (s *Server) claimStatus(t *site) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c, part, err := s.claimAt(r)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		s.showClaim(w, r, t, told{claim: c, part: part, status: http.StatusOK})
	}
}

// errNotNow tells that the claimant, or the one whom it concerns, has nothing to say any more.
var errNotNow = errors.New("that is not possible here, or not any more: the claimant may take a claim back until it is decided, and who has the other address may answer once")

// claimAnswer takes what the claimant, or the one whom it concerns, has to say.
func (s *Server) claimAnswer(t *site) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c, part, err := s.claimAt(r)
		var what said
		if err == nil {
			what, err = readSaid(w, r)
		}
		if err == nil {
			c, err = s.hear(r, t, c, part, what)
		}
		page := told{claim: c, part: part, said: what, status: http.StatusOK}
		var bad *BadFiling
		switch {
		case errors.Is(err, errNotNow):
			page.status, page.refused = http.StatusConflict, true
		case errors.As(err, &bad) && what.isForm:
			page.status, page.problems = http.StatusUnprocessableEntity, bad.Problems
		case err != nil:
			s.fail(w, r, err)
			return
		case what.isForm: // so that nobody says it again by looking again
			seeOther(w, r, t.url(r.URL.Path))
			return
		}
		s.showClaim(w, r, t, page)
	}
}

// hear lets happen what somebody says, if it is for him to say.
func (s *Server) hear(r *http.Request, t *site, c claim.Claim, part string, what said) (claim.Claim, error) {
	var e claim.Event
	switch {
	case part == asAnswerer && what.Action == "answer":
		counter := what.counter().Clean()
		e = claim.Event{Kind: claim.Answered, By: claim.ByAnswerer, Text: feeds.Lines(what.Text), Counter: &counter}
		if problems := counter.Problems(e.Text); len(problems) > 0 {
			return c, &BadFiling{problems}
		}
	case part == asClaimant && what.Action == "retract":
		e = claim.Event{Kind: claim.Retracted, By: claim.ByClaimant}
	default:
		return c, errNotNow
	}
	if err := s.maySay(c); err != nil {
		return c, err
	}
	next, err := s.claimDesk(t).Happen(r.Context(), c.Number, e)
	if _, refused := Problem(err); refused {
		return c, errNotNow
	}
	if err != nil {
		return c, err
	}
	return next, nil
}
