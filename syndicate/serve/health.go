package serve

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// health knows whether the server hears of changes and whether it is going down.
type health struct {
	mu       sync.Mutex
	last     time.Time // when the journal was last read
	problem  error
	silence  error // why the lease was not renewed the last time; nil where it was
	draining bool
	begun    atomic.Bool             // all channels were rendered once
	cancel   context.CancelCauseFunc // of the read that waits
}

// errWoken ends a waiting read because the rules changed.
var errWoken = errors.New("the rules changed")

// hearingTime is how old the last word from the journal may be for a ready server.
const hearingTime = 3 * journalWait

func (h *health) heard(at time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.last, h.problem = at, nil
}

func (h *health) failed(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.problem = err
}

// renewed notes how the last attempt to renew the lease ended, and returns how the one before did.
func (h *health) renewed(err error) (before error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	before, h.silence = h.silence, err
	return before
}

func (h *health) drain() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.draining = true
}

// isDraining tells whether the server is going down.
func (h *health) isDraining() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.draining
}

// waiting makes a context that wake ends. The returned function frees it.
func (h *health) waiting(ctx context.Context) (context.Context, func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	ctx, cancel := context.WithCancelCause(ctx)
	h.cancel = cancel
	return ctx, func() { cancel(nil) }
}

// wake ends a read that waits, so that the next round begins now.
func (h *health) wake() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.cancel != nil {
		h.cancel(errWoken)
	}
}

// lacks lists what keeps the server from being ready; empty if it is.
func (s *Server) lacks() []string {
	var lacks []string
	s.health.mu.Lock()
	switch age := s.now().Sub(s.health.last); {
	case s.health.draining:
		lacks = append(lacks, "shutting down")
	case s.health.problem != nil:
		lacks = append(lacks, "the store does not answer")
	case s.health.last.IsZero():
		lacks = append(lacks, "the journal was not read yet")
	case age > hearingTime:
		lacks = append(lacks, fmt.Sprintf("nothing heard of the journal for %d s", age/time.Second))
	}
	silence := s.health.silence
	s.health.mu.Unlock()
	if !s.authority.holds(s.now()) {
		lacks = append(lacks, "no items are served, because it is not known what was withdrawn: "+why(silence))
	}
	return append(lacks, s.unrendered()...)
}

// unrendered lists the channels that are not rendered: all that are not yet, when the server starts, and then those that
// cannot be. That one is being made anew, because of a withdrawal or a change of the rules, is no reason to send requests elsewhere:
// it is so on all servers at once.
func (s *Server) unrendered() []string {
	var list []string
	for _, c := range s.site.Load().channels {
		e := c.current.Load()
		fails := c.fails() || e != nil && e.isOver(s.now().Add(-makingTime))
		if fails || e == nil && !s.health.begun.Load() {
			list = append(list, "channel "+c.ID+" is not rendered")
		}
	}
	if len(list) == 0 {
		s.health.begun.Store(true)
	}
	return list
}

// why says why there is no lease, without what is nobody's business outside.
func why(silence error) string {
	if silence == nil {
		return "the store was not heard in time"
	}
	for _, known := range []error{errJoining, errRestoring} {
		if errors.Is(silence, known) {
			return known.Error()
		}
	}
	return answerTo(silence).detail
}

// alive answers whether the process runs at all.
func (s *Server) alive(w http.ResponseWriter, _ *http.Request) { plainText(w, http.StatusOK, "ok\n") }

// ready answers whether requests should be sent here: the store is heard, the lease runs, every channel is
// rendered, and the server is not going down.
func (s *Server) ready(w http.ResponseWriter, _ *http.Request) {
	if lacks := s.lacks(); len(lacks) > 0 {
		plainText(w, http.StatusServiceUnavailable, strings.Join(lacks, "\n")+"\n")
		return
	}
	plainText(w, http.StatusOK, "ready\n")
}

func plainText(w http.ResponseWriter, status int, text string) {
	w.Header()["Content-Type"] = []string{typeText}
	w.Header()["Cache-Control"] = noStore
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text))
}
