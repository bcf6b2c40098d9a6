package ledger

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
)

// Damage is what is wrong with a ledger, and where. It is no error of the disk: the ledger
// is not what it was when it was signed.
type Damage struct {
	File   string
	Offset int64 // of the line in the file; -1 where it is not about a line
	N      int64 // of the entry; -1 where it is not about one
	What   string
}

// Error says what and where.
func (d *Damage) Error() string {
	where := d.File
	if d.Offset >= 0 {
		where += fmt.Sprintf(", byte %d", d.Offset)
	}
	if d.N >= 0 {
		where += fmt.Sprintf(", entry %d", d.N)
	}
	return where + ": " + d.What
}

// torn is the end of a ledger that is not a whole line.
type torn struct {
	path  string
	keep  int64 // bytes of the file that are whole lines
	bytes int64 // bytes after them
}

// scan reads every entry of a ledger in order. What follows the last whole line of the last
// segment is returned, not reported: a write that was cut short leaves such an end. Anywhere
// else it is Damage.
func scan(dir string, each func(n int64, text []byte) error) (count int64, end torn, err error) {
	list, err := segments(dir)
	if err != nil {
		return 0, end, err
	}
	for i, s := range list {
		if s.first != count {
			return count, end, &Damage{s.path, -1, count, "entries are missing before this segment"}
		}
		end, err = s.scan(&count, each)
		if err != nil {
			return count, end, err
		}
		if end.bytes > 0 && i < len(list)-1 {
			return count, end, &Damage{s.path, end.keep, count, errTorn.Error()}
		}
	}
	return count, end, nil
}

// scan reads the entries of one segment, and counts them.
func (s segment) scan(count *int64, each func(n int64, text []byte) error) (torn, error) {
	f, err := os.Open(s.path)
	if err != nil {
		return torn{}, err
	}
	defer f.Close()
	r := bufio.NewReaderSize(f, 1<<16)
	end := torn{path: s.path}
	for {
		line, err := nextLine(r)
		text, _, cutErr := cutLine(line)
		switch {
		case err != nil:
			return end, err
		case len(line) == 0:
			return end, nil
		case errors.Is(cutErr, errTorn):
			end.bytes = int64(len(line))
			return end, nil
		case cutErr != nil:
			return end, &Damage{s.path, end.keep, *count, cutErr.Error()}
		}
		if err := each(*count, text); err != nil {
			return end, &Damage{s.path, end.keep, *count, err.Error()}
		}
		*count++
		end.keep += int64(len(line))
	}
}

// nextLine reads one line by the length at its front, or what there is of one.
func nextLine(r *bufio.Reader) ([]byte, error) {
	head, err := r.Peek(headLength)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	whole := headLength
	if len(head) == headLength {
		if length, err := number(head[:8]); err == nil && length <= maxText {
			whole += int(length) + 1
		}
	}
	line := make([]byte, whole)
	n, err := io.ReadFull(r, line)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return line[:n], err
}
