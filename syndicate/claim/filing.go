package claim

import "reprint/feeds"

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
	// Child tells that it is about the sexual abuse of a child, which may be reported without a name and an address.
	Child bool `json:"child,omitempty"`
	// Faith tells that he believes in good faith that this is accurate and complete.
	Faith bool `json:"faith"`
	// Oath tells that he declares under penalty of perjury that he is, or may act for, the owner of
	// the right; and Signature is his name as he signs.
	Oath      bool   `json:"oath,omitempty"`
	Signature string `json:"signature,omitempty"`
	// Language is that of the page on which he wrote, BCP 47; letters to him are in it.
	Language string `json:"language,omitempty"`
}

// Clean returns the filing as it is kept: without what moves the cursor or turns the direction of text around, without
// breaks in what is one line, and without spaces around its parts and empty places.
func (f Filing) Clean() Filing {
	for _, part := range []*string{&f.Name, &f.Email, &f.Phone, &f.Address, &f.Behalf, &f.Signature, &f.Language} {
		*part = feeds.OneLine(*part)
	}
	f.Work, f.Reasons = feeds.Lines(f.Work), feeds.Lines(f.Reasons)
	var places []string
	for _, p := range f.Places {
		if p = feeds.OneLine(p); p != "" {
			places = append(places, p)
		}
	}
	f.Places = places
	return f
}

// Problems returns what keeps a clean filing from being taken, in the order of its parts.
func (f Filing) Problems() []Problem {
	var l problems
	l.add(f.Name == "" && !f.Child, "name", Missing)
	l.mail(f.Email, !f.Child)
	l.add(len(f.Places) == 0, "places", Missing)
	l.add(len(f.Places) > MostPlaces, "places", TooMany)
	l.add(f.Reasons == "", "reasons", Missing)
	l.add(!f.Faith, "faith", Missing)
	for _, line := range []struct{ field, text string }{
		{"name", f.Name}, {"email", f.Email}, {"phone", f.Phone}, {"address", f.Address}, {"behalf", f.Behalf}, {"signature", f.Signature}, {"language", f.Language},
	} {
		l.long(line.text, MostLine, line.field)
	}
	l.long(f.Work, MostReasons, "work")
	l.long(f.Reasons, MostReasons, "reasons")
	for _, p := range f.Places {
		l.long(p, MostPlace, "places")
	}
	l.add(f.bytes() > MostBytes, "reasons", TooLong)
	return l
}

// bytes is how much a filing holds.
func (f Filing) bytes() (size int) {
	for _, part := range append([]string{f.Name, f.Email, f.Phone, f.Address, f.Behalf, f.Work, f.Reasons, f.Signature, f.Language}, f.Places...) {
		size += len(part)
	}
	return size
}

// Meets returns the rules whose demands on a notice a filing without problems meets: "EU", "CN" and "US".
func (f Filing) Meets() []string {
	rules := []string{"EU"}
	full := f.Name != "" && f.Email != "" && f.Phone != "" && f.Address != "" && f.Work != ""
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

// claimant is who claims, and for whom.
func (f Filing) claimant() string {
	if f.Behalf == "" || f.Name == "" {
		return f.Name
	}
	return f.Name + " (" + f.Behalf + ")"
}
