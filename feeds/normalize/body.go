package normalize

import (
	"net/url"

	"reprint/feeds"
	"reprint/feeds/parse"
)

// body is what becomes of the text of one entry.
type body struct {
	parts      []feeds.Part
	text       string
	pictures   []*feeds.Picture
	said       said
	statements []feeds.Statement
}

// body reads the content of an entry, or its summary where there is no content.
func (r *reading) body(e parse.Entry, base *url.URL) body {
	for _, t := range []parse.Text{e.Content, e.Summary} {
		if blank(t.Value) {
			continue
		}
		b := r.compose(t, base)
		if len(b.parts) > 0 {
			return b
		}
	}
	return body{}
}

// compose takes one text through all steps.
func (r *reading) compose(t parse.Text, base *url.URL) body {
	root, err := tree(t)
	if err != nil {
		r.lose("%v", err)
	}
	tidy := newTidier(base)
	tidy.children(root)
	if tidy.lost > 0 {
		r.lose("%d pictures beyond the first %d were left out", tidy.lost, maxPictures)
	}
	p := lay(root, tidy)
	takeCaptions(p, tidy.framed)
	edges := readEdges(p)
	return body{
		parts:      write(p),
		text:       p.plainText(),
		pictures:   p.pictures(),
		said:       edges.said,
		statements: edges.statements,
	}
}
