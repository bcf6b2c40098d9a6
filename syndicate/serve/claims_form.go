package serve

import (
	"net/http"
	"strings"

	"reprint/syndicate/claim"
)

// formField is a field of a form: a line, several, or a box to tick.
type formField struct {
	Name, Label, How string
	Type             string // of a line
	Value            string
	Rows             int // more than one line
	Check, Checked   bool
	Most             int
	Required         bool
	Complete         string // what browsers know of it
	Problem          string
}

// formGroup is a part of a form.
type formGroup struct {
	Legend string
	Fields []formField
}

// claimFormData is the form for a claim.
type claimFormData struct {
	frame
	C      claimWords
	Key    string
	Bad    bool
	Groups []formGroup
}

func (s *Server) showClaimForm(w http.ResponseWriter, r *http.Request, t *site, what said, problems []claim.Problem) {
	f, c := t.claimFrame(r)
	f.Title = c.Title
	status := http.StatusOK
	if len(problems) > 0 {
		status = http.StatusUnprocessableEntity
	}
	s.sendPage(w, r, status, "claim_form", claimFormData{frame: f, C: c, Key: what.Key, Bad: len(problems) > 0, Groups: c.withProblems(c.filing(what), problems)})
}

// filing are the fields of a claim.
func (c claimWords) filing(what said) []formGroup {
	who := c.who(what)
	who = append(who[:2:2], append([]formField{{Name: "behalf", Label: c.Behalf, How: c.BehalfHow, Type: "text", Value: what.Behalf, Most: claim.MostLine}}, who[2:]...)...)
	return []formGroup{
		{c.What, []formField{
			{Name: "places", Label: c.Places, How: c.PlacesHow, Value: strings.Join(what.Places, "\n"), Rows: 3, Required: true},
			{Name: "reasons", Label: c.Reasons, How: c.ReasonsHow, Value: what.Reasons, Rows: 6, Most: claim.MostReasons, Required: true},
			{Name: "work", Label: c.Work, How: c.SomeRules, Value: what.Work, Rows: 2, Most: claim.MostReasons},
		}},
		{c.You, append(who, formField{Name: "child", Label: c.Child, Check: true, Checked: what.Child})},
		{c.Sign, []formField{
			{Name: "faith", Label: c.Faith, Check: true, Checked: what.Faith, Required: true},
			{Name: "oath", Label: c.Oath, Check: true, Checked: what.Oath},
			c.signature(what),
		}},
	}
}

// answer are the fields of an answer.
func (c claimWords) answer(what said) []formGroup {
	who := c.who(what)
	for i := range 2 {
		who[i].Required = true
	}
	return []formGroup{
		{c.AnswerTitle, []formField{{Name: "text", Label: c.Answer, Value: what.Text, Rows: 8, Most: claim.MostReasons, Required: true}}},
		{c.You, who},
		{c.Sign, []formField{
			{Name: "faith", Label: c.Faith, Check: true, Checked: what.Faith, Required: true},
			{Name: "oath", Label: c.AnswerOath, Check: true, Checked: what.Oath},
			{Name: "court", Label: c.Court, Check: true, Checked: what.Court},
			c.signature(what),
		}},
	}
}

// who are the fields of a person: name and mail address first.
func (c claimWords) who(what said) []formField {
	return []formField{
		{Name: "name", Label: c.Name, Type: "text", Value: what.Name, Most: claim.MostLine, Complete: "name"},
		{Name: "email", Label: c.Email, Type: "email", Value: what.Email, Most: claim.MostLine, Complete: "email"},
		{Name: "phone", Label: c.Phone, How: c.SomeRules, Type: "tel", Value: what.Phone, Most: claim.MostLine, Complete: "tel"},
		{Name: "address", Label: c.Address, How: c.SomeRules, Type: "text", Value: what.Address, Most: claim.MostLine, Complete: "street-address"},
	}
}

func (c claimWords) signature(what said) formField {
	return formField{Name: "signature", Label: c.Signature, How: c.SomeRules, Type: "text", Value: what.Signature, Most: claim.MostLine}
}

// withProblems tells at each field what is wrong with it.
func (c claimWords) withProblems(groups []formGroup, problems []claim.Problem) []formGroup {
	for _, g := range groups {
		for i := range g.Fields {
			for _, p := range problems {
				if p.Field == g.Fields[i].Name {
					g.Fields[i].Problem = c.faults[p.Fault]
				}
			}
		}
	}
	return groups
}
