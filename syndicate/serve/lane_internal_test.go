package serve

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// twins are two servers of the same documents: one with lanes, one without.
type twins struct {
	with, without string
	document      *representation
	slow          atomic.Int64 // requests that net/http answered on the server with lanes
}

func newTwins(t testing.TB) *twins {
	t.Helper()
	noon := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	tw := &twins{document: newRepresentation(document{
		contentType: typeRSS, body: bytes.Repeat([]byte("<item>text</item>"), 800), modified: noon, maxAge: maxAge, robots: "noindex", links: []string{`</a>; rel="self"`, `</b>; rel="alternate"`},
	})}
	for i, address := range []*string{&tw.with, &tw.without} {
		s := bare(time.Now)
		echo := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			if r.Context().Err() != nil {
				body = []byte("canceled")
			}
			fmt.Fprintf(w, "%s %s %q", r.Method, r.URL, body)
		})
		*address = tw.listen(t, s, i == 0, s.fixedRoute("/doc", tw.document), route{pattern: "/echo", audience: everybody, handler: echo})
	}
	return tw
}

// listen serves routes, and returns the address at which it does.
func (tw *twins) listen(t testing.TB, s *Server, withLanes bool, routes ...route) string {
	t.Helper()
	site := &site{warm: s.warmRoutes(routes)}
	var err error
	if site.public, err = s.handler(routes, everybody); err != nil {
		t.Fatal(err)
	}
	s.site.Store(site)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := s.httpServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if withLanes {
			tw.slow.Add(1)
		}
		s.Public().ServeHTTP(w, r)
	}))
	server.ConnContext = withConn
	server.ErrorLog = nil
	joined := joinedListener{Listener: l}
	if withLanes {
		joined.lanes = &lanes{server: s}
	}
	go func() { _ = server.Serve(joined) }()
	t.Cleanup(func() { _ = server.Close() })
	return l.Addr().String()
}

// exchange sends the pieces one after the other and returns all that comes back, until the
// server closes the connection or has nothing more to say.
func exchange(t testing.TB, address string, pieces ...string) string {
	t.Helper()
	return exchangeSlowly(t, address, 3*time.Millisecond, pieces...)
}

