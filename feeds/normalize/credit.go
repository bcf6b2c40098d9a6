package normalize

import (
	"strings"
	"unicode/utf8"

	"reprint/feeds"
)

// readCredit takes a caption apart: the text, and the credit as printed. A credit is read
// only where it surely is one: it is the whole caption, its last sentence, its last words
// after a space or comma, a bracket at its end, or a labelled first sentence.
// It is read with simplified characters and given back as it was written.
func readCredit(caption string) (text, credit string) {
	simple := feeds.Simplified(caption)
	text, credit = cutCredit(simple)
	return written(caption, simple, text), written(caption, simple, credit)
}

func cutCredit(caption string) (text, credit string) {
	if caption == "" {
		return "", ""
	}
	if isCredit(caption) {
		return "", trimCredit(caption)
	}
	if severalSides.MatchString(caption) {
		return caption, "" // several pictures in one caption: whose is whose?
	}
	if text, credit, ok := creditAtEnd(caption); ok {
		return trimCaption(text), trimCredit(credit)
	}
	if at := sentenceEnd(caption, false); at > 0 && isLabelled(caption[:at]) {
		return trimCaption(caption[at:]), trimCredit(caption[:at])
	}
	return caption, ""
}

// severalSides matches captions that speak of more than one picture.
var severalSides = compile(`[左上]图.*[右下]图|[右下]图.*[左上]图|(?i)\bleft\b.*\bright\b|\btop\b.*\bbottom\b`)

// creditAtEnd looks for a credit at the end of a caption: in brackets, or as the longest run
// of last words that is a credit.
func creditAtEnd(caption string) (text, credit string, ok bool) {
	last := sentenceEnd(caption, true)
	for at := range starts(caption[last:]) {
		if at += last; at > 0 && isCredit(caption[at:]) {
			return caption[:at], caption[at:], true
		}
	}
	if m := lastBracket.FindStringSubmatchIndex(caption); m != nil && isInBrackets(caption[m[4]:m[5]]) {
		return caption[:m[3]], caption[m[4]:m[5]], true
	}
	return "", "", false
}

// lastBracket matches a bracket at the end of a caption.
var lastBracket = compile(`^(.*?)\s*[(\x{FF08}\[【]([^()\x{FF08}\x{FF09}\[\]【】]{2,80})[)\x{FF09}\]】]\s*[。.]?$`)

// sentenceStop is the end of a sentence. A full stop after one letter is that of an initial.
var sentenceStop = compile(`[。\x{FF01}\x{FF1F}!?\x{FF1B};|]\s*|[\p{L}\p{N})\x{FF09}”"][\p{L}\p{N})\x{FF09}”"]\.\s+`)

// sentenceEnd returns where the last sentence of a caption begins, or where the first one
// ends; 0 if there is only one.
func sentenceEnd(caption string, last bool) int {
	at := 0
	for _, m := range sentenceStop.FindAllStringIndex(caption, -1) {
		if m[1] == len(caption) {
			break
		}
		at = m[1]
		if !last {
			break
		}
	}
	return at
}

// starts yields the places where the last words of a sentence may begin, the longest run
// first.
func starts(sentence string) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		if !yield(0) {
			return
		}
		for i, r := range sentence {
			if strings.ContainsRune(" ,\uFF0C、:\uFF1A”\"》(\uFF08", r) {
				at := i
				if r != '(' && r != '\uFF08' {
					at += utf8.RuneLen(r)
				}
				if !yield(at) {
					return
				}
			}
		}
	}
}

// trimCredit takes from a credit what surrounds it: brackets around the whole, and stops.
func trimCredit(credit string) string {
	credit = strings.Trim(credit, " 。,\uFF0C;\uFF1B、|")
	for _, pair := range []string{"()", "\uFF08\uFF09", "[]", "【】"} {
		open, end := pair[:len(pair)/2], pair[len(pair)/2:]
		inner := strings.TrimSuffix(strings.TrimPrefix(credit, open), end)
		if len(inner) == len(credit)-len(pair) && !strings.Contains(inner, open) {
			credit = strings.TrimSpace(inner)
		}
	}
	return credit
}

// trimCaption takes from a caption what led over to its credit.
func trimCaption(text string) string {
	return strings.TrimSpace(strings.TrimRight(strings.TrimSpace(text), ",\uFF0C、;\uFF1B|(\uFF08"))
}

// isCredit tells whether a phrase is a credit and nothing else.
func isCredit(phrase string) bool {
	phrase = trimCredit(phrase)
	if n := utf8.RuneCountInString(phrase); n < 2 || n > 100 {
		return false
	}
	return isShot(phrase) || isSupplied(phrase) || isLabelled(phrase) || isEnglishCredit(phrase)
}

const (
	narrowColon = `\s*[:\x{FF1A}]\s*`
	anyColon    = `\s*[:\x{FF1A}/\x{FF0F}|\x{FF5C}丨]\s*`
	names       = `([\p{Han}\p{Latin}·•・、,/.&\x{FF0C}\x{FF0F} ]{2,40}?)`
)

