package cache

import (
	"context"
	"errors"
	"time"
)

// LongestLease is how long the lease of a server can be at most, as the configuration allows it. What lasts longer by a store's
// clock is from before that was set back.
const LongestLease = time.Minute

// Leases share the sources out among the servers of one store, so that each source is polled
// by one of them; [Store] includes it.
//
// A server enrolls again and again. As long as it does so in time it has one session, and
// what it claims is its own until it gives it back or the session ends. Time is measured by the
// store's own clock, which may be set back.
//
// Who was stalled may not know that its session is over. So each claim has a fence, a number
// greater than those of all claims before, and the store refuses what comes with the fence of an
// earlier claim than the last that it has seen: see [Poll.Fence].
type Leases interface {
	// Enroll notes that a server lives and polls sources, until lease from now, and returns
	// its session and the servers that do so, by name.
	Enroll(ctx context.Context, server string, lease time.Duration) (Roll, error)

	// Claim gives up the sources in leave and takes those in take that nobody else holds. It returns
	// the fences of those in take that the session holds now; nothing once the session is over.
	Claim(ctx context.Context, server string, session int64, take, leave []string) (map[string]int64, error)

	// Retire ends the session of a server. All that it holds is free.
	Retire(ctx context.Context, server string) error

	// Holders returns which server holds a source, by source. Those that nobody holds are
	// missing.
	Holders(ctx context.Context) (map[string]string, error)
}

// Roll is who polls.
type Roll struct {
	// Session is another number once the server did not enroll in time: then whatever it held
	// is lost.
	Session int64
	Servers []string // the server itself among them
}

// ErrFenced tells that another server has taken a source over meanwhile. Nothing was written.
var ErrFenced = errors.New("another server polls this source now")
