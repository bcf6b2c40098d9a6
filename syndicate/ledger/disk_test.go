package ledger

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
)

// disk counts the operations on the ledger's files and fails one of them.
type disk struct {
	mu     sync.Mutex
	at     int  // the operation that fails, from 1; 0 is none
	for_   int  // how many fail from there on
	half   bool // a write that fails has written half
	count  int
	err    error
	before func() // called before each operation
}

func (d *disk) fails() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.before != nil {
		d.before()
	}
	d.count++
	return d.at > 0 && d.count >= d.at && d.count < d.at+d.for_
}

type faultyFile struct {
	file
	disk *disk
}

func (f faultyFile) Write(p []byte) (int, error) {
	if f.disk.fails() {
		if f.disk.half {
			_, _ = f.file.Write(p[:len(p)/2])
		}
		return 0, f.disk.err
	}
	return f.file.Write(p)
}

func (f faultyFile) Sync() error {
	if f.disk.fails() {
		return f.disk.err
	}
	return f.file.Sync()
}

func (f faultyFile) Truncate(size int64) error {
	if f.disk.fails() {
		return f.disk.err
	}
	return f.file.Truncate(size)
}

type faultyPlaces struct {
	writerAt
	disk *disk
}

func (f faultyPlaces) WriteAt(p []byte, at int64) (int, error) {
	if f.disk.fails() {
		if f.disk.half {
			_, _ = f.writerAt.WriteAt(p[:len(p)/2], at)
		}
		return 0, f.disk.err
	}
	return f.writerAt.WriteAt(p, at)
}

func (f faultyPlaces) Sync() error {
	if f.disk.fails() {
		return f.disk.err
	}
	return f.writerAt.Sync()
}

// onDisk puts a disk under an open ledger that nobody uses yet.
func onDisk(l *Ledger, d *disk) {
	l.segment = faultyFile{l.segment, d}
	l.checked.open = faultyPlaces{l.checked.open, d}
}

// TestDiskFailures fails every operation of an append, for one operation or for several,
// cleanly or half done. What was not acknowledged may be lost; what was is there; and the
// ledger goes on when the disk does.
func TestDiskFailures(t *testing.T) {
	t.Parallel()
	for _, cause := range []struct{ disk, want error }{{syscall.ENOSPC, ErrFull}, {syscall.EFBIG, ErrFull}, {syscall.EIO, ErrFailed}} {
		for at := 1; at <= 9; at++ {
			for _, length := range []int{1, 2, 3, 7} {
				for _, half := range []bool{false, true} {
					name := fmt.Sprintf("%v/%d+%d/%v", cause.disk, at, length, half)
					dir := filled(t, 2)
					l := open(t, dir)
					onDisk(l, &disk{at: at, for_: length, half: half, err: cause.disk})
					acknowledged := []string{"/feeds/0.rss", "/feeds/1.rss"}
					for i := range 12 {
						path := fmt.Sprint("/", i)
						n, err := l.Append(t.Context(), pull(path))
						switch {
						case err == nil && n != int64(len(acknowledged)):
							t.Fatalf("%s: append %d stands at %d, not %d", name, i, n, len(acknowledged))
						case err == nil:
							acknowledged = append(acknowledged, path)
						case !errors.Is(err, cause.want):
							t.Fatalf("%s: %v", name, err)
						}
					}
					if len(acknowledged) < 3 {
						t.Fatalf("%s: it did not recover", name)
					}
					checkReceipts(t, l, int64(len(acknowledged)))
					closeLedger(t, l)
					checkPaths(t, name, dir, acknowledged)
				}
			}
		}
	}
}

func checkPaths(t *testing.T, name, dir string, want []string) {
	t.Helper()
	if _, err := Verify(dir, ""); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	var got []string
	if err := Read(dir, func(e Entry, _ []byte) error { got = append(got, e.Pulled.Path); return nil }); err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("%s: the ledger holds %v, acknowledged were %v", name, got, want)
	}
}

// TestCrashAtEachStep takes a copy of the directory before every operation of the disk and
// opens it: everything that was acknowledged by then is there.
func TestCrashAtEachStep(t *testing.T) {
	t.Parallel()
	dir := filled(t, 2)
	l := open(t, dir)
	acknowledged := 2
	type crash struct {
		dir          string
		acknowledged int
	}
	var crashes []crash
	onDisk(l, &disk{before: func() {
		c := crash{t.TempDir(), acknowledged}
		if err := os.CopyFS(filepath.Join(c.dir, "l"), os.DirFS(dir)); err != nil {
			t.Error(err)
		}
		crashes = append(crashes, c)
	}})
	for i := range 5 {
		appendOne(t, l, pull(fmt.Sprint("/", i)))
		acknowledged++
	}
	closeLedger(t, l)
	if len(crashes) < 20 {
		t.Fatalf("only %d steps", len(crashes))
	}
	for i, c := range crashes {
		copied := filepath.Join(c.dir, "l")
		if err := os.Chmod(filepath.Join(copied, keyName), 0o600); err != nil {
			t.Fatal(err)
		}
		reopened := open(t, copied)
		if n := appendOne(t, reopened, pull("/after")); n < int64(c.acknowledged) {
			t.Errorf("step %d: %d entries, %d were acknowledged", i, n, c.acknowledged)
		}
		closeLedger(t, reopened)
		if _, err := Verify(copied, ""); err != nil {
			t.Errorf("step %d: %v", i, err)
		}
	}
}
