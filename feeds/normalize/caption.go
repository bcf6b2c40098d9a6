package normalize

import (
	"unicode/utf8"

	"reprint/feeds"
)

// maxBelow is how many characters a line below a picture may have to be its caption.
const maxBelow = 150

// captionMark matches how a line begins that surely speaks of the picture above it.
var captionMark = compile(`^(?:[▲△↑▴⬆]|[(\x{FF08}]?(?:图为|图中为|图[:\x{FF1A}]|上图[为:\x{FF1A}]|图[0-9一二三四五六七八九十]{1,2}[:\x{FF1A}为])|图说[:\x{FF1A}])`)

// takeCaptions gives every picture the line below it where that surely is its caption: it is
// marked as one, begins like one, or is short and ends with a credit. A line that was taken is
// no longer part of the text. Last, a picture without a credit takes the one in its
// alternative text.
func takeCaptions(p *page, framed map[*feeds.Picture]bool) {
	for i, x := range p.pieces {
		if x.picture == nil || x.gone {
			continue
		}
		if !framed[x.picture] {
			p.takeBelow(i)
		}
		if x.picture.Credit == "" {
			_, x.picture.Credit = readCredit(x.picture.Alt)
		}
	}
}

// takeBelow takes the caption of the picture at i: one line, and a second one that is nothing
// but the credit of the first.
func (p *page) takeBelow(i int) {
	picture, titled := p.pieces[i].picture, p.pieces[i].picture.Credit
	picture.Credit = ""
	for below := i + 1; below < len(p.pieces) && below <= i+2; below++ {
		line := p.pieces[below]
		if line.gone && line.picture != nil {
			continue // the second copy of the same picture
		}
		if line.picture != nil || line.verbatim || utf8.RuneCountInString(line.text) > maxBelow || p.closes(below) {
			break
		}
		text, credit := readCredit(line.text)
		second := picture.Caption != ""
		if second && (credit == "" || text != "") || !second && !isCaption(line, credit) {
			break
		}
		line.gone = true
		if text != "" {
			picture.Caption = shorten(trimMark(text), maxCaption)
		}
		picture.Credit = shorten(credit, maxCredit)
		for _, l := range line.links {
			if l.license {
				picture.License = l.href
			}
		}
		if credit != "" {
			break
		}
	}
	if picture.Credit == "" {
		picture.Credit = titled
	}
}

// closes tells whether the line at i is a notice that closes the page. "© Valley Post" below the
// last picture speaks of the page as likely as of the picture.
func (p *page) closes(i int) bool {
	for _, x := range p.pieces[i+1:] {
		if x.picture == nil {
			return false
		}
	}
	return !p.pieces[i].caption && holds.MatchString(p.pieces[i].text)
}

func isCaption(line *piece, credit string) bool {
	return line.caption || credit != "" || captionMark.MatchString(line.text)
}

// mark is a sign that points up at a picture.
var mark = compile(`^[▲△↑▴⬆]\s*`)

func trimMark(caption string) string { return mark.ReplaceAllString(caption, "") }
