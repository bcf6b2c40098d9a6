package redis

import (
	"context"
	"time"

	goredis "github.com/redis/go-redis/v9"
)

// Replicas implements cache.Store. WAIT is about what its own connection has written, and history is one for all
// connections: so a word is written first, on the same.
func (s *Store) Replicas(ctx context.Context, wait time.Duration) (int, error) {
	primary, err := s.primaryOf(ctx, s.keys.asked())
	if err != nil {
		return 0, unavailable(err)
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
	return count, err
}

// primaryOf is the client of the node that a key is written to.
func (s *Store) primaryOf(ctx context.Context, key string) (*goredis.Client, error) {
	if cluster, ok := s.client.(*goredis.ClusterClient); ok {
		return cluster.MasterForKey(ctx, key)
	}
	return s.client.(*goredis.Client), nil
}
