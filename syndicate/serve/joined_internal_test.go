package serve

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// counted is a listener whose connections count their writes.
type counted struct {
	net.Listener
	writes *atomic.Int64
}

func (l counted) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	return countedConn{c, l.writes}, err
}

type countedConn struct {
	net.Conn
	writes *atomic.Int64
}

func (c countedConn) Write(p []byte) (int, error) {
	c.writes.Add(1)
	return c.Conn.Write(p)
}

// startJoined serves a body over real connections.
func startJoined(t *testing.T, body []byte, wrap func(net.Listener) net.Listener) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{ConnContext: withConn, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", r.URL.Query().Get("n"))
		if r.Method != http.MethodHead {
			writeJoined(w, r, body)
		}
	})}
	go func() { _ = server.Serve(joinedListener{Listener: wrap(l)}) }()
	t.Cleanup(func() { _ = server.Close() })
	return l.Addr().String()
}

// TestJoined reads many responses over one connection, pipelined: each is whole and in order.
func TestJoined(t *testing.T) {
	t.Parallel()
	for _, size := range []int{0, 1, 1000, 4096, 5000, 50_000, 2_000_000} {
		body := bytes.Repeat([]byte("x"), size)
		address := startJoined(t, body, func(l net.Listener) net.Listener { return l })
		c, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		request := "GET /?n=" + strconv.Itoa(size) + " HTTP/1.1\r\nHost: x\r\n\r\nHEAD /?n=" + strconv.Itoa(size) + " HTTP/1.1\r\nHost: x\r\n\r\n"
		go func() { _, _ = io.WriteString(c, strings.Repeat(request, 5)) }()
		r := bufio.NewReader(c)
		for n := range 10 {
			method := []string{"GET", "HEAD"}[n%2]
			response, err := http.ReadResponse(r, &http.Request{Method: method})
			if err != nil {
				t.Fatalf("%d bytes, response %d: %v", size, n, err)
			}
			got, err := io.ReadAll(response.Body)
			if err != nil || method == "GET" && !bytes.Equal(got, body) || response.ContentLength != int64(size) {
				t.Fatalf("%d bytes, response %d: %d bytes, %v", size, n, len(got), err)
			}
		}
		_ = c.Close()
	}
}

// TestOneWrite: the head and the body of a response leave together. A connection that is no
// TCP socket gets the two parts of the vector one by one, which shows that there are two and
// that they come in one call of ours.
func TestOneWrite(t *testing.T) {
	t.Parallel()
	var writes atomic.Int64
	address := startJoined(t, bytes.Repeat([]byte("x"), 50_000), func(l net.Listener) net.Listener { return counted{l, &writes} })
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_, _ = io.WriteString(c, "GET /?n=50000 HTTP/1.1\r\nHost: x\r\n\r\n")
	response, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		t.Fatal(err)
	}
	if n := writes.Load(); n != 2 {
		t.Errorf("%d parts, want the head with the first bytes, and the rest", n)
	}
}

// scripted is a connection whose second write fails.
type scripted struct {
	net.Conn
	fail error
	got  bytes.Buffer
}

func (c *scripted) Write(p []byte) (int, error) {
	if c.fail != nil && c.got.Len() > 0 {
		return 0, c.fail
	}
	return c.got.Write(p)
}

// TestHeld holds the rules of the wrapper itself.
func TestHeld(t *testing.T) {
	t.Parallel()
	under := &scripted{}
	c := &joinedConn{Conn: under, holding: true}
	if n, err := c.Write([]byte("head")); n != 4 || err != nil || under.got.Len() != 0 {
		t.Errorf("held: %d %v, sent %q", n, err, under.got.String())
	}
	if n, err := c.Write([]byte("body")); n != 4 || err != nil || under.got.String() != "headbody" {
		t.Errorf("joined: %d %v, sent %q", n, err, under.got.String())
	}
	if err := c.release(); err != nil || under.got.String() != "headbody" {
		t.Errorf("released: %v, sent %q", err, under.got.String())
	}
	c.holding = true
	_, _ = c.Write([]byte("+"))
	if err := c.release(); err != nil || under.got.String() != "headbody+" {
		t.Errorf("released alone: %v, sent %q", err, under.got.String())
	}
	broken := &joinedConn{Conn: &scripted{fail: errors.New("gone")}, holding: true}
	_, _ = broken.Write([]byte("head"))
	if n, err := broken.Write([]byte("body")); err == nil || n != 0 {
		t.Errorf("a broken connection: %d %v", n, err)
	}
}

// TestServeAndDrain: Serve answers on both listeners, lets requests at work finish when it
// is told to end, and leaves no goroutine behind.
func TestServeAndDrain(t *testing.T) {
	leaks := goleak.IgnoreCurrent()
	s := bare(time.Now)
	working, finish := make(chan struct{}), make(chan struct{})
	s.site.Store(&site{public: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(working)
		<-finish
		_, _ = io.WriteString(w, "whole")
	})})
	s.admin = http.NotFoundHandler()
	public, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	admin, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	var served error
	wg.Go(func() { served = s.Serve(ctx, public, admin) })
	wg.Go(func() {
		client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		response, err := client.Get("http://" + public.Addr().String())
		if err != nil {
			t.Error(err)
			return
		}
		defer response.Body.Close()
		if got, err := io.ReadAll(response.Body); string(got) != "whole" || err != nil {
			t.Errorf("%q %v", got, err)
		}
	})
	<-working
	cancel()
	time.Sleep(20 * time.Millisecond)
	if lacks := s.lacks(); len(lacks) == 0 || lacks[0] != "shutting down" {
		t.Errorf("while draining: %q", lacks)
	}
	close(finish)
	wg.Wait()
	if served != nil {
		t.Error(served)
	}
	goleak.VerifyNone(t, leaks)
}
