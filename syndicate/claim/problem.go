package claim

import (
	"net/mail"
	"slices"
	"unicode/utf8"
)

// Bounds of what is said, in characters, and in places; and of all that a filing holds, in bytes: every server keeps it.
const (
	MostLine    = 300
	MostReasons = 10_000
	MostPlaces  = 20
	MostPlace   = 2_000
	MostBytes   = 80 << 10
)

// Problem is what is wrong with a part of a filing, or of an answer.
type Problem struct {
	Field string `json:"field"` // as it is named in JSON
	Fault Fault  `json:"fault"`
}

// Fault says what is wrong.
type Fault string

// The faults.
const (
	Missing   Fault = "missing"
	TooLong   Fault = "too-long"
	NoAddress Fault = "no-mail-address"
	TooMany   Fault = "too-many"
)

// problems are collected, each once.
type problems []Problem

func (l *problems) add(bad bool, field string, fault Fault) {
	if p := (Problem{field, fault}); bad && !slices.Contains(*l, p) {
		*l = append(*l, p)
	}
}

func (l *problems) long(text string, most int, field string) {
	l.add(utf8.RuneCountInString(text) > most, field, TooLong)
}

// mail wants a bare address: what stands in a letter is what was written.
func (l *problems) mail(address string, needed bool) {
	parsed, err := mail.ParseAddress(address)
	l.add(address == "" && needed, "email", Missing)
	l.add(address != "" && (err != nil || parsed.Address != address), "email", NoAddress)
}
