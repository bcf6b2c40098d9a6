package chaos

import (
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"
)

// server is one process of the binary, again and again.
type server struct {
	t             *testing.T
	name          string
	store         string // its address, for this server
	public, admin string // addresses
	dir, config   string

	mu      sync.Mutex
	running *exec.Cmd
	ended   chan struct{} // closed when running has
	wanted  bool
}

// againAfter is how long a supervisor waits before it starts a process again that ended.
const againAfter = 300 * time.Millisecond

// start starts the process, unless it runs, and again whenever it ends by itself, as a supervisor does: a server does
// not start while its store is away.
func (s *server) start() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wanted = true
	s.launch()
}

// launch starts a process. The lock is held.
func (s *server) launch() {
	if s.running != nil || !s.wanted {
		return
	}
	log, err := os.OpenFile(filepath.Join(s.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		s.t.Error(err)
		return
	}
	cmd := exec.Command(os.Getenv(programPlace), "serve", "--config", s.config)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		s.t.Error(err)
		return
	}
	ended := make(chan struct{})
	s.running, s.ended = cmd, ended
	go func() {
		_ = cmd.Wait()
		_ = log.Close()
		s.mu.Lock()
		s.running = nil
		s.mu.Unlock()
		close(ended)
		time.Sleep(againAfter)
		s.mu.Lock()
		defer s.mu.Unlock()
		s.launch()
	}()
}

// kill ends the process at whatever instruction it is.
func (s *server) kill() { s.end(syscall.SIGKILL) }

// term asks the process to end in order.
func (s *server) term() { s.end(syscall.SIGTERM) }

func (s *server) end(with syscall.Signal) {
	s.mu.Lock()
	s.wanted = false
	running, ended := s.running, s.ended
	s.mu.Unlock()
	if running != nil {
		_ = running.Process.Signal(with)
		<-ended
	}
}

// reload tells the process to read its configuration again.
func (s *server) reload() { s.signal(syscall.SIGHUP) }

// pid is the id of the process; 0 where none runs.
func (s *server) pid() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running == nil {
		return 0
	}
	return s.running.Process.Pid
}

// stop stops the process, and cont lets it go on as if nothing had happened.
func (s *server) stop() { s.signal(syscall.SIGSTOP) }
func (s *server) cont() { s.signal(syscall.SIGCONT) }

func (s *server) signal(signal syscall.Signal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running != nil {
		_ = s.running.Process.Signal(signal)
	}
}

// said is what the processes have written into their log.
func (s *server) said(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(s.dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
