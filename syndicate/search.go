package syndicate

import (
	"html"
	"slices"
	"strings"

	"reprint/feeds"
)

// Search names items by what they say or where they stand. The zero Search finds nothing.
type Search struct {
	// Phrase stands in the title or the text, whatever its spaces, case, width or script.
	Phrase string
	// Address stands in the link, the permanent id, or the address of a picture.
	Address string
}

// IsZero tells whether nothing is looked for.
func (s Search) IsZero() bool { return feeds.Fold(s.Phrase) == "" && s.Address == "" }

// Finds tells whether an item is one that is looked for: by both, where both are given.
func (s Search) Finds(i feeds.Item) bool {
	return !s.IsZero() && s.says(i) && s.stands(i)
}

func (s Search) says(i feeds.Item) bool {
	phrase := feeds.Fold(s.Phrase)
	if phrase == "" || strings.Contains(feeds.Fold(i.Title), phrase) {
		return true
	}
	var text strings.Builder
	for _, p := range i.Body {
		text.WriteString(feeds.Fold(wordsOf(p.HTML)))
	}
	return strings.Contains(text.String(), phrase) || strings.Contains(feeds.Fold(i.Text), phrase)
}

func (s Search) stands(i feeds.Item) bool {
	address := strings.ToLower(s.Address)
	holds := func(at string) bool { return strings.Contains(strings.ToLower(at), address) }
	return holds(i.Link) || holds(i.URI) || slices.ContainsFunc(i.Pictures(), func(p feeds.Picture) bool { return holds(p.URL) })
}

// wordsOf is the text of clean HTML, in which no "<" stands but at a tag.
func wordsOf(clean string) string {
	var b strings.Builder
	for clean != "" {
		text, rest, _ := strings.Cut(clean, "<")
		b.WriteString(text)
		_, clean, _ = strings.Cut(rest, ">")
	}
	return html.UnescapeString(b.String())
}
