package config

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"reprint/feeds"
	"reprint/feeds/ingest"
	"reprint/syndicate"
)

// builder makes a Config of a file and reports what does not hold together.
type builder struct {
	file    File
	dir     string
	zone    *time.Location
	decoder *decoder
}

// report adds a problem at the nearest place that the file has for a path.
func (b *builder) report(path, message, remedy string) {
	for at := path; ; {
		if t, ok := b.decoder.places[at]; ok {
			b.decoder.add(t, path, message, remedy)
			return
		}
		cut := strings.LastIndexAny(at, ".[")
		if cut <= 0 {
			b.decoder.add(nil, path, message, remedy)
			return
		}
		at = at[:cut]
	}
}

func (b *builder) config() *Config {
	f := b.file
	b.zone = b.location("$.site.timezone", f.Site.Timezone, time.UTC)
	c := &Config{
		House:       b.house(),
		Authority:   b.authority(),
		Listen:      b.address("$.listen", or(f.Listen, defaultListen)),
		AdminListen: b.address("$.admin_listen", or(f.AdminListen, defaultAdminListen)),
		AdminHosts:  b.adminHosts(),
		Store:       b.store(or(f.Store, defaultStore)),
		Data:        b.path(or(f.Data, defaultData)),
		Lease:       b.lease(),
		Drain:       b.drain(),
		Purge:       b.purge(),
		FetchAllow:  b.prefixes(),
	}
	if c.Listen == c.AdminListen && !strings.HasSuffix(c.Listen, ":0") {
		b.report("$.admin_listen", "is the address of the public listener", "give the operator's listener an address of its own that is not public")
	}
	var problems []syndicate.Problem
	c.Rules, problems = syndicate.Compile(c.House)
	for _, p := range problems {
		b.report(p.Path, p.Message, p.Remedy)
	}
	c.Sources = b.sources()
	c.Tokens, c.Rates = b.tokens(), b.rates()
	return c
}

// lease is for how long a word from the store is good for.
func (b *builder) lease() time.Duration {
	lease := time.Duration(b.file.Lease)
	switch {
	case lease == 0 && strings.HasPrefix(or(b.file.Store, defaultStore), "sqlite:"):
		return defaultSlowLease
	case lease == 0:
		return defaultLease
	case lease < time.Second || lease > time.Minute:
		b.report("$.lease", "is not between 1s and 1m", "leave it out, unless the store is far away")
	}
	return lease
}

// headerName is what the name of a header looks like (RFC 9110 section 5.6.2).
var headerName = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")

// purge is the hook of the CDN in front.
func (b *builder) purge() Purge {
	hook := b.file.Purge
	if hook.URL == "" {
		return hook
	}
	hook.Header = or(hook.Header, "Authorization")
	if u, err := url.Parse(hook.URL); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		b.report("$.purge.url", "is no web address", "write https://…; a secret goes into REPRINT_PURGE_TOKEN")
	}
	if !headerName.MatchString(hook.Header) {
		b.report("$.purge.header", "is no name of a header", "leave it out, or write one like Fastly-Key")
	}
	return hook
}

// maxDrain is the longest drain that makes sense: machines are not waited for longer.
const maxDrain = 5 * time.Minute

// drain is how long a server answers on once it is told to end.
func (b *builder) drain() time.Duration {
	drain := time.Duration(b.file.Drain)
	if drain < 0 || drain > maxDrain {
		b.report("$.drain", "is not between 0s and 5m", "a load balancer needs some seconds")
	}
	return drain
}

func or(value, fallback string) string {
	if value == "" {
		return fallback
	}
	return value
}

// location returns the zone of that name.
func (b *builder) location(path, name string, fallback *time.Location) *time.Location {
	if name == "" {
		return fallback
	}
	zone, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		b.report(path, fmt.Sprintf("%q is no time zone that this machine knows", name), "write an IANA name such as Asia/Shanghai; if it is right, install the system's time zone data")
		return fallback
	}
	return zone
}

// authority returns the tag authority (RFC 4151).
func (b *builder) authority() string {
	u, err := url.Parse(b.file.Site.URL)
	if b.file.Site.Tag == "" {
		if err != nil || u.Hostname() == "" {
			return ""
		}
		return u.Hostname() + "," + defaultTagYear
	}
	if !feeds.IsIRI(feeds.MintURI(b.file.Site.Tag, "x", "x")) {
		b.report("$.site.tag", fmt.Sprintf("%q is no tag authority", b.file.Site.Tag), "write a host name of the house without a port, a comma, and a year: example.org,2026")
	}
	return b.file.Site.Tag
}