// exchangeSlowly is exchange with a pause between the pieces, so that each is read by itself.
func exchangeSlowly(t testing.TB, address string, pause time.Duration, pieces ...string) string {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, p := range pieces {
		_, _ = io.WriteString(c, p)
		time.Sleep(pause)
	}
	// A last request that asks to close shows that the server is where we think it is.
	_, _ = io.WriteString(c, "GET /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
	_ = c.SetReadDeadline(time.Now().Add(20 * time.Second)) // only a server that is broken says nothing and stays
	answer, _ := io.ReadAll(c)
	return dates.ReplaceAllString(string(answer), "Date: then")
}

var dates = regexp.MustCompile(`Date: [^\r]*`)

// answered matches the beginning of an answer that a handler made. What net/http refuses by
// itself closes the connection.
var answered = regexp.MustCompile(`HTTP/1\.1 (?:200|304|404|405|307|301)`)

// TestLaneAnswersLikeHTTP sends the same bytes to a server with lanes and to one without. What
// comes back is the same, byte for byte, whether or not a lane took the request.
func TestLaneAnswersLikeHTTP(t *testing.T) {
	t.Parallel()
	tw := newTwins(t)
	get := func(lines ...string) string {
		return "GET /doc HTTP/1.1\r\n" + strings.Join(append(lines, ""), "\r\n") + "\r\n"
	}
	tag := tw.document.variant(gz).etag[0]
	for _, tt := range []struct {
		name   string
		lane   bool // whether a lane must have taken the first request
		pieces []string
	}{
		{"plain", true, []string{get("Host: x")}},
		{"gzip", true, []string{get("Host: x", "Accept-Encoding: gzip", "User-Agent: reader/1.0 (+https://reader.example)")}},
		{"any case", true, []string{get("hOST: x:80", "ACCEPT-ENCODING:br", "conneCTION: Keep-Alive")}},
		{"many headers", true, []string{get("Host: x", "Accept: */*", "Cookie: a=b", "Cache-Control: no-cache", "Upgrade-Insecure-Requests: 1", "Sec-Fetch-Mode: navigate")}},
		{"not modified", true, []string{get("Host: x", "Accept-Encoding: gzip", "If-None-Match: "+tag)}},
		{"not modified since", true, []string{get("Host: x", "If-Modified-Since: Tue, 10 Mar 2026 12:00:00 GMT")}},
		{"dated by another clock", true, []string{get("Host: x", "If-Modified-Since: Tue, 10 Mar 2026 13:00:00 GMT")}},
		{"modified since", true, []string{get("Host: x", "If-Modified-Since: Tue, 10 Mar 2026 11:00:00 GMT")}},
		{"empty tag", true, []string{get("Host: x", "If-None-Match:")}},
		{"other tag", true, []string{get("Host: x", `If-None-Match: "x", W/"y"`, "If-Modified-Since: Tue, 10 Mar 2026 12:00:00 GMT")}},
		{"one after the other", true, []string{get("Host: x"), get("Host: x"), get("Host: x", "Accept-Encoding: zstd")}},
		{"in between another", true, []string{get("Host: x"), "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n", get("Host: x"), "HEAD /doc HTTP/1.1\r\nHost: x\r\n\r\n", get("Host: x")}},

		{"head", false, []string{"HEAD /doc HTTP/1.1\r\nHost: x\r\n\r\n"}},
		{"another path", false, []string{"GET /echo HTTP/1.1\r\nHost: x\r\n\r\n"}},
		{"query", false, []string{"GET /doc?a=b HTTP/1.1\r\nHost: x\r\n\r\n"}},
		{"dots", false, []string{"GET /a/../doc HTTP/1.1\r\nHost: x\r\n\r\n"}},
		{"escaped", false, []string{"GET /%64oc HTTP/1.1\r\nHost: x\r\n\r\n"}},
		{"control character", false, []string{"GET /doc\x10 HTTP/1.1\r\nHost: x\r\n\r\n"}},
		{"space in the path", false, []string{"GET /doc x HTTP/1.1\r\nHost: x\r\n\r\n"}},
		{"fragment", false, []string{"GET /doc#x HTTP/1.1\r\nHost: x\r\n\r\n"}},
		{"UTF-8 in the path", false, []string{"GET /doc\xc3\xa9 HTTP/1.1\r\nHost: x\r\n\r\n"}},
		{"absolute", false, []string{"GET http://x/doc HTTP/1.1\r\nHost: x\r\n\r\n"}},
		{"in pieces", false, []string{"GET /doc HT", "TP/1.1\r\nHost: x\r\n", "\r\n"}},
		{"two at once", false, []string{get("Host: x") + get("Host: x")}},
		{"one and a half", false, []string{get("Host: x") + "GET /doc HTTP/1.1\r\nHo", "st: x\r\n\r\n"}},
		{"HTTP/1.0", false, []string{"GET /doc HTTP/1.0\r\nHost: x\r\n\r\n"}},
		{"close", false, []string{get("Host: x", "Connection: close")}},
		{"no host", false, []string{get("Accept: */*")}},
		{"two hosts", false, []string{get("Host: x", "Host: y")}},
		{"odd host", false, []string{get("Host: x/y")}},
		{"body by length", false, []string{get("Host: x", "Content-Length: 4") + "GET "}},
		{"body by length, later", false, []string{get("Host: x", "Content-Length: 44"), "GET /echo HTTP/1.1\r\nHost: smuggled\r\n\r\n1234"}},
		{"chunked", false, []string{get("Host: x", "Transfer-Encoding: chunked"), "5\r\nhello\r\n0\r\n\r\n"}},
		{"both", false, []string{get("Host: x", "Content-Length: 3", "Transfer-Encoding: chunked"), "0\r\n\r\n"}},
		{"space before colon", false, []string{get("Host: x", "Content-Length : 5")}},
		{"folded", false, []string{get("Host: x", "Accept: a", " b")}},
		{"bare CR", false, []string{get("Host: x", "Accept: a\rContent-Length: 5")}},
		{"bare LF", false, []string{"GET /doc HTTP/1.1\nHost: x\n\n"}},
		{"LF in head", false, []string{get("Host: x", "Accept: a\nContent-Length: 5")}},
		{"NUL", false, []string{get("Host: x", "Accept: a\x00b")}},
		{"UTF-8", false, []string{get("Host: x", "User-Agent: 阅读器")}},
		{"no name", false, []string{get("Host: x", ": y")}},
		{"no colon", false, []string{get("Host: x", "Accept")}},
		{"expect", false, []string{get("Host: x", "Expect: 100-continue")}},
		{"upgrade", false, []string{get("Host: x", "Connection: Upgrade", "Upgrade: h2c")}},
		{"range", false, []string{get("Host: x", "Range: bytes=0-1")}},
		{"credentials", false, []string{get("Host: x", "Authorization: Basic YTpi")}},
		{"tags twice", false, []string{get("Host: x", `If-None-Match: "a"`, "If-None-Match: "+tag)}},
		{"encodings twice", false, []string{get("Host: x", "Accept-Encoding: gzip", "Accept-Encoding: br")}},
		{"post", false, []string{"POST /doc HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab"}},
		{"lower case", false, []string{"get /doc HTTP/1.1\r\nHost: x\r\n\r\n"}},
		{"two spaces", false, []string{"GET  /doc HTTP/1.1\r\nHost: x\r\n\r\n"}},
		{"tab", false, []string{"GET\t/doc HTTP/1.1\r\nHost: x\r\n\r\n"}},
		{"preface of HTTP/2", false, []string{"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"}},
		{"empty lines first", false, []string{"\r\n\r\n" + get("Host: x")}},
		{"large head", false, []string{get("Host: x", "Cookie: "+strings.Repeat("a", 5000))}},
		{"too large head", false, []string{get("Host: x", "Cookie: "+strings.Repeat("a", 50_000))}},
		{"nothing", false, nil},
	} {
		want := exchange(t, tw.without, tt.pieces...)
		answers := int64(len(answered.FindAllString(want, -1)))
		slow := answers
		for pause := 3 * time.Millisecond; slow == answers && pause < time.Second; pause *= 10 {
			before := tw.slow.Load()
			got := exchangeSlowly(t, tw.with, pause, tt.pieces...)
			slow = tw.slow.Load() - before
			if got != want {
				t.Errorf("%s: with lanes\n%.600s\nwithout\n%.600s", tt.name, got, want)
			}
			if !tt.lane {
				break
			}
		}
		if tt.lane != (slow < answers) {
			t.Errorf("%s: handlers of net/http answered %d of %d requests", tt.name, slow, answers)
		}
	}
}

// FuzzSimple looks for a request that a lane would take and that net/http reads otherwise.
func FuzzSimple(f *testing.F) {
	for _, seed := range []string{
		"GET /doc HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET /doc HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc",
		"HEAD /doc HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n",
		"GET /doc HTTP/1.1\r\nhost:x\r\nIf-None-Match: *\r\nIf-Modified-Since: \t a\r\nX_y: ~!\r\n\r\n",
		"GET /a?b HTTP/1.1\r\nHost: [::1]:80\r\nConnection: Keep-Alive\r\nUser-Agent: a b\r\n\r\n",
		"GET //x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
		"GET /\x10 HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET /a b HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET x HTTP/1.1\r\nHost: x\r\n\r\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var s simple
		if !s.parse(data) {
			return
		}
		in := bufio.NewReader(bytes.NewReader(data))
		r, err := http.ReadRequest(in)
		if err != nil {
			t.Fatalf("%q is refused: %v", data, err)
		}
		if r.Method != http.MethodGet || r.RequestURI != string(s.path) || r.ProtoMinor != 1 || r.Close {
			t.Errorf("%q: %s %s close %v", data, r.Method, r.RequestURI, r.Close)
		}
		if r.ContentLength != 0 || len(r.TransferEncoding) > 0 || in.Buffered() > 0 {
			t.Errorf("%q has a body", data)
		}
		for name, got := range map[string]string{
			"Accept-Encoding": value(s.accepts, s.accept), "If-None-Match": value(s.tagged, s.tags), "If-Modified-Since": value(s.dated, s.since), "User-Agent": s.userAgent(),
		} {
			if want := r.Header.Get(name); got != want {
				t.Errorf("%q: %s is %q, want %q", data, name, got, want)
			}
		}
	})
}

