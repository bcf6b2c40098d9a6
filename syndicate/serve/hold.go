package serve

import (
	"context"
	"sync"
	"time"

	"reprint/cache"
)

// hold notes what a partner has, once for each edition.
func (s *Server) hold(ctx context.Context, p *principal, m *manifest) error {
	if s.recorder.holds(p.partner, m.edition.Digest) || len(m.held) == 0 {
		return nil
	}
	now := s.now()
	held := make([]cache.Held, len(m.held))
	for i, h := range m.held {
		h.First, h.Last = now, now
		held[i] = h
	}
	if _, err := s.termsUnder(ctx, p); err != nil {
		return err
	}
	if err := s.store.Hold(ctx, p.partner, held); err != nil {
		return err
	}
	s.recorder.hold(p.partner, m.edition.Digest)
	s.notes.add(note{p.partner, held, now})
	return nil
}

// A failover may lose what the store noted last, and a partner of whom nobody knows what it has is not told to take
// it down. So everything is noted once more when a failover that began meanwhile is over. What the whole store
// loses is noted again from the ledger.
const (
	noteAgain      = 30 * time.Second
	noteAgainEvery = 2 * time.Second
)

// note is what a partner was sent at a time.
type note struct {
	partner string
	held    []cache.Held
	at      time.Time
}

// notes are those that are still to be made once more, oldest first.
type notes struct {
	mu  sync.Mutex
	due []note
}

func (n *notes) add(one note) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.due = append(n.due, one)
}

// next returns the oldest one, if its time has come.
func (n *notes) next(now time.Time) (note, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.due) == 0 || now.Sub(n.due[0].at) < noteAgain {
		return note{}, false
	}
	return n.due[0], true
}

// drop forgets the oldest one.
func (n *notes) drop() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.due = n.due[1:]
}

// noting notes again what partners were sent, until ctx is done. What fails is tried again.
func (s *Server) noting(ctx context.Context) {
	for ctx.Err() == nil {
		for one, ok := s.notes.next(s.now()); ok; one, ok = s.notes.next(s.now()) {
			if err := s.store.Hold(ctx, one.partner, one.held); err != nil {
				break
			}
			s.notes.drop()
		}
		sleep(ctx, noteAgainEvery)
	}
}
