package redistest

import "testing"

// Set changes a setting of a server that runs.
func (s *Server) Set(t testing.TB, name, value string) {
	t.Helper()
	must(t, s, "CONFIG", "SET", name, value)
}

// Compact makes the server write its data anew, as they are now.
func (s *Server) Compact(t testing.TB) {
	t.Helper()
	must(t, s, "BGREWRITEAOF")
	eventually(t, "the data are not written anew", func() bool {
		return s.Info("aof_rewrite_in_progress") == "0" && s.Info("aof_rewrite_scheduled") == "0" && s.Info("aof_last_bgrewrite_status") == "ok"
	})
}

// Demote lets another server, which may be empty, take over what this one has, and makes this one its replica.
func (s *Server) Demote(t testing.TB, heir *Server) {
	t.Helper()
	must(t, heir, "REPLICAOF", "127.0.0.1", s.port())
	eventually(t, "the heir does not get the data", func() bool { return heir.Info("master_link_status") == "up" })
	must(t, heir, "REPLICAOF", "NO", "ONE")
	must(t, s, "REPLICAOF", "127.0.0.1", heir.port())
}

// Promote makes a replica a primary.
func (s *Server) Promote(t testing.TB) {
	t.Helper()
	must(t, s, "REPLICAOF", "NO", "ONE")
}

// CutReplica parts the replica from the primary: it misses what is written from now on, and is not told. What is returned
// lets it follow again. The sentinels take a replica for good enough that was parted ten times as long as a primary
// may be silent; so that is made longer.
func (s *Sentinels) CutReplica(t testing.TB) (mend func()) {
	t.Helper()
	for _, sentinel := range s.sentinels {
		must(t, sentinel, "SENTINEL", "SET", sentinelName, "down-after-milliseconds", "4000")
	}
	replica := s.Replica()
	replica.Set(t, "masteruser", "nobody") // the primary does not know it
	replica.Set(t, "masterauth", "nothing")
	must(t, s.Primary(), "CLIENT", "KILL", "TYPE", "replica")
	eventually(t, "the replica still follows", func() bool { return replica.Info("master_link_status") == "down" })
	return func() {
		replica.Set(t, "masteruser", "")
		replica.Set(t, "masterauth", "")
	}
}
