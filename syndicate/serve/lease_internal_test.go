package serve

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"reprint/cache"
	"reprint/syndicate"
)

// hangingStore does not answer before its context is done, and counts how often it was asked.
type hangingStore struct {
	Store
	hangs   atomic.Bool
	beats   atomic.Int64
	leaving func()
}

func (h *hangingStore) Beat(ctx context.Context, _ cache.Beat) (cache.Identity, error) {
	return h.Identity(ctx)
}

// Identity is what a server without a lease asks first.
func (h *hangingStore) Identity(ctx context.Context) (cache.Identity, error) {
	h.beats.Add(1)
	if h.hangs.Load() {
		<-ctx.Done()
		return cache.Identity{}, ctx.Err()
	}
	return cache.Identity{ID: "one"}, nil
}

func (h *hangingStore) Leave(context.Context, string) error {
	h.leaving()
	return nil
}

const hangingLease = time.Second

func newHanging(t *testing.T) (*Server, *hangingStore) {
	t.Helper()
	book, problems := syndicate.Compile(syndicate.House{
		Site:     syndicate.Site{Name: "x", URL: "https://x.example", Language: "en", Contact: syndicate.Contact{Email: "a@x.example"}, UnknownOrigin: "closed"},
		Licenses: []syndicate.License{{ID: "closed", Name: map[string]string{"en": "not public"}}},
	})
	for _, p := range problems {
		t.Fatal(p)
	}
	store := new(hangingStore)
	s, err := New(Options{Rules: book, Store: store, Now: time.Now, Log: slog.New(slog.DiscardHandler), Metrics: prometheus.NewRegistry(), Lease: hangingLease})
	if err != nil {
		t.Fatal(err)
	}
	return s, store
}

// TestLeaseIsAskedForOnce: while the store does not answer, requests wait together and not in turn, who goes away waits no longer, and once
// it is known that the store does not answer the others are told so at once.
func TestLeaseIsAskedForOnce(t *testing.T) {
	t.Parallel()
	s, store := newHanging(t)
	store.hangs.Store(true)
	var all sync.WaitGroup
	begun := time.Now()
	for range 20 {
		all.Go(func() {
			if err := s.ensureLease(t.Context()); answerTo(err).status != http.StatusServiceUnavailable || answerTo(err).after != retry {
				t.Errorf("without a lease: %v", err)
			}
		})
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.ensureLease(gone); err == nil || time.Since(begun) > hangingLease/2 {
		t.Errorf("who went away was kept for %v: %v", time.Since(begun), err)
	}
	all.Wait()
	if took := time.Since(begun); took > 3*hangingLease || store.beats.Load() != 1 {
		t.Errorf("20 requests took %v and %d words with the store", took, store.beats.Load())
	}
	begun = time.Now()
	for range 20 {
		if err := s.ensureLease(t.Context()); err == nil {
			t.Error("a lease of nobody")
		}
	}
	if took := time.Since(begun); took > 2*hangingLease {
		t.Errorf("afterwards 20 requests took %v", took)
	}
	store.hangs.Store(false)
	for end := time.Now().Add(10 * time.Second); s.ensureLease(t.Context()) != nil; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the store answers, and there is no lease")
		}
	}
}

// TestLastFailureIsForgotten: what came of an earlier try says nothing once there was a lease after it.
func TestLastFailureIsForgotten(t *testing.T) {
	t.Parallel()
	s, store := newHanging(t)
	store.hangs.Store(true)
	if err := s.ensureLease(t.Context()); err == nil {
		t.Fatal("a lease of nobody")
	}
	all := &s.authority.renewals
	for all.mu.Lock(); all.current != nil; all.mu.Lock() { // until the rest is over
		all.mu.Unlock()
		time.Sleep(time.Millisecond)
	}
	past := time.Now().Add(-time.Second)
	s.authority.until.Store(&past)
	one := &renewal{over: make(chan struct{})}
	all.current = one
	all.mu.Unlock()
	close(one.over)
	if err := s.ensureLease(t.Context()); err != nil {
		t.Errorf("it was not waited for: %v", err)
	}
}

// TestGoodbye: when a server tells the others not to wait for it, it answers with no items any more, and asks for no lease.
func TestGoodbye(t *testing.T) {
	t.Parallel()
	s, store := newHanging(t)
	if err := s.ensureLease(t.Context()); err != nil {
		t.Fatal(err)
	}
	store.leaving = func() {
		if err := s.ensureLease(t.Context()); s.authority.holds(time.Now()) || err == nil {
			t.Error("it has said goodbye and its lease runs")
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	s.watch(ended)
	if err := s.ensureLease(t.Context()); answerTo(err).status != http.StatusServiceUnavailable {
		t.Error(err)
	}
}

// TestNotReadyWithoutLease: a server that may not answer with items is not sent requests.
func TestNotReadyWithoutLease(t *testing.T) {
	t.Parallel()
	s, _ := newHanging(t)
	s.health.heard(time.Now())
	ready := func() int {
		w := httptest.NewRecorder()
		s.Public().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/readyz", nil))
		return w.Code
	}
	if code := ready(); code != http.StatusServiceUnavailable {
		t.Errorf("without a lease: %d", code)
	}
	if err := s.ensureLease(t.Context()); err != nil {
		t.Fatal(err)
	}
	if code := ready(); code != http.StatusOK {
		t.Errorf("with a lease: %d", code)
	}
}

// TestHeedingIsRefused: a partner who reads of a withdrawal while nobody can say what else there is may come back later.
func TestHeedingIsRefused(t *testing.T) {
	t.Parallel()
	s, _ := newHanging(t)
	s.authority.tenure = tenure{waits: time.Now().Add(time.Hour)} // it has just met the store
	err := s.heed(t.Context(), []cache.Change{{Seq: 1, Kind: cache.ChangeWithdraw, Item: "item:weekly-x"}})
	if a := answerTo(err); a.status != http.StatusServiceUnavailable || a.after != retry {
		t.Errorf("%v: %d", err, a.status)
	}
	if a := answerTo(errRestoring); a.status != http.StatusServiceUnavailable || a.after != retry {
		t.Errorf("%v: %d", errRestoring, a.status)
	}
}
