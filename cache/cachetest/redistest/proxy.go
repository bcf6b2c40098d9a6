package redistest

import (
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Proxy stands between a client and a server and makes the way between them bad: it loses replies, slows them down, lets
// nothing through, or is not there at all. [Proxy.Mend] makes it good again.
//
// A reply is lost together with its connection: the server executes a command, and the client does not hear of it.
type Proxy struct {
	Addr   string
	target string

	loseNext  atomic.Int64 // how many of the next replies are lost
	loseEvery atomic.Int64 // one in how many replies is lost; 0 is none
	replies   atomic.Int64
	lost      atomic.Int64
	delay     atomic.Int64 // of each reply, in nanoseconds

	mu       sync.Mutex
	listener net.Listener
	conns    map[net.Conn]bool
	passable chan struct{} // closed while bytes pass
	ended    chan struct{}
	wg       sync.WaitGroup
}

// NewProxy starts a proxy to an address. It ends with the test.
func NewProxy(t testing.TB, target string) *Proxy {
	t.Helper()
	p := &Proxy{Addr: FreeAddress(t), target: target, conns: make(map[net.Conn]bool), passable: make(chan struct{}), ended: make(chan struct{})}
	close(p.passable)
	p.listen(t)
	t.Cleanup(func() {
		close(p.ended)
		p.Refuse()
		p.wg.Wait()
	})
	return p
}

// Lose makes the next n replies get lost, each with its connection.
func (p *Proxy) Lose(n int) { p.loseNext.Store(int64(n)) }

// LoseEvery makes one in n replies get lost.
func (p *Proxy) LoseEvery(n int) { p.loseEvery.Store(int64(n)) }

// Lost is how many replies were lost so far.
func (p *Proxy) Lost() int { return int(p.lost.Load()) }

// Slow makes every reply come later.
func (p *Proxy) Slow(by time.Duration) { p.delay.Store(int64(by)) }

// Swallow makes the proxy a black hole: it accepts connections, and nothing comes out of them, nor out of those that
// there are. What was sent meanwhile arrives when the proxy is mended, as it does on a line that was interrupted.
func (p *Proxy) Swallow() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.passable = make(chan struct{})
}

// Refuse ends all connections and refuses others.
func (p *Proxy) Refuse() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.close()
	for c := range p.conns {
		_ = c.Close()
	}
}

// close accepts no connections any more. The lock is held.
func (p *Proxy) close() {
	if p.listener != nil {
		_ = p.listener.Close()
		p.listener = nil
	}
}

// Mend makes the way good again, whatever was bad.
func (p *Proxy) Mend(t testing.TB) {
	t.Helper()
	p.loseEvery.Store(0)
	p.delay.Store(0)
	p.mu.Lock()
	select {
	case <-p.passable:
	default:
		close(p.passable)
	}
	p.close()
	p.mu.Unlock()
	p.listen(t)
}

// URL is the store's address through the proxy.
func (p *Proxy) URL(prefix string) string { return "redis://" + p.Addr + "/0?prefix=" + prefix }

// listen accepts connections at the address that the proxy has.
func (p *Proxy) listen(t testing.TB) {
	t.Helper()
	eventually(t, "the address of the proxy is not free", func() bool {
		l, err := net.Listen("tcp", p.Addr)
		if err != nil {
			return false
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		p.listener = l
		p.wg.Go(func() { p.accept(l) })
		return true
	})
}

func (p *Proxy) accept(l net.Listener) {
	for {
		client, err := l.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", p.target)
		if err != nil {
			_ = client.Close()
			continue
		}
		p.mu.Lock()
		if p.listener == l {
			p.conns[client], p.conns[server] = true, true
			p.wg.Go(func() { p.pass(server, client, p.passes) })
			p.wg.Go(func() { p.pass(client, server, p.answers) })
		} else {
			_, _ = client.Close(), server.Close()
		}
		p.mu.Unlock()
	}
}

// pass passes on what one side says to the other, as long as may says so.
func (p *Proxy) pass(to, from net.Conn, may func() bool) {
	defer func() {
		_, _ = to.Close(), from.Close()
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.conns, to)
		delete(p.conns, from)
	}()
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		if err != nil || !may() {
			return
		}
		if _, err := to.Write(buffer[:n]); err != nil {
			return
		}
	}
}

// passes waits until bytes pass, and tells whether they ever do.
func (p *Proxy) passes() bool {
	p.mu.Lock()
	passable := p.passable
	p.mu.Unlock()
	select {
	case <-passable:
		return true
	case <-p.ended:
		return false
	}
}

// answers tells whether a reply reaches the client, after the time that it takes.
func (p *Proxy) answers() bool {
	if p.loses() {
		p.lost.Add(1)
		return false
	}
	if delay := time.Duration(p.delay.Load()); delay > 0 {
		select {
		case <-time.After(delay):
		case <-p.ended:
		}
	}
	return p.passes()
}

func (p *Proxy) loses() bool {
	if left := p.loseNext.Load(); left > 0 && p.loseNext.CompareAndSwap(left, left-1) {
		return true
	}
	every := p.loseEvery.Load()
	return every > 0 && p.replies.Add(1)%every == 0
}
