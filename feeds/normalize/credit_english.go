package normalize

import (
	"strings"
	"unicode"
)

const pictureWord = `(?:photo(?:graph)?s?|photography|image|images|picture|pictures|pic|pics|illustration|illustrations|graphic|video|artwork)`

var (
	// Photo: Jane Doe/Reuters, Image credit: NASA, Credit: Jane Doe
	englishLabel = compile(`(?i)^(?:` + pictureWord + `(?:\s+(?:credits?|source|by|courtesy(?:\s+of)?|copyright))?|credits?|photographer|courtesy)\s*[:\x{FF1A}]\s*(.+)$`)
	// Photo by Jane Doe, Image courtesy of Hill Commons, Courtesy of Jane Doe
	englishBy = compile(`(?i)^(?:` + pictureWord + `\s+(?:taken\s+)?(?:by|courtesy\s+of|courtesy|copyright|©)|courtesy\s+of)\s+(.+)$`)
	// © 2023 Jane Doe, Copyright Jane Doe
	copyrightSign = compile(`(?i)^(?:©|\(c\)|\x{FF08}c\x{FF09}|copyright(?:\s*(?:©|\(c\)|by))?)\s*(?:[0-9]{4}(?:\s*[-–]\s*[0-9]{4})?\s*)?,?\s*(.+)$`)
	// AP Photo/Jane Doe, REUTERS/Jane Doe
	agencyFirst = compile(`^(?:AP Photo|AP|AFP|EPA|EPA-EFE|REUTERS|Reuters|PA|Getty Images|Xinhua|TASS|DPA|dpa)\s*/\s*(.+)$`)
	// Jane Doe/Getty Images, Jane Doe via Reuters
	agencyLast = compile(`^(.+?)\s*(?:/|\s(?:via|for|on|from|—|–|-|\|)\s)\s*(.+)$`)
	// Agencies whose names alone are a credit.
	photoAgency = compile(`^(?:Getty Images|Shutterstock|Alamy(?: Stock Photo)?|iStock(?:photo)?|Unsplash|Pixabay|Pexels|Flickr|Wikimedia Commons|Wikipedia|Reuters|REUTERS|AP|AP Photo|AFP|EPA|EPA-EFE|Bloomberg|Xinhua|TASS|DPA|PA(?: Media| Wire)?|Adobe Stock|Depositphotos|NASA|ESA|CC BY(?:-SA|-NC|-ND)*(?: [0-9.]+)?)$`)
	// © as a whole sentence often goes on.
	reserved = compile(`(?i)[.,]?\s*all rights reserved\.?$`)
)

// isEnglishCredit tells whether a phrase is a credit in English.
func isEnglishCredit(phrase string) bool {
	for _, pattern := range []*pattern{englishLabel, englishBy} {
		if m := pattern.FindStringSubmatch(phrase); m != nil {
			return isCreditName(m[1])
		}
	}
	if m := copyrightSign.FindStringSubmatch(phrase); m != nil {
		name := reserved.ReplaceAllString(m[1], "")
		return isCreditName(name) || isNamed(name)
	}
	if m := agencyFirst.FindStringSubmatch(phrase); m != nil {
		return isCreditName(m[1])
	}
	if m := agencyLast.FindStringSubmatch(phrase); m != nil {
		return photoAgency.MatchString(m[2]) && isCreditName(m[1])
	}
	return false
}

// isInBrackets tells whether what stands in brackets at the end of a caption is a credit.
// There also an agency alone is one, and a person with an outlet.
func isInBrackets(inner string) bool {
	if isCredit(inner) || photoAgency.MatchString(inner) {
		return true
	}
	person, outlet, ok := strings.Cut(inner, "/")
	return ok && isPerson(strings.TrimSpace(person)) && isCreditName(strings.TrimSpace(outlet))
}

// smallWords stand in names of people and outlets without a capital.
const smallWords = " of the for via on from and & / by de da di du del der den van von la le y e bin al c/o "

// isCreditName tells whether a value reads as names: short, each word with a capital, no
// sentence.
func isCreditName(value string) bool {
	value = strings.TrimSpace(strings.TrimRight(value, " .;,"))
	words := strings.Fields(strings.ReplaceAll(value, "/", " / "))
	if len(value) > 100 || len(words) == 0 || len(words) > 10 || strings.ContainsAny(value, "!?;:\"<>") || strings.Contains(value, "...") {
		return false
	}
	if hasHan(value) {
		return isNamed(value)
	}
	first := []rune(words[0])[0]
	if !unicode.IsUpper(first) && first != '@' || leadIn[strings.ToLower(words[0])] {
		return false
	}
	for _, w := range words {
		r := []rune(strings.TrimLeft(w, "(\"'“"))
		if len(r) == 0 || r[0] != '@' && !unicode.IsUpper(r[0]) && !unicode.IsDigit(r[0]) && !strings.Contains(smallWords, " "+w+" ") {
			return false
		}
	}
	return true
}

// leadIn are first words of a caption that only looks like a name, as in "Photo: The Wheel".
var leadIn = map[string]bool{
	"the": true, "a": true, "an": true, "this": true, "these": true, "that": true, "it": true, "in": true, "at": true, "on": true,
	"how": true, "why": true, "what": true, "when": true, "from": true, "our": true, "my": true, "new": true, "old": true, "no": true,
}
