package serve

import (
	"fmt"
	"testing"
	"time"
)

// TestPurgesAreForgotten: what is over is forgotten, also behind one that is still due; what is due never is.
func TestPurgesAreForgotten(t *testing.T) {
	t.Parallel()
	p := &purges{hook: noHook{}, wake: make(chan struct{}, 1)}
	p.add(purge{key: "first"})
	for n := range 2 * keptOrders {
		p.add(purge{key: fmt.Sprint(n)})
		if n < 10 { // these stay due
			continue
		}
		p.told(p.pending()[11:], nil, time.Time{})
	}
	if n := len(p.all); n > keptOrders || len(p.pending()) != 11 {
		t.Errorf("%d are remembered, %d due", n, len(p.pending()))
	}
}

// TestNewPurgeIsToldAtOnce: a hook that failed for long is asked again as soon as something new is due.
func TestNewPurgeIsToldAtOnce(t *testing.T) {
	t.Parallel()
	p := &purges{hook: noHook{}, wake: make(chan struct{}, 1)}
	p.add(purge{key: "new"})
	begun := time.Now()
	p.rest(t.Context(), time.Minute)
	if took := time.Since(begun); took > 10*time.Second {
		t.Errorf("it waited for %v", took)
	}
}

type noHook struct{ Purger }
