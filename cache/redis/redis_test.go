package redis_test

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"reprint/cache"
	"reprint/cache/cachetest"
	"reprint/cache/cachetest/redistest"
	"reprint/cache/redis"
)

func TestContract(t *testing.T) {
	t.Parallel()
	contract(t, redistest.Start(t, "appendfsync everysec").URL)
}

// TestContractOnSentinels: the same by way of sentinels.
func TestContractOnSentinels(t *testing.T) {
	t.Parallel()
	contract(t, redistest.StartSentinels(t, "appendfsync everysec").URL)
}

// TestContractOnCluster: the same where the keys are on three nodes.
func TestContractOnCluster(t *testing.T) {
	t.Parallel()
	contract(t, redistest.StartCluster(t, false, "appendfsync everysec").URL)
}

func contract(t *testing.T, at func(prefix string) string) {
	var places atomic.Int64
	cachetest.Run(t, func(t *testing.T) cachetest.Open {
		url := at(fmt.Sprintf("t%d", places.Add(1)))
		return func(t *testing.T) cache.Store { return openAt(t, url) }
	})
}

func openAt(t testing.TB, url string) *redis.Store {
	t.Helper()
	s, err := redis.Open(t.Context(), url, "")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// audit checks that the store holds exactly these items, each once, and the journal each
// change once.
func audit(t *testing.T, s cache.Store, source string, items, changes int) {
	t.Helper()
	found, err := s.Latest(t.Context(), []string{source}, 100_000)
	if err != nil || len(found) != items {
		t.Errorf("%d items, want %d, %v", len(found), items, err)
	}
	seen := make(map[string]int)
	all, _, err := s.Journal(t.Context(), 0, 1_000_000, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range all {
		if c.Source == source {
			seen[c.Item+" "+c.Revision]++
		}
	}
	if len(seen) != changes {
		t.Errorf("%d changes in the journal, want %d", len(seen), changes)
	}
	for what, n := range seen {
		if n != 1 {
			t.Errorf("%s is in the journal %d times", what, n)
		}
	}
}

// TestLostReplies loses the reply of every single step of a put, and of several in a row.
// Whatever Put then says, a put that is repeated until it succeeds counts once.
func TestLostReplies(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	for lose := 1; lose <= 8; lose++ {
		for skip := range 6 {
			proxy := redistest.NewProxy(t, server.Addr)
			prefix := fmt.Sprintf("l%d-%d", lose, skip)
			s := openAt(t, proxy.URL(prefix))
			if _, err := s.Put(t.Context(), cachetest.BatchOf("a", cachetest.Item("a", 0, 1))); err != nil {
				t.Fatal(err)
			}
			for range skip { // so that the loss hits another step each time
				if _, err := s.Known(t.Context(), "a", []string{"a-x"}); err != nil {
					t.Fatal(err)
				}
			}
			proxy.Lose(lose)
			batch := cachetest.BatchOf("a", cachetest.Item("a", 0, 2), cachetest.Item("a", 1, 1))
			for n := 0; ; n++ {
				_, err := s.Put(t.Context(), batch)
				if err == nil {
					break
				}
				if !errors.Is(err, cache.ErrUnavailable) || n == 20 || lose < 3 {
					t.Fatalf("lose %d: %v", lose, err)
				}
			}
			if proxy.Lost() != lose {
				t.Errorf("%d replies lost, want %d", proxy.Lost(), lose)
			}
			audit(t, s, "a", 2, 3)
			_ = s.Close()
		}
	}
}

// TestRestart kills Redis while a writer writes, and starts it again. With appendfsync
// always, everything that was acknowledged is there, and nothing twice.
func TestRestart(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	s := openAt(t, server.URL("r"))
	defer s.Close()
	const items = 150
	stop := make(chan struct{})
	go func() {
		defer close(stop)
		for range 4 {
			time.Sleep(60 * time.Millisecond)
			server.Kill()
			server.Run(t)
		}
	}()
	failures := 0
	for n := range items {
		for {
			_, err := s.Put(t.Context(), cachetest.BatchOf("a", cachetest.Item("a", n, 1)))
			if err == nil {
				break
			}
			if failures++; !errors.Is(err, cache.ErrUnavailable) || failures > 2000 {
				t.Fatalf("item %d: %v", n, err)
			}
			time.Sleep(5 * time.Millisecond)
		}
	}
	<-stop
	audit(t, s, "a", items, items)
	t.Logf("%d puts, %d failures in between", items, failures)
}

// TestFull: when Redis has no memory left, a put fails as a whole, says so, and succeeds when
// there is room again.
func TestFull(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	s := openAt(t, server.URL("f"))
	defer s.Close()
	if _, err := s.Put(t.Context(), cachetest.BatchOf("a", cachetest.Item("a", 1, 1))); err != nil {
		t.Fatal(err)
	}
	admin := goredis.NewClient(&goredis.Options{Addr: server.Addr})
	defer admin.Close()
	if err := admin.ConfigSet(t.Context(), "maxmemory", "1").Err(); err != nil {
		t.Fatal(err)
	}
	_, err := s.Put(t.Context(), cachetest.BatchOf("a", cachetest.Item("a", 1, 2), cachetest.Item("a", 2, 1)))
	if !errors.Is(err, cache.ErrUnavailable) || !strings.Contains(err.Error(), "OOM") {
		t.Fatalf("a put into a full Redis: %v", err)
	}
	audit(t, s, "a", 1, 1)
	if err := admin.ConfigSet(t.Context(), "maxmemory", "0").Err(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Put(t.Context(), cachetest.BatchOf("a", cachetest.Item("a", 1, 2), cachetest.Item("a", 2, 1))); err != nil {
		t.Fatal(err)
	}
	audit(t, s, "a", 2, 3)
}

// TestFindings: what is set up wrong is found, refused or warned of, each with a remedy.
func TestFindings(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		setting, check string
		severity       cache.Severity
		remedy         string
	}{
		{"maxmemory-policy allkeys-lru", "redis eviction policy", cache.Refuse, "noeviction"},
		{"appendonly no", "redis persistence", cache.Warn, "appendonly yes"},
		{"appendfsync no", "redis sync to disk", cache.Warn, "everysec"},
		{"maxmemory 1200000", "redis memory", cache.Warn, "maxmemory"},
		{`rename-command CONFIG ""`, "redis eviction policy", cache.Warn, "provider"},
	} {
		t.Run(tt.setting, func(t *testing.T) {
			t.Parallel()
			s := openAt(t, redistest.Start(t, tt.setting).URL("c"))
			defer s.Close()
			for _, f := range s.Check(t.Context()) {
				if f.Check == tt.check {
					if f.Severity != tt.severity || !strings.Contains(f.Remedy, tt.remedy) {
						t.Errorf("%+v", f)
					}
					return
				}
			}
			t.Errorf("no finding on %s", tt.check)
		})
	}
}

// TestURLs: an address that is wrong is refused with what to write instead, and never
// repeated, because it may hold a password.
func TestURLs(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ url, want string }{
		{"redis://:secret@h1:1,h2:2/0", "names one server"},
		{"redis+sentinel://:secret@h1:1", "name of the master"},
		{"redis://:secret@h1:1/x", "number of the database"},
		{"http://:secret@h1:1", "is no store"},
		{"redis://:secret@h1:1/0?prefx=a", "only parameter"},
		{"redis://:secret@h1:1/0?prefix={a}", "must not hold"},
		{"redis://:secret@%zz", "is no URL"},
	} {
		_, err := redis.Open(t.Context(), tt.url, "")
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", tt.url, err)
		}
	}
	if _, err := redis.Open(t.Context(), "redis://127.0.0.1:1/0", ""); !errors.Is(err, cache.ErrUnavailable) {
		t.Errorf("nobody there: %v", err)
	}
}

