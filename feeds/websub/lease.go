package websub

import (
	"fmt"
	"net/url"
	"strconv"
	"time"

	"reprint/cache"
)

// The bounds of subscriptions.
const (
	lease     = 10 * 24 * time.Hour // that we ask for
	maxLease  = 30 * 24 * time.Hour // that we believe; none is for ever
	minLease  = time.Minute
	answerIn  = 72 * time.Hour // in which a hub may ask back
	firstWait = time.Hour      // before a hub that has not agreed is asked again
	maxWait   = 24 * time.Hour

	maxChallenge = 4096
	maxReason    = 200
)

// New returns the subscription to a topic, not yet asked for. The secret is left out where
// the hub could only be told in the open (section 5.1).
func New(hub, topic, token, secret string) cache.Subscription {
	s := cache.Subscription{Hub: hub, Topic: topic, Token: token}
	if isSecure(hub) {
		s.Secret = secret
	}
	return s
}

// Form is the request to subscribe (section 5.1). A renewal is the same request.
func Form(s cache.Subscription, callback string) url.Values {
	form := url.Values{
		"hub.mode": {"subscribe"}, "hub.topic": {s.Topic}, "hub.callback": {callback},
		"hub.lease_seconds": {strconv.Itoa(int(lease / time.Second))},
	}
	if s.Secret != "" {
		form.Set("hub.secret", s.Secret)
	}
	return form
}

// Answer reads what a hub asks at the callback (sections 5.2 and 5.3): whether we meant it,
// or that it denies us. It returns the subscription as it is then, and what to answer. The
// error wraps [ErrUnwanted] or [ErrQuestion].
func Answer(s cache.Subscription, query url.Values, now time.Time) (cache.Subscription, string, error) {
	if s.Topic == "" || query.Get("hub.topic") != s.Topic {
		return s, "", ErrUnwanted
	}
	switch mode := query.Get("hub.mode"); mode {
	case "subscribe":
		return agree(s, query, now)
	case "denied":
		s.Agreed, s.Until, s.Tries = time.Time{}, time.Time{}, max(s.Tries, 8)
		s.Problem = "the hub refused the subscription"
		if reason := query.Get("hub.reason"); reason != "" {
			s.Problem += fmt.Sprintf(": %.*q", maxReason, reason)
		}
		return s, "", nil
	}
	return s, "", ErrUnwanted
}

func agree(s cache.Subscription, query url.Values, now time.Time) (cache.Subscription, string, error) {
	if s.Asked.IsZero() || now.Sub(s.Asked) > answerIn {
		return s, "", ErrUnwanted
	}
	challenge := query.Get("hub.challenge")
	if challenge == "" || len(challenge) > maxChallenge {
		return s, "", fmt.Errorf("%w: hub.challenge has %d bytes, not 1 to %d", ErrQuestion, len(challenge), maxChallenge)
	}
	seconds, err := strconv.ParseInt(query.Get("hub.lease_seconds"), 10, 64)
	if err != nil || seconds <= 0 {
		return s, "", fmt.Errorf("%w: hub.lease_seconds is no positive number", ErrQuestion)
	}
	s.Agreed, s.Tries, s.Problem = now, 0, ""
	s.Until = now.Add(max(minLease, time.Duration(min(seconds, int64(maxLease/time.Second)))*time.Second))
	return s, challenge, nil
}

// NextAsk returns when the hub is to be asked to subscribe: at once if it never was, at half
// the lease while one runs, else some time after the last try, twice as long each time, up
// to a day.
func NextAsk(s cache.Subscription, now time.Time) time.Time {
	if s.Asked.IsZero() {
		return now
	}
	again := s.Asked.Add(min(firstWait<<min(max(s.Tries-1, 0), 16), maxWait))
	if !s.Holds(now) {
		return again
	}
	half := s.Agreed.Add(s.Until.Sub(s.Agreed) / 2)
	if s.Tries > 0 && again.After(half) {
		return again // the renewal was asked for and has not been confirmed
	}
	return half
}
