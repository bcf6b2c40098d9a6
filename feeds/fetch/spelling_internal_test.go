package fetch

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// recorder is a client like New's, with its guard, that notes every address which the guard
// let through, and whose names are answered by a server of the test.
type recorder struct {
	*Client
	mu     sync.Mutex
	dialed []string
	asked  map[string]int // names, how often
}

// newRecorder answers the n-th question for a name with answers[n], or the last of them.
func newRecorder(t *testing.T, allow string, answers ...netip.Addr) *recorder {
	t.Helper()
	r := &recorder{asked: make(map[string]int)}
	guard := NewGuard([]netip.Prefix{netip.MustParsePrefix(allow)})
	control := func(network, address string, c syscall.RawConn) error {
		if err := guard.Control(network, address, c); err != nil {
			return err
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.dialed = append(r.dialed, address)
		return nil
	}
	resolver := &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		ours, theirs := net.Pipe()
		go r.serveDNS(theirs, answers)
		return ours, nil
	}}
	client, err := NewOver(transportOf(&net.Dialer{Timeout: time.Second, Control: control, Resolver: resolver}),
		Options{UserAgent: "test", Now: time.Now, Timeout: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	r.Client = client
	return r
}

// serveDNS answers questions over a stream, each with its length before it (RFC 1035 section
// 4.2.2).
func (r *recorder) serveDNS(c net.Conn, answers []netip.Addr) {
	defer c.Close()
	for {
		var size [2]byte
		if _, err := c.Read(size[:]); err != nil {
			return
		}
		question := make([]byte, int(size[0])<<8|int(size[1]))
		for read := 0; read < len(question); {
			n, err := c.Read(question[read:])
			if err != nil {
				return
			}
			read += n
		}
		var m dnsmessage.Message
		if m.Unpack(question) != nil || len(m.Questions) != 1 {
			return
		}
		reply, err := r.reply(m, answers).Pack()
		if err != nil {
			return
		}
		if _, err := c.Write(append([]byte{byte(len(reply) >> 8), byte(len(reply))}, reply...)); err != nil {
			return
		}
	}
}

func (r *recorder) reply(m dnsmessage.Message, answers []netip.Addr) *dnsmessage.Message {
	q := m.Questions[0]
	r.mu.Lock()
	defer r.mu.Unlock()
	key := q.Name.String() + q.Type.String()
	answer := answers[min(r.asked[key], len(answers)-1)]
	r.asked[key]++
	out := &dnsmessage.Message{Header: dnsmessage.Header{ID: m.ID, Response: true, RecursionAvailable: true}, Questions: m.Questions}
	header := dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class, TTL: 0}
	switch {
	case q.Type == dnsmessage.TypeA && answer.Is4():
		out.Answers = []dnsmessage.Resource{{Header: header, Body: &dnsmessage.AResource{A: answer.As4()}}}
	case q.Type == dnsmessage.TypeAAAA && answer.Is6():
		out.Answers = []dnsmessage.Resource{{Header: header, Body: &dnsmessage.AAAAResource{AAAA: answer.As16()}}}
	}
	return out
}

// spellings are the ways in which one address is written in a URL.
func spellings(s string) []string {
	a := netip.MustParseAddr(s)
	if a.Is6() {
		plain := a.WithZone("")
		return []string{"[" + plain.String() + "]", "[" + plain.StringExpanded() + "]", "[" + strings.ToUpper(plain.String()) + "]", "[" + plain.String() + "%25eth0]", "[" + plain.String() + "]:80", "[" + plain.String() + "]:8080"}
	}
	b := a.As4()
	n := uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
	return []string{
		s, s + ".", s + ":80", s + ":8080", s + ":443",
		fmt.Sprint(n), fmt.Sprintf("0x%x", n), fmt.Sprintf("0%o", n), fmt.Sprintf("0x%x.0x%x.0x%x.0x%x", b[0], b[1], b[2], b[3]),
		fmt.Sprintf("0%o.0%o.0%o.0%o", b[0], b[1], b[2], b[3]), fmt.Sprintf("%d.%d", b[0], n&0xffffff), fmt.Sprintf("%d.%d.%d", b[0], b[1], n&0xffff),
		fmt.Sprintf("%03d.%03d.%03d.%03d", b[0], b[1], b[2], b[3]), strings.Map(wide, s), strings.ReplaceAll(s, ".", "\u3002"), strings.ReplaceAll(s, ".", "%2e"),
		"[::ffff:" + s + "]", fmt.Sprintf("[::ffff:%x:%x]", n>>16, n&0xffff), fmt.Sprintf("[64:ff9b::%x:%x]", n>>16, n&0xffff), "user@" + s, "1.1.1.1@" + s, s + `\@1.1.1.1`, s + "#@1.1.1.1",
	}
}

