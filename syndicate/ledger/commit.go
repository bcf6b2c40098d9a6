package ledger

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"syscall"
)

// ErrFull is wrapped by errors of a ledger whose disk has no space left. ErrFailed is wrapped
// by those of one whose disk fails otherwise. In both cases nothing was recorded, and the next
// append may succeed.
var (
	ErrFull   = errors.New("the disk of the ledger is full")
	ErrFailed = errors.New("the ledger cannot be written")
	// ErrClosed tells that the ledger was closed.
	ErrClosed = errors.New("the ledger is closed")
)

// maxGroup is how many appends share one write at most.
const maxGroup = 1024

// maxWrite is the size from which on a group goes in more than one write.
const maxWrite = 8 << 20

// request is an append that waits for its group.
type request struct {
	entries []Entry
	first   int64 // position of the first entry
	err     error
	done    chan struct{}
}

// Append records entries, one after the other with nothing between, and returns the position
// of the first. It returns when they are on the disk. If ctx ends before, they may or may
// not be recorded.
func (l *Ledger) Append(ctx context.Context, entries ...Entry) (int64, error) {
	r := &request{entries: entries, done: make(chan struct{})}
	select {
	case l.appends <- r:
	case <-l.closing:
		return 0, ErrClosed
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	select {
	case <-r.done:
		return r.first, r.err
	case <-l.ended:
		select {
		case <-r.done:
			return r.first, r.err
		default:
			return 0, ErrClosed
		}
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

// run commits groups until the ledger is closed.
func (l *Ledger) run() {
	defer close(l.ended)
	for {
		select {
		case r := <-l.appends:
			l.commitGroup(l.gather(r))
		case read := <-l.reads:
			read()
		case <-l.closing:
			return
		}
	}
}

// gather takes everybody who waits.
func (l *Ledger) gather(first *request) []*request {
	group := []*request{first}
	for len(group) < maxGroup {
		select {
		case r := <-l.appends:
			group = append(group, r)
		default:
			return group
		}
	}
	return group
}

// commitGroup writes a group and tells everybody in it.
func (l *Ledger) commitGroup(group []*request) {
	for len(group) > 0 {
		group = group[l.commitSome(group):]
	}
}

// commitSome writes the first ones of a group, as many as go in one write.
func (l *Ledger) commitSome(group []*request) int {
	before := l.tree.size
	lines, taken, err := l.lines(group)
	group = group[:taken]
	if err == nil {
		err = l.commit(lines)
	}
	if err != nil {
		l.tree.drop(before)
		err = classify(err)
	} else {
		_ = l.tree.keep() // what does not reach the file stays in memory
	}
	for _, r := range group {
		if r.err == nil {
			r.err = err
		}
		close(r.done)
	}
	return taken
}

// lines writes the lines of the first ones of a group, as many as go in one write, and adds
// them to the tree. An entry that cannot be written fails its own append only.
func (l *Ledger) lines(group []*request) (lines []byte, taken int, err error) {
	for i, r := range group {
		if len(lines) > maxWrite {
			return lines, i, nil
		}
		r.first = l.tree.size
		var texts [][]byte
		for i, e := range r.entries {
			e.N, e.At = r.first+int64(i), e.At.UTC()
			text, err := encode(e)
			if err != nil {
				r.err = err
				break
			}
			texts = append(texts, text)
		}
		if r.err != nil {
			continue
		}
		for _, text := range texts {
			lines = appendLine(lines, text)
			if err := l.tree.add(text); err != nil {
				return nil, len(group), err
			}
		}
	}
	return lines, len(group), nil
}

// commit makes lines durable, then a checkpoint that covers them.
func (l *Ledger) commit(lines []byte) error {
	if len(lines) == 0 {
		return nil
	}
	if err := l.mend(); err != nil {
		return err
	}
	if err := l.rotate(int64(len(lines))); err != nil {
		return err
	}
	l.broken = true
	if _, err := l.segment.Write(lines); err != nil {
		return errors.Join(err, l.mend())
	}
	if err := l.segment.Sync(); err != nil {
		return errors.Join(err, l.mend())
	}
	if err := l.checkpoint(); err != nil {
		return errors.Join(err, l.mend())
	}
	l.written += int64(len(lines))
	l.broken = false
	return nil
}

// mend takes away what a write that failed may have left: first a checkpoint that speaks of
// more than there will be, then the lines.
func (l *Ledger) mend() error {
	if l.unsure {
		if err := l.checked.write(l.signed); err != nil {
			return err
		}
		l.unsure = false
	}
	if !l.broken {
		return nil
	}
	if err := errors.Join(l.segment.Truncate(l.written), l.segment.Sync()); err != nil {
		return err
	}
	l.broken = false
	return nil
}

// rotate begins a new segment if the lines to come would make this one too large.
func (l *Ledger) rotate(more int64) error {
	if l.written == 0 || l.written+more <= l.limit {
		return nil
	}
	first := l.signed.Size
	next, err := l.create(filepath.Join(l.dir, segmentName(first)))
	if err != nil {
		return err
	}
	if err := syncDir(l.dir); err != nil {
		return errors.Join(err, next.Close())
	}
	old := l.segment
	l.segment, l.first, l.written = next, first, 0
	return old.Close()
}

// checkpoint signs for all entries.
func (l *Ledger) checkpoint() error {
	root, err := l.tree.root()
	if err != nil {
		return err
	}
	c := Checkpoint{Size: l.tree.size, Root: root}
	if err := c.sign(l.signer); err != nil {
		return err
	}
	l.unsure = l.signed.Signed != ""
	if err := l.checked.write(c); err != nil {
		return err
	}
	l.signed, l.unsure = c, false
	l.acknowledged.Store(c.Size)
	return nil
}

// classify marks what went wrong with the disk. A limit to what one process may write is as good as a full disk.
func classify(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG) {
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	return fmt.Errorf("%w: %w", ErrFailed, err)
}
