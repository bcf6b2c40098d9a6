package ingest

import (
	"hash/fnv"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"reprint/cache"
	"reprint/feeds/parse"
)

// The bounds of the time between two polls.
const (
	defaultEvery = time.Hour          // of a publisher's feed, where nothing is configured
	fileEvery    = time.Minute        // of a file, where nothing is configured
	maxHinted    = 24 * time.Hour     // that a publisher's hints can ask for
	maxRetry     = 7 * 24 * time.Hour // that a Retry-After can ask for
	slowDown     = time.Hour          // after 429 and 503 that do not say how long
	maxBackOff   = 24 * time.Hour     // after failures
	lostAfter    = 7 * 24 * time.Hour // a feed that is not found for so long is only probed
	probeEvery   = 7 * 24 * time.Hour
	pushedTimes  = 8 // as long between polls of a source whose hub delivers
)

// Answer is what the end of a poll says about the next one.
type Answer struct {
	Header     http.Header   // of the answer; nil where there was none
	Status     int           // of the answer; 0 where there was none
	RetryAfter time.Duration // the publisher's wish; 0 where it has none
	Pace       cache.Pace    // what the last document asked for
	Failures   int           // in a row, this one included; 0 if it was none
	Failing    time.Duration // since the first of them
	Pushed     bool          // a hub brings what is new, and has proved it
}

// Next returns when a source is due again. The operator's interval is the least; where a hub
// brings what is new it is eight times as long, only to find out if it does. What the
// publisher wishes lengthens it, unless a contract says otherwise; a Retry-After always
// holds. Failures double it. Then up to a tenth is added, by source, so that sources do not
// all come due together; nothing is ever taken off.
func Next(now time.Time, s Source, a Answer) time.Time {
	wait := s.least()
	if !s.IgnoreHints {
		wait = max(wait, min(max(freshness(now, a.Header), a.Pace.Least), maxHinted))
	}
	if a.Pushed {
		wait = max(wait, min(s.least()*pushedTimes, maxHinted))
	}
	if a.Failures > 0 {
		wait = max(wait, backOff(wait, a))
	}
	wait = max(wait, min(a.RetryAfter, maxRetry))
	next := now.Add(wait + jitter(s.ID, wait))
	if s.IgnoreHints {
		return next
	}
	return awake(next, a.Pace, jitter(s.ID, time.Hour))
}

// least is the shortest time between two polls of a source.
func (s Source) least() time.Duration {
	switch {
	case s.Every > 0:
		return s.Every
	case s.local():
		return fileEvery
	}
	return defaultEvery
}

// local tells whether the source is a file or a directory.
func (s Source) local() bool {
	return !strings.HasPrefix(s.Feed, "http://") && !strings.HasPrefix(s.Feed, "https://")
}

// backOff is how long a failing source is left alone.
func backOff(wait time.Duration, a Answer) time.Duration {
	switch {
	case a.Status == http.StatusNotFound && a.Failing >= lostAfter:
		return probeEvery
	case a.Status == http.StatusTooManyRequests, a.Status == http.StatusServiceUnavailable:
		if a.RetryAfter == 0 {
			wait = max(wait, slowDown)
		}
	}
	return min(wait<<min(a.Failures-1, 16), maxBackOff)
}

// freshness is the freshness lifetime less the age (RFC 9111 section 4.2).
func freshness(now time.Time, h http.Header) time.Duration {
	age, _ := strconv.Atoi(h.Get("Age"))
	aged := time.Duration(max(0, min(age, 1<<30))) * time.Second
	for _, directive := range strings.Split(strings.Join(h.Values("Cache-Control"), ","), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(directive), "=")
		if !strings.EqualFold(name, "max-age") {
			continue
		}
		if seconds, err := strconv.Atoi(strings.Trim(value, `"`)); err == nil {
			return max(0, time.Duration(min(seconds, 1<<30))*time.Second-aged)
		}
	}
	expires, err := http.ParseTime(h.Get("Expires"))
	if err != nil {
		return 0
	}
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		return max(0, expires.Sub(date)-aged)
	}
	return max(0, expires.Sub(now))
}

// jitter is up to a tenth of wait, always the same for a source.
func jitter(source string, wait time.Duration) time.Duration {
	h := fnv.New32a()
	_, _ = h.Write([]byte(source))
	return wait / 10 * time.Duration(h.Sum32()%1000) / 1000
}

// awake moves a poll out of the hours and days at which the publisher does not want any, to
// soon after they end. Where that leaves no hour of the week, it moves nothing.
func awake(at time.Time, p cache.Pace, after time.Duration) time.Time {
	asleep := func(t time.Time) bool {
		t = t.UTC()
		return slices.Contains(p.SkipHours, t.Hour()) || slices.Contains(p.SkipDays, t.Weekday())
	}
	if !asleep(at) {
		return at
	}
	for hour := range 7*24 + 1 {
		if t := at.UTC().Truncate(time.Hour).Add(time.Duration(hour+1) * time.Hour); !asleep(t) {
			return at.Add(t.Sub(at) + after)
		}
	}
	return at
}

// periods are the values of sy:updatePeriod.
var periods = map[string]time.Duration{
	"hourly": time.Hour, "daily": 24 * time.Hour, "weekly": 7 * 24 * time.Hour, "monthly": 30 * 24 * time.Hour, "yearly": 365 * 24 * time.Hour,
}

// paceOf reads a document's wishes. What cannot be read is no wish.
func paceOf(h parse.Hints) cache.Pace {
	var p cache.Pace
	if minutes, err := strconv.Atoi(strings.TrimSpace(h.TTL)); err == nil && minutes > 0 {
		p.Least = time.Duration(min(minutes, 1<<20)) * time.Minute
	}
	if period, ok := periods[strings.ToLower(strings.TrimSpace(h.UpdatePeriod))]; ok {
		times, err := strconv.Atoi(strings.TrimSpace(h.UpdateFrequency))
		if err != nil || times < 1 {
			times = 1
		}
		p.Least = max(p.Least, period/time.Duration(times))
	}
	for _, text := range h.SkipHours {
		if hour, err := strconv.Atoi(strings.TrimSpace(text)); err == nil && hour >= 0 && hour <= 24 {
			p.SkipHours = append(p.SkipHours, hour%24)
		}
	}
	for _, text := range h.SkipDays {
		for day := range time.Saturday + 1 {
			if strings.EqualFold(strings.TrimSpace(text), day.String()) {
				p.SkipDays = append(p.SkipDays, day)
			}
		}
	}
	slices.Sort(p.SkipHours)
	slices.Sort(p.SkipDays)
	p.SkipHours, p.SkipDays = slices.Compact(p.SkipHours), slices.Compact(p.SkipDays)
	return p
}
