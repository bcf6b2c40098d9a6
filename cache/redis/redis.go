// Package redis keeps the store in Redis 7.0 or newer, for many servers. It is the only home
// of go-redis.
//
// Redis is the record here, not a cache: it must not evict, and it must write to disk;
// [Store.Check] looks. All keys are listed in keys.go and placed so that a cluster can hold
// them.
//
// A put touches two slots, that of the source and that of the journal, and no script can do
// both. So it goes in three steps, each of which may be repeated: the items and an outbox
// with their changes, then the journal, then the outbox is emptied and the poll saved.
// Whatever is cut short in between is finished by the next put of the source, or by the
// sweep that every server makes now and then. In a cluster the slot of the journal may fall back at a failover
// while that of a source does not; so the source keeps its last changes for a while, and the same two put back
// what the journal has lost.
//
// A command whose reply was lost may have been executed. The client never sends one again by
// itself; this package does, because here each may be.
package redis

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"reprint/cache"
)

// Store is a store in Redis.
type Store struct {
	client goredis.UniversalClient
	keys   keys
	codec  *cache.Codec

	mu        sync.Mutex
	announced map[string]bool // sources that are in the set of sources

	replicated atomic.Bool // there are, or were, replicas

	stop   context.CancelFunc
	sweeps sync.WaitGroup
}

var _ cache.Store = (*Store)(nil)

const (
	attempts    = 3 // how often an idempotent step is tried
	attemptRest = 50 * time.Millisecond
	sweepEvery  = 30 * time.Second // how soon what was cut short is finished at the latest
)

// Open connects to the Redis that a URL names:
//
//	redis://[USER@]HOST:PORT/DB        rediss:// with TLS
//	redis+sentinel://HOST:PORT,HOST:PORT/MASTER/DB
//	redis+cluster://HOST:PORT,HOST:PORT
//
// The parameter prefix sets the prefix of all keys, "reprint" by default. A password that is
// not empty takes the place of the URL's. The error is [cache.ErrUnavailable], and [ErrPassword] besides where the server
// will not let us in later either.
func Open(ctx context.Context, url, password string) (*Store, error) {
	options, prefix, err := parseURL(url)
	if err != nil {
		return nil, err
	}
	if password != "" {
		options.Password = password
	}
	codec, err := cache.NewCodec()
	if err != nil {
		return nil, err
	}
	s := &Store{client: goredis.NewUniversalClient(options), keys: keys{prefix}, codec: codec, announced: make(map[string]bool)}
	s.replicated.Store(options.MasterName != "")
	if err := s.client.Ping(ctx).Err(); err != nil {
		_ = s.client.Close()
		return nil, notOpened(err)
	}
	if err := s.sweep(ctx); err != nil {
		_ = s.client.Close()
		return nil, notOpened(err)
	}
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stop = stop
	s.sweeps.Go(func() { s.sweepAlong(background) })
	return s, nil
}

// ErrPassword tells that Redis wants another user or password, or one at all. Trying again changes nothing.
var ErrPassword = errors.New("the store lets nobody in with this user and password")

// notOpened is the error of a store that could not be opened.
func notOpened(err error) error {
	if goredis.IsAuthError(err) || goredis.IsPermissionError(err) {
		return fmt.Errorf("%w: %w", ErrPassword, unavailable(err))
	}
	return unavailable(err)
}

// Close implements cache.Store.
func (s *Store) Close() error {
	s.stop()
	s.sweeps.Wait()
	return s.client.Close()
}

// unavailable marks an error of the server or of the way to it. Every such error is one of
// the moment: there is nothing in a request of ours that Redis could find wrong.
func unavailable(err error) error {
	if err == nil || errors.Is(err, cache.ErrUnavailable) {
		return err
	}
	return fmt.Errorf("%w: %w", cache.ErrUnavailable, err)
}

// persist tries an idempotent step again where the connection broke, a few times; not where that took as long as one
// call may take, because somebody waits.
func persist(ctx context.Context, step func() error) error {
	again, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	for n := 1; ; n++ {
		err := step()
		if err == nil || n == attempts || !isBroken(err) || again.Err() != nil {
			return unavailable(err)
		}
		rest := time.NewTimer(time.Duration(n) * attemptRest)
		select {
		case <-ctx.Done():
			rest.Stop()
			return unavailable(err)
		case <-rest.C:
		}
	}
}

// isBroken tells whether an error is one of the connection, so that nobody knows whether the
// command was executed. An answer of the server is none.
func isBroken(err error) bool {
	var answer goredis.Error
	var network net.Error
	return !errors.As(err, &answer) && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) || errors.As(err, &network)
}

// sweepAlong finishes now and then what was cut short.
func (s *Store) sweepAlong(ctx context.Context) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			bounded, cancel := context.WithTimeout(ctx, sweepEvery)
			_ = s.sweep(bounded) // the next one tries again
			cancel()
		}
	}
}

// sweep publishes what waits in the outbox of any source, and what the journal has lost of the last changes.
func (s *Store) sweep(ctx context.Context) error {
	sources, err := s.sources(ctx)
	if err != nil {
		return err
	}
	waiting, last, done := make(map[string]*goredis.StringSliceCmd), make(map[string]*goredis.StringCmd), make(map[string]*goredis.StringCmd)
	_, err = s.client.Pipelined(ctx, func(p goredis.Pipeliner) error {
		for _, source := range sources {
			waiting[source] = p.LRange(ctx, s.keys.outbox(source), 0, -1)
			last[source] = p.LIndex(ctx, s.keys.recent(source), -1)
			done[source] = p.HGet(ctx, s.keys.done(), source)
		}
		return nil
	})
	if err != nil && !errors.Is(err, goredis.Nil) {
		return unavailable(err)
	}
	for _, source := range sources {
		number, _, _ := strings.Cut(last[source].Val(), "\t")
		lost := number != "" && numberOf(done[source].Val()) < numberOf(number)
		if lost {
			if _, err := s.journal(ctx, source, []string{number}); err != nil {
				return err
			}
		}
		if entries := waiting[source].Val(); len(entries) > 0 {
			if err := s.publish(ctx, source, slices.Concat([]string{cmp.Or(number, "0")}, entries), nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// sources are those that the store lists, and those of this process, which it puts on the list again: the store may
// have lost them.
func (s *Store) sources(ctx context.Context) ([]string, error) {
	listed, err := s.client.SMembers(ctx, s.keys.sources()).Result()
	if err != nil {
		return nil, unavailable(err)
	}
	s.mu.Lock()
	own := slices.Sorted(maps.Keys(s.announced))
	s.mu.Unlock()
	own = slices.DeleteFunc(own, func(source string) bool { return slices.Contains(listed, source) })
	for _, source := range own {
		if err := s.client.SAdd(ctx, s.keys.sources(), source).Err(); err != nil {
			return nil, unavailable(err)
		}
	}
	return append(listed, own...), nil
}

func numberOf(text string) int64 {
	n, _ := strconv.ParseInt(text, 10, 64) // what is none is the least
	return n
}
