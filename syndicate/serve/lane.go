package serve

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// lane answers the requests that nearly all readers make, a plain GET of a document that is
// ready in memory, where they come in: on the connection, before net/http sees them. What
// net/http does for every request, whatever it is, costs several times as much as finding
// such a document and sending it.
//
// It is on purpose the smaller half of a server. It takes a request only if that is simple
// beyond doubt (see simple.parse) and stands alone in what was read; everything else it hands
// to net/http untouched. Once anything is out of the ordinary, such as a request in pieces
// or two at once, the connection is net/http's for good. So there is never a question which
// of the two owns a byte, and nothing is decided here that release.go would decide otherwise.
type lane struct {
	lanes  *lanes
	conn   net.Conn
	closed bool // the connection is net/http's for good
	late   bool // requests were answered here since net/http last set a deadline

	request simple
	accept  [1]string
	tags    [1]string
	head    []byte
}

// lanes is what all lanes of a server share.
type lanes struct {
	server   *Server
	draining atomic.Bool
	working  atomic.Int64 // answers that are being sent
	date     atomic.Pointer[wireDate]
}

// read returns what net/http has to answer.
func (l *lane) read(p []byte) (int, error) {
	for {
		n, err := l.conn.Read(p)
		if l.closed || n == 0 {
			return n, err
		}
		switch {
		case len(p) == 1 || err != nil:
			// net/http looks for the end of the connection while a handler works; a byte
			// that it finds belongs to a request of which we would see the rest alone.
			l.closed = true
		case !l.request.parse(p[:n]):
			l.closed = !l.request.whole
		case l.answer():
			l.late = true
			_ = l.conn.SetReadDeadline(l.lanes.server.now().Add(idleTime))
			continue
		}
		if l.late {
			_ = l.conn.SetReadDeadline(l.lanes.server.now().Add(headerTime))
		}
		return n, err
	}
}

// deadline corrects a deadline of net/http, which reckons from the moment when it began to
// wait for a request. Requests that were answered here may have come since.
func (l *lane) deadline(t time.Time) time.Time {
	now := l.lanes.server.now()
	if !l.late || t.IsZero() || now.Sub(t) > 24*time.Hour { // one long past ends a read
		return t
	}
	l.late = false
	return now.Add(readTime)
}

// answer answers the request. It tells whether it did.
func (l *lane) answer() bool {
	s := l.lanes.server
	begun := s.now()
	w, ok := s.site.Load().warm[string(l.request.path)]
	if !ok {
		return false
	}
	d := w.find()
	if d == nil {
		return false
	}
	status, v := l.choose(d) // before the last look: the first one who takes a coding makes it
	l.lanes.working.Add(1)
	defer l.lanes.working.Add(-1)
	now := s.now()
	if d.isOver(now) || s.lastMoment(d.decided, now) != nil || l.lanes.draining.Load() {
		return false
	}
	sent := l.send(now, status, v)
	took := s.now().Sub(begun)
	w.counts.observe(status, sent, took)
	encoding := ""
	if status == http.StatusOK && v.encoding != nil {
		encoding = v.encoding[0]
	}
	s.logLine(context.Background(), line{http.MethodGet, w.pattern, w.path, l.request.userAgent(), encoding, status, sent, took})
	return true
}

// choose finds the variant to send, and whether the client has it already.
func (l *lane) choose(d *representation) (status int, v *variant) {
	var accept []string
	if l.request.accepts {
		l.accept[0] = l.request.accept
		accept = l.accept[:]
	}
	v = d.choose(accept)
	c := condition{since: l.request.since}
	if l.request.tagged {
		l.tags[0] = l.request.tags
		c.tags, c.tagged = l.tags[:], true
	}
	if same, ok := d.notModified(c, v); ok {
		return http.StatusNotModified, same
	}
	return http.StatusOK, v
}

// send writes the answer in one call and returns how many bytes of the body it had. An error
// is the connection's: the next read finds it.
func (l *lane) send(now time.Time, status int, v *variant) int64 {
	_ = l.conn.SetWriteDeadline(now.Add(writeTime))
	date := l.lanes.dateAt(now)
	if status == http.StatusNotModified {
		l.head = append(append(l.head[:0], v.notModified...), date...)
		_, _ = l.conn.Write(l.head)
		return 0
	}
	l.head = append(append(l.head[:0], v.ok...), date...)
	parts := net.Buffers{l.head, v.body}
	_, _ = parts.WriteTo(l.conn)
	return int64(len(v.body))
}

// warmRoute is a document that a lane can send.
type warmRoute struct {
	pattern string
	path    string
	counts  *routeCounts
	find    func() *representation // nil if it has to be made first
}

// wire writes the head of an answer as it is sent, up to the date.
func wire(status int, h http.Header) []byte {
	var b bytes.Buffer
	b.WriteString("HTTP/1.1 " + statusLine(status) + "\r\n")
	_ = h.Write(&b) // a buffer takes everything
	b.WriteString("Date: ")
	return b.Bytes()
}

func statusLine(status int) string {
	if status == http.StatusNotModified {
		return "304 Not Modified"
	}
	return "200 OK"
}

// wireDate is the end of a head for one second: the date and the empty line.
type wireDate struct {
	second int64
	text   []byte
}

// dateAt returns the end of a head at a moment. It is written once a second.
func (l *lanes) dateAt(now time.Time) []byte {
	second := now.Unix()
	if d := l.date.Load(); d != nil && d.second == second {
		return d.text
	}
	d := &wireDate{second, []byte(now.UTC().Format(http.TimeFormat) + "\r\n\r\n")}
	l.date.Store(d)
	return d.text
}

// drain waits until the answers at work are sent, or ctx is done. There are no new ones from
// the call on.
func (l *lanes) drain(ctx context.Context) {
	l.draining.Store(true)
	for l.working.Load() > 0 && ctx.Err() == nil {
		sleep(ctx, time.Millisecond)
	}
}
