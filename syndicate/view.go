package syndicate

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

// ViewOf returns a key for what a partner's agreements grant and ask for, whatever their
// ids are: partners with equal keys get the same documents. A partner whose agreements count
// items by day shares with nobody, since what is left of its day is its own.
func (b *Rulebook) ViewOf(partner string) string {
	p := b.partners[partner]
	alone := ""
	var terms []Agreement
	for _, a := range p.Agreements {
		if a.DailyCap > 0 {
			alone = p.ID
		}
		a.ID, a.ReaderLink = "", ""
		terms = append(terms, a)
	}
	return digestOf(struct {
		Alone string
		Terms []Agreement
	}{alone, terms})
}

// LinkAudience is who comes by the reader links of an agreement: somebody who gets what that
// agreement of the partner grants, and nothing of the partner's others.
func LinkAudience(partner, agreement string) Audience { return Audience(partner + "/" + agreement) }

// Revision names the wording of an agreement: it changes with every change to it.
func (a Agreement) Revision() string { return digestOf(a)[:12] }

func digestOf(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // strings, numbers and times only
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
