package normalize

import (
	"strings"

	"reprint/feeds"
)

// said is what one line, or a whole body, says of who made an item.
type said struct {
	origins []feeds.Origin
	authors []string
	note    string
	editors []string
	// others is set where the line also names people who have no place in an Attribution,
	// such as photographers and translators. Such a line stays part of the text.
	others bool
	// pending is set where a source label stood alone and the name may be on the next line.
	pending bool
}

func (s said) isEmpty() bool {
	return len(s.origins)+len(s.authors)+len(s.editors) == 0 && s.note == "" && !s.pending
}

// readLine reads a line of its own at the head or the foot of a body (R38). It fails where
// the line is anything but a credit line: what holds one sentence of prose is prose.
//
// It is read with simplified characters; what it names is given back as it was written.
func readLine(text string, links []anchor) (said, bool) {
	if text == "" || len(text) > maxLine {
		return said{}, false
	}
	simple := feeds.Simplified(text)
	s, ok := readSimple(simple, links)
	for i := range s.origins {
		s.origins[i].Name = written(text, simple, s.origins[i].Name)
		s.origins[i].Raw = shorten(text, maxStatement)
	}
	for _, names := range [][]string{s.authors, s.editors} {
		for i, name := range names {
			names[i] = written(text, simple, name)
		}
	}
	s.note = written(text, simple, s.note)
	return s, ok
}

// written returns a stretch of the simplified text as it stands in the text itself.
func written(text, simple, stretch string) string {
	at := strings.Index(simple, stretch)
	if at < 0 || len(text) != len(simple) {
		return stretch
	}
	return text[at : at+len(stretch)]
}

func readSimple(text string, links []anchor) (said, bool) {
	phrase := trimLine(text)
	for _, read := range []func(string, []anchor) (said, bool){readNote, readFields, readDated, readPhrase, readByline, readEnglish} {
		if s, ok := read(phrase, links); ok {
			return s, true
		}
	}
	return said{}, false
}

// trimLine takes from a line the brackets around it and the stop at its end.
func trimLine(text string) string {
	text = strings.TrimSpace(text)
	if m := bracketed.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return text
}

// bracketed matches a line that stands in brackets as a whole. A bracket within it, such as
// that of (实习), belongs to it.
var bracketed = compile(`^[(\x{FF08}\[【〔]\s*((?:[^()\x{FF08}\x{FF09}\[\]【】〔〕]|[(\x{FF08}][^()\x{FF08}\x{FF09}]*[)\x{FF09}])*?)\s*[)\x{FF09}\]】〕]\s*[。.]?$`)
