package syndicate

import "time"

// House is the operator's standing word: everything but the items that a decision rests
// on. It is what the configuration file says, and nothing that changes while serving.
type House struct {
	Site     Site
	Licenses []License
	Origins  []Outlet
	Sources  []Source
	Channels []Channel
	Partners []Partner
}

// Site is the house itself.
type Site struct {
	// Name is what the house calls itself in notices and titles.
	Name string
	// URL is the public base URL, without a slash at its end.
	URL string
	// Language is the BCP 47 tag of the pages, and of notices on items that have none.
	Language string
	// Names are the source lines that mean the house itself (T1).
	Names []string
	// Channels are the departments that may follow a house name after a hyphen and still
	// mean the house ("清河周刊网-地方").
	Channels []string
	// StaffCredits are the credit lines of staff photographers (T2), with {house} for any
	// house name and {name} for a person's.
	StaffCredits []string
	// DenyCredits are agencies whose pictures never leave, whatever else is granted.
	DenyCredits []string
	// Contact is where complaints go (T4).
	Contact Contact
	// ClaimDays is the number of days in which the house asks to hear of complaints (T4).
	ClaimDays int
	// NoticeTime is for how long a notice takes the place of a withdrawn item in feeds before there is only a tombstone. 0 is
	// [StubTime], less is no time at all.
	NoticeTime time.Duration
	// WithholdSigned withdraws what a claim names until it is decided, if the claim meets all rules for such notices: a
	// name, an address, a work, and a signature under penalty of perjury.
	WithholdSigned bool
	// Zone is where the days of claims and of notices begin and end; nil is UTC.
	Zone *time.Location
	// AnswerDays is how many days after an answer to a claim the house wants to decide; 0 changes nothing.
	AnswerDays int
	// UnknownOrigin is the id of the license of items whose named source is not listed.
	UnknownOrigin string
	// Words replace built-in notices, by language ("zh", "en", or any other).
	Words map[string]Words
}

// Contact is how to reach the house. At least one field is set.
type Contact struct {
	Email string
	Phone string
}

// License is a set of terms that the house publishes under.
type License struct {
	ID string
	// Name is the license's name by language; at least one.
	Name map[string]string
	// URL is the terms in words; empty means the page that Reprint serves for it.
	URL string
	// SPDX is the id under which the license is known to machines; may be empty.
	SPDX string
	// Public is what everybody gets.
	Public Grant
	// Reprint says who may republish.
	Reprint Reprint
	// Disclaimer asks for the pass-along disclaimer (T3) on every item under it.
	Disclaimer bool
}

// Grant is an amount of text and pictures.
type Grant struct {
	Text Form
	// ExcerptChars is the length of an excerpt in characters, at most [feeds.MaxText].
	ExcerptChars int
	Pictures     PictureTerms
}

// Outlet is a medium that items may name as their source, though we do not poll it.
type Outlet struct {
	Name    string
	URL     string
	License string // id
}

// Source is a feed that we poll, as far as decisions depend on it.
type Source struct {
	ID      string
	Name    string
	Home    string
	Feed    string // the feed's URL; empty for a file
	License string // id
	// TrustItemLicense lets a license that an item names itself widen what its source's
	// license grants.
	TrustItemLicense bool
}

// Channel is a feed that we publish. An item belongs to it if it matches every list that
// is not empty.
type Channel struct {
	ID          string
	Title       string
	Description string
	Language    string // of the channel; the site's when empty
	Sources     []string
	Tags        []string
	Languages   []string
	Licenses    []string
	// Limit is the greatest number of items in one feed document.
	Limit int
}

// Partner is a site that republishes under agreements.
type Partner struct {
	ID         string
	Name       string
	Contact    string
	Agreements []Agreement
}

// Agreement is what one partner was promised.
type Agreement struct {
	ID     string
	Covers Coverage
	// Text and Pictures are the most that it grants.
	Text     Form
	Pictures PictureTerms
	// From and Until bound the time in which it is in force: From is the first moment,
	// Until the first moment after it. A zero time is no bound.
	From, Until time.Time
	// Embargo withholds an item until this long after its publication; Window withholds
	// it from this long after its publication on. Zero is none.
	Embargo, Window time.Duration
	// DailyCap is the greatest number of items that it grants on one day (UTC); 0 is none.
	// They are counted where items are served; Decide is told when it is used up (R41).
	DailyCap int
	// Attribution is the wording that replaces the source part of the attribution line,
	// with {source}, {author} and {editor}; empty keeps the house's.
	Attribution string
	// Terms is where the agreement stands in words: what it grants links there instead of
	// to the license. Empty keeps the license's address.
	Terms string
	// Territory and Purpose are terms that are stated with what it grants, and not enforced:
	// codes of countries (ISO 3166-1, two letters), and words.
	Territory []string
	Purpose   string
	// ReaderLink is the operator's name for the addresses that let feed readers in without
	// credentials; empty where the agreement allows none.
	ReaderLink string
}

// Coverage selects the items that an agreement is about. Every list that is not empty
// must match; a coverage with all lists empty covers nothing.
type Coverage struct {
	Licenses  []string
	Sources   []string
	Channels  []string
	Tags      []string
	Origins   []string // names of outlets
	Languages []string
}
