package syndicate

// Reason is a code for why something was granted or not. Codes are part of the public
// interface: they appear in feeds, in the API and in the ledger, and never change.
type Reason string

// The reasons that can decide about a text.
const (
	LicensePublic       Reason = "license-public"
	GrantedByAgreement  Reason = "granted-by-agreement"
	WithheldByLicense   Reason = "withheld-by-license"
	Withdrawn           Reason = "withdrawn"
	SourceUnknown       Reason = "source-unknown"
	OriginNamed         Reason = "origin-named"
	OriginHouse         Reason = "origin-house"
	OriginFeed          Reason = "origin-feed"
	UnknownOrigin       Reason = "unknown-origin"
	OriginUnclear       Reason = "origin-unclear"
	SeveralOrigins      Reason = "several-origins"
	ItemLicenseTrusted  Reason = "item-license-trusted"
	ItemLicenseNarrows  Reason = "item-license-narrows"
	LicenseUnrecognized Reason = "license-unrecognized"
	NoDerivatives       Reason = "no-derivatives"
	Exclusive           Reason = "exclusive"
	SourceForbids       Reason = "source-forbids"
	NotCovered          Reason = "not-covered"
	ReprintForbidden    Reason = "reprint-never"
	AgreementNotBegun   Reason = "agreement-not-begun"
	AgreementEnded      Reason = "agreement-ended"
	Embargoed           Reason = "embargoed"
	WindowEnded         Reason = "window-ended"
	CapReached          Reason = "daily-cap-reached"
)

// The reasons that can decide about a picture.
const (
	PictureWithdrawn     Reason = "picture-withdrawn"
	PictureGranted       Reason = "picture-granted"
	PictureCreditStaff   Reason = "picture-credit-staff"
	PictureCredited      Reason = "picture-credited"
	PicturesNotGranted   Reason = "pictures-not-granted"
	PictureTextWithheld  Reason = "picture-text-withheld"
	PictureCreditMissing Reason = "picture-credit-missing"
	PictureCreditDenied  Reason = "picture-credit-denied"
	PictureCreditHandout Reason = "picture-credit-handout"
	PictureNotStaff      Reason = "picture-credit-not-staff"
	PictureOtherOutlet   Reason = "picture-other-outlet"
	PictureRestricted    Reason = "picture-restricted"
	PictureOwnLicense    Reason = "picture-own-license"
)

var sentences = map[Reason]string{
	LicensePublic:       "The license of the item grants this to everybody.",
	GrantedByAgreement:  "An agreement in force with this partner grants it.",
	WithheldByLicense:   "The license of the item keeps it from everybody who has no agreement.",
	Withdrawn:           "The item was withdrawn.",
	SourceUnknown:       "The item's source is not in the configuration, or no longer.",
	OriginNamed:         "The item names an outlet that the configuration lists.",
	OriginHouse:         "The item names the house as its source.",
	OriginFeed:          "The item names no source; it counts as the feed's own.",
	UnknownOrigin:       "The item names an outlet that the configuration does not list.",
	OriginUnclear:       "What the item says of its source is unclear or contradicts its feed; the stricter terms hold.",
	SeveralOrigins:      "The item names several sources; each must grant.",
	ItemLicenseTrusted:  "The item names its own license, and its source is trusted to do so.",
	ItemLicenseNarrows:  "The item names a license of its own, which narrows what its source's license grants.",
	LicenseUnrecognized: "The item names a license that the configuration does not list; at most an excerpt goes out.",
	NoDerivatives:       "The license forbids changed versions, and an excerpt is one.",
	Exclusive:           "The item says that it is exclusive or must not be reprinted.",
	SourceForbids:       "The feed says in machine-readable form that it must not be republished.",
	NotCovered:          "No agreement with this partner covers the item.",
	ReprintForbidden:    "The license lets nobody republish the item, under no agreement.",
	AgreementNotBegun:   "The agreement that covers the item has not begun.",
	AgreementEnded:      "The agreement that covers the item has ended.",
	Embargoed:           "The agreement withholds the item until its embargo is over.",
	WindowEnded:         "The time in which the agreement lets the item be shown is over.",
	CapReached:          "The agreement has granted as many items today as it grants a day.",

	PictureWithdrawn:     "The picture was withdrawn.",
	PictureGranted:       "All pictures are granted.",
	PictureCreditStaff:   "The credit names a staff photographer of the house.",
	PictureCredited:      "The picture has a readable credit.",
	PicturesNotGranted:   "No pictures are granted.",
	PictureTextWithheld:  "A picture goes out only with at least an excerpt of its text.",
	PictureCreditMissing: "No credit could be read.",
	PictureCreditDenied:  "The credit names an agency whose pictures never leave.",
	PictureCreditHandout: "The credit marks a stringer's or hand-out picture, which is not staff work.",
	PictureNotStaff:      "The credit names nobody on the house's staff.",
	PictureOtherOutlet:   "The item is another outlet's; a staff credit does not free its pictures.",
	PictureRestricted:    "The source restricts where the picture may be shown.",
	PictureOwnLicense:    "The picture states a license of its own that does not grant it.",
}

// Sentence says in one sentence, in English, what the reason means.
func (r Reason) Sentence() string { return sentences[r] }

// Reasons returns every reason with its sentence.
func Reasons() map[Reason]string {
	all := make(map[Reason]string, len(sentences))
	for r, s := range sentences {
		all[r] = s
	}
	return all
}