// value is a header value, or nothing where there is no such header.
func value(there bool, s string) string {
	if !there {
		return ""
	}
	return s
}

// TestLaneUnderLoad sends requests over many connections at once, of every kind.
func TestLaneUnderLoad(t *testing.T) {
	t.Parallel()
	tw := newTwins(t)
	want := exchange(t, tw.without, "GET /doc HTTP/1.1\r\nHost: x\r\n\r\n")
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			for range 20 {
				if got := exchange(t, tw.with, "GET /doc HTTP/1.1\r\nHost: x\r\n\r\n"); got != want {
					t.Errorf("%.300s", got)
				}
			}
		})
	}
	wg.Wait()
}

// TestLaneUntilTheEnd: a lane sends a document up to its end, and not from then on.
func TestLaneUntilTheEnd(t *testing.T) {
	t.Parallel()
	end := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	d := newRepresentation(document{contentType: typeText, body: []byte("text"), until: end})
	for before, want := range map[time.Duration]bool{time.Hour: true, 1: true, 0: false, -time.Hour: false} {
		s := bare(func() time.Time { return end.Add(-before) })
		s.site.Store(&site{warm: s.warmRoutes([]route{s.fixedRoute("/doc", d)})})
		client, server := net.Pipe()
		go func() { _, _ = io.Copy(io.Discard, client) }()
		l := &lane{lanes: &lanes{server: s}, conn: server}
		if !l.request.parse([]byte("GET /doc HTTP/1.1\r\nHost: x\r\n\r\n")) || l.answer() != want {
			t.Errorf("%v before its end: sent %v, want %v", before, !want, want)
		}
		_ = server.Close()
	}
}

