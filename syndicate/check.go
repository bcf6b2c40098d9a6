package syndicate

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"reprint/feeds"
)

// Problem is something wrong with a House.
type Problem struct {
	// Path is where it is, as a YAML path: "$.licenses[0].public.text".
	Path string
	// Message says what is wrong, and Remedy what to do about it.
	Message string
	Remedy  string
}

// String gives path, message and remedy in one line.
func (p Problem) String() string { return p.Path + ": " + p.Message + "; " + p.Remedy }

// checker gathers the problems of one House.
type checker struct {
	house    House
	problems []Problem
	licenses []string
	sources  []string
	channels []string
}

func check(house House) []Problem {
	c := &checker{house: house}
	for _, l := range house.Licenses {
		c.licenses = append(c.licenses, l.ID)
	}
	for _, s := range house.Sources {
		c.sources = append(c.sources, s.ID)
	}
	for _, ch := range house.Channels {
		c.channels = append(c.channels, ch.ID)
	}
	c.site()
	c.eachLicense()
	c.eachOrigin()
	c.eachSource()
	c.eachChannel()
	c.eachPartner()
	return c.problems
}

func (c *checker) add(path, message, remedy string) {
	c.problems = append(c.problems, Problem{path, message, remedy})
}

// need reports an empty value.
func (c *checker) need(path, value, remedy string) {
	if strings.TrimSpace(value) == "" {
		c.add(path, "is missing", remedy)
	}
}

// webURL reports a value that is set and is not an absolute web address.
func (c *checker) webURL(path, value string) {
	if value == "" {
		return
	}
	u, err := url.Parse(value)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		c.add(path, fmt.Sprintf("%q is not a web address", value), "write it with http:// or https:// and a host")
	}
}

// refers reports a reference to something that is not configured.
func (c *checker) refers(path, id, kind string, known []string) {
	switch {
	case id == "":
		c.add(path, "is missing", "name one of the configured "+kind+": "+strings.Join(known, ", "))
	case !slices.Contains(known, id):
		c.add(path, fmt.Sprintf("%q is not one of the %s", id, kind), "use one of: "+strings.Join(known, ", "))
	}
}

var idPattern = regexp.MustCompile(`^[a-z0-9]+([.-][a-z0-9]+)*$`)

// ids reports ids that cannot stand in a URL, and repeated ones.
func (c *checker) ids(path, key string, ids []string) {
	for i, id := range ids {
		at := fmt.Sprintf("%s[%d].%s", path, i, key)
		switch {
		case !idPattern.MatchString(id):
			c.add(at, fmt.Sprintf("%q cannot be an id", id), "use lower-case letters, digits, and single dots or hyphens between them")
		case slices.Index(ids, id) != i:
			c.add(at, fmt.Sprintf("%q is used twice", id), "give each its own id")
		}
	}
}

func (c *checker) site() {
	s := c.house.Site
	c.need("$.site.name", s.Name, "write the name that readers know the house by")
	c.need("$.site.url", s.URL, "write the public address, such as https://news.example.org")
	c.webURL("$.site.url", s.URL)
	if strings.HasSuffix(s.URL, "/") || strings.ContainsAny(s.URL, "?#") {
		c.add("$.site.url", "ends with a slash or has a query", "write scheme, host and path only, without a slash at the end")
	}
	if s.Contact == (Contact{}) {
		c.add("$.site.contact", "is missing", "give an email or a phone for complaints: every notice names it")
	}
	if s.ClaimDays < 0 {
		c.add("$.site.claim_days", "is negative", "write a number of days, or leave it out for 30")
	}
	if s.AnswerDays < 0 {
		c.add("$.site.answer_days", "is negative", "write a number of days, or leave it out for 14")
	}
	c.refers("$.site.unknown_origin", s.UnknownOrigin, "licenses", c.licenses)
	for i, n := range s.Names {
		if feeds.Fold(n) == "" {
			c.add(fmt.Sprintf("$.site.house[%d]", i), "is empty", "write the source line that means the house, or remove it")
		}
	}
	for i, pattern := range s.StaffCredits {
		c.template(fmt.Sprintf("$.site.staff_credits[%d]", i), pattern, "house", "name")
		if !strings.Contains(pattern, "{name}") {
			c.add(fmt.Sprintf("$.site.staff_credits[%d]", i), "has no {name}", "put {name} where the photographer's name stands: a mark of the house alone is no credit")
		}
	}
	for i, agency := range s.DenyCredits {
		if feeds.Fold(agency) == "" {
			c.add(fmt.Sprintf("$.site.deny_credits[%d]", i), "is empty", "write the agency's name, or remove it")
		}
	}
	for language, w := range s.Words {
		c.words("$.site.notices."+language, w)
	}
}

