package syndicate

import (
	"strings"

	"reprint/feeds"
)

// origin finds out whom the item is from and puts it under that outlet's license: the
// rules that decide between T1 and T3.
func (h *hearing) origin() {
	origins := distinct(h.item.Attribution.Origins)
	if len(origins) == 0 {
		h.ownFeed()
		return
	}
	var names []string
	for i, o := range origins {
		found, resolved := h.resolve(o)
		if i == 0 {
			h.terms, h.d.Origin = found, resolved
		} else {
			h.terms = h.terms.meet(found)
			h.d.Origin.House = h.d.Origin.House && resolved.House
		}
		names = append(names, resolved.Name)
		h.d.Outlets = append(h.d.Outlets, resolved.Name, o.Name)
	}
	if len(origins) > 1 {
		h.note("R9", SeveralOrigins, "%s: the strictest license is %q", strings.Join(names, ", "), h.terms.license.ID)
		h.d.Origin.Name = strings.Join(names, h.words().Between)
		h.d.Origin.URL = ""
	}
}

// distinct returns the origins without those that repeat a name, which a head line and an
// element often do.
func distinct(origins []feeds.Origin) []feeds.Origin {
	seen := make(map[string]bool)
	var kept []feeds.Origin
	for _, o := range origins {
		key := feeds.Fold(o.Name)
		if seen[key] && !o.Unclear {
			continue
		}
		seen[key] = true
		kept = append(kept, o)
	}
	return kept
}

// ownFeed applies R3: an item that names no source is its feed's own.
func (h *hearing) ownFeed() {
	h.terms = termsOf(h.book.licenses[h.from.License])
	h.d.Origin = Origin{Name: h.from.Name, URL: h.from.Home, House: h.book.isHouse(h.from.Name)}
	h.d.Outlets = []string{h.from.Name}
	if h.d.Origin.House {
		h.d.Outlets = append(h.d.Outlets, h.book.house.Site.Names...)
	}
	h.note("R3", OriginFeed, "no source named; feed %q is %s", h.from.ID, h.from.Name)
}

// resolve finds the outlet that one statement names, and its terms.
func (h *hearing) resolve(o feeds.Origin) (terms, Origin) {
	fact := quote(o)
	if h.book.isHouse(o.Name) {
		return h.house(o.Name, "R4", fact)
	}
	t, origin := h.elsewhere(o, fact)
	if o.Unclear {
		// R10: what could not be read for certain gets the terms of an unknown outlet,
		// if those are stricter.
		h.note("R10", OriginUnclear, "%s could not be read for certain", fact)
		t = t.meet(h.unknown())
		h.limit = OriginUnclear
	}
	return t, origin
}

// elsewhere resolves a name that is not simply the house's: a department of the house, a
// listed outlet, a polled one, or one that nobody knows.
func (h *hearing) elsewhere(o feeds.Origin, fact string) (terms, Origin) {
	name := o.Name
	if _, rest, ok := h.book.afterHouse(name); ok {
		if h.book.departments[feeds.Fold(rest)] {
			return h.house(name, "R5", fact)
		}
		h.note("R6", OriginNamed, "%s: what follows the house's name is another outlet, %q", fact, rest)
		name = rest
	}
	if known, ok := h.book.outlets[feeds.Fold(name)]; ok {
		h.note("R8", OriginNamed, "%s: license %q", fact, known.license)
		return h.outlet(known)
	}
	if known := h.book.addresses[tidyURL(o.URL)]; known.name != "" && h.sameAddress(o) {
		h.note("R8", OriginNamed, "%s at %s is %s: license %q", fact, o.URL, known.name, known.license)
		return h.outlet(known)
	}
	h.note("R7", UnknownOrigin, "%s: no outlet of that name is listed; license %q", fact, h.book.house.Site.UnknownOrigin)
	h.limit = UnknownOrigin
	return h.unknown(), Origin{Name: name, URL: o.URL}
}

// sameAddress tells whether an origin may be known by its address: only where a feed
// element gave it, and never as the house, which is known by name alone.
func (h *hearing) sameAddress(o feeds.Origin) bool {
	element := o.Place == feeds.PlaceAtomSource || o.Place == feeds.PlaceRSSSource
	return element && !h.book.isHouse(h.book.addresses[tidyURL(o.URL)].name)
}

func (h *hearing) outlet(known outlet) (terms, Origin) {
	house := h.book.isHouse(known.name)
	return termsOf(h.book.licenses[known.license]), Origin{Name: known.name, URL: known.url, House: house}
}

// unknown returns the terms of outlets that are not listed.
func (h *hearing) unknown() terms { return termsOf(h.book.licenses[h.book.house.Site.UnknownOrigin]) }

// house applies T1: an item whose source line names the house is the house's own. R10
// guards it: a feed that is not the house's cannot make an item the house's by saying
// so; there the stricter of both licenses holds.
func (h *hearing) house(name, rule, fact string) (terms, Origin) {
	own := Origin{Name: name, URL: h.book.house.Site.URL, House: true}
	h.d.Outlets = append(h.d.Outlets, h.book.house.Site.Names...)
	if h.book.isHouse(h.from.Name) {
		own.URL = h.from.Home
		h.note(rule, OriginHouse, "%s", fact)
		h.note("T1", OriginHouse, "the house's own: license %q", h.from.License)
		return termsOf(h.book.licenses[h.from.License]), own
	}
	h.note("R10", OriginUnclear, "%s, but feed %q is %s, not the house", fact, h.from.ID, h.from.Name)
	h.limit = OriginUnclear
	t := termsOf(h.book.licenses[h.from.License])
	if license, ok := h.book.licenses[h.book.own]; ok {
		t = t.meet(termsOf(license))
	} else {
		t = t.meet(h.unknown())
	}
	own.House = false
	return t, own
}

// afterHouse splits a name that begins with a house name and a hyphen, such as
// "清河周刊网-地方", and returns what follows. The longest house name counts.
func (b *Rulebook) afterHouse(name string) (house, rest string, ok bool) {
	for i, r := range name {
		if feeds.Fold(string(r)) != "-" {
			continue
		}
		if b.isHouse(name[:i]) {
			house, rest, ok = name[:i], strings.TrimSpace(name[i+len(string(r)):]), true
		}
	}
	return house, rest, ok && rest != ""
}

// quote describes a statement of origin for people.
func quote(o feeds.Origin) string {
	text := o.Raw
	if text == "" {
		text = o.Name
	}
	switch o.Place {
	case feeds.PlaceHead, feeds.PlaceFoot:
		return "line “" + text + "” at the " + string(o.Place)
	}
	return "element " + string(o.Place) + " “" + text + "”"
}
