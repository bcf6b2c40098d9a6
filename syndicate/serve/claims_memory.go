package serve

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"reprint/cache"
	"reprint/syndicate/claim"
)

// claimMemory are the claims that this server remembers, for a store that has lost them. Those that are over are on its disk, and here
// only in name: they come to be many, and nobody who was named in one shall be so for ever.
type claimMemory struct {
	mu  sync.Mutex
	all map[string]knownClaim // by key
}

// knownClaim is what is known of a claim.
type knownClaim struct {
	number int64
	events int          // that happened to it
	whole  *claim.Claim // nil where it is on the disk
}

// isNews tells whether a state of a claim is later than what is known of it, or has another number.
func (k knownClaim) isNews(c claim.Claim) bool {
	return len(c.Events) > k.events || len(c.Events) == k.events && c.Number != k.number
}

// note knows a claim from now on. It is called with the lock.
func (m *claimMemory) note(c claim.Claim, onDisk bool) {
	if m.all == nil {
		m.all = make(map[string]knownClaim)
	}
	known := knownClaim{number: c.Number, events: len(c.Events)}
	if !onDisk || c.IsOpen() {
		known.whole = &c
	}
	m.all[c.Key] = known
}

// add knows claims that are on the disk.
func (m *claimMemory) add(list ...claim.Claim) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, c := range list {
		if known, ok := m.all[c.Key]; !ok || known.isNews(c) {
			m.note(c, true)
		}
	}
}

// keep calls f with a claim that is news, and knows it once that has gone well; f tells whether it is on the disk. What is older than
// what is known stays away: it may have been read before something happened here.
func (m *claimMemory) keep(c claim.Claim, f func(claim.Claim) (onDisk bool, err error)) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if known, ok := m.all[c.Key]; ok && !known.isNews(c) {
		return nil
	}
	onDisk, err := f(c)
	if err == nil {
		m.note(c, onDisk)
	}
	return err
}

// beyond returns those of which a store has not so many events, by key, that it knows, or none.
func (m *claimMemory) beyond(stored map[string]int) map[string]knownClaim {
	m.mu.Lock()
	defer m.mu.Unlock()
	lost := make(map[string]knownClaim)
	for key, known := range m.all {
		if events, ok := stored[key]; !ok || known.events > events {
			lost[key] = known
		}
	}
	return lost
}

// rememberClaim keeps the state of a claim on this server's disk, and on the record.
func (s *Server) rememberClaim(ctx context.Context, c claim.Claim) error {
	return s.claims.keep(c, func(c claim.Claim) (bool, error) {
		if s.memory == nil {
			return false, nil
		}
		return true, s.memory.RememberClaim(ctx, c)
	})
}

// restoreClaims gives a store back what it does not have of the claims that this server knows, some at a time. One that cannot be read
// does not keep the others from it.
func (s *Server) restoreClaims(ctx context.Context, stored map[string]int) error {
	var some []claim.Claim
	for key, known := range s.claims.beyond(stored) {
		c, err := s.wholeClaim(key, known)
		if err != nil {
			s.log.Error("a claim that the store has lost cannot be given back to it", "claim", known.number, "error", err)
			continue
		}
		if some = append(some, c); len(some) < claimsAtOnce {
			continue
		}
		if err := s.store.RestoreComplaints(ctx, some); err != nil {
			return err
		}
		some = nil
	}
	if len(some) == 0 {
		return nil
	}
	return s.store.RestoreComplaints(ctx, some)
}

// wholeClaim returns a claim that is known.
func (s *Server) wholeClaim(key string, known knownClaim) (claim.Claim, error) {
	if known.whole != nil {
		return *known.whole, nil
	}
	return s.memory.RecallClaim(key)
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

// agreeOnClaims does so once. What goes wrong with one claim does not keep the others from it. Afterwards the items of claims show what
// was decided, where that has not reached them.
func (s *Server) agreeOnClaims(ctx context.Context) error {
	stored := make(map[string]int)
	var due []claim.Claim
	var failed error
	err := eachClaim(ctx, s.store, func(c claim.Claim) {
		stored[c.Key] = len(c.Events)
		if err := s.rememberClaim(ctx, c); err != nil {
			failed = fmt.Errorf("claim %d: %w", c.Number, err)
		}
		if _, ok := unsettled(c, s.now()); ok {
			due = append(due, c)
		}
	})
	if err != nil {
		return err
	}
	return errors.Join(failed, s.restoreClaims(ctx, stored), s.catchUpOn(ctx, due))
}

// claimsAtOnce bounds how many claims are read or written at once.
const claimsAtOnce = 1000

// eachClaim calls f with all claims of a store, by number.
func eachClaim(ctx context.Context, store cache.Complaints, f func(claim.Claim)) error {
	for after := int64(0); ; {
		page, err := store.Complaints(ctx, after, claimsAtOnce)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, c := range page {
			f(c)
		}
		after = page[len(page)-1].Number
	}
}

// AllClaims returns all claims of a store, by number.
func AllClaims(ctx context.Context, store cache.Complaints) (all []claim.Claim, err error) {
	err = eachClaim(ctx, store, func(c claim.Claim) { all = append(all, c) })
	return all, err
}
