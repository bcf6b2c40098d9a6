package serve

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"sync"
	"time"

	"reprint/cache"
	"reprint/syndicate/access"
	"reprint/syndicate/ledger"
)

// UsualLease is the lease where none is configured, and always how old the revocations may be that a token is held
// against.
const UsualLease = 2 * time.Second

// watchWait is how long one look at the journal waits, and beatRest how long a beat is left
// out where there is nothing new; both are well within the lease.
const (
	watchWait = 500 * time.Millisecond
	beatRest  = 700 * time.Millisecond
)

// revocations are the tokens that were revoked, as far as the store was heard.
type revocations struct {
	store Store

	mu     sync.Mutex
	set    access.Revoked // replaced, never changed
	heard  time.Time      // up to when the set is complete
	asking turn
}

// known returns what is known, however old it is. Revocations are for ever, so a token in
// it is revoked for sure.
func (v *revocations) known() access.Revoked {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.set
}

// current returns a set that is at most a lease old, and asks the store if it must. Where the
// store does not answer, nobody can say which tokens are valid.
func (v *revocations) current(ctx context.Context, now time.Time) (access.Revoked, error) {
	if set, ok := v.fresh(now); ok {
		return set, nil
	}
	ctx, cancel := context.WithTimeout(ctx, UsualLease) // those who wait for their turn wait no longer than who asks
	defer cancel()
	if err := v.asking.take(ctx); err != nil {
		return nil, fmt.Errorf("%w: revoked tokens cannot be told apart: %w", cache.ErrUnavailable, err)
	}
	defer v.asking.give()
	if set, ok := v.fresh(now); ok {
		return set, nil
	}
	if err := v.load(ctx, now); err != nil {
		return nil, fmt.Errorf("%w: revoked tokens cannot be told apart: %w", cache.ErrUnavailable, err)
	}
	return v.known(), nil
}

func (v *revocations) fresh(now time.Time) (access.Revoked, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.set, v.set != nil && now.Sub(v.heard) < UsualLease
}

// load reads all revocations. asked is a moment before the call.
func (v *revocations) load(ctx context.Context, asked time.Time) error {
	list, err := v.store.Revocations(ctx)
	if err != nil {
		return err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.add(list)
	v.heard = asked
	return nil
}

// add adds revocations to those that are known. None is ever taken back, so a store that has lost some makes no token
// valid again. The lock is held.
func (v *revocations) add(list []cache.Revocation) {
	set := maps.Clone(v.set)
	if set == nil {
		set = make(access.Revoked, len(list))
	}
	for _, r := range list {
		set[access.Key{Partner: r.Partner, Token: r.Token}] = r.At
	}
	v.set = set
}

func (v *revocations) confirm(asked time.Time) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.heard = asked
}

// watch follows the journal for what must be heard at once, withdrawals and revocations, and
// keeps the lease, until ctx is done. It does nothing else, so that nothing delays it.
func (s *Server) watch(ctx context.Context) {
	w := &watcher{server: s, position: -1}
	for ctx.Err() == nil {
		if err := w.round(ctx); err != nil && ctx.Err() == nil {
			s.log.Debug("the store was not heard", "error", err)
			sleep(ctx, watchRest)
		}
	}
	s.authority.leave() // first: who has said goodbye is waited for by nobody
	left, cancel := context.WithTimeout(context.WithoutCancel(ctx), UsualLease)
	defer cancel()
	if err := s.store.Leave(left, s.name); err != nil {
		s.log.Debug("could not say goodbye to the store; others wait for the lease", "error", err)
	}
}

// watchRest is how long the watcher rests after a failure.
const watchRest = 100 * time.Millisecond

// watcher is used by one goroutine.
type watcher struct {
	server   *Server
	position int64     // of the journal; below zero before it was read
	beaten   time.Time // when the store was last told of this server
}

// round keeps the lease, then waits for something in the journal.
func (w *watcher) round(ctx context.Context) error {
	s := w.server
	bounded, cancel := context.WithTimeout(ctx, s.lease)
	defer cancel()
	if now := s.now(); now.Sub(w.beaten) >= min(beatRest, s.lease/3) {
		err := s.beat(bounded)
		s.noteLease(err)
		if err != nil {
			return err
		}
		w.beaten = now
	}
	asked := s.now()
	if w.position < 0 {
		head, err := s.store.Head(bounded)
		if err != nil {
			return err
		}
		w.position = head
		w.beaten = time.Time{} // what came before the head was read is heard with the next beat
		return s.revoked.load(bounded, asked)
	}
	reading, done := context.WithTimeout(ctx, s.lease)
	defer done()
	changes, next, err := s.store.Journal(reading, w.position, journalPage, min(watchWait, s.lease/4))
	if err != nil {
		return err
	}
	w.position = next
	return w.hear(bounded, changes, asked)
}

// noteLease tells the operator when this server begins to withhold all items, and when it has stopped.
func (s *Server) noteLease(err error) {
	if err != nil && s.authority.holds(s.now()) {
		return // the next attempt may come in time
	}
	before := s.health.renewed(err)
	switch {
	case err != nil && before == nil && errors.Is(err, errJoining):
		s.log.Info("no items are served for the time of a lease", "reason", err)
	case err != nil && before == nil:
		s.log.Warn("no items are served until it is known again what was withdrawn", "error", err)
	case err == nil && before != nil:
		s.log.Info("items are served again")
	}
}

// hear acts on what the journal says.
func (w *watcher) hear(ctx context.Context, changes []cache.Change, asked time.Time) error {
	s, revoked := w.server, false
	for _, c := range changes {
		switch c.Kind {
		case cache.ChangeRevoke:
			revoked = true
			s.noteRevoked(ctx, c)
		case cache.ChangeWithdraw, cache.ChangeReinstate:
			w.beaten = time.Time{} // the next beat applies it and says so
		}
	}
	if revoked {
		return s.revoked.load(ctx, asked)
	}
	s.revoked.confirm(asked)
	return nil
}

// noteRevoked puts it on the record of this server that a token is not valid any more.
func (s *Server) noteRevoked(ctx context.Context, c cache.Change) {
	if s.ledger == nil {
		return
	}
	partner, token, _ := strings.Cut(c.Item, "/")
	_, err := s.ledger.Append(ctx, ledger.Entry{At: s.now(), Kind: ledger.KindRevoked, Revoked: &ledger.TokenRevoked{Partner: partner, Token: token}})
	if err != nil {
		s.log.Error("a token was revoked, and it is not on the record", "partner", partner, "token", token, "error", err)
	}
}
