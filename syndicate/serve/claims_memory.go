package serve

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"reprint/cache"
	"reprint/syndicate/claim"
)

// claimMemory are the claims that this server remembers, for a store that has lost them.
type claimMemory struct {
	mu  sync.Mutex
	all map[string]claim.Claim // by key
}

func (m *claimMemory) add(list ...claim.Claim) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.all == nil {
		m.all = make(map[string]claim.Claim)
	}
	for _, c := range list {
		if known, ok := m.all[c.Key]; !ok || c.Supersedes(known) {
			m.all[c.Key] = c
		}
	}
}

func (m *claimMemory) list() []claim.Claim {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Collect(maps.Values(m.all))
}

// keep calls f with a claim that is news, and knows it once that has gone well. What is older than what is known stays away:
// it may have been read before something happened here.
func (m *claimMemory) keep(c claim.Claim, f func(claim.Claim) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if known, ok := m.all[c.Key]; ok && !c.Supersedes(known) && c.Number == known.Number {
		return nil
	}
	if err := f(c); err != nil {
		return err
	}
	if m.all == nil {
		m.all = make(map[string]claim.Claim)
	}
	m.all[c.Key] = c
	return nil
}

// rememberClaim keeps the state of a claim on this server's disk, and on the record.
func (s *Server) rememberClaim(ctx context.Context, c claim.Claim) error {
	return s.claims.keep(c, func(c claim.Claim) error {
		if s.memory == nil {
			return nil
		}
		return s.memory.RememberClaim(ctx, c)
	})
}

// claimsEvery is how often what this server remembers of claims and the store are made one.
const claimsEvery = 5 * time.Minute

// exchangeClaims makes what this server remembers of claims and what the store has one, until ctx is done: a store that fell
// back is given back what it lost, and what was erased elsewhere is erased here.
func (s *Server) exchangeClaims(ctx context.Context) {
	for ctx.Err() == nil {
		if err := s.agreeOnClaims(ctx); err != nil && ctx.Err() == nil {
			s.log.Warn("claims could not be compared with the store's", "error", err)
		}
		sleep(ctx, claimsEvery)
	}
}

// agreeOnClaims does so once.
func (s *Server) agreeOnClaims(ctx context.Context) error {
	stored, err := AllClaims(ctx, s.store)
	if err != nil {
		return err
	}
	byKey := make(map[string]claim.Claim)
	for _, c := range stored {
		byKey[c.Key] = c
	}
	var lost []claim.Claim
	for _, c := range s.claims.list() {
		if known, ok := byKey[c.Key]; !ok || c.Supersedes(known) {
			lost = append(lost, c)
		}
	}
	if len(lost) > 0 {
		if err := s.store.RestoreComplaints(ctx, lost); err != nil {
			return err
		}
	}
	for _, c := range stored {
		if err := s.rememberClaim(ctx, c); err != nil {
			return err
		}
	}
	return nil
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

// claimGauges are the metrics of claims. They are counted in the store when somebody asks, so that every server says the same.
type claimGauges struct {
	server        *Server
	open, overdue *prometheus.Desc
}

func newClaimGauges(s *Server) claimGauges {
	return claimGauges{
		s, prometheus.NewDesc("reprint_claims_open", "Claims that are not decided.", nil, nil),
		prometheus.NewDesc("reprint_claims_overdue", "Claims that should have been decided.", nil, nil),
	}
}

// Describe implements prometheus.Collector.
func (g claimGauges) Describe(to chan<- *prometheus.Desc) { to <- g.open; to <- g.overdue }

// countWithin is how long the store may take to count.
const countWithin = time.Second

// Collect implements prometheus.Collector. If the store does not answer, there are no figures.
func (g claimGauges) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), countWithin)
	defer cancel()
	open, overdue, err := g.server.store.CountComplaints(ctx, g.server.now())
	if err != nil {
		g.server.log.Warn("claims could not be counted", "error", err)
		return
	}
	to <- prometheus.MustNewConstMetric(g.open, prometheus.GaugeValue, float64(open))
	to <- prometheus.MustNewConstMetric(g.overdue, prometheus.GaugeValue, float64(overdue))
}
