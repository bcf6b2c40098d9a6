package chaos

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"reprint/cache/cachetest/redistest"
)

// outOfMemory: the store answers, and takes nothing any more.
func outOfMemory(t *testing.T, idle func()) {
	s, store := onRedis(t, idle)
	store.Set(t, "maxmemory", "1")
	s.away()
	store.Set(t, "maxmemory", "0")
	s.end()
}

// evicting: somebody has let the store throw away what it likes when its memory is full. It throws away everything, the
// withdrawals too. Nobody starts on it.
func evicting(t *testing.T, idle func()) {
	s, store := onRedis(t, idle)
	s.restored = true
	s.missed()
	store.Set(t, "maxmemory-policy", "allkeys-lru")
	store.Set(t, "maxmemory", "1")
	waitFor(t, "everything is evicted", wellWithin, func() bool { return store.Info("evicted_keys") != "0" && store.Info("db0") == "" })
	s.withholds(s.far)
	s.withholds(s.near)
	s.queues(s.far)
	store.Set(t, "maxmemory", "0")
	s.serves(s.far)
	s.remindsStore()
	s.refusesToStart(s.far, "noeviction")
	store.Set(t, "maxmemory-policy", "noeviction")
	s.end()
}

// refusesToStart ends a server and has it started again: it does not begin, and says why, as doctor does.
func (s *scene) refusesToStart(server *server, why string) {
	t := s.t
	t.Helper()
	out, err := exec.Command(os.Getenv(programPlace), "doctor", "--config", server.config).CombinedOutput()
	if err == nil || !strings.Contains(string(out), why) {
		t.Errorf("doctor finds nothing wrong: %v\n%s", err, out)
	}
	s.down = true
	server.term()
	before := len(server.said(t))
	server.start()
	waitFor(t, "server "+server.name+" says why it does not start", wellWithin, func() bool { return strings.Contains(server.said(t)[before:], why) })
	if code, _ := status("http://" + server.admin + "/healthz"); code != 0 {
		t.Errorf("server %s starts on such a store, and answers %d", server.name, code)
	}
}

// diskFull: the store lives, answers, and cannot write.
func diskFull(t *testing.T, idle func()) {
	s, store := onRedis(t, idle, "appendfsync everysec")
	store.FillDisk(t)
	s.away()
	store.FreeDisk(t)
	s.end()
}

// diskFullAlways: where every write is to be on the disk, the store ends when that is full.
func diskFullAlways(t *testing.T, idle func()) {
	s, store := onRedis(t, idle, "appendfsync always")
	store.FillDisk(t)
	store.Ends(t)
	s.away()
	store.Run(t)
	s.end()
}

// misconf: the store cannot make its snapshots, and takes nothing any more because of that.
func misconf(t *testing.T, idle func()) {
	s, store := onRedis(t, idle, "save 3600 1")
	unblock := store.BlockSnapshots(t)
	s.away()
	unblock()
	s.end()
}

// ownDiskFull: a server cannot write its ledger. It takes no orders, partners get nothing from it, and when
// something is withdrawn elsewhere it withholds all items: it could not know of it after a restart.
func ownDiskFull(t *testing.T, idle func()) {
	s, _ := onRedis(t, idle)
	segment := filepath.Join(s.far.dir, "ledger", "0000000000000000.log")
	info, err := os.Stat(segment)
	if err != nil {
		t.Fatal(err)
	}
	redistest.FillDisk(t, s.far.pid(), info.Size())
	s.refuses(s.far)
	s.serves(s.near)
	if a := s.ask("http://"+s.far.public+"/feeds/top.json", false); a.status != 200 {
		t.Errorf("readers get %d from a server that puts nothing on the record for them", a.status)
	}
	if a := s.ask("http://"+s.far.public+"/items/"+s.stories[0].id, true); a.status != 503 && a.status != 507 || a.retryAfter == "" {
		t.Errorf("a partner gets %d, which cannot be on the record", a.status)
	}
	s.withdraw(s.near)
	s.withholds(s.far)
	s.refuses(s.far)
	s.publishLate()
	time.Sleep(time.Second)
	redistest.FreeDisk(t, s.far.pid())
	s.end()
}
