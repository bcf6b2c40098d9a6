package fetch

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/temoto/robotstxt"
)

// robotsToken is the name under which publishers address us in robots.txt.
const robotsToken = "Reprint"

const (
	robotsKept  = 24 * time.Hour // that a robots.txt is gone by (RFC 9309 section 2.4)
	robotsRetry = time.Hour      // after one that could not be had
	robotsMost  = 20_000         // hosts that are remembered
	robotsBytes = 512 << 10      // of a robots.txt that are read (RFC 9309 section 2.5)
)

// Robots knows what sites ask of robots (RFC 9309), each site once a day. It is safe for
// concurrent use.
type Robots struct {
	client *Client
	mu     sync.Mutex
	sites  map[string]siteRobots
}

// Forbidden is the error of an address that its site forbids to us by name. It is not to be
// asked for again before the time is over.
func Forbidden(address string, again time.Duration) *Error {
	return &Error{Kind: BadRobots, URL: showURL(address), RetryAfter: again}
}

// siteRobots is what one site says.
type siteRobots struct {
	rules *robotstxt.RobotsData // nil where it could not be had
	until time.Time
}

// NewRobots returns a Robots that asks through a client.
func NewRobots(c *Client) *Robots { return &Robots{client: c, sites: make(map[string]siteRobots)} }

// Permission is what a site's robots.txt says of one address.
type Permission struct {
	// Allowed tells that any robot may fetch the address, ours included; Named that it was
	// forbidden to us by name.
	Allowed bool
	Named   bool
	// Known is false where robots.txt could not be had: nothing is allowed then, and nothing
	// forbidden by name.
	Known bool
	// Asked tells that the site was asked for it just now.
	Asked bool
}

// Check returns what the site of an address says of it. A file counts as allowed. The error
// is the context's.
func (r *Robots) Check(ctx context.Context, address string) (Permission, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return Permission{Allowed: true, Known: true}, nil
	}
	site, asked, err := r.site(ctx, u)
	if err != nil {
		return Permission{}, err
	}
	if site.rules == nil {
		return Permission{Asked: asked}, nil
	}
	ours := site.rules.FindGroup(robotsToken)
	allowed := ours.Test(u.RequestURI())
	return Permission{Allowed: allowed, Named: !allowed && ours != site.rules.FindGroup("*"), Known: true, Asked: asked}, nil
}

// site returns what is known of a site, and asks it if that is nothing or too old.
func (r *Robots) site(ctx context.Context, u *url.URL) (siteRobots, bool, error) {
	key, now := u.Scheme+"://"+strings.ToLower(u.Host), r.client.o.Now()
	r.mu.Lock()
	known, ok := r.sites[key]
	r.mu.Unlock()
	if ok && now.Before(known.until) {
		return known, false, nil
	}
	site := siteRobots{until: now.Add(robotsKept)}
	var err error
	if site.rules, err = r.ask(ctx, key+"/robots.txt"); err != nil {
		if ctx.Err() != nil {
			return site, true, ctx.Err()
		}
		// Rules that were had before go on for the time being.
		site.rules, site.until = known.rules, now.Add(robotsRetry)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.forget(now)
	r.sites[key] = site
	return site, true, nil
}

// ask reads a robots.txt. One that is not there allows everything (RFC 9309 section 2.3.1).
func (r *Robots) ask(ctx context.Context, address string) (*robotstxt.RobotsData, error) {
	response, err := r.client.Get(ctx, Request{URL: address, Accept: "text/plain, */*;q=0.1"})
	var refused *Error
	if errors.As(err, &refused) && refused.Status >= http.StatusBadRequest && refused.Status < http.StatusInternalServerError &&
		refused.Status != http.StatusTooManyRequests {
		return robotstxt.FromString("")
	}
	if err != nil {
		return nil, err
	}
	body := response.Documents[0].Body
	return robotstxt.FromBytes(body[:min(len(body), robotsBytes)])
}

// forget makes room. Which of the old ones go does not matter: they are asked for again.
func (r *Robots) forget(now time.Time) {
	if len(r.sites) < robotsMost {
		return
	}
	for key, s := range r.sites {
		if !now.Before(s.until) || len(r.sites) >= robotsMost {
			delete(r.sites, key)
		}
	}
}
