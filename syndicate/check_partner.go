package syndicate

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
)

func (c *checker) eachPartner() {
	var ids, agreements []string
	for _, p := range c.house.Partners {
		ids = append(ids, p.ID)
	}
	c.ids("$.partners", "id", ids)
	for i, p := range c.house.Partners {
		path := fmt.Sprintf("$.partners[%d]", i)
		c.need(path+".name", p.Name, "write the partner's name")
		for j, a := range p.Agreements {
			at := fmt.Sprintf("%s.agreements[%d]", path, j)
			if slices.Contains(agreements, a.ID) {
				c.add(at+".id", fmt.Sprintf("%q is used twice", a.ID), "give each agreement its own id")
			}
			agreements = append(agreements, a.ID)
			c.agreement(at, a)
			for _, b := range p.Agreements[:j] {
				c.together(at, b, a)
			}
		}
	}
}

func (c *checker) agreement(path string, a Agreement) {
	if !idPattern.MatchString(a.ID) {
		c.add(path+".id", fmt.Sprintf("%q cannot be an id", a.ID), "use lower-case letters, digits, and single dots or hyphens between them")
	}
	if a.Covers.empty() {
		c.add(path+".covers", "covers nothing", "name sources, licenses, channels, tags, origins or languages")
	}
	c.all(path+".covers.licenses", a.Covers.Licenses, "licenses", c.licenses)
	c.all(path+".covers.sources", a.Covers.Sources, "sources", c.sources)
	c.all(path+".covers.channels", a.Covers.Channels, "channels", c.channels)
	if a.Text == Withheld {
		c.add(path+".text", "grants nothing", "set it to link, excerpt or full")
	}
	if a.Pictures > PicturesNone && a.Text < Excerpt {
		c.add(path+".pictures", "grants pictures without text", "a picture goes out only with at least an excerpt: raise text, or set pictures to none")
	}
	if !a.From.IsZero() && !a.Until.IsZero() && !a.From.Before(a.Until) {
		c.add(path+".until", "is not after from", "put the dates the right way round")
	}
	if a.Embargo < 0 || a.Window < 0 || a.DailyCap < 0 {
		c.add(path, "has a negative embargo, window or daily cap", "write them as positive numbers, or leave them out")
	}
	if a.Window > 0 && a.Window <= a.Embargo {
		c.add(path+".window", "ends before the embargo does", "make the window longer than the embargo")
	}
	c.webURL(path+".terms", a.Terms)
	for i, country := range a.Territory {
		if !countryPattern.MatchString(country) {
			c.add(fmt.Sprintf("%s.territory[%d]", path, i), fmt.Sprintf("%q is no code of a country", country), "write two capital letters, such as CN (ISO 3166-1)")
		}
	}
	if a.ReaderLink != "" && !idPattern.MatchString(a.ReaderLink) {
		c.add(path+".reader_link", fmt.Sprintf("%q cannot be a name", a.ReaderLink), "use lower-case letters, digits, and single dots or hyphens between them")
	}
	c.template(path+".attribution", a.Attribution, "source", "author", "editor")
	if a.Attribution != "" && !slices.Contains(placeholders(a.Attribution), "source") {
		c.add(path+".attribution", "does not name the source", "put {source} where its name stands")
	}
}

var countryPattern = regexp.MustCompile(`^[A-Z]{2}$`)

// together reports two agreements of one partner that grant the same of the same at the same
// time, on terms that contradict each other: the laxer would hold, and the stricter stand
// there for nothing.
func (c *checker) together(path string, a, b Agreement) {
	if a.Text != b.Text || a.Pictures != b.Pictures {
		return // such as an excerpt at once, and the whole later
	}
	if !reflect.DeepEqual(a.Covers, b.Covers) || !a.Until.IsZero() && !b.From.Before(a.Until) || !b.Until.IsZero() && !a.From.Before(b.Until) {
		return
	}
	for _, term := range []struct {
		key  string
		same bool
	}{
		{"embargo", a.Embargo == b.Embargo}, {"window", a.Window == b.Window}, {"daily_cap", a.DailyCap == b.DailyCap},
		{"attribution", a.Attribution == b.Attribution}, {"terms", a.Terms == b.Terms},
	} {
		if !term.same {
			c.add(path+"."+term.key, fmt.Sprintf("contradicts agreement %q, which grants the same at the same time", a.ID), "end one before the other begins, or make them the same in this")
		}
	}
}

// empty tells that a coverage has no list at all.
func (c Coverage) empty() bool {
	return len(c.Licenses)+len(c.Sources)+len(c.Channels)+len(c.Tags)+len(c.Origins)+len(c.Languages) == 0
}
