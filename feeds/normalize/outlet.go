package normalize

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"reprint/feeds"
)

// outletEnd is how names of outlets end. It makes a name without a label sure enough.
var outletEnd = compile(`(?:报|日报|晚报|早报|时报|周报|学报|网|网站|在线|社|通讯社|周刊|月刊|半月刊|旬刊|期刊|学刊|杂志|画报|电视台|广播|电台|卫视|总台|频道|客户端|新闻|头条|融媒体中心|融媒体|传媒|发布|观察|公众号|微博|出版社|评论|文摘)$`)

// nowhere are values of a source line that name no outlet, though they say that the text
// comes from elsewhere. Nobody can be asked, so they are unclear.
var nowhere = compile(`^(?:网络|互联网|网上|因特网|网络综合|网络整理|综合|综合整理|综合报道|综合媒体|媒体|各媒体|其[他它]|未知|不详|转载|转载网络|网友|网友投稿|投稿|读者来稿|来稿|微信|微博|公众号|微信公众号|抖音|自媒体|论坛|internet|web|unknown|various|agencies|wire services?)$`)

// ownself are values of a source line that name the page that they stand on.
var ownself = compile(`^(?:本[网站报刊台社]|本[网站报刊台社](?:原创|讯|专稿)|原创|自采|original)$`)

// compiled is what stands around the outlets that a text was compiled from.
var compiled = compile(`^综合\s*(.+?)\s*(?:等)?(?:媒体)?(?:报道|消息|整理)?$`)

// issue is what follows the name of a paper: its date, number or page.
var issue = compile(`\s*(?:[(\x{FF08}][^()\x{FF08}\x{FF09}]*(?:[0-9]|版|期)[^()\x{FF08}\x{FF09}]*[)\x{FF09}]|[0-9]{4}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?(?:\s*[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?)?|[0-9]{4}年第?[0-9]{1,3}期|第[0-9]{1,3}版)$`)

// outletBreak is what stands between outlets; only between two that surely are ones, except
// for the first, which stands nowhere else.
var (
	outletListBreak = compile(`\s*、\s*`)
	outletMaybe     = compile(`\s*[,;/&\x{FF0C}\x{FF1B}\x{FF0F}]\s*|\s+`)
)

// readOutlets reads the value of a source line: one outlet or several. What is recognized but
// not sure gives one origin that is Unclear; what names nobody else gives none.
func readOutlets(value string) []feeds.Origin {
	value = trimOutlet(value)
	if value == "" || ownself.MatchString(strings.ToLower(value)) {
		return nil
	}
	unclear := []feeds.Origin{{Name: shorten(value, maxName), Unclear: true}}
	if nowhere.MatchString(strings.ToLower(value)) {
		return unclear
	}
	if m := compiled.FindStringSubmatch(value); m != nil {
		value = m[1]
	}
	names := outletListBreak.Split(value, -1)
	if len(names) == 1 && !hasLatin(value) {
		if parts := outletMaybe.Split(value, -1); len(parts) > 1 && allOutlets(parts) {
			names = parts
		}
	}
	var origins []feeds.Origin
	for _, name := range names {
		name = trimOutlet(name)
		if !isPlausible(name) || len(origins) == maxOrigins {
			return unclear
		}
		origins = append(origins, feeds.Origin{Name: name})
	}
	return origins
}

func allOutlets(names []string) bool {
	for _, n := range names {
		if !isOutlet(n) {
			return false
		}
	}
	return true
}

// isOutlet tells whether a Chinese name surely is that of an outlet, without a label.
func isOutlet(name string) bool {
	n := utf8.RuneCountInString(name)
	title := strings.HasPrefix(name, "《") && strings.HasSuffix(name, "》")
	return n >= 3 && n <= 20 && isPlausible(name) && (outletEnd.MatchString(name) || title)
}

// implausible matches what names of outlets do not hold: signs that end sentences or parts of
// them, and words of prose.
var implausible = compile(`[。!?;:,"<>…\x{FF01}\x{FF1F}\x{FF1B}\x{FF1A}\x{FF0C}“”|\x{FF5C}]|https?|[0-9]{4}|\. |\.$|的|了|是|这|我|(?:^| )(?:the study|the report|my|our|their|his|her)(?: |$)`)

// isPlausible tells whether name can be an outlet's name where a label has said that one
// follows.
func isPlausible(name string) bool {
	first := firstRune(name)
	switch {
	case name == "" || implausible.MatchString(name):
		return false
	case unicode.IsLower(first) || !unicode.IsLetter(first) && !unicode.IsDigit(first) && !strings.ContainsRune("《“\"", first):
		return false
	case hasLatin(name) && !hasHan(name):
		return len(name) <= 80 && len(strings.Fields(name)) <= 8
	}
	return utf8.RuneCountInString(name) <= 24
}

func hasLatin(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Latin, r) })
}

func hasHan(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

// trimOutlet takes from a value what surrounds the name.
func trimOutlet(value string) string {
	for {
		before := value
		value = strings.Trim(value, " \u00A0\u3000-—|\uFF5C丨·,;。\uFF0C\uFF1B")
		value = issue.ReplaceAllString(value, "")
		if value == before {
			return value
		}
	}
}
