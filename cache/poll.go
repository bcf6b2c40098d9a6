package cache

import "time"

// Poll is what is remembered between two polls of a source, and what its page shows the
// operator. A restart finds it again, so that no source is asked more often because of
// one.
type Poll struct {
	// URL is the address in the configuration that all this is about. Another address is
	// another source, which starts from nothing.
	URL string
	// Fence is that of the claim under which the source was polled (see [Leases]); 0 where
	// the sources are not shared out.
	Fence int64 `json:",omitempty"`
	// ETag and LastModified are the validators of the last answer, byte for byte, and
	// Effective is where it came from in the end, after redirects.
	ETag         string
	LastModified string
	Effective    string
	// Server is the network address that answered last.
	Server string
	// BodyDigest is a hash of the last body that was fully taken in; an equal body need not
	// be read again.
	BodyDigest string
	// Robots is when the site's robots.txt was last found not to forbid the feed to us.
	Robots time.Time
	// Reader names the code and the settings that read it. Another reader asks for the whole
	// document again.
	Reader string
	// Pending are the ids of items whose pages are still to be read.
	Pending []string
	// Pace is what the last document asked for; it holds for later answers that have none.
	Pace Pace
	// Hub is where the last document says that changes can be subscribed to, and Topic what
	// to ask for there; both empty where it names none.
	Hub, Topic string
	// Hold is the end of the last Retry-After: nothing makes us ask before.
	Hold time.Time
	// Moved is where permanent redirects lead.
	Moved Move

	// Last is when the source was last asked, Changed when an answer last brought
	// something new, Next when it may be asked again.
	Last    time.Time
	Changed time.Time
	Next    time.Time
	// Failures counts the polls that failed since the last one that did not, and
	// FailingSince is when the first of them did.
	Failures     int
	FailingSince time.Time
	// Gone tells that the publisher took the feed away for good. It is not asked again
	// until the operator says so.
	Gone bool
	// Outcome is the last poll's result in one word ("new", "unchanged", "not-modified",
	// "failed") and Problem says in a sentence what was wrong, empty if nothing.
	Outcome string
	Problem string
	// Losses say what of the last document could not be taken in and why, at most 20.
	Losses []string
	// Items is how many items the last document held.
	Items int

	// Retracted are the items and pictures that the source says it takes back, as it was first
	// heard, the latest last, at most 200.
	Retracted []Retraction `json:",omitempty"`
	// Window is what the last whole document showed, and Missing what was there before and is
	// not any more though it should be; both only of sources whose removals are followed.
	// Partial tells that the last document was not taken in whole.
	Window  []Shown `json:",omitempty"`
	Missing []Shown `json:",omitempty"`
	Partial bool    `json:",omitempty"`
	// Finished tells that the publisher says that nothing more will come.
	Finished bool `json:",omitempty"`
}

// Retraction is a source's word that it takes something back.
type Retraction struct {
	Item    string
	Picture string    `json:",omitempty"` // the one picture that is meant
	At      time.Time // when it was heard
	Where   string    // the statement
	Reason  string    `json:",omitempty"`
}

// Shown is an item as a document showed it.
type Shown struct {
	Item      string
	Document  string    `json:",omitempty"` // of several
	Published time.Time `json:",omitzero"`
	Updated   time.Time `json:",omitzero"`
	// Since is when it was first missing, and Polls how often it was since.
	Since time.Time `json:",omitzero"`
	Polls int       `json:",omitempty"`
	// Held tells that so much was missing at once that nobody believes it.
	Held bool `json:",omitempty"`
}

// Pace is how often a document wants to be asked for.
type Pace struct {
	Least     time.Duration  `json:",omitzero"`  // between two polls; 0 where it does not say
	SkipHours []int          `json:",omitempty"` // of the day, UTC, 0 to 23
	SkipDays  []time.Weekday `json:",omitempty"` // UTC
}

// Move is a permanent redirect that was met at every poll since some moment.
type Move struct {
	To    string    `json:",omitempty"`
	Since time.Time `json:",omitzero"`
	Times int       `json:",omitempty"`
	// Adopted tells that the new address is asked directly.
	Adopted bool `json:",omitempty"`
}
