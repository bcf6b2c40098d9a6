package ledger

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"time"
)

// Read calls each with every whole entry of a ledger, in order, and with its text as it was
// recorded, which is valid during the call. The ledger may be open in another process, and is
// not verified.
func Read(dir string, each func(e Entry, text []byte) error) error {
	_, _, err := scan(dir, func(n int64, text []byte) error {
		e, err := decode(text, n)
		if err != nil {
			return err
		}
		return each(e, text)
	})
	return err
}

// ExportJSON writes every entry on a line of its own, as it was recorded.
func ExportJSON(dir string, w io.Writer) error {
	return Read(dir, func(_ Entry, text []byte) error {
		_, err := w.Write(append(text[:len(text):len(text)], '\n'))
		return err
	})
}

// pullColumns are the columns of [ExportCSV].
var pullColumns = []string{"n", "at", "partner", "token", "path", "agreements", "items", "licensed", "edition", "body"}

// ExportCSV writes the pulls as a table with a line of headings.
func ExportCSV(dir string, w io.Writer) error {
	table := csv.NewWriter(w)
	if err := table.Write(pullColumns); err != nil {
		return err
	}
	err := Read(dir, func(e Entry, _ []byte) error {
		if e.Pulled == nil {
			return nil
		}
		p := e.Pulled
		return table.Write([]string{
			strconv.FormatInt(e.N, 10), e.At.Format(time.RFC3339), p.Partner, p.Token, safeCell(p.Path), strings.Join(p.Agreements, " "),
			strconv.Itoa(p.Items), strconv.Itoa(p.Licensed), p.Edition, p.Body,
		})
	})
	table.Flush()
	if err != nil {
		return err
	}
	return table.Error()
}

// safeCell keeps a spreadsheet from taking a text for a formula.
func safeCell(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
