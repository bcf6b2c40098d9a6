package ledger

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// segmentSize is the size from which on a new segment is begun.
const segmentSize = 64 << 20

// segmentEnd is how the name of a segment ends. It begins with the position of its first entry.
const segmentEnd = ".log"

func segmentName(first int64) string { return fmt.Sprintf("%016d%s", first, segmentEnd) }

// segment is a file with lines.
type segment struct {
	path  string
	first int64 // position of its first entry
}

// segments lists the segments of a directory in order.
func segments(dir string) ([]segment, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var list []segment
	for _, e := range entries {
		digits, ok := strings.CutSuffix(e.Name(), segmentEnd)
		if !ok {
			continue
		}
		first, err := strconv.ParseInt(digits, 10, 64)
		if err != nil || e.Name() != segmentName(first) {
			return nil, fmt.Errorf("%s is no segment of a ledger", filepath.Join(dir, e.Name()))
		}
		list = append(list, segment{filepath.Join(dir, e.Name()), first})
	}
	slices.SortFunc(list, func(a, b segment) int { return int(min(max(a.first-b.first, -1), 1)) })
	return list, nil
}

// find returns the segment that holds an entry.
func find(list []segment, n int64) (segment, bool) {
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].first <= n {
			return list[i], true
		}
	}
	return segment{}, false
}

// file is what is appended to. [os.File] is one; tests have others, with disks that fail.
type file interface {
	io.Writer
	Sync() error
	Truncate(size int64) error
	Close() error
}

// openFile opens a file to append to, and makes it if there is none.
func openFile(path string) (file, error) {
	return os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
}

// syncDir makes the names in a directory durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// size returns the size of a file; 0 if there is none.
func size(path string) (int64, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}
