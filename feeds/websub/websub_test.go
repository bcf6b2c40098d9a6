package websub_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"hash"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"reprint/cache"
	"reprint/feeds/websub"
)

var noon = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

// TestDiscover reads hub and topic wherever they stand. Numbers are those of the checks of
// websub.rocks.
func TestDiscover(t *testing.T) {
	t.Parallel()
	const at = "https://a.example/feeds/top.xml"
	header := func(values ...string) http.Header { return http.Header{"Link": values} }
	for _, tt := range []struct {
		name  string
		found websub.Found
		hub   string
		topic string
	}{
		{"100 header", websub.Found{Header: header(`<https://hub.example/>; rel="hub", <https://a.example/self>; rel="self"`)}, "https://hub.example/", "https://a.example/self"},
		{"100 two fields", websub.Found{Header: header(`<https://hub.example/>; rel=hub`, `<https://a.example/self>; rel=self`)}, "https://hub.example/", "https://a.example/self"},
		{"102 to 103 document", websub.Found{Hubs: []string{"https://hub.example/"}, Self: "https://a.example/self"}, "https://hub.example/", "https://a.example/self"},
		{"104 header before document", websub.Found{Header: header(`<https://one.example/>; rel="hub", <https://a.example/one>; rel="self"`), Hubs: []string{"https://two.example/"}, Self: "https://a.example/two"}, "https://one.example/", "https://a.example/one"},
		{"hub in the header, self in the document", websub.Found{Header: header(`<https://hub.example/>; rel="hub"`), Self: "https://a.example/two"}, "https://hub.example/", "https://a.example/two"},
		{"self in the header, hub in the document", websub.Found{Header: header(`<https://a.example/one>; rel="self"`), Hubs: []string{"https://hub.example/"}, Self: "https://a.example/two"}, "https://hub.example/", "https://a.example/one"},
		{"no self", websub.Found{Hubs: []string{"https://hub.example/"}}, "https://hub.example/", at},
		{"relative", websub.Found{Hubs: []string{"/hub"}, Self: "other.xml"}, "https://a.example/hub", "https://a.example/feeds/other.xml"},
		{"the first with https", websub.Found{Hubs: []string{"http://one.example/", "https://two.example/", "https://three.example/"}}, "https://two.example/", at},
		{"only http", websub.Found{Hubs: []string{"http://one.example/"}}, "http://one.example/", at},
		{"several relations", websub.Found{Header: header(`<https://hub.example/>; rel="preload HUB"`)}, "https://hub.example/", at},
		{"a comma and a semicolon in the address", websub.Found{Header: header(`<https://hub.example/a,b;c>; title="x; rel=self, \"y\""; rel=hub`)}, "https://hub.example/a,b;c", at},
		{"about another page", websub.Found{Header: header(`<https://hub.example/>; rel="hub"; anchor="#other"`)}, "", ""},
		{"the first rel counts", websub.Found{Header: header(`<https://hub.example/>; rel="next"; rel="hub"`)}, "", ""},
		{"no hub", websub.Found{Self: "https://a.example/self"}, "", ""},
		{"a script", websub.Found{Hubs: []string{"javascript:alert(1)"}}, "", ""},
		{"a file", websub.Found{Hubs: []string{"file:///etc/passwd"}}, "", ""},
		{"with a password", websub.Found{Hubs: []string{"https://me:secret@hub.example/"}}, "", ""},
		{"too long", websub.Found{Hubs: []string{"https://hub.example/" + strings.Repeat("x", 3000)}}, "", ""},
		{"a self that is no address", websub.Found{Hubs: []string{"https://hub.example/"}, Self: "tag:x"}, "https://hub.example/", at},
		{"broken header", websub.Found{Header: header(`<https://hub.example/; rel="hub"`)}, "", ""},
	} {
		tt.found.URL = at
		if hub, topic := websub.Discover(tt.found); hub != tt.hub || topic != tt.topic {
			t.Errorf("%s: %q %q, want %q %q", tt.name, hub, topic, tt.hub, tt.topic)
		}
	}
}

// FuzzDiscover: whatever stands in a header, what is found may be asked.
func FuzzDiscover(f *testing.F) {
	f.Add(`<https://hub.example/>; rel="hub", <x>; rel=self`, "https://a.example/")
	f.Add(`<a>;rel="hub;,\"`, "http://[::1]/")
	f.Add(`;=,<>;;=`, "%")
	f.Fuzz(func(t *testing.T, header, at string) {
		hub, topic := websub.Discover(websub.Found{URL: at, Header: http.Header{"Link": {header}}})
		if (hub == "") != (topic == "") {
			t.Errorf("hub %q, topic %q", hub, topic)
		}
		for _, address := range []string{hub, topic} {
			if address != "" && !strings.HasPrefix(address, "http://") && !strings.HasPrefix(address, "https://") {
				t.Errorf("%q would be asked", address)
			}
		}
	})
}

