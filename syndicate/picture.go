package syndicate

import (
	"reprint/feeds"
)

// pictures decides on every picture by itself, wherever it stood: in the body, in an
// enclosure, in media:* (R25).
func (h *hearing) pictures() {
	for _, p := range h.item.Pictures() {
		rule, reason := h.picture(p)
		granted := reason == PictureGranted || reason == PictureCreditStaff || reason == PictureCredited
		h.d.Pictures = append(h.d.Pictures, PictureDecision{URL: p.URL, Credit: p.Credit, Granted: granted, Reason: reason})
		h.note(rule, reason, "picture %s, credit %q", p.URL, p.Credit)
	}
}

// picture gives the rule and the reason that settle one picture. What denies comes first.
func (h *hearing) picture(p feeds.Picture) (rule string, reason Reason) {
	for _, t := range []Target{PictureTarget(p.URL), SourcePictureTarget(h.item.Source, p.URL)} {
		if _, stands := h.withdrawals.Standing(t); stands {
			return "R1", PictureWithdrawn
		}
	}
	switch {
	case h.d.Form < Excerpt:
		return "R25", PictureTextWithheld
	case h.book.agency(p):
		return "R26", PictureCreditDenied
	case p.Restricted:
		return "R27", PictureRestricted
	}
	allowed := h.d.PictureTerms
	if p.License != "" {
		own := h.pictureLicense(p)
		if own < allowed && own == PicturesNone {
			return "R27", PictureOwnLicense
		}
		allowed = min(allowed, own)
	}
	return h.credit(p, allowed)
}

// pictureLicense returns what a license that the picture itself states grants. One that
// is not configured grants nothing.
func (h *hearing) pictureLicense(p feeds.Picture) PictureTerms {
	l, ok := h.book.licenseFor(feeds.Statement{Value: p.License, SPDX: feeds.SPDX(p.License)})
	if !ok {
		return PicturesNone
	}
	if h.d.Agreement != "" && l.ID == h.d.License {
		return h.d.PictureTerms
	}
	return l.Public.Pictures
}

// credit applies the picture terms (T2 and R28 to R31).
func (h *hearing) credit(p feeds.Picture, allowed PictureTerms) (rule string, reason Reason) {
	switch allowed {
	case PicturesAll:
		return "R31", PictureGranted
	case PicturesCredited:
		if feeds.Fold(p.Credit) == "" {
			return "R30", PictureCreditMissing
		}
		return "R30", PictureCredited
	case PicturesStaff:
		return h.staffCredit(p)
	}
	return "R31", PicturesNotGranted
}

// staffCredit applies T2: only a credit that names a photographer of the house counts. A
// watermark, a caption or the house's name alone is none.
func (h *hearing) staffCredit(p feeds.Picture) (rule string, reason Reason) {
	credit := feeds.Fold(p.Credit)
	switch {
	case credit == "":
		return "T2", PictureCreditMissing
	case !h.d.Origin.House:
		return "R29", PictureOtherOutlet
	case h.book.handout(credit):
		return "R28", PictureCreditHandout
	case h.book.staffWork(credit):
		return "T2", PictureCreditStaff
	}
	return "T2", PictureNotStaff
}
