package parse

import "fmt"

// Error is why a document was refused.
type Error struct {
	Kind Kind
	// Detail is a sentence for the operator: what is wrong and, where there is something
	// to do about it, what.
	Detail string
	// Line is where in the document, counted from 1; 0 if nowhere in particular.
	Line int
}

// Error returns the line and the detail.
func (e *Error) Error() string {
	if e.Line == 0 {
		return e.Detail
	}
	return fmt.Sprintf("line %d: %s", e.Line, e.Detail)
}

// Kind is the reason of an [Error] for programs.
type Kind string

// The kinds of errors.
const (
	KindEmpty        Kind = "empty"        // nothing but white space came
	KindPage         Kind = "html-page"    // an HTML page came instead of a feed
	KindNotFeed      Kind = "not-a-feed"   // XML or JSON, but no feed
	KindMalformed    Kind = "malformed"    // broken beyond repair
	KindBytes        Kind = "too-large"    // more than [MaxBytes]
	KindDepth        Kind = "too-deep"     // elements or values nested too deeply
	KindNamespaces   Kind = "namespaces"   // too many namespaces in scope
	KindAttributes   Kind = "attributes"   // too many attributes on one element
	KindElements     Kind = "elements"     // too many elements or values
	KindToken        Kind = "token"        // one tag, text or document type is too long
	KindDisagreement Kind = "disagreement" // the two readings count different entries
)

// refuse makes an Error without a line.
func refuse(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Detail: fmt.Sprintf(format, args...)}
}
