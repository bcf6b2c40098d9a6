package fetch

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
)

// special are addresses of every special-purpose range, none of which is anybody's feed.
const special = `0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 127.0.0.1 127.255.255.254 169.254.169.254 172.16.0.1 172.31.255.255
192.0.0.1 192.0.0.170 192.0.2.1 192.88.99.1 192.168.0.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.250
240.0.0.1 255.255.255.255 :: ::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::127.0.0.1 64:ff9b::7f00:1
64:ff9b::a9fe:a9fe 64:ff9b:1::1 100::1 100:0:0:1::1 2001::1 2001:2::1 2001:db8::1 2001:20::1 2002:7f00:1:: 2002:a9fe:a9fe::1
3fff::1 5f00::1 fc00::1 fd00:ec2::254 fe80::1 fec0::1 ff02::1 fe80::1%eth0`

func TestGuardRefusesSpecialAddresses(t *testing.T) {
	t.Parallel()
	guard := NewGuard(nil)
	for _, s := range strings.Fields(special) {
		at := netip.AddrPortFrom(netip.MustParseAddr(s), 443)
		if err := guard.Check("tcp", at); !errors.Is(err, errRefused) {
			t.Errorf("%s passes: %v", s, err)
		}
		if err := guard.Control("tcp6", at.String(), nil); !errors.Is(err, errRefused) {
			t.Errorf("%s passes at the dialer: %v", s, err)
		}
	}
}

func TestGuardLetsPublicThrough(t *testing.T) {
	t.Parallel()
	guard := NewGuard([]netip.Prefix{netip.MustParsePrefix("127.0.0.2/32")})
	for at, want := range map[string]bool{
		"1.1.1.1:443":                true,
		"1.1.1.1:80":                 true,
		"1.1.1.1:6379":               false,
		"[2606:4700:4700::1111]:443": true,
		"127.0.0.2:9999":             true,
		"[::ffff:127.0.0.2]:80":      true,
		"127.0.0.1:80":               false,
	} {
		if err := guard.Check("tcp", netip.MustParseAddrPort(at)); (err == nil) != want {
			t.Errorf("%s: %v", at, err)
		}
	}
	if guard.Check("udp", netip.MustParseAddrPort("1.1.1.1:443")) == nil {
		t.Error("udp passes")
	}
	if guard.Control("tcp", "localhost:80", nil) == nil {
		t.Error("a name passes")
	}
}
