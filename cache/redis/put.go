package redis

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"reprint/cache"
	"reprint/feeds"
)

// errOvertaken tells that another writer changed an item between our look and our put.
var errOvertaken = errors.New("another server stored the same source at the same time")

// overtakes is how often a put begins anew for another writer.
const overtakes = 10

// Put implements cache.Store.
func (s *Store) Put(ctx context.Context, batch cache.Batch) (cache.Accepted, error) {
	if err := s.announce(ctx, batch.Source); err != nil {
		return cache.Accepted{}, err
	}
	for range overtakes {
		accepted, err := s.put(ctx, batch)
		if !errors.Is(err, errOvertaken) {
			return accepted, err
		}
	}
	return cache.Accepted{}, unavailable(errOvertaken)
}

// announce puts the source on the list that sweeps go by, before it has an outbox.
func (s *Store) announce(ctx context.Context, source string) error {
	s.mu.Lock()
	known := s.announced[source]
	s.mu.Unlock()
	if known {
		return nil
	}
	if err := persist(ctx, func() error { return s.client.SAdd(ctx, s.keys.sources(), source).Err() }); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.announced[source] = true
	return nil
}

func (s *Store) put(ctx context.Context, batch cache.Batch) (cache.Accepted, error) {
	arguments, accepted, err := s.changes(ctx, batch)
	if err != nil {
		return cache.Accepted{}, err
	}
	k := s.keys
	var waiting []string
	err = persist(ctx, func() error {
		var err error
		waiting, err = putScript.Run(ctx, s.client, []string{
			k.known(batch.Source), k.items(batch.Source), k.rank(batch.Source), k.seq(batch.Source), k.outbox(batch.Source), k.poll(batch.Source), k.recent(batch.Source),
		}, arguments...).StringSlice()
		return err
	})
	switch {
	case errors.Is(err, goredis.Nil):
		return cache.Accepted{}, errOvertaken
	case err != nil:
		return cache.Accepted{}, err
	}
	if len(waiting) == 1 && waiting[0] == fenced {
		return cache.Accepted{}, cache.ErrFenced
	}
	return accepted, s.publish(ctx, batch.Source, waiting, batch.Poll)
}

// changes compares a batch with the store and returns the arguments of the put: the items
// that are new or changed, with the first seen date and the permanent id that they had.
func (s *Store) changes(ctx context.Context, batch cache.Batch) ([]any, cache.Accepted, error) {
	var accepted cache.Accepted
	arguments := []any{batch.At.UnixMilli(), fenceOf(batch.Poll)}
	seen, err := s.seen(ctx, batch)
	if err != nil {
		return nil, accepted, err
	}
	for i, item := range batch.Items {
		if item.Source != batch.Source {
			return nil, accepted, fmt.Errorf("item %s is not of source %s", item.ID, batch.Source)
		}
		kind := cache.ChangePut
		item.FirstSeen = item.FirstSeen.UTC().Truncate(time.Millisecond)
		if seen[i] != "" {
			known := decodeKnown(seen[i])
			if known.Revision == item.Revision {
				accepted.Unchanged++
				continue
			}
			kind, item.FirstSeen, item.URI = cache.ChangeRevise, known.FirstSeen, known.URI
			accepted.Revised++
		} else {
			accepted.New++
		}
		stored, err := s.codec.Encode(item)
		if err != nil {
			return nil, accepted, err
		}
		arguments = append(arguments, item.ID, seen[i], encodeKnown(item), -item.Rank().UnixMilli(), stored, string(kind), item.Revision)
	}
	return arguments, accepted, nil
}

// seen returns what the store knows of each item of a batch, as it is stored; "" for nothing.
func (s *Store) seen(ctx context.Context, batch cache.Batch) ([]string, error) {
	ids := make([]string, len(batch.Items))
	for i, item := range batch.Items {
		ids[i] = item.ID
	}
	return s.lookUp(ctx, s.keys.known(batch.Source), ids)
}

// lookUp reads fields of a hash; "" for those that it does not have.
func (s *Store) lookUp(ctx context.Context, key string, fields []string) ([]string, error) {
	if len(fields) == 0 {
		return nil, nil
	}
	var values []any
	err := persist(ctx, func() error {
		var err error
		values, err = s.client.HMGet(ctx, key, fields...).Result()
		return err
	})
	if err != nil {
		return nil, err
	}
	found := make([]string, len(fields))
	for i, v := range values {
		found[i], _ = v.(string)
	}
	return found, nil
}

// keepRecent is how long a change is kept after it was put into the journal: longer than it takes until a failover is
// over and somebody has swept.
const keepRecent = 10 * time.Minute

// publish brings what waits in a source's outbox into the journal, empties the outbox, and
// saves the poll. Before the entries that wait stands the number of the last one that was in the journal before.
func (s *Store) publish(ctx context.Context, source string, waiting []string, poll *cache.Poll) error {
	k := s.keys
	done := waiting[0]
	if len(waiting) > 1 {
		var err error
		if done, err = s.journal(ctx, source, waiting); err != nil {
			return err
		}
	}
	state := ""
	if poll != nil {
		text, err := json.Marshal(poll)
		if err != nil {
			return err
		}
		state = string(text)
	}
	return s.unlessFenced(ctx, func() (any, error) {
		return finishScript.Run(ctx, s.client, []string{k.outbox(source), k.poll(source), k.recent(source)}, done, state, fenceOf(poll), keepRecent.Microseconds()).Result()
	})
}

// journal appends changes to the journal, and before them those that it had and has lost. It returns the
// number of the last one.
func (s *Store) journal(ctx context.Context, source string, changes []string) (done string, err error) {
	k := s.keys
	try := func(changes []string) error {
		arguments := []any{source}
		for _, c := range changes {
			arguments = append(arguments, c)
		}
		return persist(ctx, func() error {
			done, err = publishScript.Run(ctx, s.client, []string{k.log(), k.head(), k.done()}, arguments...).Text()
			return err
		})
	}
	if err := try(changes); !errors.Is(err, goredis.Nil) {
		return done, err
	}
	var recent []string
	err = persist(ctx, func() error {
		recent, err = s.client.LRange(ctx, k.recent(source), 0, -1).Result()
		return err
	})
	if err != nil {
		return "", err
	}
	return done, try(slices.Concat([]string{"0"}, recent, changes[1:]))
}

// encodeKnown writes what is remembered of an item: revision, first seen, permanent id. None
// of the first two holds a space.
func encodeKnown(i feeds.Item) string {
	return i.Revision + " " + strconv.FormatInt(i.FirstSeen.UnixMilli(), 10) + " " + i.URI
}

func decodeKnown(s string) cache.Known {
	revision, rest, _ := strings.Cut(s, " ")
	seen, uri, _ := strings.Cut(rest, " ")
	millis, _ := strconv.ParseInt(seen, 10, 64)
	return cache.Known{Revision: revision, URI: uri, FirstSeen: time.UnixMilli(millis).UTC()}
}
