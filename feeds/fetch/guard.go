package fetch

import (
	"fmt"
	"net/netip"
	"syscall"

	"code.dny.dev/ssrf"
)

// Guard refuses connections to addresses that are not public: loopback, private, link-local
// and every other special-purpose range of the IANA registries, in every spelling, and to
// ports other than 80 and 443. Ranges that the operator allowed are let through on any port.
type Guard struct {
	allow  []netip.Prefix
	public *ssrf.Guardian
}

// NewGuard returns a Guard that lets the ranges of allow through.
func NewGuard(allow []netip.Prefix) *Guard {
	return &Guard{allow: allow, public: ssrf.New()}
}

// Control is for [net.Dialer.Control]: it sees the address that is about to be dialed,
// after DNS.
func (g *Guard) Control(network, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("%w: %s", errRefused, address)
	}
	return g.Check(network, at)
}

// Check tells whether a connection to the address is refused.
func (g *Guard) Check(network string, at netip.AddrPort) error {
	if network != "tcp4" && network != "tcp6" && network != "tcp" {
		return fmt.Errorf("%w: network %s", errRefused, network)
	}
	plain := at.Addr().Unmap().WithZone("")
	for _, p := range g.allow {
		if p.Contains(plain) {
			return nil
		}
	}
	// A mapped address (::ffff:a.b.c.d) is checked as it stands, which refuses it: nobody
	// publishes one.
	if err := g.public.SafeAddrPort(netip.AddrPortFrom(at.Addr().WithZone(""), at.Port())); err != nil {
		return fmt.Errorf("%w: %w", errRefused, err)
	}
	return nil
}
