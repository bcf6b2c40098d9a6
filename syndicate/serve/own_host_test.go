package serve_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"reprint/syndicate/serve"
)

// TestOwnHost: the operator's listener answers by no name that a stranger can give to its address, and the public one by
// any.
func TestOwnHost(t *testing.T) {
	t.Parallel()
	store := newMemory()
	store.put(story("weekly", 1))
	s, err := serve.New(serve.Options{
		Rules: rules(t, house()), Store: store, Now: time.Now, Log: slog.New(slog.DiscardHandler), Metrics: prometheus.NewRegistry(), AdminHosts: []string{"Desk.qinghe.example"},
	})
	if err != nil {
		t.Fatal(err)
	}
	var listeners [2]net.Listener
	for n := range listeners {
		if listeners[n], err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, listeners[0], listeners[1]) }()
	defer func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}()
	for host, want := range map[string]int{
		"127.0.0.1:8081": 200, "[::1]:8081": 200, "192.0.2.7": 200, "localhost:8081": 200, "reprint:8081": 200, "x.localhost": 200,
		"desk.qinghe.example": 200, "DESK.qinghe.example.:8081": 200,
		"evil.example": 421, "evil.example:8081": 421, "127.0.0.1.evil.example": 421, "qinghe.example": 421, "desk.qinghe.example.evil.example": 421,
	} {
		for n, l := range listeners {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, fmt.Sprintf("http://%s/healthz", l.Addr()), nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Host, r.Close = host, true
			response, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			body, _ := io.ReadAll(response.Body)
			_ = response.Body.Close()
			if wants := []int{200, want}[n]; response.StatusCode != wants || wants == 421 && !strings.Contains(string(body), "admin_hosts") {
				t.Errorf("listener %d by the name %q: %d, want %d: %s", n, host, response.StatusCode, wants, body)
			}
		}
	}
}
