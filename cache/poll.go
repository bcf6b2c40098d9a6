package cache

import "time"

// Poll is what is remembered between two polls of a source, and what its page shows the
// operator. A restart finds it again, so that no source is asked more often because of
// one.
type Poll struct {
	// ETag and LastModified are the validators of the last answer, byte for byte, and
	// URL is the address they belong to.
	ETag         string
	LastModified string
	URL          string
	// BodyDigest is a hash of the last body that was fully taken in, with the version of
	// the code that read it; an equal body need not be read again.
	BodyDigest string

	// Last is when the source was last asked, Changed when an answer last brought
	// something new, Next when it may be asked again.
	Last    time.Time
	Changed time.Time
	Next    time.Time
	// Failures counts the polls that failed since the last one that did not.
	Failures int
	// Outcome is the last poll's result in one word ("new", "unchanged", "not-modified",
	// "failed") and Problem says in a sentence what was wrong, empty if nothing.
	Outcome string
	Problem string
	// Losses say what of the last document could not be taken in and why, at most 20.
	Losses []string
	// Items is how many items the last document held.
	Items int
}
