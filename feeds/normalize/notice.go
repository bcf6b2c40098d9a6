package normalize

import (
	"slices"
	"strings"
	"unicode/utf8"

	"reprint/feeds"
)

// notice is what a line at the foot of a page says besides the story.
type notice uint8

const (
	noNotice  notice = iota
	boiler           // a disclaimer, a contact, or another set phrase
	copyright        // who holds the rights
	exclusive        // that it must not be reprinted
)

// maxNotice is how many characters a notice may have; a clause of a longer text of terms may
// have more, once its heading was seen.
const (
	maxNotice = 300
	maxClause = 800
)

// forbids matches the words that forbid to reprint or claim exclusivity.
var forbids = compile(`独家(?:稿件|文章|原创|专稿|内容|报道\s*[,\x{FF0C}。]?\s*(?:未经|谢绝|禁止|不得|请勿))` +
	`|未经[^。]{0,20}?(?:授权|许可|允许|同意|书面)[^。]{0,16}?(?:不得|禁止|严禁|谢绝|请勿)[^。]{0,12}?(?:转载|使用|复制|摘编|转发|翻印|传播|镜像)` +
	`|(?:谢绝|禁止|严禁|请勿|不得|拒绝)(?:任何形式的?|擅自|私自|一切|非法)?(?:转载|摘编|复制)` +
	`|(?i:\b(?:may|must|can|should)\s?not be (?:\w+,? (?:or )?){0,4}(?:re)?(?:published|printed|produced|distributed|broadcast|posted)` +
	`|\bnot (?:to be|for) (?:re)?(?:published|publication|printed|printing|production|produced|distribution)` +
	`|\b(?:re(?:publication|production|printing)|reuse)\b.{0,60}\b(?:prohibited|forbidden|not (?:permitted|allowed))|\bdo not (?:republish|reprint|copy))`)

// holds matches the lines that say who holds the rights.
var holds = compile(`版权(?:所有|归|属于|均属|为[^。]{1,20}所有)|版权声明|著作权(?:归|属于|为)|保留(?:所有|一切|全部)权利|(?i:all rights reserved|^(?:©|\(c\)|copyright\b)|\bcopyright (?:©|\(c\)|[0-9]{4})|(?:licensed|published|available|released) under (?:a |the )?(?:creative commons|cc[ -]by|terms))`)

// phrases match the beginnings and words of disclaimers, contacts and like lines, our own
// among them, for a reprint of ourselves comes back to us.
var phrases = compile(`免责声明|转载目的|不代表(?:本|[^。]{0,12})(?:网|站|报|刊|平台|公众号|媒体|机构)?的?(?:赞同|认同|观点|立场|意见)|(?:不|并不)(?:意味着|代表)赞同|` +
	`^(?:\S{0,6})?(?:如需转载|转载请|转载须|欢迎转载|如有侵权|如涉及?侵权|若有侵权|侵权(?:请|必究|联系)|如[因有]作品(?:内容)?[、]?版权|如涉及(?:作品)?版权)|请(?:在|于).{0,8}(?:30|三十)日内|` +
	`^(?:[0-9]+\s*[.、\x{FF0E}]\s*)?凡本[网站报刊]|^(?:\S{0,6})?(?:投稿|联系|举报|客服|爆料|新闻热线|合作)\S{0,6}(?:电话|邮箱|热线|方式|信箱)\s*[:\x{FF1A}]|^(?:联系)?(?:电话|邮箱|电子邮箱|传真)\s*[:\x{FF1A}]\s*[0-9A-Za-z+(]|` +
	`^许可\s*[:\x{FF1A}]|^以上为节选|^此处只提供标题与链接|^未获授权的图片已略去|^本文由.{1,40}转发自.{1,60}传递信息|^对内容或版权有异议|` +
	`(?i:^disclaimer\s*:|views? (?:and opinions )?expressed|does not (?:necessarily )?(?:reflect|represent|endorse)|do not (?:necessarily )?(?:reflect|represent)|^license\s*:|^this is an excerpt\.|` +
	`^only the title and the link are given here|^pictures that are not licensed for this use|passes this item on from .+ for information|^complaints about content or copyright reach|` +
	`^read the original(?: article| story)?\.?$|^(?:for )?(?:reprint|republication) (?:rights|permissions?)\b|^e-?mail\s*:\s*\S+@)`)

