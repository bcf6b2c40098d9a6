package claim

import (
	"fmt"
	"strings"
	"time"
)

// Letter says what a letter is about.
type Letter string

// The letters.
const (
	Receipt Letter = "receipt" // to the claimant: we have it, under this number
	Forward Letter = "forward" // to the one whom it concerns: what is claimed, and where to answer
	Reply   Letter = "reply"   // to the claimant: what was answered
	Result  Letter = "result"  // to the claimant: the outcome, and why
)

// Letters are all letters.
var Letters = []Letter{Receipt, Forward, Reply, Result}

// House is who writes.
type House struct {
	Name, Email, Phone string
	// Status is where the claimant sees what becomes of the claim, and Answer where the one whom it concerns
	// can answer; both are secret.
	Status, Answer string
}

// Write writes a letter as text, in the claimant's language, Chinese or English. Its error says why there is nothing to
// say yet.
func (l Letter) Write(c Claim, h House) (string, error) {
	t := lettersIn(c.Filing.Language)
	outcome, over := c.Outcome()
	answer, answered := c.Answer()
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	switch {
	case l == Receipt:
		line(t.head, t.to, c.Filing.Name, c.Filing.Email, fmt.Sprintf(t.receipt, c.Number))
		line(t.received, c.At.Format(time.DateOnly), c.Due.Format(time.DateOnly), h.Status)
		if c.IsWithheld() {
			line("%s", t.withheld)
		}
	case l == Forward:
		line(t.head, t.to, t.concerned, "", fmt.Sprintf(t.forward, c.Number))
		line(t.claims, c.Filing.claimant(), c.Filing.Work, strings.Join(c.Filing.Places, "\n  "), c.Filing.Reasons)
		line(t.answerAt, h.Answer, c.Due.Format(time.DateOnly))
	case l == Reply && answered:
		line(t.head, t.to, c.Filing.Name, c.Filing.Email, fmt.Sprintf(t.reply, c.Number))
		line(t.answered, answer.At.Format(time.DateOnly), answer.Text, c.Due.Format(time.DateOnly))
	case l == Result && over:
		line(t.head, t.to, c.Filing.Name, c.Filing.Email, fmt.Sprintf(t.result, c.Number))
		line(t.outcome[outcome.Kind], outcome.Text)
		line(t.decidedBy, outcome.By)
	case l == Reply:
		return "", fmt.Errorf("claim %d was not answered", c.Number)
	case l == Result:
		return "", fmt.Errorf("claim %d is not decided", c.Number)
	default:
		return "", fmt.Errorf("%q is no letter; there are receipt, forward, reply and result", l)
	}
	line(t.foot, h.Name, strings.Join(nonEmpty(h.Email, h.Phone), ", "))
	return b.String(), nil
}

// claimant is who claims, and for whom.
func (f Filing) claimant() string {
	if f.Behalf == "" {
		return f.Name
	}
	return f.Name + " (" + f.Behalf + ")"
}

func nonEmpty(list ...string) []string {
	var kept []string
	for _, s := range list {
		if s != "" {
			kept = append(kept, s)
		}
	}
	return kept
}
