package claim

import (
	"fmt"
	"strings"
	"time"
)

// Claim is a filing and what has become of it.
type Claim struct {
	// Number is given by the store, from 1.
	Number int64 `json:"number"`
	// Key makes filing twice the same as filing once.
	Key    string    `json:"key"`
	Filing Filing    `json:"filing"`
	At     time.Time `json:"at"`
	// Due is until when the house wants to decide, or after an answer when it has to.
	Due time.Time `json:"due"`
	// Items are the ids of the items of this house that the filing names.
	Items  []string `json:"items,omitempty"`
	Events []Event  `json:"events,omitempty"`
}

// Event is something that happened to a claim.
type Event struct {
	At   time.Time `json:"at"`
	Kind Kind      `json:"kind"`
	// By is who did it: "claimant", "answerer", or a name at the house.
	By string `json:"by"`
	// Text is the answer, or the reasons of the house as the claimant reads them.
	Text string `json:"text,omitempty"`
	// Order is the key of the order by which items were withdrawn or put back; empty where none were.
	Order string `json:"order,omitempty"`
}

// Kind says what happened.
type Kind string

// The kinds of events.
const (
	Withheld  Kind = "withheld"  // what it names is withdrawn until the house has decided
	Answered  Kind = "answered"  // the one whom it concerns has answered
	Upheld    Kind = "upheld"    // the house agrees: what it names is withdrawn
	Rejected  Kind = "rejected"  // the house does not: what was withheld is back
	Retracted Kind = "retracted" // the claimant has taken it back: likewise
	Erased    Kind = "erased"    // what the claimant said of himself is deleted
)

// Outcomes are the kinds that end a claim.
var Outcomes = []Kind{Upheld, Rejected, Retracted}

// has tells whether something of a kind happened, and when it did last.
func (c Claim) has(kind Kind) (Event, bool) {
	for i := len(c.Events) - 1; i >= 0; i-- {
		if c.Events[i].Kind == kind {
			return c.Events[i], true
		}
	}
	return Event{}, false
}

// Outcome returns the event that ended the claim; false while it is open.
func (c Claim) Outcome() (Event, bool) {
	for _, kind := range Outcomes {
		if e, ok := c.has(kind); ok {
			return e, true
		}
	}
	return Event{}, false
}

// Answer returns the answer of the one whom the claim concerns.
func (c Claim) Answer() (Event, bool) { return c.has(Answered) }

// IsWithheld tells whether items are withdrawn because of the claim and nobody has decided.
func (c Claim) IsWithheld() bool {
	_, withheld := c.has(Withheld)
	_, over := c.Outcome()
	return withheld && !over
}

// State is what the claim is now: "open", "withheld", "answered", or its outcome.
func (c Claim) State() string {
	if e, over := c.Outcome(); over {
		return string(e.Kind)
	}
	if _, ok := c.Answer(); ok {
		return string(Answered)
	}
	if c.IsWithheld() {
		return string(Withheld)
	}
	return "open"
}

// IsOverdue tells whether the house should have decided.
func (c Claim) IsOverdue(now time.Time) bool {
	_, over := c.Outcome()
	return !over && now.After(c.Due)
}

// With returns the claim with one more event. Its error says why that cannot happen now.
func (c Claim) With(e Event) (Claim, error) {
	outcome, over := c.Outcome()
	_, answered := c.Answer()
	_, erased := c.has(Erased)
	switch {
	case erased:
		return c, fmt.Errorf("claim %d was erased", c.Number)
	case e.Kind == Erased && !over:
		return c, fmt.Errorf("claim %d is open: decide it before what the claimant said is deleted", c.Number)
	case e.Kind == Erased:
		c.Filing = c.Filing.anonymous()
	case over:
		return c, fmt.Errorf("claim %d was closed on %s: %s; a new one can be filed", c.Number, outcome.At.Format(time.DateOnly), outcome.Kind)
	case e.Kind == Withheld && c.IsWithheld():
		return c, fmt.Errorf("claim %d: what it names is withheld already", c.Number)
	case e.Kind == Withheld && len(c.Items) == 0:
		return c, fmt.Errorf("claim %d names no item of this house: look at its places, and withdraw by hand what it means", c.Number)
	case e.Kind == Answered && answered:
		return c, fmt.Errorf("claim %d was answered already", c.Number)
	case e.Kind == Answered && strings.TrimSpace(e.Text) == "":
		return c, fmt.Errorf("the answer is empty")
	}
	c.Events = append(c.Events[:len(c.Events):len(c.Events)], e)
	return c, nil
}

// anonymous keeps what the claim was about, and deletes who filed it.
func (f Filing) anonymous() Filing {
	return Filing{Places: f.Places, Work: f.Work, Faith: f.Faith, Oath: f.Oath, Language: f.Language}
}

// Supersedes tells whether this is a later state of the same claim than another one.
func (c Claim) Supersedes(o Claim) bool { return c.Number == o.Number && len(c.Events) > len(o.Events) }
