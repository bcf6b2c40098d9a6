package normalize

import (
	"strings"

	"reprint/feeds"
)

var (
	// Source: Valley Post; Author: Jane Doe; Editor: Ann Roe. Names may stand in one line.
	englishField = compile(`(?:^|[\s|;,(])(?:(?P<source>(?i:(?:original |news |article |story )?sources?|via|republished from|reprinted from|originally published (?:by|in|on|at)))|(?P<author>(?i:authors?|written by|words|words by|story by|text|text by|reporters?|by))|(?P<editor>(?i:editors?|edited by|editing by|responsible editor))|(?P<idle>(?i:date|published|posted|updated|tags?|category|filed under|section)))\s*[:\x{FF1A}]\s*`)
	// By Jane Doe and John Roe, Written by Jane Doe, Edited by Ann Roe
	byName = compile(`^(?:(?P<author>(?:By|BY|by|Written by|Words by|Story by|Reported by|Text by))|(?P<editor>Edited by|Editing by))\s+(.+)$`)
	// Valley Post By Jane Doe: where our own line goes on
	innerBy = compile(`^(.+?)\s+By\s+(.+)$`)
	// , staff writer
	position = compile(`(?i),?\s*(?:staff|senior|special|chief|political|science|health)?\s*(?:staff )?(?:writer|reporter|correspondent|editor|columnist|contributor|photographer)s?$`)
	// This article was originally published by Hill Commons.
	published = compile(`(?i)^(?:(?:this|the)(?: \w+)? (?:article|story|piece|post|essay|report|column|interview|work|item|text)\s+)?(?:(?:was|is|has been|had been)\s+)?(?:originally|first|re)?\s?-?(?:published|appeared|posted|ran|printed|syndicated|reproduced)\s+(?:here\s+)?(?:with (?:the )?(?:kind )?permission (?:of|from)|courtesy of|by permission of|by|in|on|at|from)\s+(.+)$`)
	origin    = compile(`(?i)\b(?:originally|first|republished|reprinted|reproduced|syndicated)\b`)
	nameEnd   = compile(`(?i)\s+(?:under|and (?:is|was|has)|with (?:the |kind )?permission|on (?:\d|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|in (?:\d|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))\b.*$|[.;](?:\s.*)?$|,\s.*$`)
)

// readEnglish reads the credit lines of English pages.
func readEnglish(line string, links []anchor) (said, bool) {
	if m := published.FindStringSubmatch(line); m != nil && origin.MatchString(line) && len(line) < 400 {
		return readPublished(m[1], links), true
	}
	if s, ok := readEnglishFields(line, links); ok {
		return s, true
	}
	m := byName.FindStringSubmatch(line)
	if m == nil || len(line) > 160 {
		return said{}, false
	}
	people, ok := splitNames(position.ReplaceAllString(m[3], ""), isByline)
	if m[1] != "" {
		return said{authors: people}, ok
	}
	return said{editors: people}, ok
}

// isByline tells whether a name after "By" is that of a person. A name set in capitals counts
// as one set in small letters.
func isByline(name string) bool {
	if strings.ToUpper(name) == name {
		return latinName.MatchString(name) && strings.Contains(name, " ") && !hasCommonWord(name)
	}
	return isPerson(name)
}

// readPublished reads what follows "originally published by".
func readPublished(rest string, links []anchor) said {
	for _, l := range links {
		if strings.HasPrefix(rest, l.text) && isPlausible(l.text) {
			return said{origins: []feeds.Origin{{Name: l.text, URL: l.href}}}
		}
	}
	var s said
	s.addOrigin(nameEnd.ReplaceAllString(strings.TrimPrefix(rest, "the "), ""), links)
	return s
}

// readEnglishFields reads a line of English labels and values.
func readEnglishFields(line string, links []anchor) (said, bool) {
	found := englishField.FindAllStringSubmatchIndex(line, -1)
	if len(found) == 0 || found[0][0] != 0 || len(line) > 300 {
		return said{}, false
	}
	var s said
	sure := false
	for i, m := range found {
		end := len(line)
		if i+1 < len(found) {
			end = found[i+1][0]
		}
		value := strings.Trim(line[m[1]:end], " |;,.")
		for g, kind := range englishField.re.SubexpNames() {
			if kind == "" || m[2*g] < 0 {
				continue
			}
			ok := s.addEnglish(kind, value, links)
			if !ok {
				return said{}, false
			}
			sure = sure || kind != "idle"
		}
	}
	return s, sure && !s.isEmpty()
}

func (s *said) addEnglish(kind, value string, links []anchor) bool {
	switch kind {
	case "source":
		if m := innerBy.FindStringSubmatch(value); m != nil {
			if people, ok := splitNames(m[2], isPerson); ok {
				s.authors = append(s.authors, people...)
				value = m[1]
			}
		}
		if isSentence(value) || strings.Contains(value, ". ") {
			return false
		}
		s.addOrigin(value, links)
	case "author":
		people, ok := splitNames(position.ReplaceAllString(value, ""), mayBePerson)
		s.authors = append(s.authors, people...)
		return ok
	case "editor":
		people, ok := splitNames(value, mayBePerson)
		s.editors = append(s.editors, people...)
		return ok
	}
	return true
}
