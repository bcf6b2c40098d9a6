package serve

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"sync"
	"time"

	"reprint/cache"
	"reprint/syndicate/claim"
)

// claimMemory are the claims that this server remembers, for a store that has lost them.
type claimMemory struct {
	mu  sync.Mutex
	all map[int64]claim.Claim
}

func (m *claimMemory) add(list ...claim.Claim) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.all == nil {
		m.all = make(map[int64]claim.Claim)
	}
	for _, c := range list {
		m.all[c.Number] = c
	}
}

func (m *claimMemory) list() []claim.Claim {
	m.mu.Lock()
	defer m.mu.Unlock()
	var list []claim.Claim
	for _, c := range m.all {
		list = append(list, c)
	}
	return list
}

// rememberClaim keeps the state of a claim on this server's disk, and on the record.
func (s *Server) rememberClaim(ctx context.Context, c claim.Claim) error {
	s.claims.add(c)
	if s.memory == nil {
		return nil
	}
	return s.memory.RememberClaim(ctx, c)
}

// claimsAtOnce bounds how many claims are read at once.
const claimsAtOnce = 1000

// AllClaims returns all claims of a store, by number.
func AllClaims(ctx context.Context, store cache.Complaints) ([]claim.Claim, error) {
	var all []claim.Claim
	for after := int64(0); ; {
		page, err := store.Complaints(ctx, after, claimsAtOnce)
		if err != nil || len(page) == 0 {
			return all, err
		}
		all = append(all, page...)
		after = page[len(page)-1].Number
	}
}

// apiClaims lists the claims; ?state=open those that are not decided.
func (s *Server) apiClaims(w http.ResponseWriter, r *http.Request) {
	all, err := AllClaims(r.Context(), s.store)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	list := []claimStatus{}
	for _, c := range all {
		if _, over := c.Outcome(); !over || r.URL.Query().Get("state") != "open" {
			list = append(list, s.claimStatusOf(c))
		}
	}
	writeJSON(w, list)
}

// claimStatus is a claim as the operator sees it.
type claimStatus struct {
	claim.Claim
	State   string   `json:"state"`
	Overdue bool     `json:"overdue"`
	Meets   []string `json:"meets"`
}

func (s *Server) claimStatusOf(c claim.Claim) claimStatus {
	return claimStatus{c, c.State(), c.IsOverdue(s.now()), c.Filing.Meets()}
}

// apiClaim shows a claim.
func (s *Server) apiClaim(w http.ResponseWriter, r *http.Request) {
	number, err := strconv.ParseInt(r.PathValue("number"), 10, 64)
	if err != nil {
		s.fail(w, r, errNotFound)
		return
	}
	c, err := s.store.Complaint(r.Context(), number)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	writeJSON(w, s.claimStatusOf(c))
}

// claimStepRequest is what the operator lets happen to a claim.
type claimStepRequest struct {
	Kind claim.Kind `json:"kind"` // withheld, upheld, rejected, answered or erased
	By   string     `json:"by"`
	Text string     `json:"text"` // as the claimant reads it
}

// apiClaimStep lets something happen to a claim.
func (s *Server) apiClaimStep(w http.ResponseWriter, r *http.Request) {
	number, err := strconv.ParseInt(r.PathValue("number"), 10, 64)
	if err != nil {
		s.fail(w, r, errNotFound)
		return
	}
	var q claimStepRequest
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, mostFiling)).Decode(&q); err != nil {
		s.fail(w, r, badRequest("send the kind, by whom and the text as JSON: "+err.Error()))
		return
	}
	c, err := s.claimDesk(s.site.Load()).Decide(r.Context(), number, claim.Event{Kind: q.Kind, By: q.By, Text: q.Text})
	if err != nil {
		s.fail(w, r, err)
		return
	}
	writeJSON(w, s.claimStatusOf(c))
}

// claimsEvery is how often the claims are counted for the metrics.
const claimsEvery = 30 * time.Second

// countClaims keeps the metrics of claims, until ctx is done.
func (s *Server) countClaims(ctx context.Context) {
	for ctx.Err() == nil {
		if all, err := AllClaims(ctx, s.store); err == nil {
			open, overdue := 0, 0
			for _, c := range all {
				if _, over := c.Outcome(); !over {
					open++
				}
				if c.IsOverdue(s.now()) {
					overdue++
				}
			}
			s.metrics.claims.Set(float64(open))
			s.metrics.claimsOverdue.Set(float64(overdue))
		}
		sleep(ctx, claimsEvery)
	}
}