func TestForm(t *testing.T) {
	t.Parallel()
	secure := websub.Form(websub.New("https://hub.example/", "https://a.example/", "token", "secret"), "https://us.example/push/a/token")
	for key, want := range map[string]string{
		"hub.mode": "subscribe", "hub.topic": "https://a.example/", "hub.callback": "https://us.example/push/a/token", "hub.lease_seconds": "864000", "hub.secret": "secret",
	} {
		if got := secure.Get(key); got != want {
			t.Errorf("%s is %q, want %q", key, got, want)
		}
	}
	if open := websub.Form(websub.New("http://hub.example/", "https://a.example/", "token", "secret"), "x"); open.Has("hub.secret") {
		t.Error("a secret would be sent in the open")
	}
}

// TestAnswer agrees to what was asked for and to nothing else.
func TestAnswer(t *testing.T) {
	t.Parallel()
	asked := websub.New("https://hub.example/", "https://a.example/", "token", "secret")
	asked.Asked, asked.Tries, asked.Problem = noon, 2, "the hub answers 500"
	question := func(change ...string) url.Values {
		q := url.Values{"hub.mode": {"subscribe"}, "hub.topic": {"https://a.example/"}, "hub.challenge": {"abc"}, "hub.lease_seconds": {"86400"}}
		for i := 0; i+1 < len(change); i += 2 {
			q.Set(change[i], change[i+1])
		}
		return q
	}
	for _, tt := range []struct {
		name  string
		s     cache.Subscription
		query url.Values
		after time.Duration
		lease time.Duration // 0 where none is agreed to
		err   error
	}{
		{"what was asked", asked, question(), time.Minute, 24 * time.Hour, nil},
		{"205 another topic", asked, question("hub.topic", "https://b.example/"), time.Minute, 0, websub.ErrUnwanted},
		{"nothing was asked", cache.Subscription{Topic: "https://a.example/"}, question(), time.Minute, 0, websub.ErrUnwanted},
		{"long ago", asked, question(), 100 * time.Hour, 0, websub.ErrUnwanted},
		{"to unsubscribe", asked, question("hub.mode", "unsubscribe"), time.Minute, 0, websub.ErrUnwanted},
		{"an unknown mode", asked, question("hub.mode", "publish"), time.Minute, 0, websub.ErrUnwanted},
		{"no topic at all", cache.Subscription{Asked: noon}, question("hub.topic", ""), time.Minute, 0, websub.ErrUnwanted},
		{"no challenge", asked, question("hub.challenge", ""), time.Minute, 0, websub.ErrQuestion},
		{"a huge challenge", asked, question("hub.challenge", strings.Repeat("x", 5000)), time.Minute, 0, websub.ErrQuestion},
		{"no lease", asked, question("hub.lease_seconds", ""), time.Minute, 0, websub.ErrQuestion},
		{"a lease of 0", asked, question("hub.lease_seconds", "0"), time.Minute, 0, websub.ErrQuestion},
		{"a negative lease", asked, question("hub.lease_seconds", "-5"), time.Minute, 0, websub.ErrQuestion},
		{"a lease for ever", asked, question("hub.lease_seconds", "9223372036854775807"), time.Minute, 30 * 24 * time.Hour, nil},
		{"a lease of a second", asked, question("hub.lease_seconds", "1"), time.Minute, time.Minute, nil},
	} {
		now := noon.Add(tt.after)
		got, challenge, err := websub.Answer(tt.s, tt.query, now)
		if !errors.Is(err, tt.err) || (err == nil) != (tt.err == nil) {
			t.Errorf("%s: error %v, want %v", tt.name, err, tt.err)
		}
		if tt.lease == 0 {
			if got != tt.s || challenge != "" {
				t.Errorf("%s: changed to %+v, answers %q", tt.name, got, challenge)
			}
			continue
		}
		if challenge != "abc" || got.Until.Sub(now) != tt.lease || !got.Holds(now) || got.Tries != 0 || got.Problem != "" {
			t.Errorf("%s: %+v, answers %q", tt.name, got, challenge)
		}
	}
}

