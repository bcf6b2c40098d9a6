package normalize

import (
	"strings"

	"golang.org/x/net/html"

	"reprint/feeds"
	"reprint/feeds/parse"
)

// inlineTag matches the tags that occur in titles and names. Others, as in "How <T> came to
// Go", are words of the title.
var inlineTag = compile(`(?i)</?(?:a|abbr|acronym|b|bdi|bdo|big|cite|code|del|dfn|em|font|i|img|ins|kbd|mark|q|s|samp|small|span|strike|strong|sub|sup|time|tt|u|var|wbr)(?:\s[^<>]*)?/?>`)

// breakTag matches the tags that stand between words.
var breakTag = compile(`(?i)</?(?:br|p|div|h[1-6]|li|ul|ol|blockquote|hr|td|tr|table)(?:\s[^<>]*)?/?>`)

// unseen matches what a browser does not show of a text.
var unseen = compile(`(?is)<(script|style)\b[^>]*>.*?(?:</(?:script|style)\s*>|$)|<!--.*?-->`)

// entity matches a character reference. Those without a semicolon are left alone, because
// "&copy=1" in a title is more likely an address than a sign.
var entity = compile(`&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});`)

// plain returns a text of one line without markup. A text of unknown kind is read as RSS
// readers do: tags are taken out and references decoded, once.
func plain(t parse.Text) string {
	if t.Kind == parse.Plain {
		return feeds.OneLine(t.Value)
	}
	s := t.Value
	if strings.Contains(s, "<") {
		s = unseen.ReplaceAllString(s, " ")
		s = breakTag.ReplaceAllString(s, " ")
		s = inlineTag.ReplaceAllString(s, "")
	}
	return feeds.OneLine(decode(s))
}

// decode replaces the character references in s.
func decode(s string) string {
	if !strings.Contains(s, "&") {
		return s
	}
	return entity.ReplaceAllStringFunc(s, html.UnescapeString)
}
