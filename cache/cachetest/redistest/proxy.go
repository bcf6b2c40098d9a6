package redistest

import (
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"
)

// Proxy stands between a client and a server and loses replies: the server executes a
// command, and the connection breaks before the client hears of it.
type Proxy struct {
	Addr   string
	target string
	// loseNext counts the replies that are still to be lost.
	loseNext atomic.Int64
	lost     atomic.Int64
	listener net.Listener
	wg       sync.WaitGroup
}

// NewProxy starts a proxy to an address. It ends with the test.
func NewProxy(t testing.TB, target string) *Proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{Addr: l.Addr().String(), target: target, listener: l}
	p.wg.Go(p.accept)
	t.Cleanup(func() {
		_ = l.Close()
		p.wg.Wait()
	})
	return p
}

// Lose makes the next n replies get lost, each with its connection.
func (p *Proxy) Lose(n int) { p.loseNext.Store(int64(n)) }

// Lost is how many replies were lost so far.
func (p *Proxy) Lost() int { return int(p.lost.Load()) }

// URL is the store's address through the proxy.
func (p *Proxy) URL(prefix string) string { return "redis://" + p.Addr + "/0?prefix=" + prefix }

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", p.target)
		if err != nil {
			_ = client.Close()
			continue
		}
		p.wg.Go(func() {
			_, _ = io.Copy(server, client)
			_ = server.Close()
			_ = client.Close()
		})
		p.wg.Go(func() { p.replies(client, server) })
	}
}

// replies passes on what the server says, until a reply is to be lost.
func (p *Proxy) replies(client, server net.Conn) {
	defer client.Close()
	defer server.Close()
	buffer := make([]byte, 64<<10)
	for {
		n, err := server.Read(buffer)
		if err != nil {
			return
		}
		if left := p.loseNext.Load(); left > 0 && p.loseNext.CompareAndSwap(left, left-1) {
			p.lost.Add(1)
			return
		}
		if _, err := client.Write(buffer[:n]); err != nil {
			return
		}
	}
}
