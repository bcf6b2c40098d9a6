package serve_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"reprint/cache"
	"reprint/syndicate/serve"
)

// roll is a store that says what a test wants it to say of itself and of its servers.
type roll struct {
	nothingWithdrawn
	identity cache.Identity
	servers  []cache.Server
	replicas int
	wanted   bool
	broken   error
}

func (r roll) Identity(context.Context) (cache.Identity, error) { return r.identity, nil }
func (r roll) Servers(context.Context) ([]cache.Server, error)  { return r.servers, nil }
func (r roll) Replicas(context.Context, time.Duration) (cache.Replication, error) {
	return cache.Replication{Have: r.replicas, Wanted: r.wanted}, r.broken
}

// TestAcknowledgmentIsTrue: who has not said to this very store that it has applied an entry is waited for, until its lease is out.
func TestAcknowledgmentIsTrue(t *testing.T) {
	t.Parallel()
	now := cache.Identity{ID: "s", Epoch: 9, Run: "r2", RunAge: time.Hour}
	young := now
	young.RunAge = time.Second
	server := func(name string, applied int64, run string, age time.Duration) cache.Server {
		return cache.Server{Beat: cache.Beat{Server: name, Applied: applied, Run: run, Lease: 2 * time.Second}, Age: age}
	}
	for _, tt := range []struct {
		name    string
		roll    roll
		level   string
		waiting []string
	}{
		{"all have it", roll{identity: now, servers: []cache.Server{server("a", 9, "r2", 0), server("b", 12, "r2", 0)}}, serve.LevelEverywhere, nil},
		{"one has not", roll{identity: now, servers: []cache.Server{server("a", 9, "r2", 0), server("b", 8, "r2", 0)}}, serve.LevelStored, []string{"b"}},
		{"a replica has it", roll{identity: now, servers: []cache.Server{server("b", 8, "r2", 0)}, replicas: 1}, serve.LevelReplicated, []string{"b"}},
		{"the replicas do not answer", roll{identity: now, servers: []cache.Server{server("b", 8, "r2", 0)}, broken: errors.New("gone")}, serve.LevelStored, []string{"b"}},
		{"its lease is out", roll{identity: now, servers: []cache.Server{server("a", 9, "r2", 0), server("b", 8, "r2", 3*time.Second)}}, serve.LevelEverywhere, nil},
		{"its lease is out, and a replica has it", roll{identity: now, servers: []cache.Server{server("b", 8, "r2", 3*time.Second)}, wanted: true, replicas: 1}, serve.LevelEverywhere, nil},
		{"its lease is out, and no replica has it", roll{identity: now, servers: []cache.Server{server("b", 8, "r2", 3*time.Second)}, wanted: true}, serve.LevelStored, []string{serve.Replica}},
		{"all have it, and no replica", roll{identity: now, servers: []cache.Server{server("a", 9, "r2", time.Hour)}, wanted: true}, serve.LevelEverywhere, nil},
		{"its lease may run by a slow clock", roll{identity: now, servers: []cache.Server{server("b", 8, "r2", 2100*time.Millisecond)}}, serve.LevelStored, []string{"b"}},
		{"it said so to a store that has fallen back since", roll{identity: now, servers: []cache.Server{server("a", 9, "r2", 0), server("b", 9, "r1", 0)}}, serve.LevelStored, []string{"b"}},
		{"the store may have forgotten a server", roll{identity: young, servers: []cache.Server{server("a", 9, "r2", 0)}}, serve.LevelStored, []string{serve.UnknownServers}},
		{"a store that does not fall back", roll{identity: cache.Identity{ID: "s", Epoch: 9}, servers: []cache.Server{server("a", 9, "", 0)}}, serve.LevelEverywhere, nil},
		{"no server at all", roll{identity: now}, serve.LevelEverywhere, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			a, err := serve.Acknowledge(ctx, tt.roll, 9)
			if err != nil || a.Level != tt.level || !slices.Equal(a.Waiting, tt.waiting) || a.Replicas != 0 && a.Replicas != tt.roll.replicas || a.IsOver() != (tt.level == serve.LevelEverywhere) {
				t.Errorf("%+v, %v; want %s, waiting for %v", a, err, tt.level, tt.waiting)
			}
		})
	}
}
