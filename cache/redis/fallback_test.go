package redis_test

import (
	"fmt"
	"slices"
	"testing"

	goredis "github.com/redis/go-redis/v9"

	"reprint/cache"
	"reprint/cache/cachetest"
	"reprint/cache/cachetest/redistest"
	"reprint/cache/redis"
)

// TestJournalFallsBack: in a cluster the slot of the journal may lose its last writes while the slots of the sources
// keep theirs. The next put of the source puts the changes into the journal again, once, and so does the next sweep;
// who has read further than the journal goes now reads them too.
func TestJournalFallsBack(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	client := goredis.NewClient(&goredis.Options{Addr: server.Addr})
	defer client.Close()
	for name, heal := range map[string]func(*testing.T, *redis.Store){
		"by a put": func(t *testing.T, s *redis.Store) { put(t, s, 5, 6) },
		"by a sweep": func(t *testing.T, s *redis.Store) {
			put(t, s)
			if err := openAt(t, server.URL("sweep")).Close(); err != nil {
				t.Fatal(err)
			}
			put(t, s, 5, 6)
		},
	} {
		prefix := map[string]string{"by a put": "put", "by a sweep": "sweep"}[name]
		s := openAt(t, server.URL(prefix))
		put(t, s, 1, 2)
		back := remember(t, client, prefix)
		put(t, s, 3)
		put(t, s, 4)
		head, err := s.Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		back()
		heal(t, s)
		var ids []string
		after := int64(0)
		changes, _, err := s.Journal(t.Context(), 0, 100, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range changes {
			ids = append(ids, c.Item)
			if n := len(ids); n > 2 && c.Seq <= head {
				t.Errorf("%s: change %d is at %d, and somebody may have read up to %d", name, n, c.Seq, head)
			}
			if c.Seq <= after {
				t.Errorf("%s: position %d after %d", name, c.Seq, after)
			}
			after = c.Seq
		}
		var want []string
		for n := range 6 {
			want = append(want, cachetest.Item("a", n+1, 1).ID)
		}
		if !slices.Equal(ids, want) {
			t.Errorf("%s: the journal holds %q, want %q", name, ids, want)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

// put stores items of the source a.
func put(t *testing.T, s *redis.Store, numbers ...int) {
	t.Helper()
	batch := cachetest.BatchOf("a")
	for _, n := range numbers {
		batch.Items = append(batch.Items, cachetest.Item("a", n, 1))
	}
	batch.Poll = &cache.Poll{ETag: fmt.Sprint(numbers)}
	if _, err := s.Put(t.Context(), batch); err != nil {
		t.Fatal(err)
	}
}

// remember keeps what the slot of the journal holds, and returns what brings it back.
func remember(t *testing.T, client *goredis.Client, prefix string) (back func()) {
	t.Helper()
	kept := make(map[string]string)
	pattern := "{" + prefix + ":journal}:*"
	keys, err := client.Keys(t.Context(), pattern).Result()
	if err != nil || len(keys) < 3 {
		t.Fatal(keys, err)
	}
	for _, key := range keys {
		if kept[key], err = client.Dump(t.Context(), key).Result(); err != nil {
			t.Fatal(err)
		}
	}
	return func() {
		now, err := client.Keys(t.Context(), pattern).Result()
		if err != nil {
			t.Fatal(err)
		}
		if err := client.Del(t.Context(), now...).Err(); err != nil {
			t.Fatal(err)
		}
		for key, value := range kept {
			if err := client.Restore(t.Context(), key, 0, value).Err(); err != nil {
				t.Fatal(err)
			}
		}
	}
}