// heading matches the heading of terms that fill the rest of a page.
var heading = compile(`^[(\x{FF08}\[【]?.{0,24}?(?:版权(?:与|及|和)?免责声明|免责声明|版权声明|特别声明|重要声明|法律声明|版权信息|(?i:copyright notice|disclaimer|terms of use))\s*[】\])\x{FF09}]?\s*[:\x{FF1A}]?$|^[(\x{FF08}\[【]?声明\s*[】\])\x{FF09}]?\s*[:\x{FF1A}]?$`)

// opening matches how a line begins that speaks of itself and not of the news. A sentence of
// the story about copyright begins otherwise.
var opening = compile(`^[(\x{FF08}\[【*※●■◆#\s]*(?:(?:特别|版权|重要|郑重|免责|转载|原创)?声明|(?:本|此|该)(?:文|稿|作品|网|站|报|刊|文章|内容|稿件|页面|篇)|以上|版权|著作权|独家|未经|谢绝|禁止|严禁|请勿|不得|拒绝|转载|如需|如有|欢迎|凡|任何|原创|文章|文中|图文|稿件|内容|\S{1,14}独家|\S{1,14}版权所有|` +
	`(?i:©|\(c\)|copyright|all rights|this |the (?:content|text|views|opinions|material|article|story|author)|no part|not (?:to|for)|may not|must not|do not|re(?:publication|production|printing|use)|\S+(?: \S+){0,4} all rights reserved|.{1,60}all rights reserved))`)

// noticeWords are in every notice, whatever its kind.
var noticeWords = newWords(slices.Concat(forbids.words.all, holds.words.all, phrases.words.all, heading.words.all), true)

// readNotice tells what kind of notice a line is, if any. Inside of terms whose heading was
// seen every line is one.
func readNotice(text string, terms bool) notice {
	text = feeds.Simplified(text)
	n := utf8.RuneCountInString(text)
	if n > maxClause || n > maxNotice && !terms || !terms && !noticeWords.in(text) {
		return noNotice
	}
	begins := func() bool { return terms || opening.MatchString(text) }
	switch {
	case forbids.MatchString(text) && !clause.MatchString(text) && begins():
		return exclusive
	case holds.MatchString(text) && begins():
		return copyright
	case terms, phrases.MatchString(text), heading.MatchString(text):
		return boiler
	}
	return noNotice
}

// clause matches a clause of general terms, which speaks of all works and not of this one.
var clause = compile(`^[(\x{FF08}]?(?:[0-9一二三四五六]+\s*[)\x{FF09}.、\x{FF0E}]\s*)?(?:凡|本网所有|本站所有|所有)`)

// statement makes a notice evidence. A disclaimer or a contact says nothing about rights.
func (n notice) statement(text, where string) (feeds.Statement, bool) {
	s := feeds.Statement{Scope: feeds.ScopeItem, Value: shorten(text, maxStatement), Where: where}
	switch n {
	case exclusive:
		s.Kind = feeds.KindExclusive
	case copyright:
		s.Kind = feeds.KindNotice
	default:
		return s, false
	}
	return s, true
}

// isNoticeTail tells whether the second half of a source line is a notice, as in
// "转载自澄江时报,版权归原作者所有".
func isNoticeTail(text string) bool {
	if utf8.RuneCountInString(text) > 80 {
		return false
	}
	return holds.MatchString(text) || forbids.MatchString(text) || phrases.MatchString(text) ||
		strings.HasPrefix(text, "如有") || strings.HasPrefix(text, "仅供") || strings.HasPrefix(text, "有删") || strings.HasPrefix(text, "侵删")
}
