package redis_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"reprint/cache"
	"reprint/cache/cachetest/redistest"
)

// ahead moves the moment at the beginning, or at the end, of what a server keeps an hour into the future: so it is from before
// the clock was set back.
func ahead(t *testing.T, moment string) string {
	t.Helper()
	millis, err := strconv.ParseInt(moment, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(millis + time.Hour.Milliseconds())
}

// TestClockSetBack: when the clock of Redis is set back, a server that has died is silent after its lease all the same, its sources
// are free at the latest after the longest lease, and nobody waits for what the store may have forgotten.
func TestClockSetBack(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	s := openAt(t, server.URL("p"))
	defer s.Close()
	const lease = 200 * time.Millisecond
	if _, err := s.Beat(t.Context(), cache.Beat{Server: "dead", Lease: lease}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Enroll(t.Context(), "dead", lease); err != nil {
		t.Fatal(err)
	}
	do := func(args ...string) []string {
		t.Helper()
		reply, err := server.Do(args...)
		if err != nil {
			t.Fatal(err)
		}
		return reply
	}
	for _, key := range do("KEYS", "*") {
		switch {
		case strings.HasSuffix(key, ":servers"), strings.HasSuffix(key, ":enrolled"):
			at, rest, _ := strings.Cut(do("HGET", key, "dead")[0], "\t")
			do("HSET", key, "dead", ahead(t, at)+"\t"+rest)
		case strings.HasSuffix(key, ":run"):
			run, since, _ := strings.Cut(do("GET", key)[0], "\t")
			do("SET", key, run+"\t"+ahead(t, since))
		}
	}
	for range 2 {
		list, err := s.Servers(t.Context())
		if err != nil || len(list) != 1 {
			t.Fatal(list, err)
		}
		if _, err := s.Identity(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Enroll(t.Context(), "alive", lease); err != nil {
			t.Fatal(err)
		}
		time.Sleep(3 * lease)
	}
	list, err := s.Servers(t.Context())
	if err != nil || list[0].Age < 3*lease {
		t.Errorf("six leases later the dead server is %v old, %v", list[0].Age, err)
	}
	if i, err := s.Identity(t.Context()); err != nil || i.RunAge < 3*lease {
		t.Errorf("the store is the same for %v, %v", i.RunAge, err)
	}
	for _, key := range do("KEYS", "*:enrolled") {
		until, _, _ := strings.Cut(do("HGET", key, "dead")[0], "\t")
		millis, err := strconv.ParseInt(until, 10, 64)
		if left := time.Until(time.UnixMilli(millis)); err != nil || left > cache.LongestLease {
			t.Errorf("the dead server has its sources for another %v, %v", left, err)
		}
	}
}
