// Package redistest runs real Redis servers for tests, and makes the way to them bad.
package redistest

import (
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Server is a Redis process of the test's own.
type Server struct {
	Addr string // 127.0.0.1:PORT
	dir  string
	args []string // after the configuration file
	cmd  *exec.Cmd
}

// Start starts a Redis server that keeps its data in a directory of the test and ends with
// it. Settings are lines of redis.conf; by default it is set up as the store wants it, with
// every write synced to disk.
func Start(t testing.TB, settings ...string) *Server {
	t.Helper()
	s := prepare(t, append([]string{`save ""`, "appendonly yes", "appendfsync always", "maxmemory-policy noeviction"}, settings...))
	s.Run(t)
	return s
}

// patience is how long a server may take to do what it is told, on a busy machine.
const patience = 30 * time.Second

// prepare makes the directory of a server and its configuration.
func prepare(t testing.TB, settings []string, args ...string) *Server {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		t.Fatal("redis-server is not installed; make test installs it, or says how")
	}
	s := &Server{Addr: FreeAddress(t), dir: t.TempDir(), args: args}
	lines := append([]string{"port " + s.port(), "bind 127.0.0.1", "dir " + s.dir, "daemonize no"}, settings...)
	if err := os.WriteFile(filepath.Join(s.dir, "redis.conf"), []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Kill)
	return s
}

func (s *Server) port() string {
	_, port, _ := net.SplitHostPort(s.Addr)
	return port
}

// Run starts the process, again after a Kill, and waits until it answers.
func (s *Server) Run(t testing.TB) {
	t.Helper()
	s.Launch(t)
	for deadline := time.Now().Add(patience); !s.answers(); time.Sleep(25 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("redis-server at %s does not answer; it says:\n%s", s.Addr, s.said(t))
		}
	}
}

// Launch starts the process, with arguments besides, and does not wait for it. A write beyond the size that files may
// have is an error for it then, as on a full disk, and not its end.
func (s *Server) Launch(t testing.TB, args ...string) {
	t.Helper()
	args = slices.Concat([]string{"-c", `trap "" XFSZ; exec redis-server "$@"`, "redis-server", filepath.Join(s.dir, "redis.conf")}, s.args, args)
	log, err := os.OpenFile(s.log(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	s.cmd = exec.Command("sh", args...)
	s.cmd.Stdout, s.cmd.Stderr = log, log
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
}

// log is the file of what the processes say.
func (s *Server) log() string { return filepath.Join(s.dir, "log") }

// said is what the processes have said.
func (s *Server) said(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile(s.log())
	if err != nil {
		t.Error(err)
	}
	return string(text)
}

// answers tells whether the server is up and has loaded its data.
func (s *Server) answers() bool {
	reply, err := s.Do("PING")
	return err == nil && len(reply) == 1 && reply[0] == "PONG"
}

// Kill ends the process as a crash would (SIGKILL).
func (s *Server) Kill() {
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
	s.cmd = nil
}

// Pause stops the process at whatever it does, and Resume lets it go on.
func (s *Server) Pause()  { s.signal(syscall.SIGSTOP) }
func (s *Server) Resume() { s.signal(syscall.SIGCONT) }

func (s *Server) signal(signal syscall.Signal) {
	if s.cmd != nil {
		_ = s.cmd.Process.Signal(signal)
	}
}

// URL is the store's address on this server, with a prefix of its own.
func (s *Server) URL(prefix string) string { return "redis://" + s.Addr + "/0?prefix=" + prefix }

// Ports for servers are below those that systems give to outgoing connections: while a server is killed, nobody who dials
// gets its port, least of all a client that dials it again and again and would meet itself there. The port 10000 above is
// the cluster's bus, for which the same holds.
const (
	lowestPort  = 10_000
	highestPort = 22_000
)

// FreeAddress finds an address at which nobody listens, for a process that is yet to start.
func FreeAddress(t testing.TB) string {
	t.Helper()
	for range 100 {
		address := net.JoinHostPort("127.0.0.1", strconv.Itoa(lowestPort+rand.IntN(highestPort-lowestPort)))
		if l, err := net.Listen("tcp", address); err == nil {
			_ = l.Close()
			return address
		}
	}
	t.Fatal("no free port")
	return ""
}
