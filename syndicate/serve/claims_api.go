package serve

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"reprint/syndicate/claim"
)

// claimAdminRoutes are where the operator deals with claims.
func (s *Server) claimAdminRoutes() []route {
	return []route{
		{pattern: "/api/claims", audience: operator, handler: http.HandlerFunc(s.apiClaims)},
		{pattern: "/api/claims/{number}", audience: operator, handler: s.ofClaim(s.apiClaim)},
		{pattern: "/api/claims/{number}", method: http.MethodPost, audience: operator, handler: s.ofClaim(s.apiClaimStep)},
		{pattern: "/api/claims/{number}/letters/{letter}", audience: operator, handler: s.ofClaim(s.apiLetter)},
		{pattern: "/console/claims/{number}", audience: operator, handler: s.ofClaim(s.consoleClaim)},
	}
}

// ofClaim makes a handler of requests about a claim.
func (s *Server) ofClaim(answer func(http.ResponseWriter, *http.Request, claim.Claim) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		number, err := strconv.ParseInt(r.PathValue("number"), 10, 64)
		if err != nil {
			s.fail(w, r, errNotFound)
			return
		}
		c, err := s.store.Complaint(r.Context(), number)
		if err == nil {
			err = answer(w, r, c)
		}
		if err != nil {
			s.fail(w, r, err)
		}
	})
}

// apiClaims lists the claims; ?state=open those that are not decided.
func (s *Server) apiClaims(w http.ResponseWriter, r *http.Request) {
	read := func() ([]claim.Claim, error) { return AllClaims(r.Context(), s.store) }
	switch r.URL.Query().Get("state") {
	case "":
	case "open":
		read = func() ([]claim.Claim, error) { return s.store.OpenComplaints(r.Context()) }
	default:
		s.fail(w, r, badRequest("the state is open, or left out for all"))
		return
	}
	all, err := read()
	if err != nil {
		s.fail(w, r, err)
		return
	}
	list := []ClaimStatus{}
	for _, c := range all {
		list = append(list, NewClaimStatus(c, s.now()))
	}
	writeJSON(w, list)
}

// ClaimStatus is a claim as the operator sees it.
type ClaimStatus struct {
	claim.Claim
	State   string   `json:"state"`
	Overdue bool     `json:"overdue"`
	Meets   []string `json:"meets"`
}

// NewClaimStatus looks at a claim.
func NewClaimStatus(c claim.Claim, now time.Time) ClaimStatus {
	return ClaimStatus{c, c.State(), c.IsOverdue(now), c.Meets()}
}

// apiClaim shows a claim.
func (s *Server) apiClaim(w http.ResponseWriter, _ *http.Request, c claim.Claim) error {
	writeJSON(w, NewClaimStatus(c, s.now()))
	return nil
}

// claimStepRequest is what the operator lets happen to a claim.
type claimStepRequest struct {
	Kind   claim.Kind   `json:"kind"` // withheld, upheld, rejected, answered, sent or erased
	By     string       `json:"by"`
	Text   string       `json:"text"`   // as the claimant reads it
	Letter claim.Letter `json:"letter"` // that was sent
}

// apiClaimStep lets something happen to a claim. It answers 200 once nobody shows what was withdrawn, and 202 before.
func (s *Server) apiClaimStep(w http.ResponseWriter, r *http.Request, c claim.Claim) error {
	var q claimStepRequest
	if err := readJSON(w, r, mostFiling, "the kind, by whom and the text as JSON", &q); err != nil {
		return err
	}
	c, err := s.claimDesk(s.site.Load()).Decide(r.Context(), c.Number, claim.Event{Kind: q.Kind, By: q.By, Text: q.Text, Letter: q.Letter})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(r.Context(), acknowledgeWithin)
	defer cancel()
	a, err := s.acknowledgeClaim(ctx, c, q.Kind)
	if err != nil {
		return err
	}
	s.sendDecidedClaim(w, c, a)
	return nil
}

// apiLetter writes a letter about a claim.
func (s *Server) apiLetter(w http.ResponseWriter, r *http.Request, c claim.Claim) error {
	house, err := s.claimDesk(s.site.Load()).House(r.Context(), c)
	if err != nil {
		return err
	}
	letter := claim.Letter(r.PathValue("letter"))
	text, err := letter.Write(c, house)
	if err != nil {
		return badRequest(err.Error())
	}
	h := w.Header()
	h["Content-Type"], h["Cache-Control"], h["X-Content-Type-Options"] = []string{"text/plain; charset=utf-8"}, noStore, noSniff
	h["Content-Disposition"] = []string{fmt.Sprintf(`inline; filename="claim-%d-%s.txt"`, c.Number, letter)}
	_, _ = w.Write([]byte(text))
	return nil
}

// consoleClaimData is the operator's page of a claim.
type consoleClaimData struct {
	frame
	ClaimStatus
	Zone    *time.Location
	Letters []claim.Letter // that can be written
}

// consoleClaim shows the operator a claim.
func (s *Server) consoleClaim(w http.ResponseWriter, _ *http.Request, c claim.Claim) error {
	t := s.site.Load()
	data := consoleClaimData{frame: t.deskFrame(fmt.Sprintf("claim %d", c.Number)), ClaimStatus: NewClaimStatus(c, s.now()), Zone: t.rules.House().Site.Zone}
	for _, l := range claim.Letters {
		if _, err := l.Write(c, claim.House{}); err == nil {
			data.Letters = append(data.Letters, l)
		}
	}
	return sendDesk(w, "console_claim", data)
}
