package access

import (
	"math"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// maxKeys bounds how many addresses or names are remembered.
const maxKeys = 10_000

// buckets are token buckets by key, a bounded number of them. Safe for concurrent use.
type buckets struct {
	mu    sync.Mutex
	every rate.Limit
	burst int
	all   map[string]*rate.Limiter
}

func newBuckets(every rate.Limit, burst int) *buckets {
	return &buckets{every: every, burst: burst, all: make(map[string]*rate.Limiter)}
}

// find returns the bucket of a key. Where there are too many, full ones are forgotten, which
// changes nothing, and then any.
func (b *buckets) find(key string, now time.Time) *rate.Limiter {
	if l, ok := b.all[key]; ok {
		return l
	}
	if len(b.all) >= maxKeys {
		b.forget(now)
	}
	l := rate.NewLimiter(b.every, b.burst)
	b.all[key] = l
	return l
}

func (b *buckets) forget(now time.Time) {
	for key, l := range b.all {
		if l.TokensAt(now) >= float64(b.burst) {
			delete(b.all, key)
		}
	}
	for key := range b.all {
		if len(b.all) < maxKeys/2 {
			return
		}
		delete(b.all, key)
	}
}

// take takes one from the bucket of a key. If it is empty, wait is how long it stays so.
func (b *buckets) take(key string, now time.Time) (wait time.Duration, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	l := b.find(key, now)
	if l.AllowN(now, 1) {
		return 0, true
	}
	return untilOne(l, now), false
}

// wait is how long the bucket of a key stays empty; 0 if it is not.
func (b *buckets) wait(key string, now time.Time) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	return max(untilOne(b.find(key, now), now), 0)
}

// untilOne is how long it takes until there is one in a bucket.
func untilOne(l *rate.Limiter, now time.Time) time.Duration {
	return time.Duration((1 - l.TokensAt(now)) / float64(l.Limit()) * float64(time.Second))
}

// Limits bounds how often a credential may be wrong: 20 times at once and then 6 times a
// minute from one address (one /64 of IPv6), 100 times at once and then 30 times a minute
// under one partner's name. A credential that is right is never refused for others' failures.
type Limits struct{ addresses, names *buckets }

// NewLimits returns Limits that remember nothing.
func NewLimits() *Limits {
	return &Limits{newBuckets(rate.Every(10*time.Second), 20), newBuckets(rate.Every(2*time.Second), 100)}
}

// Failed notes a failure. If there were too many, wait is after what time the next attempt
// is listened to, and ok is false.
func (l *Limits) Failed(from netip.Addr, partner string, now time.Time) (wait time.Duration, ok bool) {
	byAddress, ok := l.addresses.take(network(from), now)
	if partner == "" {
		return byAddress, ok
	}
	byName, nameOK := l.names.take(partner, now)
	return max(byAddress, byName), ok && nameOK
}

// Filings bounds how many claims are filed: five at once and then one every ten minutes from one address (one /64 of
// IPv6), and a hundred at once and then one a minute in all. What those say who hold the secret address of a claim is bounded by
// claim, likewise to five and one every ten minutes: nobody else can use that up.
type Filings struct {
	mu                     sync.Mutex // held for both buckets of a claim that is filed
	addresses, all, claims *buckets
}

// NewFilings returns Filings that remember nothing.
func NewFilings() *Filings {
	return &Filings{
		addresses: newBuckets(rate.Every(10*time.Minute), 5), all: newBuckets(rate.Every(time.Minute), 100), claims: newBuckets(rate.Every(10*time.Minute), 5),
	}
}

// Filed counts a claim. If there were too many, wait is after what time the next one is taken, and ok is false: then this one does not
// count.
func (f *Filings) Filed(from netip.Addr, now time.Time) (wait time.Duration, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	network := network(from)
	if wait = max(f.addresses.wait(network, now), f.all.wait("", now)); wait > 0 {
		return wait, false
	}
	_, own := f.addresses.take(network, now)
	_, all := f.all.take("", now)
	return 0, own && all
}

// Said counts what somebody says of a claim that he holds the secret address of, as Filed does.
func (f *Filings) Said(claim string, now time.Time) (wait time.Duration, ok bool) {
	return f.claims.take(claim, now)
}

// network names the network that is one client: an address, or a /64 of IPv6.
func network(from netip.Addr) string {
	from = from.Unmap()
	if from.Is6() {
		if p, err := from.Prefix(64); err == nil {
			from = p.Addr()
		}
	}
	return from.String()
}

// Rates bounds how often partners ask. Safe for concurrent use.
type Rates struct {
	mu  sync.Mutex
	all map[string]*rate.Limiter
}

// NewRates returns Rates that remember nothing.
func NewRates() *Rates { return &Rates{all: make(map[string]*rate.Limiter)} }

// Quota is what is left of a partner's rate, as the RateLimit headers tell it.
type Quota struct {
	Limit int // requests a minute
	Left  int // requests that may be made at once
	// Reset is when all of the limit may be used again.
	Reset time.Duration
	// Wait is how long to wait for the next request; 0 if it may be made.
	Wait time.Duration
}

// Take counts one request of a partner that may make so many a minute. Partners are those of
// the configuration, so they are few.
func (r *Rates) Take(partner string, perMinute int, now time.Time) (Quota, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	l := r.all[partner]
	if l == nil || l.Burst() != perMinute {
		l = rate.NewLimiter(rate.Limit(perMinute)/60, perMinute)
		r.all[partner] = l
	}
	ok := l.AllowN(now, 1)
	left := l.TokensAt(now)
	q := Quota{Limit: perMinute, Left: max(int(left), 0)}
	q.Reset = time.Duration((float64(perMinute) - left) / float64(l.Limit()) * float64(time.Second))
	if !ok {
		q.Wait = untilOne(l, now)
	}
	return q, ok
}

// Seconds rounds a time up to whole seconds, as headers want it.
func Seconds(d time.Duration) int { return int(math.Ceil(d.Seconds())) }
