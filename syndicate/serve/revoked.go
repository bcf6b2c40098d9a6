package serve

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"reprint/cache"
	"reprint/syndicate/access"
	"reprint/syndicate/ledger"
)

// lease is how long the last word from the store is good for: a token that was revoked at
// any server is refused by all after this time.
const lease = 2 * time.Second

// watchWait is how long one look at the journal waits; well within the lease.
const watchWait = 500 * time.Millisecond

// revocations are the tokens that were revoked, as far as the store was heard.
type revocations struct {
	store Store

	mu     sync.Mutex
	set    access.Revoked // replaced, never changed
	heard  time.Time      // up to when the set is complete
	asking sync.Mutex
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
	v.asking.Lock()
	defer v.asking.Unlock()
	if set, ok := v.fresh(now); ok {
		return set, nil
	}
	ctx, cancel := context.WithTimeout(ctx, lease)
	defer cancel()
	if err := v.load(ctx, now); err != nil {
		return nil, fmt.Errorf("%w: revoked tokens cannot be told apart: %w", cache.ErrUnavailable, err)
	}
	return v.known(), nil
}

func (v *revocations) fresh(now time.Time) (access.Revoked, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.set, v.set != nil && now.Sub(v.heard) < lease
}

// load reads all revocations. asked is a moment before the call.
func (v *revocations) load(ctx context.Context, asked time.Time) error {
	list, err := v.store.Revocations(ctx)
	if err != nil {
		return err
	}
	set := make(access.Revoked, len(list))
	for _, r := range list {
		set[access.Key{Partner: r.Partner, Token: r.Token}] = r.At
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.set, v.heard = set, asked
	return nil
}

func (v *revocations) confirm(asked time.Time) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.heard = asked
}

// watch follows the journal for revocations until ctx is done. It does nothing else, so that
// nothing delays it.
func (s *Server) watch(ctx context.Context) {
	position := int64(-1)
	for ctx.Err() == nil {
		asked := s.now()
		next, err := s.watchOnce(ctx, position, asked)
		if err != nil {
			sleep(ctx, storeRest)
			continue
		}
		position = next
	}
}

// watchOnce looks at what came after a position; below zero it begins at the end.
func (s *Server) watchOnce(ctx context.Context, position int64, asked time.Time) (int64, error) {
	if position < 0 {
		head, err := s.store.Head(ctx)
		if err != nil {
			return position, err
		}
		return head, s.revoked.load(ctx, asked)
	}
	changes, next, err := s.store.Journal(ctx, position, journalPage, watchWait)
	if err != nil {
		return position, err
	}
	revoked := false
	for _, c := range changes {
		if c.Kind == cache.ChangeRevoke {
			revoked = true
			s.noteRevoked(ctx, c)
		}
	}
	if revoked {
		return next, s.revoked.load(ctx, asked)
	}
	s.revoked.confirm(asked)
	return next, nil
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