// wide makes digits full-width.
func wide(r rune) rune {
	if r >= '0' && r <= '9' {
		return r - '0' + '\uFF10'
	}
	return r
}

// TestEverySpellingIsRefused asks for every special address in every spelling, directly, by a
// name that leads there, and by every kind of redirect, and looks at what was really dialled.
func TestEverySpellingIsRefused(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.2:0")
	if err != nil {
		t.Skip("this system has no second loopback address:", err)
	}
	var to sync.Map
	gate := &httptest.Server{Listener: listener, Config: &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		target, _ := to.Load(r.URL.Path)
		w.Header()["Location"] = []string{target.(string)}
		var status int
		_, _ = fmt.Sscanf(r.URL.Query().Get("status"), "%d", &status)
		w.WriteHeader(status)
	})}}
	gate.Start()
	t.Cleanup(gate.Close)
	n := 0
	for _, s := range strings.Fields(special) {
		r := newRecorder(t, "127.0.0.2/32", netip.MustParseAddr(s).WithZone(""))
		for _, host := range spellings(s) {
			for _, scheme := range []string{"http", "https"} {
				address := scheme + "://" + host + "/feed"
				n++
				if _, err := r.Get(t.Context(), Request{URL: address}); err == nil {
					t.Errorf("%s was fetched", address)
				}
				path := fmt.Sprintf("/%d", n)
				to.Store(path, address)
				status := []int{301, 302, 303, 307, 308}[n%5]
				if _, err := r.Get(t.Context(), Request{URL: fmt.Sprintf("%s%s?status=%d", gate.URL, path, status)}); err == nil {
					t.Errorf("%s was fetched after %d", address, status)
				}
				if err := r.Post(t.Context(), address, url.Values{"hub.mode": {"subscribe"}}); err == nil {
					t.Errorf("%s took a form", address)
				}
			}
		}
		if _, err := r.Get(t.Context(), Request{URL: "http://name.example/feed"}); !errors.Is(err, errRefused) {
			t.Errorf("a name that leads to %s: %v", s, err)
		}
		for _, d := range r.dialed {
			if !strings.HasPrefix(d, "127.0.0.2:") {
				t.Errorf("%s: dialled %s", s, d)
			}
		}
	}
	t.Logf("%d addresses, %d spellings, each directly, by a redirect and by a form", len(strings.Fields(special)), n)
}

// TestDNSThatChangesItsAnswer: what counts is the address that is dialled, each time anew.
func TestDNSThatChangesItsAnswer(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.2:0")
	if err != nil {
		t.Skip("this system has no second loopback address:", err)
	}
	site := &httptest.Server{Listener: listener, Config: &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Connection", "close")
		_, _ = w.Write([]byte("feed"))
	})}}
	site.Start()
	t.Cleanup(site.Close)
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	r := newRecorder(t, "127.0.0.2/32", netip.MustParseAddr("127.0.0.2"), netip.MustParseAddr("127.0.0.1"))
	if _, err := r.Get(t.Context(), Request{URL: "http://rebind.example:" + port + "/"}); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Get(t.Context(), Request{URL: "http://rebind.example:" + port + "/"}); !errors.Is(err, errRefused) {
		t.Errorf("after the answer changed: %v", err)
	}
	if len(r.dialed) != 1 {
		t.Errorf("dialled %v", r.dialed)
	}
}
