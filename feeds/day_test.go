package feeds_test

import (
	"testing"
	"time"

	"reprint/feeds"
)

// TestDay: the day of a moment depends on where it is asked for.
func TestDay(t *testing.T) {
	t.Parallel()
	evening := time.Date(2026, 3, 9, 20, 0, 0, 0, time.FixedZone("", -3600))
	for zone, want := range map[*time.Location]string{nil: "2026-03-09", time.FixedZone("", 8*3600): "2026-03-10", time.FixedZone("", -3600): "2026-03-09"} {
		if got := feeds.Day(evening, zone); got != want {
			t.Errorf("in %v: %s, want %s", zone, got, want)
		}
	}
}
