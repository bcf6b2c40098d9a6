package access_test

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"reprint/syndicate/access"
)

var noon = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

func secret(t testing.TB) string {
	t.Helper()
	s, err := access.NewSecret(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSecrets(t *testing.T) {
	t.Parallel()
	s := secret(t)
	if !access.IsSecret(s) || s == secret(t) || len(s) != 62 {
		t.Errorf("%d characters", len(s))
	}
	for i := range s {
		changed := []byte(s)
		changed[i] ^= 1
		if access.IsSecret(string(changed)) {
			t.Errorf("character %d can be mistyped", i)
		}
	}
	if access.IsSecret(s[:len(s)-1]) || access.IsSecret("") {
		t.Error("a part passes for the whole")
	}
	if _, err := access.NewSecret(bytes.NewReader(make([]byte, 31))); err == nil {
		t.Error("too little randomness makes a token")
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	basic := func(s string) string { return "Basic " + base64.StdEncoding.EncodeToString([]byte(s)) }
	for header, want := range map[string]access.Credential{
		"Bearer rp_x":         {Secret: "rp_x"},
		"bearer  rp_x ":       {Secret: "rp_x"},
		basic("zj:rp_x"):      {Partner: "zj", Secret: "rp_x"},
		basic("zj:rp_x:y"):    {Partner: "zj", Secret: "rp_x:y"},
		"BASIC enpqOnJwX3g=":  {Partner: "zzj", Secret: "rp_x"},
		"Basic  enpqOnJwX3g=": {Partner: "zzj", Secret: "rp_x"},
	} {
		if got, err := access.ParseHeader(header); err != nil || got != want {
			t.Errorf("%q: %+v, %v", header, got, err)
		}
	}
	for _, header := range []string{
		"", "Bearer", "Bearer ", "Basic", "Basic !!!", basic("zj"), basic(":x"), basic("zj:"), basic("\xff:x"), "Digest x", "Bearer a b", "Bearer a,b",
		"Bearer " + strings.Repeat("x", 2000),
	} {
		if got, err := access.ParseHeader(header); !errors.Is(err, access.ErrMalformed) {
			t.Errorf("%.40q: %+v, %v", header, got, err)
		}
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	open, dated, gone := secret(t), secret(t), secret(t)
	book, err := access.NewBook([]access.Token{
		{Partner: "zj", ID: "open", Hash: access.HashOf(open)},
		{Partner: "zj", ID: "dated", Hash: access.HashOf(dated), From: noon, Until: noon.Add(time.Hour)},
		{Partner: "zj", ID: "gone", Hash: access.HashOf(gone)},
	})
	if err != nil {
		t.Fatal(err)
	}
	revoked := access.Revoked{{Partner: "zj", Token: "gone"}: noon}
	mistyped := open[:20] + "q" + open[21:]
	if open[20] == 'q' {
		mistyped = open[:20] + "r" + open[21:]
	}
	for name, c := range map[string]struct {
		credential access.Credential
		at         time.Time
		want       error
	}{
		"bearer":           {access.Credential{Secret: open}, noon, nil},
		"basic":            {access.Credential{Partner: "zj", Secret: open}, noon, nil},
		"another's name":   {access.Credential{Partner: "qh", Secret: open}, noon, access.ErrWrong},
		"unknown":          {access.Credential{Secret: secret(t)}, noon, access.ErrWrong},
		"nothing":          {access.Credential{}, noon, access.ErrWrong},
		"mistyped":         {access.Credential{Secret: mistyped}, noon, access.ErrMistyped},
		"cut":              {access.Credential{Secret: open[:30]}, noon, access.ErrMistyped},
		"too early":        {access.Credential{Secret: dated}, noon.Add(-1), access.ErrNotYet},
		"first moment":     {access.Credential{Secret: dated}, noon, nil},
		"last moment":      {access.Credential{Secret: dated}, noon.Add(time.Hour - 1), nil},
		"too late":         {access.Credential{Secret: dated}, noon.Add(time.Hour), access.ErrExpired},
		"revoked":          {access.Credential{Secret: gone}, noon, access.ErrRevoked},
		"revoked by basic": {access.Credential{Partner: "zj", Secret: gone}, noon, access.ErrRevoked},
	} {
		got, err := book.Find(c.credential, revoked, c.at)
		if !errors.Is(err, c.want) || (err == nil) != (got.Partner == "zj") {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	if _, err := access.NewBook([]access.Token{{Partner: "a", Hash: access.HashOf(open)}, {Partner: "b", Hash: access.HashOf(open)}}); err == nil {
		t.Error("two partners share a token")
	}
}

func TestScopes(t *testing.T) {
	t.Parallel()
	bound := access.Token{Channels: []string{"top"}, Formats: []access.Format{access.RSS, access.API}}
	for _, c := range []struct {
		token   access.Token
		channel string
		format  access.Format
		want    bool
	}{
		{access.Token{}, "top", access.RSS, true}, {access.Token{}, "", access.API, true},
		{bound, "top", access.RSS, true}, {bound, "top", access.Atom, false}, {bound, "art", access.RSS, false}, {bound, "", access.API, false},
	} {
		if got := c.token.Allows(c.channel, c.format); got != c.want {
			t.Errorf("%+v, %q %q: %v", c.token, c.channel, c.format, got)
		}
	}
}

func TestLinks(t *testing.T) {
	t.Parallel()
	links := access.NewLinks(bytes.Repeat([]byte{7}, access.LinkSecretBytes))
	link := access.Link{Partner: "zj", Name: "r1", Channel: "top", Format: access.RSS}
	sign := links.Sign(link)
	if len(sign) != 32 || !links.Check(link, sign) {
		t.Errorf("sign %q", sign)
	}
	others := map[string]access.Link{
		"partner": {Partner: "qh", Name: "r1", Channel: "top", Format: access.RSS}, "name": {Partner: "zj", Name: "r2", Channel: "top", Format: access.RSS},
		"channel": {Partner: "zj", Name: "r1", Channel: "art", Format: access.RSS}, "format": {Partner: "zj", Name: "r1", Channel: "top", Format: access.Atom},
		"shifted": {Partner: "zjr", Name: "1", Channel: "top", Format: access.RSS},
	}
	for name, other := range others {
		if links.Check(other, sign) {
			t.Errorf("the address is also good for another %s", name)
		}
	}
	if links.Check(link, sign[:31]) || links.Check(link, "") || access.NewLinks([]byte{8}).Check(link, sign) {
		t.Error("a wrong sign is taken")
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	limits := access.NewLimits()
	a, b := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("2001:db8::1")
	for i := range 20 {
		if wait, ok := limits.Failed(a, "", noon); !ok || wait != 0 {
			t.Fatalf("failure %d is refused", i)
		}
	}
	if wait, ok := limits.Failed(a, "", noon); ok || wait <= 0 || wait > 10*time.Second {
		t.Errorf("the next: %v %v", wait, ok)
	}
	if _, ok := limits.Failed(netip.MustParseAddr("::ffff:192.0.2.1"), "", noon); ok {
		t.Error("another spelling of the address is another address")
	}
	if _, ok := limits.Failed(b, "", noon); !ok {
		t.Error("another address pays")
	}
	if _, ok := limits.Failed(a, "", noon.Add(11*time.Second)); !ok {
		t.Error("it lasts for ever")
	}
	for i := range 200 {
		from := netip.AddrFrom4([4]byte{198, 51, 100, byte(i)})
		if _, ok := limits.Failed(from, "zj", noon); ok != (i < 100) {
			t.Fatalf("failure %d under one name: %v", i, ok)
		}
	}
	for i := range 30_000 { // the memory is bounded
		limits.Failed(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), fmt.Sprint(i), noon)
	}
	for i := range 30 { // a /64 is one
		_, ok := limits.Failed(netip.MustParseAddr(fmt.Sprintf("2001:db8:1::%x", i)), "", noon)
		if ok != (i < 20) {
			t.Errorf("failure %d of one network: %v", i, ok)
		}
	}
}

func TestRates(t *testing.T) {
	t.Parallel()
	rates := access.NewRates()
	for i := range 60 {
		q, ok := rates.Take("zj", 60, noon)
		if !ok || q.Left != 59-i || q.Limit != 60 || access.Seconds(q.Reset) != i+1 || q.Wait != 0 {
			t.Fatalf("request %d: %+v %v", i, q, ok)
		}
	}
	if q, ok := rates.Take("zj", 60, noon); ok || access.Seconds(q.Wait) != 1 || q.Left != 0 {
		t.Errorf("the next: %+v %v", q, ok)
	}
	if _, ok := rates.Take("qh", 60, noon); !ok {
		t.Error("another partner pays")
	}
	if _, ok := rates.Take("zj", 60, noon.Add(time.Second)); !ok {
		t.Error("a second later it is still refused")
	}
	if q, ok := rates.Take("zj", 120, noon.Add(time.Second)); !ok || q.Limit != 120 {
		t.Errorf("another rate: %+v", q)
	}
}

func FuzzParseHeader(f *testing.F) {
	f.Add("Bearer x")
	f.Add("Basic enpqOnJwX3g=")
	f.Fuzz(func(t *testing.T, header string) {
		c, err := access.ParseHeader(header)
		if (err == nil) == (c.Secret == "") {
			t.Errorf("%q: %+v, %v", header, c, err)
		}
	})
}
