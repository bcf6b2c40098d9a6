package syndicate

import (
	"fmt"
	"time"

	"reprint/feeds"
)

// Decide gives the verdict on one item for one audience. The Decision is always whole;
// the Cleared is zero where the verdict is [Withheld].
//
// The steps are those of docs/rules.md, in order: whether the item was withdrawn, where
// it comes from, which license that puts it under, what the item itself says, what the
// public gets, what agreements add, and then each picture. Agreements of which spent names
// the ids have granted as many items today as they may (R41), and do not grant this one.
func (b *Rulebook) Decide(item feeds.Item, audience Audience, withdrawn *Withdrawals, now time.Time, spent ...string) (Cleared, Decision) {
	h := &hearing{book: b, item: item, now: now, spent: spent, withdrawals: withdrawn}
	h.d = Decision{Item: item.ID, Audience: audience, At: now}
	if h.withdrawn() || !h.source() {
		h.pictures()
		return Cleared{}, h.d
	}
	h.origin()
	if h.originWithdrawn() {
		h.pictures()
		return Cleared{}, h.d
	}
	h.itemLicense()
	h.exclusive()
	h.forbidden()
	h.public()
	if audience != Public {
		h.agreements(audience)
	}
	h.noDerivatives()
	h.pictures()
	if h.d.Form == Withheld {
		return Cleared{}, h.d
	}
	h.d.Restored = h.restored()
	return h.clear(), h.d
}

// hearing is one decision in the making.
type hearing struct {
	book *Rulebook
	item feeds.Item
	now  time.Time
	d    Decision

	spent       []string // agreements that have reached their daily cap
	withdrawals *Withdrawals

	from  Source // the source that the item came through
	terms terms  // what the item is under
	// limit is the reason that last took something from the terms; empty while the
	// license alone speaks.
	limit Reason
	// named tells that only an agreement that names the source or the outlet can grant
	// the item, because the item is exclusive or its feed forbids republication.
	named bool
}

// terms is what applies to an item: a license, narrowed by whatever narrows it.
type terms struct {
	license    License
	grant      Grant
	reprint    Reprint
	disclaimer bool
}

func termsOf(l License) terms {
	return terms{license: l, grant: l.Public, reprint: l.Reprint, disclaimer: l.Disclaimer}
}

// meet returns the stricter of two terms in every point. The license that is named is the
// one that grants less text, then fewer pictures, then less reprinting.
func (t terms) meet(o terms) terms {
	strict := t
	if o.stricter(t) {
		strict = o
	}
	strict.grant = Grant{
		Text:         min(t.grant.Text, o.grant.Text),
		ExcerptChars: chars(t.grant, o.grant),
		Pictures:     min(t.grant.Pictures, o.grant.Pictures),
	}
	strict.reprint = min(t.reprint, o.reprint)
	strict.disclaimer = t.disclaimer || o.disclaimer
	return strict
}

// stricter tells whether t grants less than o, by text, pictures and reprint in this order.
func (t terms) stricter(o terms) bool {
	if t.grant.Text != o.grant.Text {
		return t.grant.Text < o.grant.Text
	}
	if t.grant.Pictures != o.grant.Pictures {
		return t.grant.Pictures < o.grant.Pictures
	}
	return t.reprint < o.reprint
}

// defaultExcerpt is the length of an excerpt where none is configured, because the
// license grants more than an excerpt or only a rule made it one.
const defaultExcerpt = 200

// chars returns the shorter excerpt length of two grants; one of 0 sets no length.
func chars(a, b Grant) int {
	switch {
	case a.ExcerptChars == 0:
		return b.ExcerptChars
	case b.ExcerptChars == 0:
		return a.ExcerptChars
	}
	return min(a.ExcerptChars, b.ExcerptChars)
}

// note adds a clause to the decision.
func (h *hearing) note(rule string, reason Reason, fact string, args ...any) {
	h.d.Clauses = append(h.d.Clauses, Clause{Rule: rule, Reason: reason, Fact: fmt.Sprintf(fact, args...)})
}

