package normalize

import (
	"net/url"
	"slices"
	"strings"

	"reprint/feeds"
	"reprint/feeds/parse"
)

// rights joins the statements about an item, the nearest first: those of the entry, those
// that its lines make, and those of the feed. What stands in an element and forbids reprinting
// in words is a statement of that, too.
func (r *reading) rights(e parse.Entry, base *url.URL, lines []feeds.Statement) []feeds.Statement {
	var all rightsList
	for _, s := range e.Rights {
		all.add(s, feeds.ScopeItem, base)
		if s.Kind == feeds.KindNotice && s.Scope != feeds.ScopeSource && s.Scope != feeds.ScopeFeed && forbids.MatchString(s.Value) {
			s.Kind = feeds.KindExclusive
			all.add(s, feeds.ScopeItem, base)
		}
	}
	for _, s := range lines {
		all.add(s, feeds.ScopeItem, base)
	}
	for _, s := range r.doc.Rights {
		all.add(s, feeds.ScopeFeed, r.base)
	}
	if r.feed.Rights != "" && !all.has(r.feed.Rights) {
		all.add(feeds.Statement{Kind: feeds.KindNotice, Value: r.feed.Rights, Where: "copyright"}, feeds.ScopeFeed, r.base)
	}
	if all.lost > 0 {
		r.lose("%d statements about rights beyond the first %d were left out", all.lost, maxStatements)
	}
	return all.statements
}

// rightsList is a list of statements within its bounds.
type rightsList struct {
	statements []feeds.Statement
	lost       int
}

// add adds a statement, tidied. A statement without a scope has the given one.
func (l *rightsList) add(s feeds.Statement, scope feeds.Scope, base *url.URL) {
	s.Value = shorten(feeds.OneLine(s.Value), maxStatement)
	s.Where = shorten(feeds.OneLine(s.Where), maxQuote)
	if s.Scope == 0 {
		s.Scope = scope
	}
	if s.Kind == feeds.KindLicense {
		if isRelative(s.Value) {
			s.Value = resolve(base, s.Value)
		}
		s.SPDX = feeds.SPDX(s.Value)
	}
	switch {
	case s.Value == "" && s.Kind != feeds.KindForbidden && s.Kind != feeds.KindUnspecified:
	case slices.Contains(l.statements, s):
	case len(l.statements) == maxStatements:
		l.lost++
	default:
		l.statements = append(l.statements, s)
	}
}

// isRelative tells whether a license is named by a relative address, and not by an id.
func isRelative(value string) bool {
	return strings.HasPrefix(value, "/") || strings.HasPrefix(value, "./") || strings.HasPrefix(value, "../") || strings.HasPrefix(value, "?")
}

// has tells whether one of the statements says value.
func (l *rightsList) has(value string) bool {
	return slices.ContainsFunc(l.statements, func(s feeds.Statement) bool { return s.Value == value })
}
