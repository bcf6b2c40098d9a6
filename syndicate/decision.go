package syndicate

import (
	"time"

	"reprint/feeds"
)

// Audience is who asks: the id of a partner, or [Public].
type Audience string

// Public is everybody: readers without credentials.
const Public Audience = ""

// Decision is the verdict on one item for one audience at one moment, with everything
// that it rests on. The same decision is shown in feeds, pages, the API, the ledger and
// by "reprint explain".
type Decision struct {
	Item     string    // the item's id
	Audience Audience  // for whom
	At       time.Time // when

	// Form is how much of the text goes out, and Reason is the one reason that settled it.
	Form   Form
	Reason Reason
	// ExcerptChars is the length of the excerpt where Form is [Excerpt].
	ExcerptChars int
	// License is the id of the license that the item is under, and Reprint whether
	// others may republish it. License is empty only where the source is unknown.
	License string
	Reprint Reprint
	// Disclaimer tells that the pass-along disclaimer must be shown (T3).
	Disclaimer bool
	// Agreement is the id of the agreement that granted Form; empty for the license.
	Agreement string
	// Covered are the agreements in force that grant the item to the audience, in the order
	// of the configuration, whether or not one of them grants more than the license does.
	Covered []string
	// Origin is whom the item is from, and Outlets are the names of everybody it is from, for a withdrawal by
	// [OriginTarget]: each that is named, as it is known here and as the item prints it.
	Origin  Origin
	Outlets []string
	// Under is the withdrawal that holds the item back where Reason is [Withdrawn], and Restored when the last one that held
	// it back was undone; zero where none ever did.
	Under    Withdrawal
	Restored time.Time
	// PictureTerms is which pictures were granted, and Pictures the verdict on each, in
	// the order of [feeds.Item.Pictures].
	PictureTerms PictureTerms
	Pictures     []PictureDecision
	// Clauses are the steps that led here, in order.
	Clauses []Clause
	// Until is the next moment at which the verdict could change by time alone; zero if
	// time alone never changes it. Nothing made from the decision may be used from then on.
	Until time.Time
}

// Origin is whom an item is from, as decided from what the item says and what the
// configuration knows.
type Origin struct {
	// Name is the outlet or outlets to credit, as printed.
	Name string
	// URL is the outlet's site; may be empty.
	URL string
	// House tells that it is the house itself.
	House bool
}

// PictureDecision is the verdict on one picture.
type PictureDecision struct {
	URL     string
	Credit  string
	Granted bool
	Reason  Reason
}

// Clause is one step of a decision: a rule that applied, what it said, and the fact that
// it rested on.
type Clause struct {
	Rule   string // "R7", "T2": a number in docs/rules.md
	Reason Reason
	Fact   string // what was found, for people: `source line "来源:学习时报" at the head`
}

// Denied returns the pictures that do not go out.
func (d Decision) Denied() []PictureDecision {
	var denied []PictureDecision
	for _, p := range d.Pictures {
		if !p.Granted {
			denied = append(denied, p)
		}
	}
	return denied
}

// Cleared is an item that was decided on, cut down to what its audience may have. Its
// zero value holds nothing and must be refused by whoever publishes; every other value
// was made by [Rulebook.Decide], with a Form of at least [Link].
type Cleared struct {
	item     feeds.Item
	decision Decision
	notice   Notice
	license  License
	feed     feeds.FeedRef
	pictures []feeds.Picture
	seen     []Sighting
	under    Agreement
}

// IsZero tells that nobody decided on this value.
func (c Cleared) IsZero() bool { return c.decision.Form == Withheld }

// Item returns what may be published of the item. Body is empty unless the form is Full;
// it holds no picture that was denied, and no line that repeats the notices. Text is the
// excerpt, already cut, empty below [Excerpt]. Media holds granted files only. Rights,
// which are evidence and not for publication, are left out.
func (c Cleared) Item() feeds.Item { return c.item }

// Decision returns the verdict.
func (c Cleared) Decision() Decision { return c.decision }

// Notice returns what must be shown with the item, in whatever form it is shown.
func (c Cleared) Notice() Notice { return c.notice }

// License returns the license that the item is under, with its URL filled in.
func (c Cleared) License() License { return c.license }

// Agreement returns the agreement that granted the form, and whether there is one. Its terms
// are stated with the item.
func (c Cleared) Agreement() (Agreement, bool) { return c.under, c.under.ID != "" }

// Feed returns the first feed in the item's chain of custody: the one its atom:source
// names, else the one that it was read from. Title, URL and Home are never all empty.
func (c Cleared) Feed() feeds.FeedRef { return c.feed }

// Pictures returns every granted picture and other medium, those of the source's body
// first, also where the form leaves the body itself out.
func (c Cleared) Pictures() []feeds.Picture { return c.pictures }

// Seen returns the other places where the same story was found and that may be linked.
func (c Cleared) Seen() []Sighting { return c.seen }
