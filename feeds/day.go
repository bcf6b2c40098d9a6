package feeds

import "time"

// Day writes the day that a moment is on in a zone, as 2026-03-10; nil is UTC.
func Day(t time.Time, zone *time.Location) string {
	if zone == nil {
		zone = time.UTC
	}
	return t.In(zone).Format(time.DateOnly)
}
