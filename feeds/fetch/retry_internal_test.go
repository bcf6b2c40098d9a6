package fetch

import (
	"testing"
	"time"
)

// FuzzRetryAfter: no header makes us wait for ever, or less than nothing.
func FuzzRetryAfter(f *testing.F) {
	for _, s := range []string{"120", "Wed, 21 Oct 2026 07:28:00 GMT", "-1", "99999999999999999999", " 5 ", "1e9", "soon"} {
		f.Add(s)
	}
	now := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, value string) {
		if d := retryAfter(value, now); d < 0 {
			t.Errorf("%q: %v", value, d)
		}
	})
}

// TestRetryAfter reads both forms (RFC 9110 section 10.2.3) and nothing else.
func TestRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"": 0, "120": 2 * time.Minute, " 5 ": 5 * time.Second, "0": 0, "-1": 0, "1.5": 0, "1e9": 0, "soon": 0, "10 minutes": 0,
		"Tue, 10 Mar 2026 13:00:00 GMT": time.Hour, "Tuesday, 10-Mar-26 13:00:00 GMT": time.Hour, "Tue Mar 10 13:00:00 2026": time.Hour,
		"Tue, 10 Mar 2026 11:00:00 GMT": 0, "99999999999": 365 * 24 * time.Hour, "99999999999999999999": 0,
	} {
		if got := retryAfter(value, now); got != want {
			t.Errorf("%q: %v, want %v", value, got, want)
		}
	}
}