var (
	// 清河周刊网记者李明摄, 摄影记者 李明 摄
	shotByTrade = compile(`^([\p{Han}A-Za-z]{0,14}?)\s*` + trades + `\s*` + names + `\s*(?:摄|摄影|摄于\p{Han}{2,10})$`)
	// 李明摄, 张三、李四 摄, 李明摄于清河
	shot = compile(`^` + names + `\s*(?:摄|\s摄影|摄于\p{Han}{2,10})$`)
	// 新华社发(李明摄), 清河周刊发 李明摄
	issued = compile(`^([\p{Han}A-Za-z]{2,14})(?:发|供图|供)\s*[(\x{FF08}]?\s*(?:` + trades + `)?\s*` + names + `\s*摄\s*[)\x{FF09}]?$`)
	// 新华社/李明 摄
	shotFor = compile(`^([\p{Han}A-Za-z]{2,14})\s*[/\x{FF0F}]\s*` + names + `\s*摄$`)
)

// isShot tells whether a phrase says who took a picture: 摄 with a name before it.
func isShot(phrase string) bool {
	if m := shot.FindStringSubmatch(phrase); m != nil {
		if _, ok := splitNames(m[1], isPerson); ok {
			return true
		}
	}
	for _, pattern := range []*pattern{shotByTrade, issued, shotFor} {
		m := pattern.FindStringSubmatch(phrase)
		if m == nil || !isHouseName(m[1]) {
			continue
		}
		if _, ok := splitNames(m[2], mayBePerson); ok {
			return true
		}
	}
	return false
}

// prose matches what no name of an outlet before a photographer holds: then the caption runs
// on into the credit, and nobody can say where the credit begins.
var prose = compile(`[的了在为是与和等着]|^[图这那从]|[上下左右]图|^于|拍$`)

func isHouseName(name string) bool { return !prose.MatchString(name) }

var (
	// 视觉中国供图, 清河县委宣传部供图, 李明 供图
	supplied = compile(`^([\p{Han}A-Za-z·、 ]{2,24}?)\s*(?:供图|图片提供|提供图片)$`)
	givenBy  = compile(`^(?:图片|照片|图)?由\s*([\p{Han}A-Za-z·、 ]{2,24}?)\s*(?:提供|供图)$`)
	// 新华社发
	wired = compile(`^[\p{Han}]{1,8}[社网]发$`)
	// 李明 图, 视觉中国 图
	ofPicture = compile(`^([\p{Han}·、]{2,12})\s+图$`)
)

// isSupplied tells whether a phrase says who supplied a picture.
func isSupplied(phrase string) bool {
	for _, pattern := range []*pattern{supplied, givenBy} {
		if m := pattern.FindStringSubmatch(phrase); m != nil {
			return isHouseName(m[1]) && !isNobody(m[1])
		}
	}
	if m := ofPicture.FindStringSubmatch(phrase); m != nil {
		return isNamed(m[1])
	}
	return wired.MatchString(phrase)
}

var (
	// 摄影:李明, 图源:澄江时报, 图片来源/视觉中国
	photoLabel = compile(`^(?:摄影(?:师|记者|者|作者)?|拍摄者?|摄|图片?来源|照片来源|图源|图片?提供|供图|图片?作者|图片版权|版权|绘图|制图|插画)` + anyColon + `(.+)$`)
	// 图/李明: only with a name, because a caption may begin like this
	pictureLabel = compile(`^(?:文[、/\x{FF0F}])?(?:图片|照片|图)` + anyColon + `(.+)$`)
	// 摄影 李明
	photoSpaced = compile(`^(?:摄影(?:师|记者)?|供图)\s+(.+)$`)
)

// isLabelled tells whether a phrase is a credit with a label before it.
func isLabelled(phrase string) bool {
	phrase = trimCredit(phrase)
	if m := photoLabel.FindStringSubmatch(phrase); m != nil {
		_, people := splitNames(m[1], mayBePerson)
		return !isNobody(m[1]) && (people || isNamed(m[1]) || isPlausible(m[1]) && utf8.RuneCountInString(m[1]) <= 16)
	}
	for _, pattern := range []*pattern{pictureLabel, photoSpaced} {
		if m := pattern.FindStringSubmatch(phrase); m != nil {
			return isNamed(m[1])
		}
	}
	return englishLabel.MatchString(phrase) && isEnglishCredit(phrase)
}

// pictureAgency is how the names of agencies end that supply pictures.
var pictureAgency = compile(`^(?:视觉中国|人民视觉|东方IC|CFP|ICphoto|IC photo|全景|图虫.*|摄图网|法新|路透|美联|.{2,10}(?:社|影像|视觉|图库|图片社|图片网))$`)

// isNamed tells whether a value without a clear label surely names somebody.
func isNamed(value string) bool {
	value = strings.TrimSpace(value)
	if isNobody(value) {
		return false
	}
	if _, ok := splitNames(value, isPerson); ok {
		return true
	}
	return isOutlet(value) || pictureAgency.MatchString(value) || photoAgency.MatchString(value)
}

// nobodys are values of a credit that name nobody who could be asked.
var nobodys = compile(`^(?:来源)?(?:网络|互联网|网上|网友|读者|受访者|被访者|采访对象|当事人|主办方|企业|公司|商家|单位|校方|院方|店家|品牌方|剧组|片方|官方|本人|作者|笔者|编者|记者|通讯员|摄影|摄影师|自己|朋友|家属|本报|本网|本刊|本站|资料|资料图|资料图片|资料照片|档案|截图|网络截图|视频截图|屏幕截图|监控截图|无人机|手机|AI|不详|未知|佚名)(?:截图|资料|图片|照片)?$`)

func isNobody(value string) bool { return nobodys.MatchString(strings.ReplaceAll(value, " ", "")) }
