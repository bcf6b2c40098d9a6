package syndicate

import (
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"
	"unicode/utf8"
)

// AddressKey makes spellings of an address equal that lead to the same place: without scheme, "www.", usual port,
// fragment, needless escapes and slashes, and without the parameters that only count visitors (RFC 3986 section 6.2).
// Another IRI is its own key. The front page of a site has none.
func AddressKey(address string) string {
	u, ok := webAddress(address, isCounter)
	if !ok {
		return address
	}
	if u.Path == "" && u.RawQuery == "" {
		return ""
	}
	return strings.TrimPrefix(u.Host, "www.") + u.EscapedPath() + "?" + u.RawQuery
}

// pictureAddress is how the address of a picture is spelled where pictures are compared, so that another spelling of one
// that was withdrawn is no other picture. Its parameters may name the picture, all but those that only count visitors.
func pictureAddress(address string) string {
	u, ok := webAddress(address, isVisit)
	if !ok {
		return address
	}
	u.Scheme = "https"
	return u.String()
}

// webAddress puts an address of the web into its plainest spelling; no other address is one, nor is text in another
// encoding, which nobody can read.
func webAddress(address string, counts func(parameter string) bool) (*url.URL, bool) {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || !utf8.ValidString(address) || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return nil, false
	}
	plain := &url.URL{Scheme: u.Scheme, Host: plainHost(u), RawQuery: u.RawQuery}
	if query, err := url.ParseQuery(u.RawQuery); err == nil { // else it is read in a way of its own
		maps.DeleteFunc(query, func(name string, _ []string) bool { return counts(name) })
		plain.RawQuery = query.Encode()
	}
	if plain.Path = path.Clean("/" + u.Path); plain.Path == "/" {
		plain.Path = ""
	}
	return plain, true
}

// plainHost is the host of an address in lower case, without a usual port: the scheme does not count either.
func plainHost(u *url.URL) string {
	port := u.Port()
	if port == "80" || port == "443" {
		port = ""
	}
	host := strings.TrimRight(strings.ToLower(u.Hostname()), ".")
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port != "" {
		host += ":" + port
	}
	return host
}

// isVisit tells whether a parameter is added by those who count visitors, and is never the site's own.
func isVisit(name string) bool {
	return strings.HasPrefix(name, "utm_") || name == "fbclid" || name == "gclid"
}

// isCounter tells whether a parameter of a URL only tells the site where a visitor came from.
func isCounter(name string) bool {
	return isVisit(name) || slices.Contains([]string{"from", "spm", "ref", "cmpid"}, name)
}
