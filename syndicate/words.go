package syndicate

import (
	"strings"
)

// Words are the sentences of notices in one language. Each is a template: {name} stands
// for a value, and a stretch in square brackets is left out where one of its values is
// empty. An empty sentence keeps the built-in one.
type Words struct {
	// Source, Author and Editor make the attribution line: {source}, {author} with the
	// author note, {editor}.
	Source string
	Author string
	Editor string
	// License names the {license}.
	License string
	// Excerpt says that only the beginning is shown, with a {link} to the whole;
	// LinkOnly that the text is not shown at all; Pictures that pictures were left out.
	Excerpt  string
	LinkOnly string
	Pictures string
	// Disclaimer is the pass-along disclaimer, with {house} and {source} (T3).
	Disclaimer string
	// Contact is where complaints go, with {days}, {phone} and {email}; it must hold {house}, which leads to
	// the form for them (T4).
	Contact string
	// Withdrawn takes the place of an item that was withdrawn, with {house}, {date}, the {authority} that ordered it
	// and the {replacement} of a correction.
	Withdrawn string
	// ReadOn is the text of a link to the original page.
	ReadOn string
	// Between joins several names.
	Between string
}

// builtin are the words in the languages that Reprint knows.
func builtin(language string) (Words, bool) {
	switch language {
	case "zh":
		return Words{
			Source:     "来源\uFF1A{source}",
			Author:     "作者\uFF1A{author}",
			Editor:     "责编\uFF1A{editor}",
			License:    "许可\uFF1A{license}",
			Excerpt:    "以上为节选[\uFF0C{link}]。",
			LinkOnly:   "此处只提供标题与链接[\uFF0C{link}]。",
			Pictures:   "未获授权的图片已略去。",
			Disclaimer: "本文由{house}转发自{source}\uFF0C意在传递信息\uFF0C不代表{house}认同文中观点或证实其内容。",
			Contact:    "对内容或版权有异议\uFF0C请[于{days}日内]与{house}联系[\uFF0C电话{phone}][\uFF0C邮箱{email}]。",
			Withdrawn:  "此内容已由{house}于{date}撤回。[依据\uFF1A{authority}。][{replacement}]",
			ReadOn:     "阅读原文",
			Between:    "、",
		}, true
	case "en":
		return Words{
			Source:     "Source: {source}",
			Author:     "By {author}",
			Editor:     "Editor: {editor}",
			License:    "License: {license}",
			Excerpt:    "This is an excerpt.[ {link}.]",
			LinkOnly:   "Only the title and the link are given here.[ {link}.]",
			Pictures:   "Pictures that are not licensed for this use were left out.",
			Disclaimer: "{house} passes this item on from {source} for information; it neither shares its views nor vouches for its content.",
			Contact:    "Complaints about content or copyright reach {house}[ within {days} days][, phone {phone}][, mail {email}].",
			Withdrawn:  "This item was withdrawn by {house} on {date}.[ It was ordered by {authority}.][ {replacement}]",
			ReadOn:     "Read the original",
			Between:    ", ",
		}, true
	}
	return Words{}, false
}

// apart is what stands between two parts of the attribution line: Chinese labels set
// themselves apart, other words need a sign.
func (w Words) apart() string {
	if w.Between == "、" {
		return " "
	}
	return " · "
}

// over returns w with the sentences that are empty taken from base.
func (w Words) over(base Words) Words {
	pick := func(a, b string) string {
		if a != "" {
			return a
		}
		return b
	}
	return Words{
		Source:     pick(w.Source, base.Source),
		Author:     pick(w.Author, base.Author),
		Editor:     pick(w.Editor, base.Editor),
		License:    pick(w.License, base.License),
		Excerpt:    pick(w.Excerpt, base.Excerpt),
		LinkOnly:   pick(w.LinkOnly, base.LinkOnly),
		Pictures:   pick(w.Pictures, base.Pictures),
		Disclaimer: pick(w.Disclaimer, base.Disclaimer),
		Contact:    pick(w.Contact, base.Contact),
		Withdrawn:  pick(w.Withdrawn, base.Withdrawn),
		ReadOn:     pick(w.ReadOn, base.ReadOn),
		Between:    pick(w.Between, base.Between),
	}
}

// fill puts values into a template. A name without a value is printed as it stands, so
// that a spelling mistake shows; [Compile] has refused it before.
func fill(template string, values map[string]Span) Line {
	var line Line
	for template != "" {
		open := strings.IndexByte(template, '[')
		if open < 0 {
			return append(line, fillPlain(template, values)...)
		}
		line = append(line, fillPlain(template[:open], values)...)
		inner, rest, _ := strings.Cut(template[open+1:], "]")
		if !lacks(inner, values) {
			line = append(line, fillPlain(inner, values)...)
		}
		template = rest
	}
	return line
}

// lacks tells whether one of the values that template names is empty.
func lacks(template string, values map[string]Span) bool {
	for _, n := range placeholders(template) {
		if v, ok := values[n]; ok && v.Text == "" {
			return true
		}
	}
	return false
}

func fillPlain(template string, values map[string]Span) Line {
	var line Line
	for template != "" {
		open := strings.IndexByte(template, '{')
		end := strings.IndexByte(template, '}')
		if open < 0 || end < open {
			return append(line, Span{Text: template})
		}
		if open > 0 {
			line = append(line, Span{Text: template[:open]})
		}
		if v, ok := values[template[open+1:end]]; ok {
			line = append(line, v)
		} else {
			line = append(line, Span{Text: template[open : end+1]})
		}
		template = template[end+1:]
	}
	return line
}

// placeholders returns the names in braces of a template.
func placeholders(template string) []string {
	var names []string
	for {
		_, rest, ok := strings.Cut(template, "{")
		if !ok {
			return names
		}
		n, rest, ok := strings.Cut(rest, "}")
		if !ok {
			return names
		}
		names = append(names, n)
		template = rest
	}
}
