package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Problem is something wrong in a configuration file, at its place.
type Problem struct {
	File    string `json:"file"`
	Line    int    `json:"line"`   // from 1; 0 if it has no place
	Column  int    `json:"column"` // from 1, in characters
	Path    string `json:"path"`   // "$.licenses[0].public.text"
	Message string `json:"message"`
	Remedy  string `json:"remedy"`
	source  string // the line of the file
}

// Problems are all that is wrong with a file. They are an error.
type Problems []Problem

// Error prints every problem with its place, its line, a caret and the remedy.
func (p Problems) Error() string {
	var b strings.Builder
	for i, problem := range p {
		if i > 0 {
			b.WriteString("\n")
		}
		problem.write(&b)
	}
	return b.String()
}

func (p Problem) write(b *strings.Builder) {
	fmt.Fprintf(b, "%s:%d:%d: %s %s\n", p.File, p.Line, p.Column, strings.TrimPrefix(p.Path, "$."), p.Message)
	if p.source != "" {
		line := password.ReplaceAllStringFunc(p.source, hide)
		fmt.Fprintf(b, "  %s\n  %s^\n", line, strings.Repeat(" ", width(line, p.Column-1)))
	}
	fmt.Fprintf(b, "  %s\n", p.Remedy)
}

// password matches name and password in a URL. The line of a file that is shown may go to a
// log, and no secret may.
var password = regexp.MustCompile(`//[^/@\s"']*:[^/@\s"']*@`)

// hide makes a secret unreadable and keeps its length, so that the caret stays in place.
func hide(secret string) string {
	return "//" + strings.Repeat("*", utf8.RuneCountInString(secret)-3) + "@"
}

// width is how many columns of a terminal the first n characters of a line take: two for
// the wide characters of Chinese, Japanese and Korean.
func width(line string, n int) int {
	columns := 0
	for _, r := range line {
		if n--; n < 0 {
			break
		}
		columns++
		if r >= 0x1100 && utf8.RuneLen(r) >= 3 {
			columns++
		}
	}
	return columns
}

// inOrder sorts problems by place and drops repeats.
func inOrder(problems Problems) Problems {
	slices.SortStableFunc(problems, func(a, b Problem) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	return slices.CompactFunc(problems, func(a, b Problem) bool {
		return a.Line == b.Line && a.Path == b.Path && a.Message == b.Message
	})
}
