package normalize

import (
	"strings"

	"github.com/microcosm-cc/bluemonday"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"reprint/feeds"
)

// policy is the last gate: what it lets through is the same list, checked by a library that
// does nothing else, over the finished text. It never changes after it is made.
var policy = newPolicy()

func newPolicy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	for name, r := range elements {
		if r.keep {
			p.AllowElements(name)
			p.AllowNoAttrs().OnElements(name)
		}
	}
	for name, patterns := range attributes {
		for key, pattern := range patterns {
			builder := p.AllowAttrs(key).Matching(pattern)
			if name == "*" {
				builder.Globally()
			} else {
				builder.OnElements(name)
			}
		}
	}
	return p
}

// checked passes a run through the last gate. A run must also be read again as the very tree
// that was written: what browsers would nest in another way than we did is not safe to
// judge, and gives way to its text.
func checked(markup string) string {
	for range 3 {
		clean := policy.Sanitize(markup)
		again, ok := reread(clean)
		if ok && again == clean {
			return clean
		}
		markup = again
	}
	var b strings.Builder
	for line := range strings.Lines(textOnly(markup)) {
		if !blank(line) {
			b.WriteString("<p>" + html.EscapeString(feeds.OneLine(line)) + "</p>")
		}
	}
	return b.String()
}

// reread parses markup and writes the tree that it makes.
func reread(markup string) (string, bool) {
	nodes, err := html.ParseFragmentWithOptions(strings.NewReader(markup), element(atom.Body),
		html.ParseOptionEnableScripting(false))
	if err != nil {
		return markup, false
	}
	var b strings.Builder
	for _, n := range nodes {
		if err := html.Render(&b, n); err != nil {
			return markup, false
		}
	}
	return b.String(), true
}
