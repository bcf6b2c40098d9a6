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

// Serve answers on the two listeners until ctx is done. Then it says that it is not ready and
// answers on for the time of the drain, in which whoever sends requests here learns of it; then it
// takes no new connections, and lets the requests at work finish. It closes the listeners.
// The error is nil after such an orderly end. [Server.Run] must run until Serve has returned.
func (s *Server) Serve(ctx context.Context, public, admin net.Listener) error {
	servers := []*http.Server{s.httpServer(s.Public()), s.httpServer(s.ownHost(s.Admin()))}
	servers[0].ConnContext = withConn
	lanes := &lanes{server: s}
	ended := make(chan error, len(servers))
	go func() { ended <- servers[0].Serve(joinedListener{public, lanes}) }()
	go func() { ended <- servers[1].Serve(admin) }()
	running := len(servers)
	failed, err := s.untilDrained(ctx, ended)
	if failed {
		running--
	}
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

// untilDrained waits until ctx is done and the drain is over, or a listener has failed.
func (s *Server) untilDrained(ctx context.Context, ended <-chan error) (failed bool, err error) {
	defer s.health.drain()
	select {
	case <-ctx.Done():
	case err := <-ended:
		return true, err
	}
	s.health.drain()
	drained := time.NewTimer(s.drain)
	defer drained.Stop()
	select {
	case <-drained.C:
		return false, nil
	case err := <-ended:
		return true, err
	}
}

func (s *Server) httpServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: headerTime, ReadTimeout: readTime, WriteTimeout: writeTime, IdleTimeout: idleTime,
		MaxHeaderBytes: headerBytes, ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
	}
}
