package normalize

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"golang.org/x/text/language"

	"reprint/feeds"
	"reprint/feeds/parse"
)

// guidOf returns what names an entry for ever: its id as written, else its link as written
// (a resolved one would change when the feed moves), else a hash of its title and date.
func guidOf(e parse.Entry) string {
	for _, id := range []string{feeds.Scrub(e.GUID), feeds.OneLine(e.Link)} {
		switch {
		case strings.TrimSpace(id) == "":
		case len(id) > maxGUID:
			return "sha256:" + hash(id)
		default:
			return id
		}
	}
	if plain(e.Title) == "" {
		return ""
	}
	return "sha256:" + hash(plain(e.Title)+"\n"+feeds.OneLine(e.Published))
}

func hash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// tags returns the categories as plain text, without repeats.
func tags(categories []string) []string {
	var kept []string
	for _, c := range categories {
		tag := shorten(plain(parse.Text{Value: c}), maxTag)
		if tag != "" && len(kept) < maxTags && !slices.Contains(kept, tag) {
			kept = append(kept, tag)
		}
	}
	return kept
}

// languageOf returns the first of the tags that is a BCP 47 tag, in its canonical form.
func languageOf(tags ...string) string {
	for _, t := range tags {
		tag, err := language.Parse(strings.TrimSpace(t))
		if err == nil && tag != language.Und {
			return tag.String()
		}
	}
	return ""
}
