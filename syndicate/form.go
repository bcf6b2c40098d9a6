package syndicate

import "fmt"

// Form is how much of an item's text an audience may have. Forms are ordered: a greater
// one holds all that a smaller one does.
type Form uint8

// The forms, from nothing to everything.
const (
	Withheld Form = iota // nothing; the zero value
	Link                 // title, link and source
	Excerpt              // the beginning of the text as well
	Full                 // the whole text
)

var formNames = [...]string{"withheld", "link", "excerpt", "full"}

// String returns the form's name, as the configuration and the feeds spell it.
func (f Form) String() string { return name(formNames[:], int(f)) }

// MarshalText implements [encoding.TextMarshaler].
func (f Form) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (f *Form) UnmarshalText(b []byte) error { return value(f, formNames[:], string(b)) }

// PictureTerms is which pictures of an item an audience may have, if it may have at least
// an excerpt of its text. Terms are ordered from strict to generous.
type PictureTerms uint8

// The picture terms.
const (
	PicturesNone     PictureTerms = iota // none; the zero value
	PicturesStaff                        // those whose credit names a staff photographer
	PicturesCredited                     // those with any readable credit
	PicturesAll                          // all
)

var pictureNames = [...]string{"none", "staff", "credited", "all"}

// String returns the name of the terms, as the configuration spells it.
func (p PictureTerms) String() string { return name(pictureNames[:], int(p)) }

// MarshalText implements [encoding.TextMarshaler].
func (p PictureTerms) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (p *PictureTerms) UnmarshalText(b []byte) error { return value(p, pictureNames[:], string(b)) }

// Reprint is whether others may republish what a license covers.
type Reprint uint8

// The answers, from strict to generous.
const (
	ReprintNever       Reprint = iota // not even under an agreement; the zero value
	ReprintByAgreement                // under an agreement only
	ReprintFree                       // by everybody, on the license's terms
)

var reprintNames = [...]string{"never", "by-agreement", "free"}

// String returns the answer as the configuration spells it.
func (r Reprint) String() string { return name(reprintNames[:], int(r)) }

// MarshalText implements [encoding.TextMarshaler].
func (r Reprint) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (r *Reprint) UnmarshalText(b []byte) error { return value(r, reprintNames[:], string(b)) }

// name returns the i-th of names; a number outside is named as the strictest.
func name(names []string, i int) string {
	if i >= len(names) {
		return names[0]
	}
	return names[i]
}

// value sets v to the index of text among names.
func value[T ~uint8](v *T, names []string, text string) error {
	for i, n := range names {
		if n == text {
			*v = T(i)
			return nil
		}
	}
	return fmt.Errorf("%q is none of %v", text, names)
}
