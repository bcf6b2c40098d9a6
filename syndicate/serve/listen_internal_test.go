package serve

import (
	"context"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"
)

// TestDrain: a server that is told to end answers on for the time of the drain, also on new
// connections, and says meanwhile that it is not ready.
func TestDrain(t *testing.T) {
	const drain = 500 * time.Millisecond
	s := bare(time.Now)
	s.drain = drain
	mux := http.NewServeMux()
	mux.HandleFunc("/readyz", s.ready)
	mux.HandleFunc("/feed", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "items") })
	s.site.Store(&site{public: mux})
	s.admin = http.NotFoundHandler()
	s.health.heard(time.Now())
	public, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	admin, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	status := func(path string) int {
		response, err := client.Get("http://" + public.Addr().String() + path)
		if err != nil {
			return 0
		}
		_ = response.Body.Close()
		return response.StatusCode
	}
	leased := time.Now().Add(time.Hour)
	s.authority.until.Store(&leased)
	ctx, cancel := context.WithCancel(t.Context())
	var serving sync.WaitGroup
	var ended time.Time
	serving.Go(func() {
		if err := s.Serve(ctx, public, admin); err != nil {
			t.Error(err)
		}
		ended = time.Now()
	})
	if got := status("/readyz"); got != http.StatusOK {
		t.Errorf("before: %d", got)
	}
	told := time.Now()
	cancel()
	for status("/readyz") == http.StatusOK {
		time.Sleep(time.Millisecond)
	}
	if got := status("/readyz"); got != http.StatusServiceUnavailable {
		t.Errorf("readiness while draining: %d", got)
	}
	if got := status("/feed"); got != http.StatusOK {
		t.Errorf("a feed while draining: %d", got)
	}
	serving.Wait()
	if took := ended.Sub(told); took < drain {
		t.Errorf("ended after %v", took)
	}
	if got := status("/feed"); got != 0 {
		t.Errorf("a feed afterwards: %d", got)
	}
}
