package syndicate

import (
	"regexp"
	"slices"

	"reprint/feeds"
)

// Rulebook is a [House] that was checked and made ready to decide with. It does not
// change and is safe for concurrent use.
type Rulebook struct {
	house    House
	licenses map[string]License
	sources  map[string]Source
	channels map[string]Channel
	partners map[string]Partner

	outlets     map[string]outlet // by folded name
	addresses   map[string]outlet // by tidy URL of site or feed
	names       map[string]bool   // folded names of the house
	departments map[string]bool   // folded house channels
	own         string            // license of the house's own items; empty if unknown

	staff    []*regexp.Regexp // staff credits, over folded text
	handouts []string         // folded beginnings of hand-out credits
	agencies []string         // folded names whose pictures never leave
	words    map[string]Words // by language, complete

	gist func(text string) feeds.Gist // how texts are read
}

// outlet is a medium that the configuration knows, listed or polled.
type outlet struct {
	name    string
	url     string
	license string
}

// Reading returns the same Rulebook that reads texts with gist instead of [feeds.NewGist]: one that remembers what it
// has read. It must give the same answers and be safe for concurrent use.
func (b *Rulebook) Reading(gist func(text string) feeds.Gist) *Rulebook {
	other := *b
	other.gist = gist
	return &other
}

// House returns what the Rulebook was made from.
func (b *Rulebook) House() House { return b.house }

// License returns the license with that id, its URL filled in with the page that Reprint
// serves for it where the configuration names none.
func (b *Rulebook) License(id string) (License, bool) {
	l, ok := b.licenses[id]
	return l, ok
}

// Source returns the source with that id.
func (b *Rulebook) Source(id string) (Source, bool) {
	s, ok := b.sources[id]
	return s, ok
}

// Channel returns the channel with that id.
func (b *Rulebook) Channel(id string) (Channel, bool) {
	c, ok := b.channels[id]
	return c, ok
}

// Partner returns the partner with that id.
func (b *Rulebook) Partner(id string) (Partner, bool) {
	p, ok := b.partners[id]
	return p, ok
}

// SourcesOf returns the ids of the sources whose items can be in a channel, in the order
// of the configuration: those that it lists, or all.
func (b *Rulebook) SourcesOf(channel Channel) []string {
	var ids []string
	for _, s := range b.house.Sources {
		if len(channel.Sources) == 0 || slices.Contains(channel.Sources, s.ID) {
			ids = append(ids, s.ID)
		}
	}
	return ids
}

// Holds tells whether an item belongs to a channel: it matches every list of the channel
// that is not empty. A language matches its regional forms too.
func (b *Rulebook) Holds(channel Channel, item feeds.Item) bool {
	if _, known := b.sources[item.Source]; !known {
		return false
	}
	return matches(channel.Sources, item.Source) &&
		matchesAny(channel.Tags, item.Tags) &&
		matchesLanguage(channel.Languages, item.Language) &&
		(len(channel.Licenses) == 0 || matches(channel.Licenses, b.licenseOf(item)))
}

// licenseOf returns the id of the license that an item is under.
func (b *Rulebook) licenseOf(item feeds.Item) string {
	h := hearing{book: b, item: item}
	if !h.source() {
		return ""
	}
	h.origin()
	h.itemLicense()
	return h.terms.license.ID
}

// matches tells whether list is empty or holds value.
func matches(list []string, value string) bool {
	return len(list) == 0 || slices.Contains(list, value)
}

// matchesAny tells whether list is empty or shares a value with values, spelling folded.
func matchesAny(list, values []string) bool {
	if len(list) == 0 {
		return true
	}
	for _, l := range list {
		for _, v := range values {
			if feeds.Fold(l) == feeds.Fold(v) {
				return true
			}
		}
	}
	return false
}

// matchesLanguage tells whether list is empty or holds language or a prefix of it.
func matchesLanguage(list []string, language string) bool {
	if len(list) == 0 {
		return true
	}
	for _, l := range list {
		if l == language || len(language) > len(l) && language[:len(l)] == l && language[len(l)] == '-' {
			return true
		}
	}
	return false
}
