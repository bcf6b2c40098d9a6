package syndicate

import (
	"slices"
	"time"
)

// agreements applies R18: a partner gets the most that any agreement in force grants, and
// never less than the public.
func (h *hearing) agreements(audience Audience) {
	partner := h.book.partners[string(audience)]
	failure := NotCovered
	for _, a := range partner.Agreements {
		reason := h.agreement(a)
		if reason != GrantedByAgreement {
			failure = telling(failure, reason)
			continue
		}
		h.d.Covered = append(h.d.Covered, a.ID)
		if a.Text > h.d.Form {
			h.d.Form, h.d.Agreement, h.d.Reason = a.Text, a.ID, GrantedByAgreement
		}
		if a.Pictures > h.d.PictureTerms {
			h.d.PictureTerms = a.Pictures
			if h.d.Agreement == "" {
				h.d.Agreement = a.ID
			}
		}
		failure = ""
	}
	if failure != "" && h.d.Form < Full {
		h.note("R18", failure, "partner %q has no agreement that grants more", audience)
		h.d.Reason = failure
	}
}

// agreement finds out whether one agreement grants the item now, notes why or why not,
// and notes when that could change.
func (h *hearing) agreement(a Agreement) Reason {
	if !h.covered(a) {
		h.note("R18", NotCovered, "agreement %q does not cover the item", a.ID)
		return NotCovered
	}
	if h.terms.reprint == ReprintNever {
		h.note("R19", ReprintForbidden, "agreement %q covers the item, but license %q is never for reprint", a.ID, h.terms.license.ID)
		return ReprintForbidden
	}
	if reason := h.inTime(a); reason != "" {
		return reason
	}
	if slices.Contains(h.spent, a.ID) {
		h.note("R41", CapReached, "agreement %q grants %d items a day", a.ID, a.DailyCap)
		h.later(h.now.UTC().Truncate(24 * time.Hour).Add(24 * time.Hour))
		return CapReached
	}
	h.note("R18", GrantedByAgreement, "agreement %q grants text %s, pictures %s", a.ID, a.Text, a.Pictures)
	return GrantedByAgreement
}

// inTime applies R20 to R22, the bounds of an agreement in time, and R23: every one of
// them that lies ahead is a moment at which the verdict could change.
func (h *hearing) inTime(a Agreement) Reason {
	for _, t := range []time.Time{a.From, a.Until, h.embargoEnd(a), h.windowEnd(a)} {
		h.later(t)
	}
	switch {
	case h.now.Before(a.From):
		h.note("R20", AgreementNotBegun, "agreement %q begins %s", a.ID, when(a.From))
		return AgreementNotBegun
	case !a.Until.IsZero() && !h.now.Before(a.Until):
		h.note("R20", AgreementEnded, "agreement %q ended %s", a.ID, when(a.Until))
		return AgreementEnded
	case h.now.Before(h.embargoEnd(a)):
		h.note("R21", Embargoed, "agreement %q: embargo of %s until %s", a.ID, a.Embargo, when(h.embargoEnd(a)))
		return Embargoed
	case a.Window > 0 && !h.now.Before(h.windowEnd(a)):
		h.note("R22", WindowEnded, "agreement %q: window of %s ended %s", a.ID, a.Window, when(h.windowEnd(a)))
		return WindowEnded
	}
	return ""
}

// embargoEnd is the end of the embargo, counted from publication, or from the day that we
// first saw an item without a date. Zero if there is none.
func (h *hearing) embargoEnd(a Agreement) time.Time {
	if a.Embargo == 0 {
		return time.Time{}
	}
	published := h.item.Published
	if published.IsZero() {
		published = h.item.FirstSeen
	}
	return published.Add(a.Embargo)
}

// windowEnd is the end of the window, counted from publication but never from later than
// the day that we first saw the item. Zero if there is none.
func (h *hearing) windowEnd(a Agreement) time.Time {
	if a.Window == 0 {
		return time.Time{}
	}
	return h.item.Rank().Add(a.Window)
}

// covered tells whether an agreement is about the item. An exclusive or forbidden item is
// covered only by an agreement that names its source or its outlet.
func (h *hearing) covered(a Agreement) bool {
	c := a.Covers
	if c.empty() || h.named && len(c.Sources) == 0 && len(c.Origins) == 0 {
		return false
	}
	return matches(c.Sources, h.item.Source) &&
		matches(c.Licenses, h.terms.license.ID) &&
		matchesAny(c.Origins, []string{h.d.Origin.Name}) &&
		matchesAny(c.Tags, h.item.Tags) &&
		matchesLanguage(c.Languages, h.item.Language) &&
		h.inChannel(c.Channels)
}

// inChannel tells whether the list is empty or one of the channels holds the item.
func (h *hearing) inChannel(ids []string) bool {
	return len(ids) == 0 || slices.ContainsFunc(ids, func(id string) bool {
		return h.book.Holds(h.book.channels[id], h.item)
	})
}

// failures are the reasons for which an agreement does not grant, the most telling last.
var failures = []Reason{NotCovered, ReprintForbidden, AgreementNotBegun, AgreementEnded, WindowEnded, Embargoed, CapReached}

// telling returns the reason that tells a partner more.
func telling(a, b Reason) Reason {
	if a == "" || slices.Index(failures, b) < slices.Index(failures, a) {
		return a
	}
	return b
}

func when(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// under returns the agreement that granted the form; a zero one where the license did.
func (h *hearing) under() Agreement {
	for _, a := range h.book.partners[string(h.d.Audience)].Agreements {
		if a.ID == h.d.Agreement && h.d.Agreement != "" {
			return a
		}
	}
	return Agreement{}
}

// words returns the notices in the item's language.
func (h *hearing) words() Words {
	_, w := h.book.wordsFor(h.item.Language)
	return w
}
