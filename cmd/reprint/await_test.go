package main

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"reprint/cache/cachetest/redistest"
)

// onRedis writes a configuration whose store is a Redis.
func onRedis(t *testing.T, store string) (file, site string) {
	t.Helper()
	file, site, _ = newsroomFor(t, "First")
	text := strings.Replace(read(t, file), "sqlite:reprint.db", store, 1)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file, site
}

// TestStartBeforeTheStore: a server that is started while its store is away begins by itself once that answers, and can be
// ended before.
func TestStartBeforeTheStore(t *testing.T) {
	t.Parallel()
	redis := redistest.Start(t)
	redis.Kill()
	file, site := onRedis(t, redis.URL("early"))
	for _, comes := range []bool{false, true} {
		p, _, _, stop := inProcess(t, "serve", "--config", file)
		defer stop()
		eventually(t, "a word that it waits", func() bool {
			said := fmt.Sprint(p.stderr.(*syncBuffer))
			return strings.Contains(said, "does not start before its store answers") && strings.Contains(said, redis.Addr)
		})
		if comes {
			redis.Run(t)
			eventually(t, "the item", func() bool { _, body := get(t, site+"/feeds/top.rss"); return strings.Contains(body, "The mill turns") })
		}
		if code := stop(); code != exitOK {
			t.Errorf("it ends with %d", code)
		}
	}
}

// TestNoPassword: a store that lets nobody in without a password is not waited for.
func TestNoPassword(t *testing.T) {
	t.Parallel()
	redis := redistest.Start(t)
	redis.Set(t, "requirepass", "right")
	file, _ := onRedis(t, redis.URL("p"))
	for _, name := range []string{"serve", "fetch"} {
		p, _, stderr, _ := newProcess()
		if code := run(t.Context(), p, []string{name, "--config", file}); code != exitFailed || !strings.Contains(stderr.String(), storePassword) {
			t.Errorf("%s ends with %d:\n%s", name, code, stderr)
		}
	}
}
