package sqlite_test

import (
	"database/sql"
	"path/filepath"
	"testing"
	"time"

	"reprint/cache"
)

// TestClockSetBack: when the clock is set back, a server that has died is silent after its lease all the same, and its sources are
// free at the latest after the longest lease.
func TestClockSetBack(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "store.db")
	s := openAt(t, path)
	defer s.Close()
	const lease = 100 * time.Millisecond
	if _, err := s.Beat(t.Context(), cache.Beat{Server: "dead", Lease: lease}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Enroll(t.Context(), "dead", lease); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, set := range []string{"UPDATE servers SET at = at + 3600000", "UPDATE enrolled SET until = until + 3600000"} {
		if _, err := db.ExecContext(t.Context(), set); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Servers(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Enroll(t.Context(), "alive", lease); err != nil {
		t.Fatal(err)
	}
	time.Sleep(3 * lease)
	list, err := s.Servers(t.Context())
	if err != nil || len(list) != 1 || list[0].Age < 3*lease {
		t.Errorf("three leases later: %+v, %v", list, err)
	}
	var until int64
	if err := db.QueryRowContext(t.Context(), "SELECT until FROM enrolled WHERE server = 'dead'").Scan(&until); err != nil || time.Until(time.UnixMilli(until)) > cache.LongestLease {
		t.Errorf("the dead server has its sources until %v, %v", time.UnixMilli(until), err)
	}
}
