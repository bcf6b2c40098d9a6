package feeds

import "strings"

// Part is one piece of a body: a run of clean HTML or a picture, never both.
//
// All parts in order give the page as its source laid it out. Leaving a picture out is
// leaving its part out; nobody has to parse HTML after an item is stored.
type Part struct {
	// HTML is a run of balanced, sanitized markup. It holds no picture, no script, no
	// style, no form and no relative URL. Empty in a part that is a picture.
	HTML string
	// Picture is the picture that stands at this place, with its whole figure.
	Picture *Picture
	// Role says what a run of HTML is for. A picture has [RoleText].
	Role Role
	// Text is the plain text of a part whose role is not [RoleText]; it lets a notice be
	// recognized without parsing. Empty otherwise.
	Text string
}

// Role tells the story apart from the lines around it.
type Role uint8

const (
	// RoleText is the story itself.
	RoleText Role = iota
	// RoleCredit is a line that names the source, the author or the editor, at the head
	// or the foot of the body. What it says is in the item's [Attribution].
	RoleCredit
	// RoleNotice is a copyright statement, disclaimer or contact line that the source
	// printed at the foot of the body.
	RoleNotice
)

// Picture is a picture with all that was said about it: the figure, not just the file.
// Sound and video are held in the same type, because the same terms rule them.
type Picture struct {
	// URL is where the file is; absolute, http or https.
	URL string
	// Medium is "image", "video", "audio" or "document".
	Medium string
	// Type is the media type that the source declared, such as "image/jpeg"; may be empty.
	Type string
	// Alt is the text alternative. Caption is the text under the picture, the credit
	// taken out where it could be told apart. Both are plain text.
	Alt     string
	Caption string
	// Credit is the credit line as printed, such as "清河周刊网记者李明摄" or "Photo: Jane
	// Doe/Reuters". Empty means that no credit could be read, which is treated as none.
	Credit string
	// Copyright and License are what media:copyright, media:license and the like say of
	// this one file; plain text and URL.
	Copyright string
	License   string
	// Restricted tells that the source restricts where this file may be shown
	// (media:restriction), in whatever way.
	Restricted bool
	// Width and Height are in pixels, Length in bytes; 0 where unknown.
	Width, Height int
	Length        int64
}

// Legend returns the caption with its credit, as it is printed below the picture.
func (p Picture) Legend() string {
	switch {
	case p.Caption == "":
		return p.Credit
	case p.Credit == "" || strings.HasSuffix(p.Caption, "。"):
		return p.Caption + p.Credit
	}
	return p.Caption + " " + p.Credit
}
