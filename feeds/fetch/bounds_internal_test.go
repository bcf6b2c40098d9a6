package fetch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// TestExactBounds: what is exactly as large as allowed passes, and one more does not.
func TestExactBounds(t *testing.T) {
	t.Parallel()
	const most = 3<<20 + 17
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		var hops, size int
		if n, _ := fmt.Sscanf(r.URL.Path, "/hops/%d", &hops); n == 1 && hops > 0 {
			http.Redirect(w, r, fmt.Sprintf("/hops/%d", hops-1), http.StatusFound)
			return
		}
		if r.URL.Path == "/long" {
			long := "http://" + r.Host + "/" + r.URL.Query().Get("n")
			fmt.Sscanf(r.URL.Query().Get("n"), "%d", &size)
			http.Redirect(w, r, long+strings.Repeat("x", size-len(long)), http.StatusFound)
			return
		}
		fmt.Sscanf(r.URL.Path, "/size/%d", &size)
		fmt.Fprint(w, strings.Repeat("0123456789", size/10+1)[:size])
	})
	c := newClient(t, func(o *Options) { o.MaxBytes = most })
	for path, want := range map[string]Kind{
		fmt.Sprintf("/size/%d", most):           "",
		fmt.Sprintf("/size/%d", most+1):         TooLarge,
		fmt.Sprintf("/hops/%d", maxRedirects):   "",
		fmt.Sprintf("/hops/%d", maxRedirects+1): BadRedirect,
		fmt.Sprintf("/long?n=%d", maxURL):       "",
		fmt.Sprintf("/long?n=%d", maxURL+1):     BadRedirect,
	} {
		got, err := c.Get(t.Context(), Request{URL: url + path})
		if kindOf(err) != want {
			t.Errorf("%s: %v, want kind %q", path, err, want)
		}
		if strings.HasPrefix(path, "/size") && err == nil && string(got.Documents[0].Body) != strings.Repeat("0123456789", most/10+1)[:most] {
			t.Errorf("%s: other bytes arrived", path)
		}
	}
	exact := url + "/" + strings.Repeat("x", maxURL-len(url)-1)
	if _, err := c.Get(t.Context(), Request{URL: exact}); err != nil {
		t.Errorf("an address of %d bytes: %v", len(exact), err)
	}
}

// TestOneValidatorSuffices: servers give an ETag or a date, and answer 304 to either.
func TestOneValidatorSuffices(t *testing.T) {
	t.Parallel()
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if got := r.Header.Get("Accept-Encoding"); got != "gzip" {
			t.Errorf("Accept-Encoding %q", got)
		}
		w.WriteHeader(http.StatusNotModified)
	})
	c := newClient(t, nil)
	for _, r := range []Request{{URL: url, ETag: `"x"`}, {URL: url, LastModified: "then"}} {
		if got, err := c.Get(t.Context(), r); err != nil || !got.NotModified {
			t.Errorf("%+v: %+v, %v", r, got, err)
		}
	}
}

// TestNoDateGoesElsewhere: a redirect to another server takes neither validator there.
func TestNoDateGoesElsewhere(t *testing.T) {
	t.Parallel()
	other := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header["If-None-Match"] != nil || r.Header["If-Modified-Since"] != nil {
			t.Errorf("another server is sent %v", r.Header)
		}
	})
	url := serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, other, http.StatusFound) })
	if _, err := newClient(t, nil).Get(t.Context(), Request{URL: url, ETag: `"x"`, LastModified: "then"}); err != nil {
		t.Error(err)
	}
}

// TestCallerEnds: who gave up is told so, and not that the publisher was slow.
func TestCallerEnds(t *testing.T) {
	t.Parallel()
	url := serve(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := newClient(t, nil).Get(ctx, Request{URL: url}); !errors.Is(err, context.DeadlineExceeded) || kindOf(err) != "" {
		t.Errorf("%v", err)
	}
}

func TestNewNeedsBoth(t *testing.T) {
	t.Parallel()
	for _, o := range []Options{{}, {UserAgent: "x"}, {Now: time.Now}} {
		if _, err := New(o); err == nil {
			t.Errorf("%+v is taken", o)
		}
	}
}

func TestLocate(t *testing.T) {
	t.Parallel()
	c := newClient(t, nil)
	for address, want := range map[string]string{
		"http://127.0.0.1/feed": "127.0.0.1", "http://[::ffff:127.0.0.1]/": "127.0.0.1",
		"http://[::1]:80/": "::1", "http://%zz": "", "nothing": "",
	} {
		if got := c.Locate(t.Context(), address); got != want {
			t.Errorf("%s is at %q, want %q", address, got, want)
		}
	}
	if at, err := netip.ParseAddr(c.Locate(t.Context(), "http://localhost/")); err != nil || !at.IsLoopback() {
		t.Errorf("localhost is at %v, %v", at, err)
	}
}

// TestLinks holds the reading of Link fields to RFC 8288.
func TestLinks(t *testing.T) {
	t.Parallel()
	many := http.Header{"Link": []string{strings.Repeat(`<a>;rel=b,`, maxLinks+50)}}
	if got := len(Links(many)); got != maxLinks {
		t.Errorf("%d links are read, %d may be", got, maxLinks)
	}
	for field, want := range map[string]string{
		``:                                      "",
		`nothing`:                               "",
		`<a`:                                    "",
		`<a>`:                                   "a|",
		`<a>;`:                                  "a|",
		`<a>; rel`:                              "a|",
		`<a>; rel=`:                             "a|",
		`< a >; REL=Hub`:                        "a|hub",
		`<a>;rel="hub self"`:                    "a|hub self",
		`<a> ; rel = "hub"`:                     "a|hub",
		`<a>; rel=one; rel=two`:                 "a|one",
		`<a>; title=x; rel=hub`:                 "a|hub",
		`<a>; title="rel=x, <b>; rel=y"; rel=z`: "a|z",
		`<a>; title="a \"quoted\" one"; rel=z`:  "a|z",
		`<a>; type="text/html"; rel=z`:          "a|z text/html",
		`<a>; rel=z; anchor="#b"`:               "",
		`<a>; rel=z, <b>;rel=y`:                 "a|z,b|y",
		`<a>; rel=z,, <b>;rel=y`:                "a|z,b|y",
		`<a,b;c>; rel=z`:                        "a,b;c|z",
		`<a>; rel="z`:                           "a|z",
		`<a>; rel=z; type=`:                     "a|z",
		`<a>; rel="\`:                           `a|\`,
		`<a>; type="one"x; rel=z`:               "a| one",
	} {
		var got []string
		for _, l := range Links(http.Header{"Link": []string{field}}) {
			got = append(got, strings.TrimSuffix(l.Target+"|"+l.Rel+" "+l.Type, " "))
		}
		if s := strings.Join(got, ","); s != want {
			t.Errorf("%s: %q, want %q", field, s, want)
		}
	}
	if l := (Link{Rel: "hub self"}); !l.Is("self") || l.Is("elf") {
		t.Errorf("the relations of %+v", l)
	}
}
