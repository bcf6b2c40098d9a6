package normalize

import "unicode/utf8"

// What an item may hold at most. Texts are counted in characters, bodies and addresses in
// bytes. No honest item comes near; a hostile one stops here.
const (
	maxBody       = 1 << 20 // of HTML; beyond it the text alone is kept
	maxTagsIn     = 40_000  // tags of HTML; beyond it too
	maxLines      = 10_000  // of plain text that are told apart
	maxPictures   = 200     // in one body
	maxMedia      = 50      // outside the body
	maxURL        = 2048
	maxGUID       = 2048
	maxTitle      = 1000
	maxName       = 200
	maxPersons    = 20
	maxOrigins    = 10
	maxTag        = 100
	maxTags       = 50
	maxCaption    = 2000
	maxCredit     = 300
	maxStatement  = 1000
	maxStatements = 40
	maxLosses     = 1000
	maxQuote      = 80   // of a value that a loss names
	maxLine       = 2000 // bytes of a line that may name a source, author or editor
)

// shorten returns at most limit characters of s.
func shorten(s string, limit int) string {
	if len(s) <= limit || utf8.RuneCountInString(s) <= limit {
		return s
	}
	n := 0
	for i := range s {
		if n == limit {
			return s[:i]
		}
		n++
	}
	return s
}
