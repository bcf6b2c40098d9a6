package main

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"reprint/cache/cachetest/redistest"
	"reprint/cmd/reprint/config"
	"reprint/syndicate/ledger"
)

// onRedis writes a configuration with another store than a file.
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

// TestNeverAStore: what no time mends is not waited for.
func TestNeverAStore(t *testing.T) {
	t.Parallel()
	locked, forbidden := redistest.Start(t), redistest.Start(t)
	locked.Set(t, "requirepass", "right")
	if _, err := forbidden.Do("ACL", "SETUSER", "default", "on", "nopass", "~*", "-@all", "+ping", "+hello", "+client"); err != nil {
		t.Fatal(err)
	}
	for store, word := range map[string]string{
		locked.URL("p"): storePassword, forbidden.URL("p"): storePassword, "sqlite:" + t.TempDir(): "store",
	} {
		file, _ := onRedis(t, store)
		for _, name := range []string{"serve", "fetch"} {
			p, _, stderr, _ := newProcess()
			if code := run(t.Context(), p, []string{name, "--config", file}); code != exitFailed || !strings.Contains(stderr.String(), word) {
				t.Errorf("%s with %s ends with %d:\n%s", name, store, code, stderr)
			}
		}
	}
}

// TestStartBesideCommand: a server that is started while a command looks into the ledger waits for that.
func TestStartBesideCommand(t *testing.T) {
	t.Parallel()
	file, site, _ := newsroomFor(t, "First")
	conf, err := config.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	l, err := ledger.Open(ledgerDir(conf), ledger.Options{Name: "command"})
	if err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(300*time.Millisecond, func() { _ = l.Close() })
	_, _, _, stop := inProcess(t, "serve", "--config", file)
	defer stop()
	eventually(t, "the item", func() bool { _, body := get(t, site+"/feeds/top.rss"); return strings.Contains(body, "The mill turns") })
}
