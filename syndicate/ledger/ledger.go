package ledger

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"

	"golang.org/x/mod/sumdb/tlog"
)

// Ledger is an open ledger. Its methods are safe for concurrent use. One process at a time
// can have a ledger open; reading one with [Verify] or [Export] is possible beside it.
type Ledger struct {
	dir     string
	signer  signer
	lock    *os.File
	tree    *tree
	checked *checkpointFile
	create  func(path string) (file, error)

	limit int64 // size from which on a new segment is begun

	acknowledged atomic.Int64

	// Of the goroutine that commits.
	signed  Checkpoint // the last one
	segment file
	first   int64 // position of the segment's first entry
	written int64 // bytes of the segment that are whole and signed for
	broken  bool  // the segment may hold more than written
	unsure  bool  // the checkpoint's file may hold one that is not signed

	appends chan *request
	reads   chan func()
	closing chan struct{}
	ended   chan struct{}
	cut     int64
}

// ErrInUse tells that another process has the ledger open.
var ErrInUse = errors.New("the ledger is in use by another process: give each server its own data directory")

// Options are what a ledger is opened with.
type Options struct {
	// Name is the name of a new ledger's key; it stands in every checkpoint. It must have
	// no spaces and no plus signs. A host name with a path is usual.
	Name string
}

// Open opens the ledger in a directory, and makes one where there is none. The end of a
// write that was cut short is taken away, see [Ledger.Cut]. A ledger that was damaged
// otherwise is refused with a *[Damage].
func Open(dir string, o Options) (*Ledger, error) {
	l := &Ledger{
		dir: dir, create: openFile, limit: segmentSize, appends: make(chan *request, maxGroup), reads: make(chan func()),
		closing: make(chan struct{}), ended: make(chan struct{}),
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	var err error
	if l.lock, err = lockDir(dir); err != nil {
		return nil, err
	}
	if err := l.open(o); err != nil {
		return nil, errors.Join(err, l.release())
	}
	go l.run()
	return l, nil
}

func (l *Ledger) open(o Options) error {
	list, err := segments(l.dir)
	if err != nil {
		return err
	}
	if l.signer, err = openSigner(l.dir, o.Name, len(list) == 0); err != nil {
		return err
	}
	if l.tree, err = openTree(filepath.Join(l.dir, hashesName)); err != nil {
		return err
	}
	path := filepath.Join(l.dir, checkpointName)
	last, next, _, err := readCheckpoints(path, l.signer.public)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	l.checked = &checkpointFile{path: path, open: f, next: next}
	return l.recover(last)
}

// recover reads all entries, takes a torn end away, compares the ledger with its last
// checkpoint, and signs for what was written after that.
func (l *Ledger) recover(last Checkpoint) error {
	var atLast tlog.Hash
	trusted := l.tree.trust(last.Size, last.Root)
	count, end, err := scan(l.dir, func(n int64, text []byte) error {
		if n < last.Size && trusted {
			return nil // its checksum was compared, which is enough to go on
		}
		if _, err := decode(text, n); err != nil {
			return err
		}
		if err := l.tree.add(text); err != nil || l.tree.size != last.Size {
			return err
		}
		var err error
		atLast, err = l.tree.root()
		return err
	})
	if err != nil {
		return err
	}
	if count < last.Size {
		return &Damage{l.dir, -1, count, fmt.Sprintf("the ledger ends here, but %d entries were signed for", last.Size)}
	}
	if !trusted && last.Size > 0 && atLast != last.Root {
		return &Damage{l.dir, -1, -1, "the entries are not those that were signed for"}
	}
	if end.bytes > 0 {
		if err := os.Truncate(end.path, end.keep); err != nil {
			return err
		}
		l.cut = end.bytes
	}
	if err := l.tree.keep(); err != nil {
		return err
	}
	return l.begin(count)
}

// begin opens the last segment for the entries to come, and signs for all that there is.
func (l *Ledger) begin(count int64) error {
	list, err := segments(l.dir)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		list = []segment{{filepath.Join(l.dir, segmentName(0)), 0}}
	}
	last := list[len(list)-1]
	l.first = last.first
	if l.segment, err = l.create(last.path); err != nil {
		return err
	}
	if l.written, err = size(last.path); err != nil {
		return err
	}
	if err := errors.Join(l.segment.Sync(), syncDir(l.dir)); err != nil {
		return err
	}
	return l.checkpoint()
}

// Cut returns how many bytes of a write that was cut short were taken away when the ledger
// was opened. They were never acknowledged.
func (l *Ledger) Cut() int64 { return l.cut }

// Size is how many entries the ledger has that are signed for.
func (l *Ledger) Size() int64 { return l.acknowledged.Load() }

// PublicKey returns the key that checks this ledger's checkpoints, as sumdb/note writes it.
func (l *Ledger) PublicKey() string { return l.signer.public }

// ID names the ledger in receipts: eight hexadecimal digits, of its key.
func (l *Ledger) ID() string { return fmt.Sprintf("%08x", l.signer.KeyHash()) }

// Close waits for the entries that are being written and closes the ledger.
func (l *Ledger) Close() error {
	close(l.closing)
	<-l.ended
	return l.release()
}

func (l *Ledger) release() error {
	var errs []error
	if l.segment != nil {
		errs = append(errs, l.segment.Close())
	}
	if l.checked != nil {
		errs = append(errs, l.checked.open.Close())
	}
	if l.tree != nil {
		errs = append(errs, l.tree.file.Close())
	}
	return errors.Join(append(errs, l.lock.Close())...)
}
