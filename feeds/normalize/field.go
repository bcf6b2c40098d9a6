package normalize

import (
	"strings"
	"unicode/utf8"
)

// The labels of a credit line, each followed by a colon or a slash. Group names say what the
// value is.
const (
	sourceLabel = `(?:文章|稿件|本文|信息|新闻|消息|内容|原文|转载|文字|作品|报道)?来\s*源(?:媒体|网站)?|稿源|稿件出处|文章出处|出处|转自|转载自|摘自|选自|原载|首发`
	authorLabel = `(?:本文|文章|作品|原)?作\s*者|撰\s*文|撰\s*稿|撰稿人|采写|采访|文字|(?:本报|本网|本刊|特约|实习|见习)?(?:记者|通讯员)|文`
	editorLabel = `(?:本文|本期|值班|实习|见习|网络|文字|新媒体|执行|责任|特约)*编\s*辑|责\s*任\s*编\s*辑|责\s*编|网\s*编`
	otherLabel  = `文[、/\x{FF0F}和]图|图[、/\x{FF0F}和]文|图片来源|图片|图源|供图|图|摄\s*影|摄影师|摄|制图|绘图|插画|漫画|视频|音频|翻译|译者|编译`
	idleLabel   = `(?:发布|发表|更新|发稿|出版)?(?:时间|日期)|发布者?|点击[数量率]?|浏览(?:[数量]|次数)?|阅读(?:[数量]|次数)?|访问(?:[数量]|次数)|评论数?|字[号体](?:大小)?|分享(?:到)?|打印|关闭|关键词|标签|栏目|分类|频道|原标题|` +
		`初审|复审|终审|审核|审校|校对|签发|监制|总监制|主编|副主编|总编辑?|值班主任|值班领导|策划|总策划|统筹|制作|排版|美编|视觉|设计|剪辑|出品`
)

// label finds the labels in a line. A colon, slash or bar follows each. The space behind it is
// not taken, because the next label may begin there where a value is missing.
var label = compile(`(?:^|[\s(\x{FF08}\[【,;|\x{FF5C}\x{FF0C}\x{FF1B}、·])(?:(?P<source>` + sourceLabel + `)|(?P<author>` + authorLabel + `)|(?P<editor>` + editorLabel +
	`)|(?P<other>` + otherLabel + `)|(?P<idle>` + idleLabel + `))\s*[:\x{FF1A}/\x{FF0F}|\x{FF5C}丨]`)

// field is one label of a line with its value.
type field struct {
	kind  string
	value string
}

// fieldsOf takes a line apart at its labels. What stands before the first label is lead.
func fieldsOf(line string) (lead string, fields []field) {
	found := label.FindAllStringSubmatchIndex(line, -1)
	for i, m := range found {
		end := len(line)
		if i+1 < len(found) {
			end = found[i+1][0]
		}
		kind := ""
		for g, name := range label.re.SubexpNames() {
			if name != "" && m[2*g] >= 0 {
				kind = name
			}
		}
		fields = append(fields, field{kind, strings.Trim(line[m[1]:end], " ,;|\uFF5C\uFF0C\uFF1B、·")})
	}
	if len(found) > 0 {
		lead = strings.TrimSpace(line[:found[0][0]])
	}
	return lead, fields
}

// maxFieldLine is how many characters a line of labels may have. Longer ones are prose that
// happens to begin like one.
const maxFieldLine = 160

// readFields reads a line that is made of labels and values, such as
// "来源:学习时报 作者:李明 责任编辑:赵珊". A date, or a date and an outlet, may lead.
func readFields(line string, links []anchor) (said, bool) {
	if utf8.RuneCountInString(line) > maxFieldLine {
		return said{}, false
	}
	lead, fields := fieldsOf(line)
	if len(fields) == 0 {
		return said{}, false
	}
	var s said
	if lead != "" && !leadsFields(&s, lead) {
		return said{}, false
	}
	sure := false
	for _, f := range fields {
		ok := s.add(f, links)
		if !ok && f.kind == "source" {
			return said{}, false
		}
		sure = sure || ok && f.kind != "idle" && f.kind != "other"
	}
	if len(fields) == 1 && fields[0].kind == "source" && fields[0].value == "" {
		s.pending, sure = true, true
	}
	return s, sure
}

// leadsFields reads what stands before the first label: a date, and perhaps an outlet.
func leadsFields(s *said, lead string) bool {
	rest, ok := afterDate(lead)
	if !ok {
		return false
	}
	if rest == "" {
		return true
	}
	if !isOutlet(rest) {
		return false
	}
	s.origins = append(s.origins, readOutlets(rest)...)
	return true
}

// add takes over one field. It fails where the value is not what the label says.
func (s *said) add(f field, links []anchor) bool {
	switch f.kind {
	case "source":
		if isSentence(f.value) {
			return false
		}
		s.addOrigin(f.value, links)
		return true
	case "author":
		return s.addAuthor(f.value)
	case "editor":
		names, ok := splitNames(f.value, mayBePerson)
		s.editors = append(s.editors, names...)
		return ok
	case "other":
		s.others = s.others || f.value != ""
	}
	return true
}

// isSentence tells whether a value is prose: a sentence with its stop, or too long for names.
func isSentence(value string) bool {
	n := utf8.RuneCountInString(value)
	if hasHan(value) {
		return n > 50 || n > 16 && strings.ContainsAny(value, "。\uFF0C,\uFF1B;")
	}
	return n > 120
}

// addOrigin adds the outlets of a value, with the address that the value links to.
func (s *said) addOrigin(value string, links []anchor) {
	origins := readOutlets(value)
	if len(origins) == 1 {
		for _, l := range links {
			if l.text == origins[0].Name || l.text == value {
				origins[0].URL = l.href
			}
		}
	}
	s.origins = append(s.origins, origins...)
}

// addAuthor adds the authors of a value. What follows one name after a comma says who that
// is: "李明,清河大学教授".
func (s *said) addAuthor(value string) bool {
	if names, ok := splitNames(value, mayBePerson); ok {
		s.authors = append(s.authors, names...)
		return true
	}
	name, note, ok := cutComma(value)
	note = strings.TrimSpace(note)
	if !ok || !isPerson(name) || note == "" || utf8.RuneCountInString(note) > 60 || strings.Contains(note, "。") {
		return false
	}
	s.authors = append(s.authors, name)
	s.note = note
	return true
}

func cutComma(value string) (before, after string, found bool) {
	at := strings.IndexAny(value, ",\uFF0C;\uFF1B")
	if at < 0 {
		return value, "", false
	}
	return strings.TrimSpace(value[:at]), strings.TrimLeft(value[at:], ",\uFF0C;\uFF1B "), true
}
