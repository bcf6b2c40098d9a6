package serve

import (
	"context"
	"net"
	"net/http"
	"time"
)

// joinedConn is a connection that can send the head of a response and its body in one
// system call. net/http sends them in two, because its buffer is smaller than a feed; the
// second call is the dearest single thing on the serving path.
//
// While it holds, the first write is kept back and goes out together with the second. Only
// the goroutine of the handler writes to a connection, so there is nothing to lock.
type joinedConn struct {
	net.Conn
	holding bool
	held    []byte
	lane    *lane // answers simple requests itself; nil where there is none
}

// Write sends p, after what is held.
func (c *joinedConn) Write(p []byte) (int, error) {
	if !c.holding {
		return c.Conn.Write(p)
	}
	if len(c.held) == 0 {
		c.held = append(c.held, p...)
		return len(p), nil
	}
	parts := net.Buffers{c.held, p}
	n, err := parts.WriteTo(c.Conn)
	n -= int64(len(c.held))
	c.held = c.held[:0]
	return int(max(n, 0)), err
}

// Read reads what the lane does not answer itself.
func (c *joinedConn) Read(p []byte) (int, error) {
	if c.lane == nil {
		return c.Conn.Read(p)
	}
	return c.lane.read(p)
}

// SetReadDeadline sets the deadline of the reads to come.
func (c *joinedConn) SetReadDeadline(t time.Time) error {
	if c.lane != nil {
		t = c.lane.deadline(t)
	}
	return c.Conn.SetReadDeadline(t)
}

// release sends what is still held and goes back to writing at once.
func (c *joinedConn) release() error {
	c.holding = false
	if len(c.held) == 0 {
		return nil
	}
	_, err := c.Conn.Write(c.held)
	c.held = c.held[:0]
	return err
}

// joinedListener wraps every connection.
type joinedListener struct {
	net.Listener
	lanes *lanes // nil for connections without a lane
}

// Accept waits for the next connection.
func (l joinedListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	joined := &joinedConn{Conn: c}
	if l.lanes != nil {
		joined.lane = &lane{lanes: l.lanes, conn: c}
	}
	return joined, nil
}

// connKey finds the connection in the context of its requests.
type connKey struct{}

// withConn is the ConnContext of an http.Server.
func withConn(ctx context.Context, c net.Conn) context.Context {
	if joined, ok := c.(*joinedConn); ok {
		return context.WithValue(ctx, connKey{}, joined)
	}
	return ctx
}

// writeJoined writes a body so that it leaves together with its headers. An error is one of
// the connection, which nobody is left to be told about.
func writeJoined(w http.ResponseWriter, r *http.Request, body []byte) {
	c, ok := r.Context().Value(connKey{}).(*joinedConn)
	if !ok {
		_, _ = w.Write(body)
		return
	}
	c.holding = true
	_, _ = w.Write(body)
	_ = c.release()
}
