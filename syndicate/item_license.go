package syndicate

import (
	"strings"

	"reprint/feeds"
)

// itemLicense weighs the machine-readable licenses that came with the item: R11 to R13.
func (h *hearing) itemLicense() {
	statements := h.licenseStatements()
	if len(statements) == 0 {
		return
	}
	if statements[0].Kind == feeds.KindUnspecified {
		h.note("R12", ItemLicenseNarrows, "the %s says that no license is stated; none is inherited", statements[0].Scope)
		return
	}
	if h.from.TrustItemLicense && h.ownWord() {
		h.trustedLicense(statements)
		return
	}
	for _, s := range statements {
		h.statedLicense(s)
	}
}

// licenseStatements returns the license statements of the nearest scope that has any
// (RFC 4946 section 2.4: entry, then its source, then the feed). A statement that no
// license is stated ends the search. R14: a feed's license is not passed on to an item
// that came from another feed or names another outlet.
func (h *hearing) licenseStatements() []feeds.Statement {
	for _, scope := range []feeds.Scope{feeds.ScopeItem, feeds.ScopeSource, feeds.ScopeFeed} {
		if scope == feeds.ScopeFeed && !h.ownWord() {
			return nil
		}
		var found []feeds.Statement
		for _, s := range h.item.Rights {
			if s.Scope != scope {
				continue
			}
			switch s.Kind {
			case feeds.KindUnspecified:
				return []feeds.Statement{s}
			case feeds.KindLicense:
				found = append(found, s)
			}
		}
		if len(found) > 0 {
			return found
		}
	}
	return nil
}

// ownWord tells whether the feed speaks for the item: the item is the feed's own.
func (h *hearing) ownWord() bool {
	return h.item.Attribution.Carried == nil && feeds.Fold(h.d.Origin.Name) == feeds.Fold(h.from.Name)
}

// trustedLicense applies R11: where the source is trusted to license its items itself,
// the license that the item names replaces the source's. Of several the strictest counts;
// one that is not configured narrows, as ever.
func (h *hearing) trustedLicense(statements []feeds.Statement) {
	var trusted *terms
	for _, s := range statements {
		l, ok := h.book.licenseFor(s)
		if !ok {
			h.statedLicense(s)
			continue
		}
		t := termsOf(l)
		if trusted != nil {
			t = t.meet(*trusted)
		}
		trusted = &t
		h.note("R11", ItemLicenseTrusted, "%s names %q, which is license %q", s.Where, s.Value, l.ID)
	}
	if trusted == nil {
		return
	}
	if h.limit == LicenseUnrecognized {
		h.terms = h.terms.meet(*trusted)
		return
	}
	h.terms = *trusted
}

// statedLicense applies R12 and R13: a license that the item names can only narrow. One
// that is configured narrows to what it grants; a Creative Commons license that is not
// still lets an excerpt through; anything else lets an excerpt without pictures through.
func (h *hearing) statedLicense(s feeds.Statement) {
	if l, ok := h.book.licenseFor(s); ok {
		h.narrow(termsOf(l), "R12", ItemLicenseNarrows, "%s names %q, which is license %q", s.Where, s.Value, l.ID)
		return
	}
	ceiling := terms{grant: Grant{Text: Excerpt, ExcerptChars: defaultExcerpt}, reprint: ReprintByAgreement}
	if strings.HasPrefix(s.SPDX, "CC") {
		ceiling.grant.Pictures = PicturesAll
	}
	if h.terms.grant.ExcerptChars > 0 {
		ceiling.grant.ExcerptChars = h.terms.grant.ExcerptChars
	}
	h.narrow(ceiling, "R13", LicenseUnrecognized, "%s names %q, which is not configured", s.Where, s.Value)
}

// licenseFor returns the configured license that a statement names, by SPDX id or URL.
func (b *Rulebook) licenseFor(s feeds.Statement) (License, bool) {
	for _, configured := range b.house.Licenses {
		l := b.licenses[configured.ID]
		if s.SPDX != "" && strings.EqualFold(l.SPDX, s.SPDX) || tidyURL(s.Value) != "" && tidyURL(s.Value) == tidyURL(l.URL) {
			return l, true
		}
	}
	return License{}, false
}

// exclusive applies R15: an item that says in words that it is exclusive or must not be
// reprinted is narrowed. Another outlet's becomes a link; the house's own, which says so
// by habit (T1), stays an excerpt at most. Neither is free to reprint.
func (h *hearing) exclusive() {
	s, ok := h.find(feeds.KindExclusive)
	if !ok {
		return
	}
	ceiling := terms{grant: Grant{Text: Link}, reprint: ReprintByAgreement}
	if h.d.Origin.House {
		ceiling.grant = Grant{Text: Excerpt, ExcerptChars: h.terms.grant.ExcerptChars, Pictures: PicturesAll}
		if ceiling.grant.ExcerptChars == 0 {
			ceiling.grant.ExcerptChars = defaultExcerpt
		}
	} else {
		h.named = true
	}
	h.narrow(ceiling, "R15", Exclusive, "%s: %q", s.Where, feeds.Cut(s.Value, 60))
}

// forbidden applies R17: a machine-readable no to republication withholds the item, but
// for what the house says of its own feed.
func (h *hearing) forbidden() {
	s, ok := h.find(feeds.KindForbidden)
	if !ok {
		return
	}
	if h.d.Origin.House && h.book.isHouse(h.from.Name) {
		h.note("R17", OriginHouse, "%s %q is the house's word to others, about its own item", s.Where, feeds.Cut(s.Value, 60))
		return
	}
	h.named = true
	h.narrow(terms{reprint: h.terms.reprint}, "R17", SourceForbids, "%s %q on the %s", s.Where, feeds.Cut(s.Value, 60), s.Scope)
}

// find returns the first statement of a kind.
func (h *hearing) find(kind feeds.Kind) (feeds.Statement, bool) {
	for _, s := range h.item.Rights {
		if s.Kind == kind {
			return s, true
		}
	}
	return feeds.Statement{}, false
}

// forbidsChange tells whether a license is of the kind that allows no changed versions.
func forbidsChange(spdx string) bool { return strings.Contains(strings.ToUpper(spdx), "-ND-") }
