package ingest

import (
	"net/netip"
	"net/url"
	"time"

	"golang.org/x/net/publicsuffix"

	"reprint/cache"
	"reprint/feeds/fetch"
)

// A feed that moved for good is asked at its new address once it was found there so often
// and for so long: one wrong redirect must not lead a source away. It is asked at the old one
// again when nothing is found at the new, or nothing comes from there.
const (
	moveTimes    = 5
	moveTime     = 48 * time.Hour
	moveFailures = 3
)

// address is what a source is asked at.
func address(s Source, p cache.Poll) string {
	if p.Moved.Adopted {
		return p.Moved.To
	}
	return s.Feed
}

// follow takes note of where an answer came from. A new address on the same site is adopted
// in time. Another site is another publisher until the operator says otherwise: whose feed it
// is decides about rights.
func follow(m cache.Move, asked string, r fetch.Response, now time.Time) cache.Move {
	switch {
	case r.URL == asked && m.Adopted:
		return m
	case !r.Permanent || r.URL == asked:
		return cache.Move{}
	case r.URL != m.To:
		return cache.Move{To: r.URL, Since: now, Times: 1}
	}
	m.Times++
	m.Adopted = settled(m, now) && site(asked) == site(m.To)
	return m
}

// settled tells whether a move was seen often and long enough.
func settled(m cache.Move, now time.Time) bool {
	return m.Times >= moveTimes && now.Sub(m.Since) >= moveTime
}

// moveAdvice tells the operator of a move that only the operator can follow.
func moveAdvice(m cache.Move, now time.Time) string {
	if m.Adopted || !settled(m, now) {
		return ""
	}
	return "the feed moved for good to " + m.To + ", which is another site; if it is still the publisher's, write it as feed"
}

// site is the registrable domain of an address, or the host where it has none.
func site(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	host := u.Hostname()
	if _, err := netip.ParseAddr(host); err == nil {
		return host
	}
	domain, err := publicsuffix.EffectiveTLDPlusOne(host)
	if err != nil {
		return host
	}
	return domain
}
