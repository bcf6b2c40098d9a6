package ledger

import (
	"bufio"
	"errors"
	"io"
	"os"
)

// Tail reads a ledger as it grows, from its beginning. It is used by one goroutine.
type Tail struct {
	dir     string
	n       int64 // of the next entry
	segment segment
	offset  int64 // in the segment
}

// NewTail returns a Tail of the ledger in a directory.
func NewTail(dir string) *Tail { return &Tail{dir: dir} }

// Position is how many entries were read.
func (t *Tail) Position() int64 { return t.n }

// Read calls each with the entries that came since the last call, up to and without the one at
// limit: [Ledger.Size] keeps it from what is not acknowledged yet.
func (t *Tail) Read(limit int64, each func(Entry) error) error {
	for t.n < limit {
		before := t.n
		if err := t.readSegment(limit, each); err != nil {
			return err
		}
		if t.n == before {
			return nil
		}
	}
	return nil
}

func (t *Tail) readSegment(limit int64, each func(Entry) error) error {
	list, err := segments(t.dir)
	if err != nil {
		return err
	}
	s, ok := find(list, t.n)
	if !ok {
		return nil
	}
	if s != t.segment {
		t.segment, t.offset = s, 0
	}
	f, err := os.Open(s.path)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := f.Seek(t.offset, io.SeekStart); err != nil {
		return err
	}
	return t.readLines(bufio.NewReaderSize(f, 1<<16), limit, each)
}

func (t *Tail) readLines(r *bufio.Reader, limit int64, each func(Entry) error) error {
	for t.n < limit {
		line, err := nextLine(r)
		if err != nil || len(line) == 0 {
			return err
		}
		text, _, err := cutLine(line)
		if errors.Is(err, errTorn) {
			return nil
		}
		if err != nil {
			return &Damage{t.segment.path, t.offset, t.n, err.Error()}
		}
		e, err := decode(text, t.n)
		if err != nil {
			return &Damage{t.segment.path, t.offset, t.n, err.Error()}
		}
		if err := each(e); err != nil {
			return err
		}
		t.n++
		t.offset += int64(len(line))
	}
	return nil
}

// Dir is the directory of the ledger.
func (t *Tail) Dir() string { return t.dir }
