package claim

import "reprint/feeds"

// Counter is who answers a claim, and what he declares. With the reasons it is a counter-notice.
type Counter struct {
	Name    string `json:"name"`
	Email   string `json:"email"`
	Phone   string `json:"phone,omitempty"`
	Address string `json:"address,omitempty"`
	// Faith tells that he believes in good faith that what he says is accurate and complete.
	Faith bool `json:"faith"`
	// Oath tells that he declares under penalty of perjury that it was, or would be, taken down by mistake; Court that
	// he consents to the courts and the service that the law of the United States asks for. Signature is his name
	// as he signs.
	Oath      bool   `json:"oath,omitempty"`
	Court     bool   `json:"court,omitempty"`
	Signature string `json:"signature,omitempty"`
}

// Clean returns the counter-notice as it is kept, as [Filing.Clean] does.
func (c Counter) Clean() Counter {
	for _, part := range []*string{&c.Name, &c.Email, &c.Phone, &c.Address, &c.Signature} {
		*part = feeds.OneLine(*part)
	}
	return c
}

// Problems returns what keeps a clean answer with these reasons from being taken, in the order of its parts.
func (c Counter) Problems(reasons string) []Problem {
	var l problems
	l.add(reasons == "", "text", Missing)
	l.add(c.Name == "", "name", Missing)
	l.mail(c.Email, true)
	l.add(!c.Faith, "faith", Missing)
	l.long(reasons, MostReasons, "text")
	for _, line := range []struct{ field, text string }{
		{"name", c.Name}, {"email", c.Email}, {"phone", c.Phone}, {"address", c.Address}, {"signature", c.Signature},
	} {
		l.long(line.text, MostLine, line.field)
	}
	return l
}

// Meets returns the rules whose demands on a counter-notice an answer without problems meets, as [Filing.Meets] does.
func (c Counter) Meets() []string {
	rules := []string{"EU"}
	full := c.Phone != "" && c.Address != ""
	if full {
		rules = append(rules, "CN")
	}
	if full && c.Oath && c.Court && c.Signature != "" {
		rules = append(rules, "US")
	}
	return rules
}
