package serve

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"reprint/cache"
	"reprint/feeds"
	"reprint/syndicate"
	"reprint/syndicate/access"
)

// Store is what serving needs of the store; [cache.Store] states what each method promises.
// None of them is called for a request that an edition in memory answers.
type Store interface {
	Latest(ctx context.Context, sources []string, limit int) ([]feeds.Item, error)
	Items(ctx context.Context, ids []string) ([]feeds.Item, error)
	Poll(ctx context.Context, source string) (cache.Poll, error)
	Subscription(ctx context.Context, source string) (cache.Subscription, error)
	Journal(ctx context.Context, after int64, limit int, wait time.Duration) ([]cache.Change, int64, error)
	Head(ctx context.Context) (int64, error)
	Stamp(ctx context.Context, document, digest string, now time.Time) (time.Time, error)
	Holders(ctx context.Context) (map[string]string, error)
	cache.Partners
	cache.Withdrawals
	cache.Complaints
}

// Options are what a Server is made from. Rules, Store, Now, Log and
// Metrics are required.
type Options struct {
	Rules *syndicate.Rulebook
	// Partners are the partners' credentials.
	Partners Partners
	// Ledger takes what they pull; without one they get nothing.
	Ledger  Ledger
	Store   Store
	Now     func() time.Time
	Log     *slog.Logger
	Metrics *prometheus.Registry
	Version string // of the program, for the operator's page
	// Name tells this server from others of the same store, and Address is that of its
	// operator's listener, for others to be shown. Lease is how long a word from the store is
	// good for; 0 is [UsualLease].
	Name    string
	Address string
	Lease   time.Duration
	// AdminHosts are the names, besides those without a dot, by which the operator's listener may be reached.
	AdminHosts []string
	// Drain is how long Serve answers on once it is told to end, and says that it is not ready.
	Drain time.Duration
	// Purge tells the caches in front what was withdrawn; nil where all of them ask every time.
	Purge Purger
	// Memory keeps withdrawals on this server's own disk; nil keeps none.
	Memory Memory
	// Push takes what hubs send; nil where no source is subscribed to.
	Push Receiver
}

// Server serves what the rules grant of what the store holds. All methods are safe for
// concurrent use.
type Server struct {
	store   Store
	now     func() time.Time
	log     *slog.Logger
	metrics *metrics
	version string
	push    Receiver
	site    atomic.Pointer[site]
	health  health
	admin   http.Handler

	name       string
	adminHosts []string
	address    string
	lease      time.Duration
	drain      time.Duration
	memory     Memory
	authority  authority
	orders     orders
	purges     purges
	copies     copies
	came       arrivals

	ledger   Ledger
	recorder recorder
	notes    notes
	revoked  revocations
	failures *access.Limits
	rates    *access.Rates
	secrets  secrets
	filings  *access.Filings
	claims   claimMemory
}

// New makes a Server. It answers at once; until [Server.Run] runs, each channel is rendered
// when it is first asked for, and nothing notices changes.
func New(o Options) (*Server, error) {
	if o.Rules == nil || o.Store == nil || o.Now == nil || o.Log == nil || o.Metrics == nil {
		return nil, errors.New("serve: Rules, Store, Now, Log and Metrics are required")
	}
	s := &Server{
		store: o.Store, now: o.Now, log: o.Log, version: o.Version, push: o.Push, ledger: o.Ledger,
		name: cmp.Or(o.Name, "server"), adminHosts: append(slices.Clone(o.AdminHosts), hostIn(o.Address)), address: o.Address, lease: cmp.Or(o.Lease, UsualLease), drain: o.Drain, memory: o.Memory,
		purges:  purges{hook: o.Purge, wake: newBell()},
		copies:  copies{wake: newBell()},
		came:    arrivals{wake: newBell()},
		revoked: revocations{store: o.Store, asking: newTurn()}, failures: access.NewLimits(), rates: access.NewRates(), filings: access.NewFilings(),
	}
	s.authority.beating, s.secrets.turn = newTurn(), newTurn()
	s.metrics = newMetrics(o.Metrics)
	o.Metrics.MustRegister(newClaimGauges(s))
	if err := s.recall(); err != nil {
		return nil, err
	}
	site, err := s.newSite(o.Rules, o.Partners)
	if err != nil {
		return nil, err
	}
	s.site.Store(site)
	s.admin, err = s.adminHandler(o.Metrics)
	return s, err
}

// Public returns the handler of the public listener.
func (s *Server) Public() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.site.Load().public.ServeHTTP(w, r)
	})
}

// Admin returns the handler of the operator's listener. It must never be public.
func (s *Server) Admin() http.Handler { return s.admin }

// Reload goes over to other rules and credentials. Requests that come after its return are
// answered under the new ones; those at work end under the old. With an error the old rules stay.
func (s *Server) Reload(rules *syndicate.Rulebook, partners Partners) error {
	site, err := s.newSite(rules, partners)
	if err != nil {
		return err
	}
	s.site.Store(site)
	s.health.wake()
	return nil
}
