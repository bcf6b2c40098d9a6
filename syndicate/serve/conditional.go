package serve

import (
	"net/http"
	"strings"
)

// condition is what a request says of the document that its sender has.
type condition struct {
	tags   []string // If-None-Match; nil where there is no such header
	since  string   // If-Modified-Since; empty where there is none, or more than one
	tagged bool     // there is an If-None-Match, even an empty one
}

func conditionOf(h http.Header) condition {
	var c condition
	c.tags, c.tagged = h["If-None-Match"]
	if since := h["If-Modified-Since"]; len(since) == 1 {
		c.since = since[0]
	}
	return c
}

// notModified tells whether the client has the document already, and which variant of it
// (RFC 9110 section 13.2.2). If-None-Match goes before If-Modified-Since.
//
// A validator of any coding of the document matches, not only that of the coding that
// would be sent: the comparison is the weak one, and the codings are the same document. The
// answer repeats the validator that matched, so that a cache refreshes the copy that it has.
//
// A date matches only if it is the Last-Modified of the document, sign by sign. Section 13.1.3 says that every later date should
// match too. But many clients send the Date of the answer that they have, or the time of their own clock, and a document that
// lost an item later in that second, or before a clock that is ahead, is dated no later than that: they would keep the item.
func (r *representation) notModified(c condition, chosen *variant) (*variant, bool) {
	if c.tagged {
		for _, list := range c.tags {
			if v := r.match(list, chosen); v != nil {
				return v, true
			}
		}
		return nil, false
	}
	return chosen, len(r.lastModified) > 0 && c.since == r.lastModified[0]
}

// match returns the variant that a list of entity tags names, nil if none.
func (r *representation) match(list string, chosen *variant) *variant {
	if list == chosen.etag[0] {
		return chosen
	}
	for list = trimSpace(list); list != ""; list = strings.TrimLeft(list, " \t,") {
		if list[0] == '*' {
			return chosen
		}
		tag, rest, ok := entityTag(list)
		if !ok {
			return nil
		}
		for e := range encodings {
			if r.etags[e][0] != tag {
				continue
			}
			if v := r.variant(encoding(e)); v != nil {
				return v
			}
		}
		list = rest
	}
	return nil
}

// entityTag cuts one entity tag from the front of a list, without the sign of a weak one.
func entityTag(list string) (tag, rest string, ok bool) {
	list = strings.TrimPrefix(list, "W/")
	if list == "" || list[0] != '"' {
		return "", "", false
	}
	end := strings.IndexByte(list[1:], '"')
	if end < 0 {
		return "", "", false
	}
	return list[:end+2], list[end+2:], true
}

func trimSpace(s string) string { return strings.Trim(s, " \t") }
