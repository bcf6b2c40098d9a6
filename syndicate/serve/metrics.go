package serve

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics are what the operator's monitoring sees. Labels take few values only: routes,
// channels, sources and partners of the configuration, classes of status.
type metrics struct {
	requests      *prometheus.CounterVec
	sent          *prometheus.CounterVec
	took          *prometheus.HistogramVec
	renderings    *prometheus.CounterVec
	rendering     prometheus.Histogram
	items         *prometheus.GaugeVec
	dropped       *prometheus.GaugeVec
	rendersAt     *prometheus.GaugeVec
	journal       prometheus.Gauge
	storeFailures prometheus.Counter
	polls         *prometheus.CounterVec
	polling       *prometheus.HistogramVec
	held          prometheus.Gauge
	refused       prometheus.Counter
	pulls         *prometheus.CounterVec
	unchanged     *prometheus.CounterVec
}

func newMetrics(registry *prometheus.Registry) *metrics {
	m := &metrics{
		requests:      prometheus.NewCounterVec(prometheus.CounterOpts{Name: "reprint_requests_total", Help: "Requests by route and status."}, []string{"route", "status"}),
		sent:          prometheus.NewCounterVec(prometheus.CounterOpts{Name: "reprint_response_bytes_total", Help: "Bytes of response bodies by route."}, []string{"route"}),
		took:          prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "reprint_request_seconds", Help: "Time to answer by route.", Buckets: prometheus.ExponentialBuckets(0.00005, 4, 9)}, []string{"route"}),
		renderings:    prometheus.NewCounterVec(prometheus.CounterOpts{Name: "reprint_renderings_total", Help: "Editions made by channel and result."}, []string{"channel", "result"}),
		rendering:     prometheus.NewHistogram(prometheus.HistogramOpts{Name: "reprint_rendering_seconds", Help: "Time to make an edition.", Buckets: prometheus.ExponentialBuckets(0.001, 2, 12)}),
		items:         prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "reprint_channel_items", Help: "Items in the current edition of a channel."}, []string{"channel"}),
		dropped:       prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "reprint_channel_dropped_items", Help: "Items that could not be rendered."}, []string{"channel"}),
		rendersAt:     prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "reprint_channel_rendered_timestamp_seconds", Help: "When the current edition was made."}, []string{"channel"}),
		journal:       prometheus.NewGauge(prometheus.GaugeOpts{Name: "reprint_journal_position", Help: "The last change that was read from the journal."}),
		storeFailures: prometheus.NewCounter(prometheus.CounterOpts{Name: "reprint_store_failures_total", Help: "Reads of the journal that failed."}),
		refused:       prometheus.NewCounter(prometheus.CounterOpts{Name: "reprint_refused_credentials_total", Help: "Credentials that were wrong."}),
		pulls:         prometheus.NewCounterVec(prometheus.CounterOpts{Name: "reprint_partner_pulls_total", Help: "Answers with content by partner, each on the record."}, []string{"partner"}),
		unchanged:     prometheus.NewCounterVec(prometheus.CounterOpts{Name: "reprint_partner_not_modified_total", Help: "Answers without content by partner, which are not on the record."}, []string{"partner"}),
		held:          prometheus.NewGauge(prometheus.GaugeOpts{Name: "reprint_sources_held", Help: "Sources that this server polls."}),
		polls:         prometheus.NewCounterVec(prometheus.CounterOpts{Name: "reprint_polls_total", Help: "Polls by source and result."}, []string{"source", "result"}),
		polling:       prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "reprint_poll_seconds", Help: "Time of a poll by source.", Buckets: prometheus.ExponentialBuckets(0.005, 3, 9)}, []string{"source"}),
	}
	registry.MustRegister(m.requests, m.sent, m.took, m.renderings, m.rendering, m.items, m.dropped, m.rendersAt, m.journal, m.storeFailures, m.polls, m.polling, m.held, m.refused, m.pulls, m.unchanged)
	return m
}

// routeCounts are the metrics of one route, looked up once.
type routeCounts struct {
	ok, notModified, clientError, serverError prometheus.Counter
	sent                                      prometheus.Counter
	took                                      prometheus.Observer
}

func (m *metrics) route(pattern string) *routeCounts {
	return &routeCounts{
		ok:          m.requests.WithLabelValues(pattern, "2xx"),
		notModified: m.requests.WithLabelValues(pattern, "304"),
		clientError: m.requests.WithLabelValues(pattern, "4xx"),
		serverError: m.requests.WithLabelValues(pattern, "5xx"),
		sent:        m.sent.WithLabelValues(pattern),
		took:        m.took.WithLabelValues(pattern),
	}
}

func (c *routeCounts) observe(status int, bytes int64, took time.Duration) {
	switch {
	case status == http.StatusNotModified:
		c.notModified.Inc()
	case status >= 500:
		c.serverError.Inc()
	case status >= 400:
		c.clientError.Inc()
	default:
		c.ok.Inc()
	}
	c.sent.Add(float64(bytes))
	c.took.Observe(took.Seconds())
}

// rendered counts an edition, or the failure to make one.
func (m *metrics) rendered(c *channel, e *edition, err error, took time.Duration) {
	channel := c.ID
	m.rendering.Observe(took.Seconds())
	if err != nil {
		m.renderings.WithLabelValues(channel, "failed").Inc()
		return
	}
	m.renderings.WithLabelValues(channel, "ok").Inc()
	if c.view != nil {
		return // the gauges are the public's
	}
	m.items.WithLabelValues(channel).Set(float64(e.items))
	m.dropped.WithLabelValues(channel).Set(float64(len(e.dropped)))
	m.rendersAt.WithLabelValues(channel).Set(float64(e.made.Unix()))
}

// Polled counts a poll of a source.
func (s *Server) Polled(source, result string, took time.Duration) {
	s.metrics.polls.WithLabelValues(source, result).Inc()
	s.metrics.polling.WithLabelValues(source).Observe(took.Seconds())
}
