package syndicate_test

import (
	"testing"

	"pgregory.net/rapid"

	"reprint/syndicate"
)

// TestAddressKey: spellings of one address have one key, and other addresses have others.
func TestAddressKey(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		one, other string
		same       bool
	}{
		{"https://a.example/x", "http://a.example/x", true},
		{"https://a.example/x", "HTTPS://WWW.A.example:443/x/", true},
		{"http://a.example/x", "http://a.example:80/x", true},
		{"https://a.example/x", "https://a.example:8443/x", false},
		{"http://a.example/x", "https://a.example:443/x", true},
		{"https://a.example/x", "https://a.example./x", true},
		{"https://a.example/x", "https://a.example//./y/../x", true},
		{"https://a.example/~x", "https://a.example/%7Ex", true},
		{"https://a.example/~x", "https://a.example/%7ex", true},
		{"https://a.example/新", "https://a.example/%e6%96%b0", true},
		{"https://a.example/x?b=1&a=2", "https://a.example/x?a=2&b=1", true},
		{"https://a.example/x?a=1", "https://a.example/x?a=2", false},
		{"https://a.example/x?utm_source=y&fbclid=1#z", "https://a.example/x", true},
		{"https://a.example/x", "https://a.example/X", false},
		{"https://a.example/x", "https://b.example/x", false},
		{"tag:a.example,2026:x", "tag:a.example,2026:X", false},
	} {
		if same := syndicate.AddressKey(tt.one) == syndicate.AddressKey(tt.other); same != tt.same {
			t.Errorf("%s (%s) and %s (%s): the same %v, want %v", tt.one, syndicate.AddressKey(tt.one), tt.other, syndicate.AddressKey(tt.other), same, tt.same)
		}
		if same := syndicate.PictureTarget(tt.one) == syndicate.PictureTarget(tt.other); same != tt.same && tt.other != "HTTPS://WWW.A.example:443/x/" {
			t.Errorf("as pictures %s and %s: the same %v, want %v", tt.one, tt.other, same, tt.same)
		}
	}
	for _, pair := range [][2]string{
		{"https://img.example/get?id=1;w=800", "https://img.example/get?id=2;w=800"}, {"https://img.example/image?ref=1", "https://img.example/image?ref=2"},
		{"https://img.example/image?from=a.jpg", "https://img.example/image?from=b.jpg"}, {"https://img.example/p?u=%zz1", "https://img.example/p?u=%zz2"},
	} {
		if syndicate.PictureTarget(pair[0]) == syndicate.PictureTarget(pair[1]) {
			t.Errorf("%q are one picture", pair)
		}
	}
	for _, front := range []string{"https://a.example", "https://a.example/", "http://www.a.example/?utm_source=x"} {
		if key := syndicate.AddressKey(front); key != "" {
			t.Errorf("%s has the key %q", front, key)
		}
	}
}

// TestPictureTargetIsPlain: the plainest spelling of an address is its own, whatever the address is.
func TestPictureTargetIsPlain(t *testing.T) {
	t.Parallel()
	part := rapid.SampledFrom([]string{"a", "%41", "%2f", "%", "新", "~", "..", ".", "/", "//", "?", "#", "&", "=", ":", "@", " ", "\x00", ";", "+", "A.example", ":80", ":443"})
	rapid.Check(t, func(t *rapid.T) {
		address := rapid.SampledFrom([]string{"http://", "https://", "HTTP://", "http:", "tag:", ""}).Draw(t, "scheme")
		for _, p := range rapid.SliceOfN(part, 0, 8).Draw(t, "parts") {
			address += p
		}
		target := syndicate.PictureTarget(address)
		if again := syndicate.PictureTarget(target.Picture()); again != target {
			t.Errorf("%q is %q, and that is %q", address, target, again)
		}
		if parsed, err := syndicate.ParseTarget(string(target)); err == nil && parsed != target {
			t.Errorf("%q is read as %q", target, parsed)
		}
	})
}
