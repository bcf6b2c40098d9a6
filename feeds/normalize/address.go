package normalize

import (
	"net/url"
	"strings"

	"golang.org/x/net/idna"

	"reprint/feeds"
)

// hostName is what a host may look like once it is ASCII: a name, or an IPv6 address.
var hostName = compile(`^(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?|\[[0-9a-f:.]+\])$`)

// mailAddress is a mail link without any headers.
var mailAddress = compile(`^(?i:mailto:)[a-zA-Z0-9.!#$%&*+/=?^_{|}~-]{1,64}@[a-zA-Z0-9.-]{1,255}$`)

// baseOf returns what the relative addresses of a document are relative to: its xml:base,
// itself resolved, against the first of the places that is an address (RFC 3986 section 5.1).
func baseOf(xmlBase string, places ...string) *url.URL {
	for _, p := range places {
		if u, err := url.Parse(resolve(nil, p)); err == nil && u.Host != "" {
			return within(u, xmlBase)
		}
	}
	return within(nil, xmlBase)
}

// within returns the base that holds inside an element with the xml:base ref.
func within(base *url.URL, ref string) *url.URL {
	address := resolve(base, ref)
	if address == "" {
		return base
	}
	u, err := url.Parse(address)
	if err != nil {
		return base
	}
	return u
}

// resolve returns ref as an absolute http or https address, or "" where it is not usable: of
// another scheme, with credentials in it, without a host, malformed or too long. A nil base
// resolves nothing.
func resolve(base *url.URL, ref string) string {
	ref = strings.Map(joined, strings.TrimSpace(ref))
	if ref == "" || len(ref) > maxURL || strings.Contains(ref, `\`) || feeds.Scrub(ref) != ref {
		return ""
	}
	u, err := url.Parse(ref)
	if err != nil {
		return ""
	}
	if base != nil {
		u = base.ResolveReference(u)
	}
	return absolute(u)
}

// joined drops the characters that a line break leaves inside an address, as browsers do.
func joined(r rune) rune {
	if r == '\n' || r == '\r' || r == '\t' {
		return -1
	}
	return r
}

// absolute writes an address in full, with its host in ASCII.
func absolute(u *url.URL) string {
	if u.Scheme != "http" && u.Scheme != "https" || u.User != nil || u.Opaque != "" {
		return ""
	}
	host, ok := hostOf(u)
	if !ok {
		return ""
	}
	clean := *u
	clean.Host = host
	clean.RawQuery = escapeQuery(u.RawQuery)
	if address := clean.String(); len(address) <= maxURL {
		return address
	}
	return ""
}

// hostOf returns the host of u in ASCII and lower case, with its port.
func hostOf(u *url.URL) (string, bool) {
	host := strings.ToLower(u.Hostname())
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	} else if ascii, err := idna.Lookup.ToASCII(host); err == nil {
		host = ascii
	}
	if port := u.Port(); port != "" {
		return host + ":" + port, hostName.MatchString(host)
	}
	return host, hostName.MatchString(host)
}

// escapeQuery escapes what may not stand in a query (RFC 3986 section 3.4) and leaves the rest
// as it is: reordering or re-encoding a query can change what it means to its server.
func escapeQuery(query string) string {
	const hexDigits = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(query) {
		c := query[i]
		if c <= ' ' || c >= 0x7F || strings.IndexByte("\"<>^`{|}#", c) >= 0 {
			b.WriteByte('%')
			b.WriteByte(hexDigits[c>>4])
			b.WriteByte(hexDigits[c&15])
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

// link returns an address that a reader may be sent to: http, https, or a plain mailto. A
// link to a place on the same page is none, because the names of places are taken out.
func link(base *url.URL, ref string) string {
	ref = strings.TrimSpace(ref)
	switch {
	case strings.HasPrefix(ref, "#"):
		return ""
	case mailAddress.MatchString(ref):
		return ref
	}
	return resolve(base, ref)
}

// siteOf returns the host of an address without "www.", which names a site to people.
func siteOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(u.Hostname(), "www.")
}

// sameAddress tells whether two addresses surely lead to the same place: they differ in
// nothing but http and https and a last slash.
func sameAddress(a, b string) bool {
	return a != "" && b != "" && bare(a) == bare(b)
}

func bare(address string) string {
	_, rest, _ := strings.Cut(address, "://")
	return strings.TrimSuffix(rest, "/")
}
