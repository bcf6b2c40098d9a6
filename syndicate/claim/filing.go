package claim

import (
	"net/mail"
	"strings"
	"unicode/utf8"
)

// Filing is what a claimant says, in his own words.
type Filing struct {
	Name    string `json:"name"`
	Email   string `json:"email"`
	Phone   string `json:"phone,omitempty"`
	Address string `json:"address,omitempty"`
	// Behalf is for whom he acts; empty for himself.
	Behalf string `json:"behalf,omitempty"`
	// Work is what is his, or theirs, and shown here.
	Work string `json:"work,omitempty"`
	// Places are where it stands: addresses of pages, items or pictures, or ids of items; one at least.
	Places []string `json:"places"`
	// Reasons are why it must not be shown, with what shows that.
	Reasons string `json:"reasons"`
	// Faith tells that he believes in good faith that this is accurate and complete.
	Faith bool `json:"faith"`
	// Oath tells that he declares under penalty of perjury that he is, or may act for, the owner of
	// the right; and Signature is his name as he signs.
	Oath      bool   `json:"oath,omitempty"`
	Signature string `json:"signature,omitempty"`
	// Language is that of the page on which he wrote, BCP 47; letters to him are in it.
	Language string `json:"language,omitempty"`
}

// Bounds of a filing, in characters, and in places.
const (
	MostLine    = 300
	MostReasons = 10_000
	MostPlaces  = 20
	MostPlace   = 2_000
)

// Problem is what is wrong with a part of a filing.
type Problem struct {
	Field string `json:"field"` // as it is named in JSON
	Fault Fault  `json:"fault"`
}

// Fault says what is wrong.
type Fault string

// The faults.
const (
	Missing   Fault = "missing"
	TooLong   Fault = "too-long"
	NoAddress Fault = "no-mail-address"
	TooMany   Fault = "too-many"
)

// Trim returns the filing without spaces around its parts, and without empty places.
func (f Filing) Trim() Filing {
	for _, part := range []*string{&f.Name, &f.Email, &f.Phone, &f.Address, &f.Behalf, &f.Work, &f.Reasons, &f.Signature} {
		*part = strings.TrimSpace(strings.ToValidUTF8(*part, "\uFFFD"))
	}
	var places []string
	for _, p := range f.Places {
		if p = strings.TrimSpace(strings.ToValidUTF8(p, "\uFFFD")); p != "" {
			places = append(places, p)
		}
	}
	f.Places = places
	return f
}

// Problems returns what keeps a filing from being taken, in the order of its parts.
func (f Filing) Problems() []Problem {
	var list []Problem
	add := func(bad bool, field string, fault Fault) {
		if bad {
			list = append(list, Problem{field, fault})
		}
	}
	_, noMail := mail.ParseAddress(f.Email)
	add(f.Name == "", "name", Missing)
	add(f.Email == "", "email", Missing)
	add(f.Email != "" && noMail != nil, "email", NoAddress)
	add(len(f.Places) == 0, "places", Missing)
	add(len(f.Places) > MostPlaces, "places", TooMany)
	add(f.Reasons == "", "reasons", Missing)
	add(!f.Faith, "faith", Missing)
	for _, line := range []struct{ field, text string }{
		{"name", f.Name}, {"email", f.Email}, {"phone", f.Phone}, {"address", f.Address}, {"behalf", f.Behalf}, {"signature", f.Signature},
	} {
		add(utf8.RuneCountInString(line.text) > MostLine, line.field, TooLong)
	}
	add(utf8.RuneCountInString(f.Work) > MostReasons, "work", TooLong)
	add(utf8.RuneCountInString(f.Reasons) > MostReasons, "reasons", TooLong)
	for _, p := range f.Places {
		add(utf8.RuneCountInString(p) > MostPlace, "places", TooLong)
	}
	return list
}

// Meets returns the rules whose demands on a notice a filing without problems meets: "EU", "CN" and "US".
func (f Filing) Meets() []string {
	rules := []string{"EU"}
	full := f.Phone != "" && f.Address != "" && f.Work != ""
	if full {
		rules = append(rules, "CN")
	}
	if full && f.Oath && f.Signature != "" {
		rules = append(rules, "US")
	}
	return rules
}

// IsFull tells whether a filing meets all rules. Who signs with his name and address, under penalty of perjury, is
// believed until it is decided, where the house does so at all.
func (f Filing) IsFull() bool { return len(f.Meets()) == 3 }
