package serve

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// errHost tells that somebody came by a name that may not be ours.
var errHost = errors.New("the operator's listener answers to IP addresses, to names without a dot, and to those in admin_hosts of the configuration")

// ownHost lets nobody reach the operator's listener by a name that others can give to its address: to a browser, their
// pages would be of one origin with it (DNS rebinding), and could read and withdraw everything.
func (s *Server) ownHost(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isOwnHost(r.Host, s.adminHosts) {
			s.fail(w, r, errHost)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// hostIn is the host of an address to listen on.
func hostIn(address string) string {
	host, _, _ := net.SplitHostPort(address)
	return host
}

// isOwnHost tells whether a Host header names an address, or a name that nobody can register, or one of some others.
func isOwnHost(host string, others []string) bool {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	if _, err := netip.ParseAddr(strings.Trim(name, "[]")); err == nil {
		return true
	}
	return !strings.Contains(name, ".") || strings.HasSuffix(name, ".localhost") ||
		slices.ContainsFunc(others, func(other string) bool { return strings.EqualFold(name, other) })
}
