package feeds

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
)

// idHash is how many characters of an ID come from the hash: 20 characters of base32 are
// 100 bits, so two items of one source never meet.
const idHash = 20

var idAlphabet = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// NewID returns the short name of an item: the id of its source, a hyphen, and a hash of
// the source's own identifier. It depends on nothing else, so that an item keeps its ID
// when its feed moves to another host, another format or another store.
func NewID(source, guid string) string {
	sum := sha256.Sum256([]byte(guid))
	return source + "-" + idAlphabet.EncodeToString(sum[:])[:idHash]
}

// SourceOf returns the source that an ID belongs to, or "" where id has not the shape
// that [NewID] gives.
func SourceOf(id string) string {
	at := len(id) - idHash - 1
	if at < 1 || id[at] != '-' || strings.ContainsAny(id[:at], "/:") { // an address may end like an ID
		return ""
	}
	for _, c := range id[at+1:] {
		if !strings.ContainsRune("abcdefghijklmnopqrstuvwxyz234567", c) {
			return ""
		}
	}
	return id[:at]
}

// MintURI makes a permanent id for an item whose source gave none that is an absolute
// IRI: a tag URI (RFC 4151). The authority is a host name or e-mail address with a date,
// such as "example.org,2026"; it holds no port. What is minted is stored with the item
// and never computed again.
func MintURI(authority, source, guid string) string {
	sum := sha256.Sum256([]byte(guid))
	return fmt.Sprintf("tag:%s:item/%s/%s", authority, source, hex.EncodeToString(sum[:16]))
}

// IsIRI tells whether s may leave as a permanent id just as it is: an absolute IRI
// (RFC 3987) without white space, of a scheme that names things for ever.
func IsIRI(s string) bool {
	if strings.ContainsAny(s, " \t\r\n<>\"{}|\\^`") || s != Scrub(s) {
		return false
	}
	u, err := url.Parse(s)
	if err != nil {
		return false
	}
	switch strings.ToLower(u.Scheme) {
	case "http", "https":
		return u.Host != ""
	case "tag":
		return validTag(u.Opaque)
	case "urn", "info":
		return len(u.Opaque) > 2 && strings.Contains(u.Opaque, ":") || u.Scheme == "info" && u.Opaque != ""
	}
	return false
}

// validTag checks the part of a tag URI after its scheme: authority, date, colon, rest.
// An authority with a port is a common mistake that validators refuse.
func validTag(opaque string) bool {
	authority, rest, ok := strings.Cut(opaque, ",")
	if !ok || authority == "" || strings.ContainsAny(authority, ":/") {
		return false
	}
	date, _, ok := strings.Cut(rest, ":")
	if !ok || len(date) < 4 || len(date) > 10 {
		return false
	}
	return strings.Trim(date, "0123456789-") == ""
}
