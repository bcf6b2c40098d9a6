package ingest

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"reprint/feeds/fetch"
)

// How a host is treated, however many sources it has: one request at a time, a pause
// between two, a longer one when it is in trouble.
const (
	hostPause      = time.Second
	hostBackOff    = time.Minute
	maxHostBackOff = time.Hour
	maxHostRetry   = 24 * time.Hour
)

// host is a publisher's machine as far as we can tell: a registrable domain, or a network
// address.
type host struct {
	free     time.Time // no request before
	last     time.Time // the latest turn that was given away
	busy     bool
	failures int // of any of its sources, in a row
}

// hosts are the hosts of all sources, by key. Only the plan touches them.
type hosts map[string]*host

// keys returns the hosts that a source is on: the site that is asked, the site that answers
// after redirects, and the machine that answered last.
func keys(s Source, effective, server string) []string {
	if s.local() {
		return nil
	}
	found := []string{site(s.Feed)}
	for _, key := range []string{site(effective), server} {
		if key != "" && !slices.Contains(found, key) {
			found = append(found, key)
		}
	}
	return found
}

// hubKeys returns the host of a hub, which is treated like that of a publisher.
func hubKeys(hub string) []string {
	if hub == "" {
		return nil
	}
	return []string{site(hub)}
}

// claim takes all hosts for one request, if each is free. If not, it returns the moment to
// claim again; those who wait for a host get moments of their own, one after the other.
func (h hosts) claim(keys []string, now time.Time) (again time.Time, ok bool) {
	at := now
	for _, key := range keys {
		c := h[key]
		if c == nil {
			c = &host{}
			h[key] = c
		}
		if c.busy {
			at = later(at, now.Add(hostPause))
		}
		at = later(at, c.free)
	}
	if !at.After(now) {
		for _, key := range keys {
			h[key].busy, h[key].free = true, now.Add(hostPause)
		}
		return time.Time{}, true
	}
	for _, key := range keys {
		at = later(at, h[key].last.Add(hostPause))
	}
	for _, key := range keys {
		h[key].last = at
	}
	return at, false
}

// release gives the hosts back after a request that ended as o says.
func (h hosts) release(keys []string, o Outcome, now time.Time) {
	for _, key := range keys {
		c := h[key]
		c.busy, c.free = false, later(c.free, now.Add(hostPause))
		if !overloaded(o) && !unreachable(o) {
			c.failures = 0
			continue
		}
		c.failures++
		c.free = later(c.free, now.Add(hostWait(c.failures, o)))
	}
}

// hostWait is how long a host in trouble is left alone. That one source fails once does not
// hold up the others; that the host asks for peace does.
func hostWait(failures int, o Outcome) time.Duration {
	if overloaded(o) {
		return max(min(o.RetryAfter, maxHostRetry), min(hostBackOff<<min(failures-1, 16), maxHostBackOff))
	}
	if failures < 2 {
		return 0
	}
	return min(hostBackOff<<min(failures-2, 16), maxHostBackOff)
}

// overloaded tells whether the host asks for fewer requests.
func overloaded(o Outcome) bool {
	return o.Status == http.StatusTooManyRequests || o.Status == http.StatusServiceUnavailable
}

// unreachable tells whether the host did not answer, or has trouble of its own.
func unreachable(o Outcome) bool {
	var e *fetch.Error
	if !errors.As(o.Err, &e) {
		return false
	}
	switch e.Kind {
	case fetch.DNS, fetch.Connect, fetch.TLS, fetch.Timeout:
		return true
	}
	return e.Status >= http.StatusInternalServerError
}

// forget drops the hosts that nobody waits for, so that addresses that come and go do not
// pile up.
func (h hosts) forget(now time.Time) {
	for key, c := range h {
		if !c.busy && now.After(later(c.free, c.last).Add(maxHostBackOff)) {
			delete(h, key)
		}
	}
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
