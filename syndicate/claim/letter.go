package claim

import (
	"embed"
	"fmt"
	"slices"
	"strings"
	"text/template"
	"time"

	"reprint/feeds"
)

// Letter says what a letter is about.
type Letter string

// The letters.
const (
	Receipt   Letter = "receipt"   // to the claimant: we have it, under this number
	Forward   Letter = "forward"   // to the one whom it concerns: what is claimed, and where to answer
	Reply     Letter = "reply"     // to the claimant: what was answered
	Result    Letter = "result"    // to the claimant: the outcome, and why
	Statement Letter = "statement" // to the one whom it concerns: the same
)

// Letters are all letters.
var Letters = []Letter{Receipt, Forward, Reply, Result, Statement}

// House is who writes.
type House struct {
	Name, Email, Phone string
	// URL is where the house's pages are.
	URL string
	// Status is where the claimant sees what becomes of the claim, and Answer where the one whom it concerns
	// can answer; both are secret.
	Status, Answer string
	// Zone is where the days of the letter are; nil is UTC.
	Zone *time.Location
}

//go:embed letters
var letterFiles embed.FS

// letterTemplates are the letters by language and name.
var letterTemplates = template.Must(template.New("").Funcs(template.FuncMap{"indent": indent, "join": strings.Join}).ParseFS(letterFiles, "letters/*.txt"))

// letterData is what a letter tells.
type letterData struct {
	Claim
	House                House
	Claimant             string
	Answer, Outcome, Hid Event
	IsHid                bool // it was withheld at some time
	ByRule               bool // and a program did so
}

// Day writes a moment as a day where the house is.
func (d letterData) Day(t time.Time) string {
	return feeds.Day(t, d.House.Zone)
}

// Pages are the addresses of the items here, and of the pictures.
func (d letterData) Pages() string {
	var pages []string
	for _, id := range d.Items {
		if picture, ok := strings.CutPrefix(id, "picture:"); ok {
			pages = append(pages, picture)
			continue
		}
		pages = append(pages, d.House.URL+"/items/"+id)
	}
	return strings.Join(pages, "\n")
}

// Write writes a letter as text, in the claimant's language, Chinese or English. Its error says why there is nothing to
// say yet, or nobody to say it to.
func (l Letter) Write(c Claim, h House) (string, error) {
	answer, answered := c.Answer()
	outcome, over := c.Outcome()
	switch {
	case !slices.Contains(Letters, l):
		return "", fmt.Errorf("%q is no letter; there are %s", l, list(Letters))
	case c.IsErased():
		return "", fmt.Errorf("claim %d was erased: nobody knows to whom to write", c.Number)
	case c.Filing.Email == "" && (l == Receipt || l == Reply || l == Result):
		return "", fmt.Errorf("claim %d was filed without a name: nobody knows to whom to write", c.Number)
	case l == Reply && !answered:
		return "", fmt.Errorf("claim %d was not answered", c.Number)
	case (l == Result || l == Statement) && !over:
		return "", fmt.Errorf("claim %d is not decided", c.Number)
	}
	hid, isHid := c.Last(Withheld)
	data := letterData{
		Claim: c, House: h, Claimant: c.Filing.claimant(), Answer: answer, Outcome: outcome, Hid: hid, IsHid: isHid, ByRule: hid.By == ByRule,
	}
	var b strings.Builder
	err := letterTemplates.ExecuteTemplate(&b, string(l)+"."+lettersIn(c.Filing.Language)+".txt", data)
	return tidy(b.String()), err
}

// tidy leaves one empty line where parts that do not apply have left several.
func tidy(text string) string {
	for strings.Contains(text, "\n\n\n") {
		text = strings.ReplaceAll(text, "\n\n\n", "\n\n")
	}
	return text
}

// lettersIn is the language in which letters are written for one; English where there are none.
func lettersIn(language string) string {
	if base, _, _ := strings.Cut(strings.ToLower(language), "-"); base == "zh" {
		return "zh"
	}
	return "en"
}

// indent sets what somebody else wrote apart.
func indent(text string) string {
	return "  " + strings.ReplaceAll(text, "\n", "\n  ")
}

// list names letters in a sentence.
func list(letters []Letter) string {
	var names []string
	for _, l := range letters {
		names = append(names, string(l))
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}
