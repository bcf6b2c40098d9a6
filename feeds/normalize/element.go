package normalize

import "regexp"

// rule says what becomes of an element. An element without a rule is unwrapped: its tags go,
// its content stays.
type rule struct {
	keep  bool   // stays, with the attributes that are allowed for it
	drop  bool   // goes, with all that is in it
	block bool   // begins and ends a line
	as    string // stays under this name; it must be kept itself
}

// elements is the one list of what may be in a body. Elements that browsers treat specially
// when they nest are renamed to section, never unwrapped, so that what we write is read again
// as the same tree.
var elements = rules(map[rule][]string{
	{keep: true, block: true}: {
		"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd", "blockquote", "pre",
		"table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th", "figure", "figcaption", "details",
		"summary", "hr", "div", "section", "article", "aside", "header", "footer", "main", "nav", "address",
	},
	{keep: true}: {
		"a", "abbr", "b", "bdi", "bdo", "br", "cite", "code", "del", "dfn", "em", "i", "ins", "kbd", "mark", "q",
		"rb", "rp", "rt", "rtc", "ruby", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "u", "var",
	},
	{as: "section", block: true}: {"center", "form", "fieldset", "hgroup", "search"},
	{as: "pre", block: true}:     {"listing", "xmp", "plaintext"},
	{as: "ul", block: true}:      {"dir", "menu"},
	{as: "s"}:                    {"strike"},
	{as: "abbr"}:                 {"acronym"},
	{as: "code"}:                 {"tt"},
	{drop: true}: {
		"script", "style", "template", "head", "title", "meta", "link", "base", "object", "embed", "applet", "param",
		"frame", "frameset", "noframes", "noembed", "canvas", "map", "area", "select", "option", "optgroup", "input",
		"textarea", "button", "datalist", "output", "progress", "meter", "dialog", "source", "track", "bgsound",
		"keygen", "portal", "svg", "col", "colgroup", "slot", "marquee",
	},
})

func rules(byRule map[rule][]string) map[string]rule {
	m := make(map[string]rule)
	for r, names := range byRule {
		for _, n := range names {
			m[n] = r
		}
	}
	return m
}

// What the values of attributes may be.
var (
	anyText    = regexp.MustCompile(`^[^<>\p{Cc}]{0,300}$`)
	webAddress = regexp.MustCompile(`^https?://[^\s<>"'\\]+$`)
	linkTarget = regexp.MustCompile(`^(?:https?://[^\s<>"'\\]+|(?i:mailto):[^\s<>"'\\]+)$`)
	smallCount = regexp.MustCompile(`^[1-9][0-9]{0,2}$`)
	listNumber = regexp.MustCompile(`^-?[0-9]{1,6}$`)
	listType   = regexp.MustCompile(`^[1aAiI]$`)
	tag        = regexp.MustCompile(`^[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*$`)
	direction  = regexp.MustCompile(`^(?:ltr|rtl|auto)$`)
	dateTime   = regexp.MustCompile(`^[0-9A-Za-z:.+ -]{1,40}$`)
	cellScope  = regexp.MustCompile(`^(?:row|col|rowgroup|colgroup)$`)
	licenseRel = regexp.MustCompile(`^license$`)
)

// attributes is the one list of the attributes that may stay: by element, "*" for all. None
// of them can run, load, hide or name anything.
var attributes = map[string]map[string]*regexp.Regexp{
	"*":          {"lang": tag, "dir": direction},
	"a":          {"href": linkTarget, "rel": licenseRel},
	"abbr":       {"title": anyText},
	"dfn":        {"title": anyText},
	"blockquote": {"cite": webAddress},
	"q":          {"cite": webAddress},
	"del":        {"cite": webAddress, "datetime": dateTime},
	"ins":        {"cite": webAddress, "datetime": dateTime},
	"time":       {"datetime": dateTime},
	"td":         {"colspan": smallCount, "rowspan": smallCount},
	"th":         {"colspan": smallCount, "rowspan": smallCount, "scope": cellScope},
	"ol":         {"start": listNumber, "type": listType},
	"li":         {"value": listNumber},
}

// allowed tells whether an attribute may stay.
func allowed(element, name, value string) bool {
	for _, of := range []string{"*", element} {
		if pattern := attributes[of][name]; pattern != nil {
			return pattern.MatchString(value)
		}
	}
	return false
}
