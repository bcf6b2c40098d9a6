package redis_test

import (
	"testing"
	"time"

	"reprint/cache"
	"reprint/cache/cachetest/redistest"
)

// TestReplicas: a replica that lives has what was written, one that stands still does not, and neither is waited for longer
// than was asked.
func TestReplicas(t *testing.T) {
	t.Parallel()
	nodes := redistest.StartSentinels(t)
	s := openAt(t, nodes.URL("w"))
	defer s.Close()
	replicas := func(wait time.Duration) int {
		t.Helper()
		r, err := s.Replicas(t.Context(), wait)
		if err != nil || !r.Wanted {
			t.Fatalf("%+v, %v", r, err)
		}
		return r.Have
	}
	if n := replicas(5 * time.Second); n != 1 {
		t.Errorf("%d replicas, want 1", n)
	}
	replica := nodes.Replica()
	replica.Pause()
	defer replica.Resume()
	begun := time.Now()
	if n := replicas(20 * time.Millisecond); n != 0 {
		t.Errorf("%d replicas have what one that stands still cannot have", n)
	}
	if took := time.Since(begun); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
}

// TestRunAge: how long the store has been the same begins anew with another process.
func TestRunAge(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	s := openAt(t, server.URL("r"))
	defer s.Close()
	if _, err := s.Identity(t.Context()); err != nil {
		t.Fatal(err)
	}
	time.Sleep(100 * time.Millisecond)
	if r, err := s.Replicas(t.Context(), time.Millisecond); err != nil || r != (cache.Replication{}) {
		t.Errorf("a store without replicas: %+v, %v", r, err)
	}
	before, err := s.Identity(t.Context())
	if err != nil || before.RunAge < 100*time.Millisecond {
		t.Fatalf("%+v, %v", before, err)
	}
	server.Kill()
	server.Run(t)
	after, err := s.Identity(t.Context())
	if err != nil || after.Run == before.Run || after.RunAge >= before.RunAge || after.ID != before.ID {
		t.Errorf("before %+v, after %+v, %v", before, after, err)
	}
}
