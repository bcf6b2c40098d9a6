package serve

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"reprint/cache"
	"reprint/syndicate"
	"reprint/syndicate/claim"
)

// Memory is what this server itself keeps on its own disk. With it a server knows a store that lost withdrawals,
// revocations or secrets, and can write them back; and what was ordered of it is not
// lost while the store is away.
type Memory interface {
	// Recall returns all that was remembered.
	Recall() (Recollection, error)
	// Remember makes entries durable.
	Remember(ctx context.Context, entries []syndicate.Withdrawal) error
	// RememberStore makes it durable with which store the entries were agreed.
	RememberStore(ctx context.Context, store string) error
	// RememberOrder makes an order durable, and RememberSettlement what became of it.
	RememberOrder(ctx context.Context, order syndicate.Order) error
	RememberSettlement(ctx context.Context, s syndicate.Settlement) error
	// RememberSearch makes it durable that the copies of an order's items were looked for.
	RememberSearch(ctx context.Context, order string) error
	// RememberPurge makes it durable what came of purging the caches in front.
	RememberPurge(ctx context.Context, p syndicate.Purge) error
	// RememberSecret makes a secret durable that all servers of the store share.
	RememberSecret(name string, secret []byte) error
	// RememberClaim makes the state of a claim durable, and puts it on the record.
	RememberClaim(ctx context.Context, c claim.Claim) error
	// RecallClaim returns the state of a claim by its key.
	RecallClaim(key string) (claim.Claim, error)
}

// Recollection is what a [Memory] holds.
type Recollection struct {
	Entries []syndicate.Withdrawal
	Store   string            // that the entries were last agreed with; empty where there was none
	Orders  []syndicate.Order // those that were not settled, oldest first
	Settled []syndicate.Settlement
	Purges  []syndicate.Settlement // those for which a purge is due
	Copies  []syndicate.Order      // those of whose items copies are still to be looked for
	Revoked []cache.Revocation     // tokens, as this server heard of them
	Secrets map[string][]byte      // by name
	Claims  []claim.Claim          // as this server last heard of them
}

// authority knows what was withdrawn, and for how long this server may rely on that. A server
// may answer with items only while its lease runs, and its lease begins with a word from the
// store that there is nothing it has not applied.
type authority struct {
	mu  sync.RWMutex // held for writing while entries are added, for reading while is decided
	set *syndicate.Withdrawals
	// recent are the entries that were added last, at most [recentEntries], in the order in
	// which they were; complete tells from which version of the set on they are all there.
	recent   []recentEntry
	complete int64

	// version counts the changes of the set, once all editions were looked at. The epoch of the
	// set is no measure of that: a store that forgot is given back entries of old epochs.
	version atomic.Int64
	epoch   atomic.Int64              // of the set, for the store to hear
	until   atomic.Pointer[time.Time] // end of the lease

	renewals renewals // by those who ask for items while the lease is out

	beating turn   // one word with the store at a time
	left    bool   // the server has said goodbye: no lease begins any more
	store   string // with which the set is agreed
	tenure  tenure
	agreed  string // the run of the store in which it was found to be agreed last
	// reconciling is nil unless the set and the store's differ.
	reconciling *reconciling
}

// recentEntry is an entry with the version of the set that was the first to have it.
type recentEntry struct {
	version int64
	entry   syndicate.Withdrawal
}

// recentEntries is how many entries are kept for editions that are being made meanwhile.
const recentEntries = 4096

// note keeps entries that were just added. It is called with mu held.
func (a *authority) note(entries []syndicate.Withdrawal, version int64) {
	for _, e := range entries {
		a.recent = append(a.recent, recentEntry{version, e})
	}
	if over := len(a.recent) - recentEntries; over > 0 {
		a.complete = a.recent[over-1].version
		a.recent = append([]recentEntry(nil), a.recent[over:]...)
	}
}

// catchUp brings an edition that was just made up to now, if nothing of what was added
// meanwhile is about it.
func (a *authority) catchUp(e *edition, c *channel) {
	a.mu.RLock()
	defer a.mu.RUnlock()
	decided := e.decided.version.Load()
	var since []syndicate.Withdrawal
	for _, r := range a.recent {
		if r.version > decided {
			since = append(since, r.entry)
		}
	}
	if c.mayTellOf(since) {
		c.stale.Store(true)
	}
	isAbout := e.isAbout(c, since) || c.mayGain(since)
	e.decided.version.Store(caughtUp(decided, a.complete, a.version.Load(), isAbout))
}

// errLease tells that this server has not heard from the store for too long.
var errLease = errors.New("this server cannot tell what was withdrawn: it has not heard from the store in time")

// decidable is when something was decided on: the version of the set that it heeds.
type decidable struct{ version atomic.Int64 }

// isStale tells whether something does not heed all that was withdrawn.
func (a *authority) isStale(d *decidable) bool {
	return d != nil && isOutdated(d.version.Load(), a.version.Load())
}

// holds tells whether the lease runs.
func (a *authority) holds(now time.Time) bool {
	return isLeased(a.until.Load(), now)
}

// read calls f with the set, which does not change meanwhile, and returns its version.
func (a *authority) read(f func(*syndicate.Withdrawals)) int64 {
	a.mu.RLock()
	defer a.mu.RUnlock()
	f(a.set)
	return a.version.Load()
}

// lastMoment is asked before anything that carries items is sent. It looks at the lease first: what is applied between the
// two looks is noticed, while a lease that begins between them would come with entries that were not looked at.
func (s *Server) lastMoment(d *decidable, now time.Time) error {
	switch {
	case d == nil:
		return nil
	case !s.authority.holds(now):
		return errLease
	case s.authority.isStale(d):
		return errStale
	}
	return nil
}
