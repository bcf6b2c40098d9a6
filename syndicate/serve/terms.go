package serve

import (
	"fmt"
	"strings"

	"reprint/syndicate"
)

// termsOf is a license in words.
type termsOf struct {
	ID, Name, URL, SPDX string
	External            bool     // the terms in full stand elsewhere
	Public              string   // what everybody gets
	Sentences           []string // what else there is to say
}

// terms puts a license into words.
func (t *site) terms(l syndicate.License) termsOf {
	w := t.words
	own := t.url("/licenses/" + l.ID)
	r := termsOf{ID: l.ID, Name: nameIn(l.Name, w.Language), URL: l.URL, SPDX: l.SPDX, External: l.URL != own}
	r.Public = w.grant(l.Public) + w.Stop
	switch l.Reprint {
	case syndicate.ReprintFree:
		r.Sentences = append(r.Sentences, w.ReprintFree)
	case syndicate.ReprintByAgreement:
		r.Sentences = append(r.Sentences, w.ReprintAgreement)
	default:
		r.Sentences = append(r.Sentences, w.ReprintNever)
	}
	if l.Disclaimer {
		r.Sentences = append(r.Sentences, w.Disclaims)
	}
	return r
}

// grant says how much is granted.
func (w words) grant(g syndicate.Grant) string {
	text := map[syndicate.Form]string{
		syndicate.Withheld: w.TextWithheld, syndicate.Link: w.TextLink, syndicate.Excerpt: fmt.Sprintf(w.TextExcerpt, g.ExcerptChars), syndicate.Full: w.TextFull,
	}[g.Text]
	if g.Text < syndicate.Excerpt {
		return text
	}
	return text + w.Between + map[syndicate.PictureTerms]string{
		syndicate.PicturesNone: w.PicturesNone, syndicate.PicturesStaff: w.PicturesStaff, syndicate.PicturesCredited: w.PicturesCredited, syndicate.PicturesAll: w.PicturesAll,
	}[g.Pictures]
}

// nameIn returns a name in a language, or in the first other one by spelling of its tag.
func nameIn(names map[string]string, language string) string {
	if n := names[language]; n != "" {
		return n
	}
	first := ""
	for tag := range names {
		base, _, _ := strings.Cut(tag, "-")
		if base == language {
			return names[tag]
		}
		if first == "" || tag < first {
			first = tag
		}
	}
	return names[first]
}
