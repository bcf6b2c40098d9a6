package redistest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
)

// FillDisk makes the disk of a process full: no file of it may grow beyond a size, by RLIMIT_FSIZE, which everybody may
// set for processes of his own.
func FillDisk(t testing.TB, pid int, size int64) { limitFiles(t, pid, strconv.FormatInt(size, 10)) }

// FreeDisk gives a process room again.
func FreeDisk(t testing.TB, pid int) { limitFiles(t, pid, "unlimited") }

func limitFiles(t testing.TB, pid int, size string) {
	t.Helper()
	out, err := exec.Command("prlimit", "--pid", strconv.Itoa(pid), "--fsize="+size+":unlimited").CombinedOutput()
	if err != nil {
		t.Fatalf("prlimit (make test installs it): %v %s", err, out)
	}
}

// FillDisk makes the server's disk full: it cannot write anything any more.
func (s *Server) FillDisk(t testing.TB) { FillDisk(t, s.cmd.Process.Pid, 0) }

// FreeDisk gives the server room again.
func (s *Server) FreeDisk(t testing.TB) { FreeDisk(t, s.cmd.Process.Pid) }

// dataNames are where a server keeps its data.
var dataNames = []string{"appendonlydir", "dump.rdb"}

// Wipe deletes the data of a server that does not run.
func (s *Server) Wipe(t testing.TB) {
	t.Helper()
	for _, name := range dataNames {
		if err := os.RemoveAll(filepath.Join(s.dir, name)); err != nil {
			t.Fatal(err)
		}
	}
}

// Backup copies the server's data. What it returns puts them back, once the server does not run.
func (s *Server) Backup(t testing.TB) (restore func()) {
	t.Helper()
	kept := t.TempDir()
	copyData(t, kept, s.dir)
	return func() {
		t.Helper()
		s.Wipe(t)
		copyData(t, s.dir, kept)
	}
}

func copyData(t testing.TB, to, from string) {
	t.Helper()
	if err := os.CopyFS(filepath.Join(to, dataNames[0]), os.DirFS(filepath.Join(from, dataNames[0]))); err != nil {
		t.Fatal(err)
	}
}

// BlockSnapshots makes that the server cannot put a snapshot on its disk, and lets it find out. What it returns lets it
// again.
func (s *Server) BlockSnapshots(t testing.TB) (unblock func()) {
	t.Helper()
	path := filepath.Join(s.dir, dataNames[1])
	if err := os.Mkdir(path, 0o700); err != nil { // a file cannot take the place of a directory
		t.Fatal(err)
	}
	s.snapshot(t, "err")
	return func() {
		t.Helper()
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		s.snapshot(t, "ok")
	}
}

// snapshot asks for one, and waits until the server says of it what is expected.
func (s *Server) snapshot(t testing.TB, expected string) {
	t.Helper()
	eventually(t, fmt.Sprint("no snapshot that is ", expected), func() bool {
		_, _ = s.Do("BGSAVE") // refused while one is being made
		return s.Info("rdb_bgsave_in_progress") == "0" && s.Info("rdb_last_bgsave_status") == expected
	})
}

// Ends waits until the server's process ends by itself.
func (s *Server) Ends(t testing.TB) {
	t.Helper()
	ended := make(chan error, 1)
	go func() { ended <- s.cmd.Wait() }()
	var exit *exec.ExitError
	eventually(t, "the server does not end", func() bool {
		select {
		case err := <-ended:
			return errors.As(err, &exit)
		default:
			return false
		}
	})
	s.cmd = nil
}
