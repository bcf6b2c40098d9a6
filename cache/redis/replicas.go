package redis

import (
	"context"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"reprint/cache"
)

// Replicas implements cache.Store. WAIT is about what its own connection has written, and history is one for all
// connections: so a word is written first, on the same. Behind Sentinel there always should be replicas; elsewhere,
// where some were seen once.
func (s *Store) Replicas(ctx context.Context, wait time.Duration) (cache.Replication, error) {
	if !s.replicated.Load() {
		return cache.Replication{}, ctx.Err()
	}
	primary, err := s.primaryOf(ctx, s.keys.asked())
	if err != nil {
		return cache.Replication{Wanted: true}, unavailable(err)
	}
	count := 0
	err = persist(ctx, func() error {
		conn := primary.Conn()
		defer conn.Close()
		if err := conn.Incr(ctx, s.keys.asked()).Err(); err != nil {
			return err
		}
		replicas, err := conn.Wait(ctx, 1, max(wait, time.Millisecond)).Result()
		count = int(replicas)
		return err
	})
	return cache.Replication{Have: count, Wanted: true}, err
}

// primaryOf is the client of the node that a key is written to.
func (s *Store) primaryOf(ctx context.Context, key string) (*goredis.Client, error) {
	if cluster, ok := s.client.(*goredis.ClusterClient); ok {
		return cluster.MasterForKey(ctx, key)
	}
	return s.client.(*goredis.Client), nil
}
