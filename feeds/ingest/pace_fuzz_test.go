package ingest_test

import (
	"net/http"
	"testing"
	"time"

	"reprint/cache"
	"reprint/feeds/ingest"
)

// FuzzNext: whatever a publisher says, a source is asked again, never sooner than the
// operator's interval, and never so late that it is forgotten.
func FuzzNext(f *testing.F) {
	f.Add("max-age=600, private", "Wed, 21 Oct 2026 07:28:00 GMT", "Tue, 10 Mar 2026 12:00:00 GMT", "30", int64(60), int64(90), uint32(0), uint8(0), 0)
	f.Add(`max-age="-1"`, "0", "", "-5", int64(-1), int64(1)<<62, ^uint32(0), uint8(255), 1<<40)
	now := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, control, expires, date, age string, retry, least int64, hours uint32, days uint8, failures int) {
		header := http.Header{"Cache-Control": {control}, "Expires": {expires}, "Date": {date}, "Age": {age}}
		pace := cache.Pace{Least: time.Duration(least)}
		for h := range 24 {
			if hours>>h&1 == 1 {
				pace.SkipHours = append(pace.SkipHours, h)
			}
		}
		for d := range time.Saturday + 1 {
			if days>>d&1 == 1 {
				pace.SkipDays = append(pace.SkipDays, d)
			}
		}
		s := ingest.Source{ID: "s", Feed: "https://a.example/feed", Every: time.Hour}
		wait := ingest.Next(now, s, ingest.Answer{Header: header, RetryAfter: max(0, time.Duration(retry)), Pace: pace, Failures: max(0, failures)}).Sub(now)
		if wait < time.Hour {
			t.Errorf("asked again in %v", wait)
		}
		if wait > 17*24*time.Hour {
			t.Errorf("asked again in %v", wait)
		}
	})
}
