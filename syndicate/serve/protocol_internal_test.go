package serve

import (
	"testing"
	"time"
)

// TestLeaseOfASleeper: a machine that slept finds its lease out, although the clock that nobody sets stood still; and a clock that
// was set back gives nobody a longer one.
func TestLeaseOfASleeper(t *testing.T) {
	t.Parallel()
	now := time.Now()
	until := now.Add(2 * time.Second)
	wall := func(d time.Duration) time.Time { return now.Round(0).Add(d) } // without the other clock
	for _, tt := range []struct {
		name string
		now  time.Time
		want bool
	}{
		{"it runs", now.Add(time.Second), true},
		{"it is out", now.Add(3 * time.Second), false},
		{"the clock says an hour later", wall(time.Hour), false},
	} {
		if got := isLeased(&until, tt.now); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
	behind := until.Round(0).Add(-time.Hour)
	if isLeased(&behind, now) || isLeased(nil, now) {
		t.Error("a lease of long ago, or none, runs")
	}
}
