package syndicate

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"reprint/feeds"
)

// personName matches what may stand for {name} in a staff credit, over folded text: one
// name or several. Words that show that no person is named are refused afterwards.
const personName = `([\p{L}\p{M}·.'’、,/&]{2,40})`

// notNames are words that occur in credit lines where a name was expected: another
// outlet, a hand-out, a second role.
var notNames = []string{"发", "供图", "记者", "通讯员", "社", "网", "报", "摄", "来源", "资料", "提供", "视频", "截图"}

// addCredits compiles the patterns of staff credits and the names of agencies.
func (b *Rulebook) addCredits() {
	var names []string
	for _, n := range b.house.Site.Names {
		names = append(names, regexp.QuoteMeta(feeds.Fold(n)))
		b.handouts = append(b.handouts, feeds.Fold(n)+"发")
	}
	house := "(?:" + strings.Join(names, "|") + ")"
	for _, pattern := range b.house.Site.StaffCredits {
		b.staff = append(b.staff, staffPattern(pattern, house))
	}
	for _, agency := range b.house.Site.DenyCredits {
		b.agencies = append(b.agencies, feeds.Fold(agency))
	}
}

// staffPattern turns a pattern of the configuration into a whole-line expression.
func staffPattern(pattern, house string) *regexp.Regexp {
	quoted := regexp.QuoteMeta(feeds.Fold(pattern))
	quoted = strings.ReplaceAll(quoted, `\{house\}`, house)
	quoted = strings.ReplaceAll(quoted, `\{name\}`, personName)
	return regexp.MustCompile("^" + quoted + "$")
}

// staffWork tells whether a folded credit line is that of a staff photographer.
func (b *Rulebook) staffWork(credit string) bool {
	credit = strings.Trim(credit, "()[]【】。.;:")
	for _, p := range b.staff {
		if m := p.FindStringSubmatch(credit); m != nil && areNames(m[1:]) {
			return true
		}
	}
	return false
}

// areNames tells whether none of the words is something else than a person's name.
func areNames(words []string) bool {
	for _, w := range words {
		for _, not := range notNames {
			if strings.Contains(w, not) {
				return false
			}
		}
	}
	return true
}

// handout tells whether a folded credit line marks a picture as a stringer's or a
// hand-out: the house's name and 发, "issued".
func (b *Rulebook) handout(credit string) bool {
	credit = strings.TrimLeft(credit, "([【")
	for _, h := range b.handouts {
		if strings.HasPrefix(credit, h) {
			return true
		}
	}
	return false
}

// agency applies R26: anything that is said of the picture and names one of the agencies
// denies it, whatever else is granted.
func (b *Rulebook) agency(p feeds.Picture) bool {
	for _, said := range []string{p.Credit, p.Caption, p.Alt, p.Copyright} {
		for _, a := range b.agencies {
			if names(said, a) {
				return true
			}
		}
	}
	return false
}

// shortName is the length in bytes up to which a Latin name, such as AP or AFP, must stand
// as a word of its own.
const shortName = 4

// names tells whether text names an agency, given by its folded name. White space does not
// matter ("GettyImages"), so a long name is found anywhere; that errs on the side of
// denying. A short Latin name would be found in the middle of words and must stand alone.
func names(text, agency string) bool {
	if len(agency) > shortName || agency[0] >= utf8.RuneSelf {
		return strings.Contains(feeds.Fold(text), agency)
	}
	words := strings.FieldsFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) || unicode.Is(unicode.Han, r)
	})
	for _, w := range words {
		if feeds.Fold(w) == agency {
			return true
		}
	}
	return false
}
