// Package redistest runs real Redis servers for tests, and makes the way to them bad.
package redistest

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Server is a Redis process of the test's own.
type Server struct {
	Addr string // 127.0.0.1:PORT
	dir  string
	cmd  *exec.Cmd
}

// Start starts a Redis server that keeps its data in a directory of the test and ends with
// it. Settings are lines of redis.conf; by default it is set up as the store wants it, with
// every write synced to disk.
func Start(t testing.TB, settings ...string) *Server {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		t.Fatal("redis-server is not installed; make test installs it, or says how")
	}
	s := &Server{Addr: freeAddress(t), dir: t.TempDir()}
	_, port, _ := net.SplitHostPort(s.Addr)
	lines := append([]string{
		"port " + port, "bind 127.0.0.1", "dir " + s.dir, "daemonize no", `save ""`, "appendonly yes", "appendfsync always", "maxmemory-policy noeviction",
	}, settings...)
	if err := os.WriteFile(filepath.Join(s.dir, "redis.conf"), []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.Run(t)
	t.Cleanup(s.Kill)
	return s
}

// Run starts the process, again after a Kill, and waits until it answers.
func (s *Server) Run(t testing.TB) {
	t.Helper()
	s.cmd = exec.Command("redis-server", filepath.Join(s.dir, "redis.conf"))
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for range 200 {
		if s.answers() {
			return
		}
		time.Sleep(25 * time.Millisecond)
	}
	t.Fatalf("redis-server at %s does not answer", s.Addr)
}

// answers tells whether the server is up and has loaded its data.
func (s *Server) answers() bool {
	c, err := net.DialTimeout("tcp", s.Addr, time.Second)
	if err != nil {
		return false
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(time.Second))
	if _, err := fmt.Fprint(c, "PING\r\n"); err != nil {
		return false
	}
	answer := make([]byte, 7)
	n, err := c.Read(answer)
	return err == nil && string(answer[:n]) == "+PONG\r\n"
}

// Kill ends the process as a crash would (SIGKILL).
func (s *Server) Kill() {
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
}

// URL is the store's address on this server, with a prefix of its own.
func (s *Server) URL(prefix string) string { return "redis://" + s.Addr + "/0?prefix=" + prefix }

// freeAddress finds a port that nobody listens on.
func freeAddress(t testing.TB) string {
	t.Helper()
	for range 20 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		port := l.Addr().(*net.TCPAddr).Port
		_ = l.Close()
		if port < 55000 { // a cluster's bus needs the port 10000 above
			return net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
		}
	}
	t.Fatal("no free port")
	return ""
}
