package parse

import (
	"bytes"
	"errors"
	"fmt"
)

// mendEndTag looks at what comes next. An end tag that closes nothing would make the
// decoder close everything that is open, and the rest of the feed would be gone. It is
// turned into an empty element of the same length, which means nothing.
func (w *walk) mendEndTag() {
	rest := w.text[w.dec.InputOffset():]
	if !bytes.HasPrefix(rest, []byte("</")) {
		return
	}
	name := tagName(rest[2:])
	end := 2 + len(name)
	if len(name) == 0 || w.isOpen(name) || end >= len(rest) || rest[end] != '>' {
		return
	}
	for i := 1; i < end-1; i++ {
		rest[i] = '_'
	}
	rest[end-1] = '/'
}

// isOpen tells whether an element of that name is open.
func (w *walk) isOpen(name []byte) bool {
	for i := len(w.open) - 1; i >= 0; i-- {
		if bytes.Equal(w.open[i].name, name) {
			return true
		}
	}
	return false
}

// tagName returns the name at the beginning of a tag, as written.
func tagName(tag []byte) []byte {
	end := bytes.IndexAny(tag, " \t\r\n/><")
	if end < 0 {
		end = len(tag)
	}
	return tag[:end]
}

// mend returns text without what stopped the walk, and says what that was: the items
// after the last that is kept; the one item whose XML is broken; or, at the end of a
// document that was cut off and when there have been too many breaks, everything after the
// last whole item. There is no mending a document without a whole item.
func (w *walk) mend(text []byte, err error, last bool) (mended []byte, what string, ok bool) {
	if errors.Is(err, errEnough) {
		return w.closed(text, w.at, len(w.open)), fmt.Sprintf("the items after the first %d were left out", MaxItems), true
	}
	cut, open, whole := w.at, len(w.open), len(w.entries())
	if item := w.openEntry(); item >= 0 {
		cut, open, whole = w.open[item].at, item, whole-1
		if end := w.endOf(item); end > 0 && !last {
			return without(text, cut, end), fmt.Sprintf("the item at line %d was left out: %v", lineOf(text, cut), err), true
		}
	}
	if whole == 0 {
		return nil, "", false
	}
	return w.closed(text, cut, open), fmt.Sprintf("everything from line %d on was left out: %v", lineOf(text, cut), err), true
}

// endOf returns where the end tag of an open element ends that comes after the break; 0 if
// none comes.
func (w *walk) endOf(element int) int {
	tag := append(append([]byte("</"), w.open[element].name...), '>')
	from := w.dec.InputOffset()
	at := bytes.Index(w.text[from:], tag)
	if at < 0 {
		return 0
	}
	return int(from) + at + len(tag)
}

// lineOf returns the line that at is in.
func lineOf(text []byte, at int) int { return 1 + bytes.Count(text[:at], []byte("\n")) }

// openEntry returns which open element is an entry; -1 if none is.
func (w *walk) openEntry() int {
	for i, f := range w.open {
		if f.place == section && f.about.scope == scopeEntry {
			return i
		}
	}
	return -1
}

// closed returns text up to at, with end tags for the first open elements.
func (w *walk) closed(text []byte, at, open int) []byte {
	text = bytes.Clone(text[:at])
	for i := open - 1; i >= 0; i-- {
		text = append(text, "</"...)
		text = append(text, w.open[i].name...)
		text = append(text, '>')
	}
	return text
}

// without returns text with text[from:to] taken out but for its line ends.
func without(text []byte, from, to int) []byte {
	lines := bytes.Repeat([]byte("\n"), bytes.Count(text[from:to], []byte("\n")))
	return bytes.Join([][]byte{text[:from], lines, text[to:]}, nil)
}