// TestPassword: who is let in by nobody is told that, and not only that the store does not answer.
func TestPassword(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	server.Set(t, "requirepass", "right")
	for _, password := range []string{"", "wrong"} {
		if _, err := redis.Open(t.Context(), server.URL("p"), password); !errors.Is(err, redis.ErrPassword) || !errors.Is(err, cache.ErrUnavailable) {
			t.Errorf("with the password %q: %v", password, err)
		}
	}
	s, err := redis.Open(t.Context(), server.URL("p"), "right")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
}

// TestKeys: every key belongs to one source or to the journal, so that a cluster can hold
// them, and no other key is written.
func TestKeys(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	s := openAt(t, server.URL("k"))
	defer s.Close()
	if _, err := s.Put(t.Context(), cachetest.BatchOf("a", cachetest.Item("a", 1, 1))); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Stamp(t.Context(), "top", "d", time.Now()); err != nil {
		t.Fatal(err)
	}
	client := goredis.NewClient(&goredis.Options{Addr: server.Addr})
	defer client.Close()
	found, err := client.Keys(t.Context(), "*").Result()
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range found {
		if !strings.HasPrefix(key, "{k:s:a}:") && !strings.HasPrefix(key, "{k:journal}:") {
			t.Errorf("the key %s is in no slot of ours", key)
		}
		if strings.HasSuffix(key, ":outbox") {
			t.Errorf("%s was not emptied", key)
		}
		if ttl := client.TTL(t.Context(), key).Val(); ttl != -1 {
			t.Errorf("the key %s expires in %v", key, ttl)
		}
	}
	if len(found) < 9 {
		t.Errorf("%d keys", len(found))
	}
}

// BenchmarkStore fills a store with a hundred thousand items. Run it with -benchtime 1x.
func BenchmarkStore(b *testing.B) {
	server := redistest.Start(b, "appendfsync everysec")
	s := openAt(b, server.URL("bench"))
	defer s.Close()
	client := goredis.NewClient(&goredis.Options{Addr: server.Addr})
	defer client.Close()
	cachetest.Bench(b, s, 100_000, func() int64 {
		info, err := client.Info(b.Context(), "memory").Result()
		if err != nil {
			b.Fatal(err)
		}
		var used int64
		for line := range strings.Lines(info) {
			_, _ = fmt.Sscanf(line, "used_memory:%d", &used)
		}
		return used
	})
}
