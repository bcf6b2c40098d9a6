package serve_test

import (
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// aloneIn, in the environment, tells a process of this test that no other test runs in it: the profile of locks is the process's.
const aloneIn = "REPRINT_TEST_ALONE"

// TestWarmRequestWaitsForNobody: requests for an edition in memory run side by side without one waiting for a lock that
// another holds, withdrawals or not.
func TestWarmRequestWaitsForNobody(t *testing.T) {
	t.Parallel()
	if os.Getenv(aloneIn) == "" {
		child := exec.Command(os.Args[0], "-test.run", "^"+t.Name()+"$", "-test.count", "1")
		child.Env = append(os.Environ(), aloneIn+"=1")
		if out, err := child.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	store := onSQLite(t)
	fill(t, store, story("weekly", 1), story("hill", 1))
	m := join(t, "a", store, new(notebook))
	eventually(t, "the server answers", func() bool { return m.get("/feeds/top.rss").Code == 200 })
	m.order(t, `{"targets":["`+story("hill", 1).ID+`"],"cause":"rights"}`)
	for _, path := range surfaces {
		m.get(path) // the editions are warm
	}
	runtime.SetMutexProfileFraction(1)
	askAtOnce(m, 200*time.Millisecond)
	runtime.SetMutexProfileFraction(0)
	for _, waited := range contended() {
		t.Error(waited)
	}
}

// askAtOnce has many ask for everything for a time.
func askAtOnce(m *member, during time.Duration) {
	var all sync.WaitGroup
	end := time.Now().Add(during)
	for range 4 * runtime.GOMAXPROCS(0) {
		all.Go(func() {
			for n := 0; time.Now().Before(end); n++ {
				m.get(surfaces[n%len(surfaces)], "Accept-Encoding", "gzip")
			}
		})
	}
	all.Wait()
}

// contended lists where a request waited for a lock: the stacks with a handler of ours in them. What the runtime locks for itself is
// not ours.
func contended() []string {
	records := make([]runtime.BlockProfileRecord, 10_000)
	n, _ := runtime.MutexProfile(records)
	var found []string
	for _, r := range records[:n] {
		var stack []string
		frames := runtime.CallersFrames(r.Stack())
		for more := true; more; {
			var f runtime.Frame
			f, more = frames.Next()
			stack = append(stack, f.Function)
		}
		if text := strings.Join(stack, "\n\t"); strings.Contains(text, "ServeHTTP") && strings.HasPrefix(text, "sync.") {
			found = append(found, text)
		}
	}
	return found
}
