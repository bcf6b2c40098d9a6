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
	// Key is the claim itself: filing twice under one is filing once, and a store that lost numbers knows a claim by it.
	Key    string `json:"key"`
	Filing Filing `json:"filing"`
	// Met are the rules that the filing met, once it is erased.
	Met []string  `json:"met,omitempty"`
	At  time.Time `json:"at"`
	// Due is until when the house wants to decide, or after an answer when it has to: the last second of a day.
	Due time.Time `json:"due"`
	// Items are what the filing names that the public is shown here: ids of items, and picture:URL for pictures. Hidden is
	// what it names that only partners are shown, which the claimant is not told.
	Items  []string `json:"items,omitempty"`
	Hidden []string `json:"hidden,omitempty"`
	Events []Event  `json:"events,omitempty"`
}

// Event is something that happened to a claim.
type Event struct {
	At   time.Time `json:"at"`
	Kind Kind      `json:"kind"`
	// By is who did it: [ByClaimant], [ByAnswerer], [ByRule], or a name at the house.
	By string `json:"by"`
	// Text is the answer, or the reasons of the house as the claimant reads them.
	Text string `json:"text,omitempty"`
	// Counter is who answered, and what he declares; nil if he did so by letter.
	Counter *Counter `json:"counter,omitempty"`
	// Letter is which one was sent.
	Letter Letter `json:"letter,omitempty"`
	// Order is how the keys of the orders begin by which items are withdrawn or put back; empty where none are.
	Order string `json:"order,omitempty"`
}

// Who does something, where it is nobody at the house.
const (
	ByClaimant = "claimant"
	ByAnswerer = "answerer" // the one whom the claim concerns
	ByRule     = "rule"     // the house's standing word, carried out by a program
)

// Kind says what happened.
type Kind string

// The kinds of events.
const (
	Withheld  Kind = "withheld"  // what it names is withdrawn until the house has decided
	Answered  Kind = "answered"  // the one whom it concerns has answered
	Sent      Kind = "sent"      // a letter was sent
	Upheld    Kind = "upheld"    // the house agrees: what it names is withdrawn
	Rejected  Kind = "rejected"  // the house does not: what was withheld is back
	Retracted Kind = "retracted" // the claimant has taken it back: likewise
	Erased    Kind = "erased"    // what claimant and answerer said of themselves is deleted
)

// Outcomes are the kinds that end a claim.
var Outcomes = []Kind{Upheld, Rejected, Retracted}

// Last returns the last event of a kind; false if there was none.
func (c Claim) Last(kind Kind) (Event, bool) {
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
		if e, ok := c.Last(kind); ok {
			return e, true
		}
	}
	return Event{}, false
}

// Answer returns the answer of the one whom the claim concerns.
func (c Claim) Answer() (Event, bool) { return c.Last(Answered) }

// IsOpen tells whether nothing has ended the claim.
func (c Claim) IsOpen() bool {
	_, over := c.Outcome()
	return !over
}

// IsWithheld tells whether items are withdrawn because of the claim and nobody has decided.
func (c Claim) IsWithheld() bool {
	_, withheld := c.Last(Withheld)
	return withheld && c.IsOpen()
}

// IsErased tells whether it is deleted who filed the claim.
func (c Claim) IsErased() bool {
	_, erased := c.Last(Erased)
	return erased
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

// DueAfter returns the last second of the day that is so many days after a moment, as days go in a zone; nil is UTC.
func DueAfter(from time.Time, days int, zone *time.Location) time.Time {
	if zone == nil {
		zone = time.UTC
	}
	year, month, day := from.In(zone).Date()
	return time.Date(year, month, day+days, 23, 59, 59, 0, zone).UTC()
}

// IsOverdue tells whether the house should have decided.
func (c Claim) IsOverdue(now time.Time) bool { return c.IsOpen() && now.After(c.Due) }

// Is tells whether an event has happened already and holds, so that it is only said once more.
func (c Claim) Is(kind Kind) bool {
	outcome, over := c.Outcome()
	switch kind {
	case Withheld:
		return c.IsWithheld()
	case Erased:
		return c.IsErased()
	}
	return over && outcome.Kind == kind
}

// With returns the claim with one more event. Its error says why that cannot happen now.
func (c Claim) With(e Event) (Claim, error) {
	if err := c.refuses(e); err != nil {
		return c, err
	}
	if e.Kind == Erased {
		c = c.anonymous()
	}
	c.Events = append(c.Events[:len(c.Events):len(c.Events)], e)
	return c, nil
}

// refuses tells why an event cannot happen now; nil if it can.
func (c Claim) refuses(e Event) error {
	outcome, over := c.Outcome()
	_, answered := c.Answer()
	switch {
	case c.IsErased():
		return fmt.Errorf("claim %d was erased", c.Number)
	case e.Kind == Erased && !over:
		return fmt.Errorf("claim %d is open: decide it before what the claimant said is deleted", c.Number)
	case e.Kind == Erased:
		return nil
	case e.Kind == Sent:
		_, err := e.Letter.Write(c, House{})
		return err
	case over:
		return fmt.Errorf("claim %d was closed by %s: %s; a new one can be filed", c.Number, outcome.By, outcome.Kind)
	case e.Kind == Withheld && c.IsWithheld():
		return fmt.Errorf("claim %d: what it names is withheld already", c.Number)
	case e.Kind == Withheld && len(c.Items)+len(c.Hidden) == 0:
		return fmt.Errorf("claim %d names no item of this house: look at its places, and withdraw by hand what it means", c.Number)
	case e.Kind == Answered && answered:
		return fmt.Errorf("claim %d was answered already", c.Number)
	case e.Kind == Answered && strings.TrimSpace(e.Text) == "":
		return fmt.Errorf("the answer is empty")
	}
	return nil
}

// Meets names the rules that the claim meets, see [Filing.Meets]. It does so still when what the claimant said is erased.
func (c Claim) Meets() []string {
	if c.Met != nil {
		return c.Met
	}
	return c.Filing.Meets()
}

// anonymous keeps what the claim was about and what became of it, and deletes who filed and who answered it.
func (c Claim) anonymous() Claim {
	f := c.Filing
	c.Met = c.Meets()
	c.Filing = Filing{Places: f.Places, Faith: f.Faith, Oath: f.Oath, Language: f.Language}
	events := make([]Event, len(c.Events), len(c.Events)+1)
	for i, e := range c.Events {
		if e.Kind == Answered {
			e.Text, e.Counter = "", nil
		}
		events[i] = e
	}
	c.Events = events
	return c
}

// Supersedes tells whether this is a later state of the same claim than another one.
func (c Claim) Supersedes(o Claim) bool { return c.Key == o.Key && len(c.Events) > len(o.Events) }