// narrow notes a clause and makes the terms no more generous than ceiling.
func (h *hearing) narrow(ceiling terms, rule string, reason Reason, fact string, args ...any) {
	h.note(rule, reason, fact, args...)
	before := h.terms
	ceiling.license = before.license
	h.terms = before.meet(ceiling)
	h.terms.license = before.license
	if h.terms.grant != before.grant || h.terms.reprint != before.reprint {
		h.limit = reason
	}
}

// withdrawn applies R1: a withdrawal that stands wins over everything.
func (h *hearing) withdrawn() bool {
	w, stands := h.withdrawals.of(h.item, h.book.WordingOf)
	return stands && h.noteWithdrawal(w)
}

// originWithdrawn applies R1 to everything that is from an outlet, if only among others.
func (h *hearing) originWithdrawn() bool {
	for _, name := range h.d.Outlets {
		if w, stands := h.withdrawals.Standing(OriginTarget(name)); stands {
			return h.noteWithdrawal(w)
		}
	}
	return false
}

// restored is when an item that may be shown was put back last, by itself, with its source or with an outlet.
func (h *hearing) restored() (last time.Time) {
	targets := []Target{ItemTarget(h.item.ID), SourceTarget(h.item.Source)}
	for _, name := range h.d.Outlets {
		targets = append(targets, OriginTarget(name))
	}
	for _, t := range targets {
		if e, _ := h.withdrawals.Standing(t); e.Reinstated && e.At.After(last) {
			last = e.At
		}
	}
	return last
}

func (h *hearing) noteWithdrawal(w Withdrawal) bool {
	by := ""
	if w.Upstream != nil {
		by = ", by its own source"
	}
	rule := "R1"
	if id := w.Target.Item(); id != "" && id != h.item.ID {
		rule, by = "R43", by+": this is that story again"
		if w.isAddressOf(h.item) {
			rule = "R1"
		}
	}
	h.note(rule, Withdrawn, "%s was withdrawn on %s, epoch %d, cause %s%s", w.Target, w.At.UTC().Format(time.RFC3339), w.Epoch, w.Cause, by)
	h.d.Reason, h.d.Under = Withdrawn, w
	return true
}

// source applies R2: an item whose source is not configured has no license.
func (h *hearing) source() bool {
	from, ok := h.book.sources[h.item.Source]
	if !ok {
		h.note("R2", SourceUnknown, "source %q", h.item.Source)
		h.d.Reason = SourceUnknown
		return false
	}
	h.from = from
	return true
}

// public applies R16: everybody gets what the license grants to the public.
func (h *hearing) public() {
	t := h.terms
	h.d.Form, h.d.PictureTerms, h.d.ExcerptChars = t.grant.Text, t.grant.Pictures, t.grant.ExcerptChars
	h.d.License, h.d.Reprint, h.d.Disclaimer = t.license.ID, t.reprint, t.disclaimer
	h.d.Reason = LicensePublic
	switch {
	case h.limit != "":
		h.d.Reason = h.limit
	case t.grant.Text == Withheld:
		h.d.Reason = WithheldByLicense
	}
	h.note("R16", h.d.Reason, "license %q: the public gets text %s, pictures %s", t.license.ID, h.d.Form, h.d.PictureTerms)
}

// noDerivatives applies R24: where the license forbids changed versions there are no
// excerpts; less than the whole is the link.
func (h *hearing) noDerivatives() {
	if h.d.Form != Excerpt || !forbidsChange(h.terms.license.SPDX) {
		return
	}
	h.d.Form, h.d.PictureTerms, h.d.Reason = Link, PicturesNone, NoDerivatives
	h.note("R24", NoDerivatives, "license %q is %s", h.terms.license.ID, h.terms.license.SPDX)
}

// later moves the decision's Until nearer: at t the verdict could change.
func (h *hearing) later(t time.Time) {
	if t.After(h.now) && (h.d.Until.IsZero() || t.Before(h.d.Until)) {
		h.d.Until = t
	}
}
