package serve

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestPurgesAreForgotten: what is over is forgotten, also behind one that is still due; what is due never is.
func TestPurgesAreForgotten(t *testing.T) {
	t.Parallel()
	p := &purges{hook: noHook{}, wake: make(chan struct{}, 1)}
	p.add(purge{key: "first", tags: []string{"a"}})
	for n := range 2 * keptOrders {
		p.add(purge{key: fmt.Sprint(n), tags: []string{"a"}})
		if n < 10 { // these stay due
			continue
		}
		p.told(p.pending()[11:], nil, time.Time{})
	}
	if n := len(p.all); n > keptOrders || len(p.pending()) != 11 {
		t.Errorf("%d are remembered, %d due", n, len(p.pending()))
	}
}

// TestPurgeWaitsForCopies: a purge is over once its own tags and those of its copies are told, in whatever order that happens.
func TestPurgeWaitsForCopies(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		copies []string
		steps  string
		want   string // the tags that are told, try by try
	}{
		{"told, then none are found", nil, "try tell search", "own"},
		{"none are found, then told", nil, "search try tell", "own"},
		{"told, then some are found", []string{"copy"}, "try tell search try tell", "own, copy"},
		{"some are found, then told", []string{"copy"}, "search try tell", "own copy"},
		{"some are found while it is told", []string{"copy"}, "try search tell try tell", "own, copy"},
		{"none are found while it is told", nil, "try search tell", "own"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := &purges{hook: noHook{}, wake: make(chan struct{}, 1)}
			p.add(purge{key: "k", tags: []string{"own"}, searching: true})
			var batch []try
			var told []string
			over, steps := 0, strings.Fields(tt.steps)
			for n, step := range steps {
				switch step {
				case "try":
					batch = p.pending()
					told = append(told, strings.Join(batch[0].tags, " "))
				case "tell":
					over += len(p.told(batch, nil, time.Time{}))
				case "search":
					if _, isOver := p.searched("k", 0, tt.copies); isOver {
						over++
					}
				}
				last := n == len(steps)-1
				if done := p.state("k").State == PurgeDone; done != last || over != map[bool]int{true: 1}[last] {
					t.Errorf("after %v: done %v, %d times over", steps[:n+1], done, over)
				}
			}
			if got := strings.Join(told, ", "); got != tt.want || len(p.pending()) > 0 {
				t.Errorf("told: %s", got)
			}
		})
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
