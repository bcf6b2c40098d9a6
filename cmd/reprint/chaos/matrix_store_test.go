package chaos

import (
	"strconv"
	"testing"
	"time"

	"reprint/cache/cachetest/redistest"
)

// away looks at two servers whose store cannot be written, and gives orders to both.
func (s *scene) away() {
	s.t.Helper()
	s.publishLate()
	s.withholds(s.far)
	s.withholds(s.near)
	s.queues(s.far)
	s.queues(s.near)
}

// killed: the store is gone for a while, and comes back with all that it had.
func killed(t *testing.T, idle func()) {
	s, store := onRedis(t, idle)
	store.Kill()
	s.away()
	store.Run(t)
	s.end()
}

// lostWrites: a replica that has missed the last writes takes the place of the primary.
func lostWrites(t *testing.T, idle func()) {
	sentinels := redistest.StartSentinels(t)
	s := play(t, idle, sentinels.URL("p"), sentinels.URL("p"))
	s.restored = true
	mend := sentinels.CutReplica(t)
	s.missed()
	primary := sentinels.Primary()
	primary.Kill()
	waitFor(t, "the replica is promoted", wellWithin, func() bool { return sentinels.Primary() != nil && sentinels.Primary() != primary })
	s.place(s.far, s.next(), false)
	s.place(s.near, s.next(), false)
	mend()
	primary.Run(t)
	s.end()
}

// missed does what the store is about to forget: two withdrawals that everybody was told of, and stories that are taken
// in.
func (s *scene) missed() {
	s.t.Helper()
	s.publishLate()
	s.withdraw(s.near)
	s.withdraw(s.far)
	waitFor(s.t, "the late stories are taken in", wellWithin, func() bool { return s.far.has(s.late()) && s.near.has(s.late()) })
}

// backEmpty: the store comes back with nothing.
func backEmpty(t *testing.T, idle func()) {
	s, store := onRedis(t, idle)
	s.restored = true
	s.missed()
	store.Kill()
	store.Wipe(t)
	store.Run(t)
	s.place(s.far, s.next(), false)
	s.place(s.near, s.next(), false)
	s.end()
}

// backOld: the store comes back as it was a while ago.
func backOld(t *testing.T, idle func()) {
	s, store := onRedis(t, idle)
	s.restored = true
	putBack := store.Backup(t)
	s.missed()
	store.Kill()
	putBack()
	store.Run(t)
	s.place(s.far, s.next(), false)
	s.place(s.near, s.next(), false)
	s.end()
}

// loadingTime is about how long the store loads, and ballast is what it loads.
const (
	loadingTime = 15 * time.Second
	ballast     = 3000
)

// loading: the store is there again and answers that it has to read its data first.
func loading(t *testing.T, idle func()) {
	s, store := onRedis(t, idle, "loading-process-events-interval-bytes 1024")
	if _, err := store.Do("EVAL", "for i = 1, tonumber(ARGV[1]) do redis.call('SET', 'ballast:' .. i, string.rep('x', 100)) end", "0", strconv.Itoa(ballast)); err != nil {
		t.Fatal(err)
	}
	store.Compact(t)
	store.Kill()
	store.Launch(t, "--key-load-delay", strconv.FormatInt(loadingTime.Microseconds()/ballast, 10))
	waitFor(t, "the store says that it is loading", wellWithin, func() bool { return store.Info("loading") == "1" })
	s.away()
	waitFor(t, "the store has loaded", wellWithin, func() bool { return store.Info("loading") == "0" })
	s.end()
}

// readonly: the store that the servers know became the replica of another.
func readonly(t *testing.T, idle func()) {
	s, store := onRedis(t, idle)
	other := redistest.Start(t)
	store.Set(t, "repl-diskless-sync-delay", "0")
	store.Demote(t, other)
	s.away()
	store.Promote(t)
	s.end()
}
