package serve

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// renewal is one try to renew the lease.
type renewal struct {
	over chan struct{} // closed when err is known
	err  error
}

// renewals are the tries of those who ask for items while the lease is out. All who come during the first one wait for it, each
// for as long as it likes. Once one has failed nobody waits for the next but who began it: a store that is away must not make
// every request slow.
type renewals struct {
	mu      sync.Mutex
	current *renewal
	failed  error      // of the last one; nil where it did not fail
	until   *time.Time // the end of the lease when it failed: another lease has begun since where it is another
}

// errLeft tells that this server has told the others not to wait for it.
var errLeft = errors.New("this server is going down")

// ensureLease renews the lease if it is out.
func (s *Server) ensureLease(ctx context.Context) error {
	if s.authority.holds(s.now()) {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, s.lease)
	defer cancel()
	one, err := s.renewing(ctx)
	if err == nil {
		select {
		case <-one.over:
			err = one.err
		case <-ctx.Done():
			err = ctx.Err()
		}
	}
	if err != nil {
		return fmt.Errorf("%w: %w", errLease, err)
	}
	return nil
}

// renewing returns the try to wait for, and begins it if there is none. If another has failed it returns that one's error while the
// next is under way.
func (s *Server) renewing(ctx context.Context) (*renewal, error) {
	a := &s.authority
	all := &a.renewals
	all.mu.Lock()
	defer all.mu.Unlock()
	if a.until.Load() != all.until {
		all.failed = nil
	}
	if all.current != nil {
		return all.current, all.failed
	}
	all.current = &renewal{over: make(chan struct{})}
	go s.tryRenewal(context.WithoutCancel(ctx), all.current)
	return all.current, nil
}

// tryRenewal renews the lease. After a failure it is not over at once, so that the store has a rest.
func (s *Server) tryRenewal(ctx context.Context, one *renewal) {
	bounded, cancel := context.WithTimeout(ctx, s.lease)
	defer cancel()
	one.err = s.beat(bounded)
	all := &s.authority.renewals
	all.mu.Lock()
	all.failed, all.until = one.err, s.authority.until.Load()
	if one.err == nil {
		all.current = nil // who asks from now on is not told of a lease that may have ended since
	}
	all.mu.Unlock()
	close(one.over)
	if one.err == nil {
		return
	}
	sleep(ctx, watchRest)
	all.mu.Lock()
	all.current = nil
	all.mu.Unlock()
}

// leave ends the lease for good. It waits for a word with the store that is under way.
func (a *authority) leave() {
	_ = a.beating.take(context.Background()) // never fails
	defer a.beating.give()
	a.left = true
	a.until.Store(nil)
}
