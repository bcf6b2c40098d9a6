package normalize

import (
	"strings"
	"unicode/utf8"
)

// leadingDate matches the date, and time of day, at the beginning of a line.
var leadingDate = compile(`^[0-9]{4}\s*[-/.年]\s*[0-9]{1,2}\s*[-/.月]\s*[0-9]{1,2}\s*日?\s*(?:[0-9]{1,2}[:\x{FF1A}][0-9]{2}(?:[:\x{FF1A}][0-9]{2})?)?`)

// afterDate returns what follows the date at the beginning of a line.
func afterDate(line string) (rest string, ok bool) {
	at := leadingDate.FindStringIndex(line)
	if at == nil {
		return "", false
	}
	return strings.Trim(line[at[1]:], " |\uFF5C丨·\u00A0\u3000"), true
}

// readDated reads a line of a date and an outlet, such as "2023-08-02 11:19:26 学习时报".
// Without a label only what surely is an outlet counts.
func readDated(line string, _ []anchor) (said, bool) {
	rest, ok := afterDate(line)
	if !ok || !isOutlet(rest) && !isHyphenated(rest) {
		return said{}, false
	}
	return said{origins: readOutlets(rest)}, true
}

// isHyphenated tells whether a name is that of an outlet with a channel or another paper
// behind it, as in "清河周刊网-地方".
func isHyphenated(name string) bool {
	at := strings.IndexAny(name, "-\uFF0D—")
	return at > 0 && isOutlet(name[:at]) && isPlausible(name) && utf8.RuneCountInString(name) <= 20
}

var (
	// 转载自澄江时报, 本文转自《学习时报》, 文章来自:平原日报
	takenFrom = compile(`^(?:(?:本文|文章|本稿|原文|稿件|以上内容|内容)(?:系|为)?(?:转载|转发|摘编|整理)?(?:自|于|来自|转自|摘自|选自|原载于?|原刊于?|首发于?|刊载于|刊于|发表于)|(?:转载自?|转自|摘自|摘编自|选自|节选自|原载于?|首发于|刊于))\s*[:\x{FF1A}]?\s*(.+)$`)
	// 综合新华社、央视新闻报道
	compiledFrom = compile(`^(?:本报|本网)?(?:综合|据)\s*(.+?)\s*(?:等)?(?:媒体)?(?:报道|消息|综合报道)$`)
	// 来源 学习时报, 责任编辑 李明, 作者 李明
	spacedLabel = compile(`^(?:(?P<source>(?:文章|稿件|本文|新闻)?来源)|(?P<author>(?:本文)?作者|撰文|文)|(?P<editor>责任编辑|责编|编辑))\s+(.+)$`)
)

// readPhrase reads the lines that name a source in a few words without a label.
func readPhrase(line string, links []anchor) (said, bool) {
	if m := takenFrom.FindStringSubmatch(line); m != nil {
		return readTaken(m[1], links)
	}
	if m := compiledFrom.FindStringSubmatch(line); m != nil {
		origins := readOutlets("综合" + m[1])
		for _, o := range origins {
			if o.Unclear || !isOutlet(o.Name) {
				return said{}, false
			}
		}
		return said{origins: origins}, len(origins) > 0
	}
	m := spacedLabel.FindStringSubmatch(line)
	if m == nil {
		return said{}, false
	}
	switch {
	case m[1] != "" && isOutlet(m[4]):
		return said{origins: readOutlets(m[4])}, true
	case m[1] != "":
		return said{}, false
	}
	people, ok := splitNames(m[4], isPerson)
	if m[2] != "" {
		return said{authors: people}, ok
	}
	return said{editors: people}, ok
}

// readTaken reads what follows "转载自". A second half, such as "版权归原作者所有", is left to
// the notices.
func readTaken(value string, links []anchor) (said, bool) {
	name, rest, more := cutComma(strings.TrimRight(value, " 。"))
	var s said
	s.addOrigin(name, links)
	for _, o := range s.origins {
		long := utf8.RuneCountInString(value) > 40
		if o.Unclear && (more || long || !isPlausible(name)) && !nowhere.MatchString(name) {
			return said{}, false
		}
	}
	if more && !isNoticeTail(rest) {
		return said{}, false
	}
	return s, len(s.origins) > 0
}

var (
	// 作者系清河县志办研究员, 作者简介:…
	noteLine = compile(`^(?:本文|文章)?(?:第一)?作者(?:系|单位\s*[:\x{FF1A}]|简介\s*[:\x{FF1A}]|介绍\s*[:\x{FF1A}])\s*.{2,}$`)
	// only in brackets: the same words begin sentences
	noteInBrackets = compile(`^(?:本文|文章)?作者(?:为|是|现为|现任|均?系|分别[系为]).{3,}$`)
	// 李明,系清河大学教授; 李明 作者系清河大学教授
	noteAfterName = compile(`^(\p{Han}{2,4})\s*[,\x{FF0C}]?\s*((?:作者)?系\p{Han}.{2,})$`)
	// The author is a historian at …, About the author: …
	englishNote = compile(`^(?:About the (?:author|writer)s?\s*:\s*|The (?:author|writer) (?:is|was|teaches|works|writes|lives) )\S.{4,}$`)
)

// maxNote is how many characters an author note may have.
const maxNote = 200

// readNote reads a line that says who the author is. It stays whole, as the note.
func readNote(line string, _ []anchor) (said, bool) {
	if utf8.RuneCountInString(line) > maxNote {
		return said{}, false
	}
	if noteLine.MatchString(line) || englishNote.MatchString(line) || noteInBrackets.MatchString(line) && !strings.ContainsAny(line, "。!?\uFF01\uFF1F") && !narrative.MatchString(line) {
		return said{note: line}, true
	}
	if m := noteAfterName.FindStringSubmatch(line); m != nil && isPerson(m[1]) {
		return said{authors: []string{m[1]}, note: m[2]}, true
	}
	return said{}, false
}

// narrative matches sentences about an author that are not about who that is.
var narrative = compile(`作者(?:为了|为此|为何|是否|是怎|是在|是如|是想|为什)|[,\x{FF0C}].*[,\x{FF0C}].*[,\x{FF0C}]|认为|写道|指出`)

var (
	// 清河周刊网记者 李明 通讯员 王五
	byTrade = compile(`^([\p{Han}A-Za-z]{0,14}?)` + trades + `\s*[:\x{FF1A}]?\s*(.+)$`)
	// □ 李明, ■本报记者 李明
	bullet    = compile(`^[□■◎●○◆★▲◇]\s*(.+)$`)
	tradeWord = compile(trades + `\s*[:\x{FF1A}]?`)
)

// readByline reads a line that names reporters: a trade with names, or a name behind a bullet.
func readByline(line string, _ []anchor) (said, bool) {
	if utf8.RuneCountInString(line) > 60 {
		return said{}, false
	}
	marked := bullet.FindStringSubmatch(line)
	if marked != nil {
		line = marked[1]
	}
	list := line
	if m := byTrade.FindStringSubmatch(line); m != nil && isHouseName(m[1]) {
		list = tradeWord.ReplaceAllString(m[2], " ")
	} else if marked == nil {
		return said{}, false
	}
	people, ok := splitNames(list, isPerson)
	return said{authors: people}, ok
}