// TestLaneLongConnection: after many requests that a lane answered, one that net/http answers
// has all its time: its context is not canceled and it is not cut off.
func TestLaneLongConnection(t *testing.T) {
	t.Parallel()
	var shift atomic.Int64 // the server's clock runs ahead
	s := bare(func() time.Time { return time.Now().Add(time.Duration(shift.Load())) })
	d := newRepresentation(document{contentType: typeText, body: []byte("text"), maxAge: maxAge})
	l := &lane{lanes: &lanes{server: s}}
	s.site.Store(&site{warm: s.warmRoutes([]route{s.fixedRoute("/doc", d)})})
	client, server := net.Pipe()
	l.conn = server
	go func() {
		_, _ = io.WriteString(client, "GET /doc HTTP/1.1\r\nHost: x\r\n\r\n")
		if response, err := http.ReadResponse(bufio.NewReader(client), nil); err == nil {
			_, _ = io.Copy(io.Discard, response.Body)
		}
		_, _ = io.WriteString(client, "GET /other HTTP/1.1\r\nHost: x\r\n\r\n")
	}()
	begun := s.now()
	buffer := make([]byte, 4096)
	n, err := l.read(buffer)
	if err != nil || !strings.HasPrefix(string(buffer[:n]), "GET /other") {
		t.Fatalf("%q %v", buffer[:n], err)
	}
	shift.Store(int64(time.Minute))
	if got := l.deadline(begun.Add(readTime)); got.Sub(s.now()) < readTime-time.Second {
		t.Errorf("the deadline is %v away", got.Sub(s.now()))
	}
	past := time.Unix(1, 0)
	if got := l.deadline(past); !got.Equal(past) {
		t.Errorf("a deadline that ends a read became %v", got)
	}
	later := s.now().Add(time.Second)
	if got := l.deadline(later); !got.Equal(later) {
		t.Errorf("an ordinary deadline became %v", got)
	}
}
