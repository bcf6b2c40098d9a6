package syndicate

import "strings"

// Notice is what must be shown to people with an item, whatever form the item goes out
// in: one line above the text and some below it. It is words with links, no markup; the
// renderers turn it into theirs.
type Notice struct {
	// Language is the BCP 47 tag of the words.
	Language string
	// Attribution stands above the text: source, author, editor. Never empty (promise 1).
	Attribution Line
	// License names the license with a link. Never empty (promise 1).
	License Line
	// Changes says what was left out, as the Creative Commons licenses ask for and
	// readers expect: that this is an excerpt, that pictures are missing. Empty where
	// nothing was.
	Changes Line
	// Disclaimer is the pass-along disclaimer (T3); empty where it does not apply.
	Disclaimer Line
	// Contact is where complaints go (T4): the name of the house in it leads to the form for them, with the item.
	Contact Line
}

// Foot returns the lines that stand below the text, in order, without empty ones.
func (n Notice) Foot() []Line {
	var foot []Line
	for _, l := range []Line{n.Changes, n.License, n.Disclaimer, n.Contact} {
		if len(l) > 0 {
			foot = append(foot, l)
		}
	}
	return foot
}

// Claims is the address of the form for complaints about the item (T4).
func (n Notice) Claims() string {
	for _, span := range n.Contact {
		if span.Href != "" && !strings.HasPrefix(span.Href, "mailto:") {
			return span.Href
		}
	}
	return ""
}

// Line is one line of a notice.
type Line []Span

// Span is a run of plain text, linked where Href is not empty. Rel is the relation of the
// link ("license" or empty).
type Span struct {
	Text string
	Href string
	Rel  string
}

// Text returns the line as plain text.
func (l Line) Text() string {
	var s string
	for _, span := range l {
		s += span.Text
	}
	return s
}
