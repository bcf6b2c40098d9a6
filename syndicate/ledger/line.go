package ledger

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"strconv"
)

// A line is the length of its text and the checksum (CRC-32C) of it in eight hexadecimal
// digits each, the text, and a line feed:
//
//	0000006a 1c291ca3 {"n":0,"at":"2026-03-10T12:00:00Z",…}
const (
	headLength = 8 + 1 + 8 + 1
	maxText    = 1 << 20 // an entry of 500 items takes a tenth of it
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// appendLine adds the line of an entry's text.
func appendLine(b, text []byte) []byte {
	b = fmt.Appendf(b, "%08x %08x ", len(text), crc32.Checksum(text, castagnoli))
	return append(append(b, text...), '\n')
}

// errTorn tells that a line ends before its end: a write was cut short.
var errTorn = errors.New("the line is not whole")

// cutLine returns the text of the first line and what follows it. errTorn means that all
// of b could be the beginning of a line; any other error, that it cannot.
func cutLine(b []byte) (text, rest []byte, err error) {
	if len(b) < headLength {
		return nil, b, errTorn
	}
	length, err := number(b[:8])
	if err != nil || b[8] != ' ' || b[17] != ' ' {
		return nil, b, errors.New("a line does not begin with its length and checksum")
	}
	sum, err := number(b[9:17])
	if err != nil {
		return nil, b, errors.New("a checksum is no number")
	}
	if length > maxText {
		return nil, b, fmt.Errorf("a line of %d bytes is longer than any is", length)
	}
	end := headLength + int(length)
	if len(b) < end+1 {
		return nil, b, errTorn
	}
	text = b[headLength:end]
	if b[end] != '\n' || crc32.Checksum(text, castagnoli) != sum {
		return nil, b, errors.New("a line does not have the checksum that stands before it")
	}
	return text, b[end+1:], nil
}

// number reads eight hexadecimal digits, lower case only: a line has one spelling.
func number(digits []byte) (uint32, error) {
	n, err := strconv.ParseUint(string(digits), 16, 32)
	if err != nil || !bytes.Equal(digits, fmt.Appendf(nil, "%08x", n)) {
		return 0, errors.New("no number")
	}
	return uint32(n), nil
}

// encode writes an entry's text.
func encode(e Entry) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(e); err != nil {
		return nil, err
	}
	text := bytes.TrimSuffix(b.Bytes(), []byte("\n"))
	if len(text) > maxText {
		return nil, fmt.Errorf("an entry of %d bytes is too long for the ledger", len(text))
	}
	return text, nil
}

// decode reads an entry's text, which must stand at position n.
func decode(text []byte, n int64) (Entry, error) {
	var e Entry
	if err := json.Unmarshal(text, &e); err != nil {
		return e, fmt.Errorf("entry %d: %w", n, err)
	}
	if e.N != n {
		return e, fmt.Errorf("entry %d stands where entry %d belongs", e.N, n)
	}
	return e, nil
}
