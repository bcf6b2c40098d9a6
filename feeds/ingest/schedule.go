package ingest

import (
	"hash/fnv"
	"net/http"
	"strconv"
	"strings"
	"time"

	"reprint/feeds/fetch"
	"reprint/feeds/parse"
)

// The bounds of the time between two polls.
const (
	defaultEvery = time.Hour          // of a publisher's feed, where nothing is configured
	fileEvery    = time.Minute        // of a file, where nothing is configured
	maxHinted    = 24 * time.Hour     // that a publisher's hints can ask for
	maxRetry     = 7 * 24 * time.Hour // that a Retry-After can ask for
	maxBackOff   = 24 * time.Hour     // after failures
)

// Next returns when a source is due again. The operator's interval is the least; the
// publisher's hints lengthen it, Retry-After always holds, failures double it. Then up to a
// tenth is added, by source, so that sources do not all come due together.
func Next(now time.Time, s Source, r fetch.Response, hints parse.Hints, failures int) time.Time {
	wait := s.Every
	if wait == 0 {
		wait = defaultEvery
		if !strings.HasPrefix(s.Feed, "http://") && !strings.HasPrefix(s.Feed, "https://") {
			wait = fileEvery
		}
	}
	wait = max(wait, min(hinted(now, r.Header, hints), maxHinted))
	if failures > 0 {
		wait = max(wait, min(wait<<min(failures-1, 16), maxBackOff))
	}
	wait = max(wait, min(r.RetryAfter, maxRetry))
	return now.Add(wait + jitter(s.ID, wait))
}

// hinted is how long an answer asks to be left alone: Cache-Control or Expires, and ttl.
func hinted(now time.Time, h http.Header, hints parse.Hints) time.Duration {
	wait := freshness(now, h)
	if minutes, err := strconv.Atoi(strings.TrimSpace(hints.TTL)); err == nil && minutes > 0 {
		wait = max(wait, time.Duration(min(minutes, 1<<20))*time.Minute)
	}
	return wait
}

// freshness is the freshness lifetime less the age (RFC 9111 section 4.2).
func freshness(now time.Time, h http.Header) time.Duration {
	for _, directive := range strings.Split(strings.Join(h.Values("Cache-Control"), ","), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(directive), "=")
		if !strings.EqualFold(name, "max-age") {
			continue
		}
		if seconds, err := strconv.Atoi(strings.Trim(value, `"`)); err == nil {
			age, _ := strconv.Atoi(h.Get("Age"))
			return time.Duration(max(0, min(seconds, 1<<30)-max(0, age))) * time.Second
		}
	}
	expires, err := http.ParseTime(h.Get("Expires"))
	if err != nil {
		return 0
	}
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		now = date
	}
	return max(0, expires.Sub(now))
}

// jitter is up to a tenth of wait, always the same for a source.
func jitter(source string, wait time.Duration) time.Duration {
	h := fnv.New32a()
	_, _ = h.Write([]byte(source))
	return wait / 10 * time.Duration(h.Sum32()%1000) / 1000
}