// address checks an address to listen on.
func (b *builder) address(path, value string) string {
	if _, port, err := net.SplitHostPort(value); err != nil || port == "" {
		b.report(path, fmt.Sprintf("%q is no address to listen on", value), "write host and port, such as 127.0.0.1:8080")
	}
	return value
}

// adminHosts are the names of the operator's listener.
func (b *builder) adminHosts() []string {
	for i, name := range b.file.AdminHosts {
		if name == "" || strings.ContainsAny(name, ":/*@ ") {
			b.report(fmt.Sprintf("$.admin_hosts[%d]", i), fmt.Sprintf("%q is no name of a host", name), "write it as it stands in the address, without scheme and port: desk.example.com")
		}
	}
	return b.file.AdminHosts
}

// path makes a path of the file relative to the working directory.
func (b *builder) path(value string) string {
	if b.dir == "" || filepath.IsAbs(value) {
		return value
	}
	return filepath.Join(b.dir, value)
}

// store checks the store's URL and resolves the path of a SQLite file.
func (b *builder) store(value string) string {
	scheme, rest, _ := strings.Cut(value, ":")
	switch scheme {
	case "sqlite":
		if rest == "" {
			break
		}
		return "sqlite:" + b.path(rest)
	case "redis", "rediss", "redis+sentinel", "redis+cluster":
		u, err := url.Parse(value)
		if err != nil || u.Host == "" {
			break
		}
		if _, secret := u.User.Password(); secret {
			b.report("$.store", "holds a password", "secrets do not belong in this file: give it in the environment variable REPRINT_STORE_PASSWORD")
		}
		return value
	}
	b.report("$.store", fmt.Sprintf("%q names no store", value), "write sqlite:PATH, or redis://HOST:PORT/0")
	return value
}

func (b *builder) prefixes() []netip.Prefix {
	var list []netip.Prefix
	for i, s := range b.file.Fetch.Allow {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			b.report(fmt.Sprintf("$.fetch.allow[%d]", i), fmt.Sprintf("%q is no address range", s), "write it as 127.0.0.0/8 or fd00::/8")
			continue
		}
		list = append(list, p)
	}
	return list
}

// sources makes what ingest polls of the file's sources.
func (b *builder) sources() []ingest.Source {
	var list []ingest.Source
	for i, s := range b.file.Sources {
		path := fmt.Sprintf("$.sources[%d]", i)
		feed := s.Feed
		if !isURL(feed) {
			feed = b.path(strings.TrimPrefix(feed, "file:"))
		} else if u, err := url.Parse(feed); err != nil || u.Host == "" {
			b.report(path+".feed", "is no address that can be fetched", "write it with http:// or https:// and a host")
		} else if u.User != nil {
			b.report(path+".feed", "holds a name or a password", "secrets do not belong in this file: ask the publisher for an address without them")
		}
		if s.Every != 0 && time.Duration(s.Every) < time.Minute {
			b.report(path+".every", "is less than a minute", "no publisher wants to be asked that often: write 1m or more")
		}
		b.manners(path, s)
		list = append(list, ingest.Source{
			ID: s.ID, Name: s.Name, Home: s.Home, Feed: feed, Every: time.Duration(s.Every),
			Zone: b.location(path+".timezone", s.Timezone, b.zone), Language: s.Language, IgnoreHints: s.Hints == "ignore", NoPush: s.Push == "never",
			FullText: s.FullText == "page", IgnoreRobots: s.Robots == "ignore", FollowRemovals: s.Removal == "follow",
		})
	}
	return list
}

// manners checks the keys that say how a source is asked and believed; each has two words.
func (b *builder) manners(path string, s Source) {
	for _, key := range []struct{ name, value, usual, other, remedy string }{
		{"hints", s.Hints, "obey", "ignore", "write hints: ignore where a contract allows to poll as often as every says"},
		{"push", s.Push, "hub", "never", "write push: never to poll the source only"},
		{"fulltext", s.FullText, "feed", "page", "write fulltext: page where a contract allows to take the text from the item's page"},
		{"removal", s.Removal, "ignore", "follow", "write removal: follow to withdraw what is gone from the feed"},
		{"robots", s.Robots, "obey", "ignore", "write robots: ignore where a contract allows to ask whatever robots.txt says"},
	} {
		if key.value != "" && key.value != key.usual && key.value != key.other {
			b.report(path+"."+key.name, "is neither "+key.usual+" nor "+key.other, key.remedy)
		}
	}
}

func isURL(feed string) bool {
	return strings.HasPrefix(feed, "http://") || strings.HasPrefix(feed, "https://")
}
