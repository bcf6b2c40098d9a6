package serve

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Bounds on what a client may do to a connection.
const (
	headerTime  = 5 * time.Second
	readTime    = 10 * time.Second
	writeTime   = 30 * time.Second
	idleTime    = 2 * time.Minute
	headerBytes = 16 << 10
	drainTime   = 10 * time.Second
)

// Serve answers on the two listeners until ctx is done; then it says that it is not ready,
// takes no new connections, and lets the requests at work finish. It closes the listeners.
// The error is nil after such an orderly end.
func (s *Server) Serve(ctx context.Context, public, admin net.Listener) error {
	servers := []*http.Server{s.httpServer(s.Public()), s.httpServer(s.Admin())}
	servers[0].ConnContext = withConn
	lanes := &lanes{server: s}
	ended := make(chan error, len(servers))
	go func() { ended <- servers[0].Serve(joinedListener{public, lanes}) }()
	go func() { ended <- servers[1].Serve(admin) }()
	var err error
	running := len(servers)
	select {
	case <-ctx.Done():
	case err = <-ended:
		running--
	}
	s.health.drain()
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	lanes.drain(stop)
	for _, server := range servers {
		err = errors.Join(err, server.Shutdown(stop))
	}
	for range running {
		if e := <-ended; !errors.Is(e, http.ErrServerClosed) {
			err = errors.Join(err, e)
		}
	}
	return err
}

func (s *Server) httpServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: headerTime, ReadTimeout: readTime, WriteTimeout: writeTime, IdleTimeout: idleTime,
		MaxHeaderBytes: headerBytes, ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
	}
}
