package syndicate

import (
	"strings"

	"reprint/feeds"
)

// Compile checks a House and makes a Rulebook of it. With problems there is no Rulebook.
func Compile(house House) (*Rulebook, []Problem) {
	if problems := check(house); len(problems) > 0 {
		return nil, problems
	}
	b := &Rulebook{
		house:       house,
		licenses:    make(map[string]License),
		sources:     make(map[string]Source),
		channels:    make(map[string]Channel),
		partners:    make(map[string]Partner),
		outlets:     make(map[string]outlet),
		addresses:   make(map[string]outlet),
		names:       foldedSet(house.Site.Names),
		departments: foldedSet(house.Site.Channels),
		words:       make(map[string]Words),
		gist:        feeds.NewGist,
	}
	for _, l := range house.Licenses {
		if l.URL == "" {
			l.URL = house.Site.URL + "/licenses/" + l.ID
		}
		b.licenses[l.ID] = l
	}
	for _, c := range house.Channels {
		b.channels[c.ID] = c
	}
	for _, p := range house.Partners {
		b.addPartner(p)
	}
	b.addOutlets()
	b.addCredits()
	b.addWords()
	return b, nil
}

// addPartner makes a partner known, and for each agreement with reader links one more that
// has nothing but that agreement: what such a link shows, see [LinkAudience].
func (b *Rulebook) addPartner(p Partner) {
	b.partners[p.ID] = p
	for _, a := range p.Agreements {
		if a.ReaderLink != "" {
			linked := p
			linked.Agreements = []Agreement{a}
			b.partners[string(LinkAudience(p.ID, a.ID))] = linked
		}
	}
}

// addOutlets makes every medium of the configuration known by name and by address. A
// listed outlet wins over a source of the same name.
func (b *Rulebook) addOutlets() {
	for _, s := range b.house.Sources {
		b.sources[s.ID] = s
		o := outlet{name: s.Name, url: s.Home, license: s.License}
		if b.isHouse(s.Name) && b.own == "" {
			b.own = s.License
		}
		b.outlets[feeds.Fold(s.Name)] = o
		for _, address := range []string{s.Home, s.Feed} {
			b.addAddress(address, o)
		}
	}
	for _, listed := range b.house.Origins {
		o := outlet{name: listed.Name, url: listed.URL, license: listed.License}
		b.outlets[feeds.Fold(listed.Name)] = o
		b.addAddress(listed.URL, o)
	}
}

// addAddress makes an outlet known by a URL, unless two outlets share it: then the URL
// names neither.
func (b *Rulebook) addAddress(address string, o outlet) {
	key := tidyURL(address)
	if key == "" {
		return
	}
	if known, ok := b.addresses[key]; ok && known != o {
		o = outlet{}
	}
	b.addresses[key] = o
}

// tidyURL makes addresses comparable: no scheme, no slash at the end, host in lower case.
func tidyURL(address string) string {
	_, rest, ok := strings.Cut(address, "://")
	if !ok {
		return ""
	}
	host, path, _ := strings.Cut(rest, "/")
	return strings.TrimRight(strings.ToLower(host)+"/"+path, "/")
}

func (b *Rulebook) isHouse(name string) bool { return b.names[feeds.Fold(name)] }

func foldedSet(names []string) map[string]bool {
	set := make(map[string]bool)
	for _, n := range names {
		set[feeds.Fold(n)] = true
	}
	return set
}

// addWords completes the notices of every language that is built in or configured.
func (b *Rulebook) addWords() {
	english, _ := builtin("en")
	for _, language := range []string{"zh", "en"} {
		b.words[language], _ = builtin(language)
	}
	for language, w := range b.house.Site.Words {
		base, ok := builtin(language)
		if !ok {
			base = english
		}
		b.words[language] = w.over(base)
	}
}

// wordsFor returns the notices in the language nearest to the one asked for: the same,
// its base, the site's, English. The tag of the language found comes with them.
func (b *Rulebook) wordsFor(language string) (string, Words) {
	for _, tag := range []string{language, b.house.Site.Language} {
		base, _, _ := strings.Cut(tag, "-")
		for _, t := range []string{tag, base} {
			if w, ok := b.words[t]; ok {
				return tag, w
			}
		}
	}
	return "en", b.words["en"]
}