// TestDenied: a hub may end a subscription at any time, and say why.
func TestDenied(t *testing.T) {
	t.Parallel()
	s := websub.New("https://hub.example/", "https://a.example/", "token", "secret")
	s.Asked, s.Agreed, s.Until = noon, noon, noon.Add(time.Hour)
	got, answer, err := websub.Answer(s, url.Values{"hub.mode": {"denied"}, "hub.topic": {"https://a.example/"}, "hub.reason": {"no\nlonger " + strings.Repeat("x", 500)}}, noon)
	if err != nil || answer != "" || got.Holds(noon) || !strings.Contains(got.Problem, `no\nlonger`) || len(got.Problem) > 300 {
		t.Errorf("%+v %q %v", got, answer, err)
	}
	if at := websub.NextAsk(got, noon); at.Sub(noon) != 24*time.Hour {
		t.Errorf("asks again in %v", at.Sub(noon))
	}
	if _, _, err := websub.Answer(s, url.Values{"hub.mode": {"denied"}, "hub.topic": {"https://b.example/"}}, noon); !errors.Is(err, websub.ErrUnwanted) {
		t.Errorf("denied for another topic: %v", err)
	}
}

// TestCheck takes what is signed with the secret, in every method (301, 302).
func TestCheck(t *testing.T) {
	t.Parallel()
	body := []byte("<feed/>")
	sign := func(name string, method func() hash.Hash, secret string) string {
		mac := hmac.New(method, []byte(secret))
		mac.Write(body)
		return name + "=" + hex.EncodeToString(mac.Sum(nil))
	}
	good := sign("sha256", sha256.New, "secret")
	for _, tt := range []struct {
		name, secret, signature string
		want                    error
	}{
		{"sha1", "secret", sign("sha1", sha1.New, "secret"), nil},
		{"sha256", "secret", good, nil},
		{"sha384", "secret", sign("sha384", sha512.New384, "secret"), nil},
		{"sha512", "secret", sign("sha512", sha512.New, "secret"), nil},
		{"capitals", "secret", strings.ToUpper(good), nil},
		{"301 another secret", "secret", sign("sha256", sha256.New, "other"), websub.ErrSignature},
		{"301 another method's name", "secret", strings.Replace(good, "sha256", "sha512", 1), websub.ErrSignature},
		{"301 cut short", "secret", good[:20], websub.ErrSignature},
		{"301 no sum", "secret", "sha256=", websub.ErrSignature},
		{"301 no method", "secret", strings.TrimPrefix(good, "sha256="), websub.ErrSignature},
		{"301 an unknown method", "secret", sign("md5", sha256.New, "secret"), websub.ErrSignature},
		{"302 none", "secret", "", websub.ErrUnsigned},
		{"no secret", "", good, websub.ErrUnsigned},
	} {
		if err := websub.Check(tt.secret, tt.signature, body); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
}

// FuzzCheck: nothing but the right sum under a known method is taken.
func FuzzCheck(f *testing.F) {
	f.Add("sha256=00", []byte("x"))
	f.Add("sha1", []byte(""))
	f.Fuzz(func(t *testing.T, signature string, body []byte) {
		if err := websub.Check("a secret that nobody knows", signature, body); err == nil {
			t.Errorf("%q was taken", signature)
		}
	})
}

// TestNextAsk: at once, at half the lease, and ever more rarely where the hub does not agree.
func TestNextAsk(t *testing.T) {
	t.Parallel()
	ask := func(change func(*cache.Subscription)) time.Duration {
		s := cache.Subscription{Asked: noon, Tries: 1}
		change(&s)
		return websub.NextAsk(s, noon.Add(time.Minute)).Sub(noon)
	}
	for _, tt := range []struct {
		name   string
		change func(*cache.Subscription)
		want   time.Duration
	}{
		{"never asked", func(s *cache.Subscription) { *s = cache.Subscription{} }, time.Minute},
		{"not answered", func(*cache.Subscription) {}, time.Hour},
		{"twice not answered", func(s *cache.Subscription) { s.Tries = 2 }, 2 * time.Hour},
		{"often not answered", func(s *cache.Subscription) { s.Tries = 1000 }, 24 * time.Hour},
		{"agreed", func(s *cache.Subscription) { s.Tries, s.Agreed, s.Until = 0, noon, noon.Add(10*time.Hour) }, 5 * time.Hour},
		{"half of the lease is over", func(s *cache.Subscription) {
			s.Tries, s.Agreed, s.Until = 0, noon.Add(-10*time.Hour), noon.Add(5*time.Hour)
		}, -10*time.Hour + 7*time.Hour + 30*time.Minute},
		{"asked again, not confirmed", func(s *cache.Subscription) {
			s.Tries, s.Agreed, s.Until = 1, noon.Add(-10*time.Hour), noon.Add(5*time.Hour)
		}, time.Hour},
		{"over", func(s *cache.Subscription) { s.Tries, s.Agreed, s.Until = 1, noon.Add(-10*time.Hour), noon }, time.Hour},
	} {
		if got := ask(tt.change); got != tt.want {
			t.Errorf("%s: in %v, want %v", tt.name, got, tt.want)
		}
	}
}