func (c *checker) words(path string, w Words) {
	c.template(path+".source", w.Source, "source")
	c.template(path+".author", w.Author, "author")
	c.template(path+".editor", w.Editor, "editor")
	c.template(path+".license", w.License, "license")
	c.template(path+".excerpt", w.Excerpt, "link")
	c.template(path+".link_only", w.LinkOnly, "link")
	c.template(path+".pictures", w.Pictures)
	c.template(path+".disclaimer", w.Disclaimer, "house", "source")
	c.template(path+".withdrawn", w.Withdrawn, "house", "date", "authority", "replacement")
	c.template(path+".contact", w.Contact, "house", "days", "phone", "email")
	if w.Source != "" && !strings.Contains(w.Source, "{source}") {
		c.add(path+".source", "does not name the source", "put {source} where its name stands")
	}
	if w.Contact != "" && strings.Count(w.Contact, "{house}") != 1 {
		c.add(path+".contact", "does not name the house once", "put {house} where its name stands: it leads to the form for complaints")
	}
	if w.License != "" && !strings.Contains(w.License, "{license}") {
		c.add(path+".license", "does not name the license", "put {license} where its name stands")
	}
}

// template reports placeholders that nothing fills.
func (c *checker) template(path, template string, known ...string) {
	for _, n := range placeholders(template) {
		if !slices.Contains(known, n) {
			c.add(path, fmt.Sprintf("{%s} is not known here", n), "use one of: {"+strings.Join(known, "}, {")+"}")
		}
	}
}

func (c *checker) eachLicense() {
	c.ids("$.licenses", "id", c.licenses)
	if len(c.licenses) == 0 {
		c.add("$.licenses", "is empty", "list at least one license: without one everything is withheld")
	}
	for i, l := range c.house.Licenses {
		path := fmt.Sprintf("$.licenses[%d]", i)
		c.webURL(path+".url", l.URL)
		if len(l.Name) == 0 {
			c.add(path+".name", "is missing", "write the name by language: {zh: …, en: …}")
		}
		if l.Public.Text == Excerpt && (l.Public.ExcerptChars < 20 || l.Public.ExcerptChars > feeds.MaxText) {
			c.add(path+".public.excerpt_chars", fmt.Sprintf("%d is not from 20 to %d", l.Public.ExcerptChars, feeds.MaxText),
				"say how many characters an excerpt has")
		}
		if l.Public.Pictures > PicturesNone && l.Public.Text < Excerpt {
			c.add(path+".public.pictures", "grants pictures without text", "a picture goes out only with at least an excerpt: raise text, or set pictures to none")
		}
	}
}

func (c *checker) eachOrigin() {
	seen := make(map[string]bool)
	for i, o := range c.house.Origins {
		path := fmt.Sprintf("$.origins[%d]", i)
		c.need(path+".name", o.Name, "write the outlet's name as source lines print it")
		c.webURL(path+".url", o.URL)
		c.refers(path+".license", o.License, "licenses", c.licenses)
		folded := feeds.Fold(o.Name)
		if seen[folded] {
			c.add(path+".name", fmt.Sprintf("%q is listed twice", o.Name), "keep one of them")
		}
		seen[folded] = true
		for _, n := range c.house.Site.Names {
			if feeds.Fold(n) == folded {
				c.add(path+".name", fmt.Sprintf("%q is also a name of the house", o.Name), "remove it here or from site.house")
			}
		}
	}
}

func (c *checker) eachSource() {
	c.ids("$.sources", "id", c.sources)
	for i, s := range c.house.Sources {
		path := fmt.Sprintf("$.sources[%d]", i)
		c.need(path+".name", s.Name, "write the outlet's name")
		c.need(path+".home", s.Home, "write the address of its site: attributions link to it")
		c.webURL(path+".home", s.Home)
		c.refers(path+".license", s.License, "licenses", c.licenses)
	}
}

func (c *checker) eachChannel() {
	c.ids("$.channels", "id", c.channels)
	for i, ch := range c.house.Channels {
		path := fmt.Sprintf("$.channels[%d]", i)
		c.need(path+".title", ch.Title, "write the feed's title")
		if ch.Limit < 1 || ch.Limit > 500 {
			c.add(path+".limit", fmt.Sprintf("%d is not from 1 to 500", ch.Limit), "say how many items the feed holds at most")
		}
		c.all(path+".sources", ch.Sources, "sources", c.sources)
		c.all(path+".licenses", ch.Licenses, "licenses", c.licenses)
	}
}

// all reports every reference of a list to something that is not configured.
func (c *checker) all(path string, ids []string, kind string, known []string) {
	for i, id := range ids {
		c.refers(fmt.Sprintf("%s[%d]", path, i), id, kind, known)
	}
}
