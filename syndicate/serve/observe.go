package serve

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// observed is a response with what is told about it afterwards.
type observed struct {
	http.ResponseWriter
	status int
	bytes  int64
}

// WriteHeader notes the status.
func (o *observed) WriteHeader(status int) {
	o.status = status
	o.ResponseWriter.WriteHeader(status)
}

// Write counts the bytes.
func (o *observed) Write(p []byte) (int, error) {
	n, err := o.ResponseWriter.Write(p)
	o.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the response below.
func (o *observed) Unwrap() http.ResponseWriter { return o.ResponseWriter }

// observedPool keeps the wrappers, one of which every request needs.
var observedPool = sync.Pool{New: func() any { return new(observed) }}

// observe counts and logs the requests of a route, one line each. Who asked is not noted:
// no reader is ever recorded.
func (s *Server) observe(pattern string, next http.Handler) http.Handler {
	counts := s.metrics.route(pattern)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun := s.now()
		o := observedPool.Get().(*observed)
		*o = observed{ResponseWriter: w, status: http.StatusOK}
		defer func() {
			if e := recover(); e != nil {
				s.panicked(o, r, e)
			}
			took := s.now().Sub(begun)
			counts.observe(o.status, o.bytes, took)
			s.logRequest(pattern, r, o, took)
			*o = observed{}
			observedPool.Put(o)
		}()
		next.ServeHTTP(o, r)
	})
}

// panicked answers for a handler that broke. If it had begun to answer, the connection is
// cut, so that nobody takes half a document for a whole one.
func (s *Server) panicked(o *observed, r *http.Request, e any) {
	if e == http.ErrAbortHandler || o.bytes > 0 {
		panic(http.ErrAbortHandler)
	}
	s.fail(o, r, fmt.Errorf("panic: %v\n%s", e, debug.Stack()))
}

// logRequest writes the line of a request.
func (s *Server) logRequest(pattern string, r *http.Request, o *observed, took time.Duration) {
	encoding := ""
	if v := o.Header()["Content-Encoding"]; len(v) > 0 {
		encoding = v[0]
	}
	s.logLine(r.Context(), line{r.Method, pattern, shownPath(r), r.UserAgent(), encoding, o.status, o.bytes, took})
}

// shownPath is the path as it may be logged and recorded: without what only a hub, or the
// holder of a reader link, may know.
func shownPath(r *http.Request) string {
	if strings.HasPrefix(r.URL.Path, "/push/") {
		return "/push/"
	}
	if rest, ok := strings.CutPrefix(r.URL.Path, "/p/"); ok {
		partner, rest, _ := strings.Cut(rest, "/")
		_, document, _ := strings.Cut(rest, "/")
		return "/p/" + partner + "/*/" + document
	}
	if rest, ok := strings.CutPrefix(r.URL.Path, "/claims/"); ok && rest != "new" {
		return "/claims/"
	}
	return r.URL.Path
}

// line is what the log says of a request.
type line struct {
	method, route, path, agent, encoding string

	status int
	bytes  int64
	took   time.Duration
}

func (s *Server) logLine(ctx context.Context, l line) {
	s.log.LogAttrs(ctx, slog.LevelInfo, "request",
		slog.String("method", l.method), slog.String("route", l.route), slog.String("path", clip(l.path, 200)),
		slog.Int("status", l.status), slog.Int64("bytes", l.bytes), slog.String("encoding", l.encoding),
		slog.Int64("us", l.took.Microseconds()), slog.String("agent", clip(l.agent, 120)))
}

// clip cuts what a client sent to a length that a log line can bear.
func clip(s string, limit int) string {
	if len(s) > limit {
		s = s[:limit]
	}
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "?")
	}
	return s
}
