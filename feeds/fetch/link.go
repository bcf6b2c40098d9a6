package fetch

import (
	"net/http"
	"strings"
)

// maxLinks bounds how many links of an answer are looked at.
const maxLinks = 100

// Link is one link of an answer's header.
type Link struct {
	Target string // as written; it may be relative to the answer's address
	Rel    string // its relations, separated by spaces, in lower case
	Type   string // media type of what it leads to; may be empty
}

// Is tells whether the link has a relation, given in lower case.
func (l Link) Is(rel string) bool {
	for _, r := range strings.Fields(l.Rel) {
		if r == rel {
			return true
		}
	}
	return false
}

// Links reads the Link fields of an answer (RFC 8288 section 3). A link with an anchor is
// about another resource and is left out. What cannot be read ends the reading.
func Links(h http.Header) []Link {
	var links []Link
	rest := strings.Join(h.Values("Link"), ",")
	for len(links) < maxLinks {
		rest = strings.TrimLeft(rest, " \t,")
		if !strings.HasPrefix(rest, "<") {
			return links
		}
		target, after, ok := strings.Cut(rest[1:], ">")
		if !ok {
			return links
		}
		l := Link{Target: strings.TrimSpace(target)}
		anchored := false
		rest = after
		for {
			name, value, remains, ok := parameter(rest)
			if !ok {
				break
			}
			rest = remains
			switch {
			case name == "rel" && l.Rel == "": // only the first counts
				l.Rel = strings.ToLower(value)
			case name == "type":
				l.Type = value
			case name == "anchor":
				anchored = true
			}
		}
		if !anchored {
			links = append(links, l)
		}
	}
	return links
}

// parameter reads one ";name=value" or ";name" from the beginning of s.
func parameter(s string) (name, value, rest string, ok bool) {
	s = strings.TrimLeft(s, " \t")
	if !strings.HasPrefix(s, ";") {
		return "", "", s, false
	}
	s = strings.TrimLeft(s[1:], " \t")
	end := strings.IndexAny(s, "=;,")
	if end < 0 {
		end = len(s)
	}
	name, s = strings.ToLower(strings.TrimSpace(s[:end])), s[end:]
	if !strings.HasPrefix(s, "=") {
		return name, "", s, true
	}
	s = strings.TrimLeft(s[1:], " \t")
	if strings.HasPrefix(s, `"`) {
		value, s = quoted(s[1:])
		return name, value, s, true
	}
	end = strings.IndexAny(s, ";,")
	if end < 0 {
		end = len(s)
	}
	return name, strings.TrimSpace(s[:end]), s[end:], true
}

// quoted reads a quoted string whose first quote was read (RFC 9110 section 5.6.4).
func quoted(s string) (value, rest string) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return b.String(), s[i+1:]
		case s[i] == '\\' && i+1 < len(s):
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String(), ""
}
