package serve

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

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
