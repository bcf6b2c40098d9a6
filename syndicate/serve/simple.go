package serve

import "bytes"

// simple is a request that is simple beyond doubt. It is reused: the strings of the last
// request stay where the next one has the same, as it has on most connections.
type simple struct {
	path  []byte // of the buffer that was parsed
	whole bool   // what was parsed is one request without a body, simple or not

	host, accepts, tagged, dated, named bool
	accept, tags, since, agent          string
}

var (
	methodGet  = []byte("GET ")
	methodHead = []byte("HEAD ")
	protocol   = []byte(" HTTP/1.1\r\n")
	endOfHead  = []byte("\r\n\r\n")
	endOfLine  = []byte("\r\n")
	keepAlive  = []byte("keep-alive")
	space      = []byte(" ")
)

// parse reads what came in. It tells whether that is exactly one GET request of HTTP/1.1 that
// no reading of RFC 9112 could see otherwise: a path that stands for itself, one host, every header name a token directly
// before its colon, no control characters, no body, nothing about the connection but that it
// stays, no credentials, and none of the headers that we look at twice.
func (s *simple) parse(data []byte) bool {
	s.whole = false
	if bytes.Index(data, endOfHead) != len(data)-len(endOfHead) {
		return false // in pieces, or more than one
	}
	get := bytes.HasPrefix(data, methodGet)
	if !get && !bytes.HasPrefix(data, methodHead) {
		return false
	}
	at := bytes.Index(data, endOfLine)
	first, rest := data[:at+len(endOfLine)], data[at+len(endOfLine):len(data)-len(endOfLine)]
	if !bytes.HasSuffix(first, protocol) || !s.headers(rest) {
		return false
	}
	target := bytes.TrimSuffix(first, protocol)
	s.path = target[bytes.Index(target, space)+1:]
	s.whole = true
	return get && s.host && isPath(s.path)
}

// headers reads the header lines.
func (s *simple) headers(lines []byte) bool {
	s.host, s.accepts, s.tagged, s.dated, s.named = false, false, false, false, false
	s.since = ""
	plain := true
	for len(lines) > 0 {
		end := bytes.Index(lines, endOfLine)
		if end < 0 {
			return false
		}
		line := lines[:end]
		lines = lines[end+len(endOfLine):]
		colon := bytes.IndexByte(line, ':')
		if colon <= 0 || !isToken(line[:colon]) {
			return false
		}
		value := bytes.Trim(line[colon+1:], " \t")
		if !isText(value) || !s.header(line[:colon], value) {
			plain = false
		}
	}
	return plain
}

// header takes over one header. It refuses those that make a request more than simple.
func (s *simple) header(name, value []byte) bool {
	switch len(name) {
	case len("host"):
		if equalFold(name, "host") {
			return once(&s.host) && isHost(value)
		}
	case len("range"):
		return !equalFold(name, "range")
	case len("cookie"):
		return !equalFold(name, "expect")
	case len("upgrade"):
		return !equalFold(name, "upgrade") && !equalFold(name, "trailer")
	case len("connection"):
		if equalFold(name, "connection") {
			return equalFold(value, string(keepAlive))
		}
		if equalFold(name, "user-agent") {
			keep(&s.agent, value)
			return once(&s.named)
		}
	case len("if-none-match"):
		if equalFold(name, "if-none-match") {
			keep(&s.tags, value)
			return once(&s.tagged)
		}
		return !equalFold(name, "authorization")
	case len("content-length"):
		return !equalFold(name, "content-length")
	case len("accept-encoding"):
		if equalFold(name, "accept-encoding") {
			keep(&s.accept, value)
			return once(&s.accepts)
		}
	case len("if-modified-since"):
		if equalFold(name, "if-modified-since") {
			keep(&s.since, value)
			return once(&s.dated)
		}
		return !equalFold(name, "transfer-encoding")
	}
	return true
}

// userAgent is the User-Agent of the request, empty if it has none.
func (s *simple) userAgent() string {
	if !s.named {
		return ""
	}
	return s.agent
}

// once tells whether a header is the first of its name.
func once(seen *bool) bool {
	first := !*seen
	*seen = true
	return first
}

// keep sets a string, without making a new one if it is the same.
func keep(s *string, value []byte) {
	if string(value) != *s {
		*s = string(value)
	}
}

// equalFold compares a name with one in lower case, letters of ASCII only.
func equalFold(name []byte, lower string) bool {
	if len(name) != len(lower) {
		return false
	}
	for i := range name {
		c := name[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}

// isPath tells whether a request target is nothing but a path, in visible ASCII and with
// nothing escaped.
func isPath(target []byte) bool {
	for _, c := range target {
		if c <= ' ' || c > '~' || c == '%' || c == '?' || c == '#' {
			return false
		}
	}
	return len(target) > 0 && target[0] == '/'
}

// isToken tells whether a header name is made of the common signs of a token (RFC 9110
// section 5.6.2). The rare ones are left to net/http.
func isToken(name []byte) bool {
	for _, c := range name {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_') {
			return false
		}
	}
	return true
}

// isText tells whether a value holds visible ASCII and spaces only.
func isText(value []byte) bool {
	for _, c := range value {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return true
}

// isHost tells whether a host is a name or an address with a port, in the usual signs.
func isHost(host []byte) bool {
	for _, c := range host {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.' || c == ':' || c == '[' || c == ']') {
			return false
		}
	}
	return len(host) > 0
}
