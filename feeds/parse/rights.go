package parse

import (
	"encoding/xml"
	"slices"
	"strings"

	"reprint/feeds"
)

// unspecified is the license link that says that no license is stated (RFC 4946 section
// 2.3).
const unspecified = "http://purl.org/atompub/license#unspecified"

// statement is how an element speaks about rights.
type statement struct {
	kind  feeds.Kind
	where string
	// says returns what the element says; empty if it says nothing that counts.
	says func(e xml.StartElement, text string) string
}

// statements are the elements that speak about rights where they are children of a feed,
// an entry or an atom:source, by their namespace. Elements of media files are not here:
// they speak about the file.
var statements = map[term]statement{
	{nsCore, "copyright"}: {feeds.KindNotice, "copyright", words},
	{nsAtom, "rights"}:    {feeds.KindNotice, "atom:rights", words},
	{nsAtom, "copyright"}: {feeds.KindNotice, "atom:copyright", words}, // Atom 0.3
	{nsDC, "rights"}:      {feeds.KindNotice, "dc:rights", wordsOrAddress},

	{nsTerms, "license"}:      {feeds.KindLicense, "dcterms:license", wordsOrAddress},
	{nsTerms, "rights"}:       {feeds.KindNotice, "dcterms:rights", wordsOrAddress},
	{nsTerms, "rightsholder"}: {feeds.KindHolder, "dcterms:rightsHolder", wordsOrAddress},
	{nsTerms, "accessrights"}: {feeds.KindNotice, "dcterms:accessRights", wordsOrAddress},

	{nsCC, "license"}:              {feeds.KindLicense, "cc:license", addressOrWords},
	{nsCreativeCommons, "license"}: {feeds.KindLicense, "creativeCommons:license", wordsOrAddress},

	{nsMedia, "copyright"}:   {feeds.KindNotice, "media:copyright", wordsOrAddress},
	{nsMedia, "license"}:     {feeds.KindNotice, "media:license", addressOrWords},
	{nsMedia, "restriction"}: {feeds.KindForbidden, "media:restriction", nobodyMay},

	{nsPodcast, "license"}:    {feeds.KindNotice, "podcast:license", words},
	{nsPodcast, "locked"}:     {feeds.KindForbidden, "podcast:locked", yes},
	{nsPodcast, "block"}:      {feeds.KindForbidden, "podcast:block", yesToAll},
	{nsITunes, "block"}:       {feeds.KindForbidden, "itunes:block", yes},
	{nsITunes, "copyright"}:   {feeds.KindNotice, "itunes:copyright", words},
	{nsAccess, "restriction"}: {feeds.KindForbidden, "access:restriction", denied},

	{nsPRISM, "copyright"}:      {feeds.KindNotice, "prism:copyright", words},
	{nsPRISM, "rightsagent"}:    {feeds.KindNotice, "prism:rightsAgent", words},
	{nsPRISM, "rightsowner"}:    {feeds.KindHolder, "pur:rightsOwner", words},
	{nsPRISM, "embargodate"}:    {feeds.KindNotice, "prism:embargoDate", words},
	{nsPRISM, "expirationdate"}: {feeds.KindNotice, "prism:expirationDate", words},
	{nsPRISM, "killdate"}:       {feeds.KindNotice, "prism:killDate", words},

	{nsXHTML, "meta"}: {feeds.KindNotice, "xhtml:meta robots", noindex},
}

// readStatement reads an element that speaks about rights.
func readStatement(f *frame, name term, e xml.StartElement) {
	about := f.about
	switch name {
	case term{nsAtom, "link"}:
		licenseLink(about, e)
		return
	case term{nsRSL, "content"}:
		about.state(feeds.KindNotice, "rsl:content", address(e, ""))
		f.place = rslTerms
		return
	case term{nsPodcast, "license"}:
		f.read(func(text string) { about.soundLicense = text })
	}
	if s, ok := statements[name]; ok {
		f.read(func(text string) { about.state(s.kind, s.where, s.says(e, text)) })
	}
}

// licenseLink reads link rel=license (RFC 4946). RSL uses the same relation for terms that
// are about automated use and say nothing on reprinting; its media type tells it apart.
func licenseLink(about *found, e xml.StartElement) {
	l := readLink(e)
	switch {
	case l.rel != "license":
	case l.media == "application/rsl+xml":
		about.state(feeds.KindNotice, "link rel=license (RSL)", l.href)
	default:
		about.state(feeds.KindLicense, "link rel=license", l.href)
	}
}

// readTerms reads what is inside rsl:content.
func readTerms(f *frame, about *found, e xml.StartElement) {
	f.place, f.about = rslTerms, about
	switch local := strings.ToLower(e.Name.Local); local {
	case "permits", "prohibits", "payment":
		kind := attribute(e, "type")
		f.read(func(text string) {
			about.state(feeds.KindNotice, "rsl:"+local, strings.Trim(kind+": "+text, ": "))
		})
	}
}

// state keeps a statement, each once. Of a scope with very many, only as many are kept as
// anybody could read; a machine-readable no is kept always.
func (f *found) state(kind feeds.Kind, where, value string) {
	value = strings.TrimSpace(value)
	if value == "" {
		return
	}
	s := feeds.Statement{Kind: kind, Scope: f.scope, Value: value, Where: where}
	switch {
	case kind == feeds.KindLicense && value == unspecified:
		s.Kind = feeds.KindUnspecified
	case kind == feeds.KindLicense:
		s.Value = f.licenseURL(value)
		s.SPDX = feeds.SPDX(s.Value)
	}
	if slices.Contains(f.rights, s) {
		return
	}
	if len(f.rights) >= maxStatements && (kind != feeds.KindForbidden || f.forbidden()) {
		f.losses++
		return
	}
	f.rights = append(f.rights, s)
}

// forbidden tells whether a machine-readable no was found already.
func (f *found) forbidden() bool {
	return slices.ContainsFunc(f.rights, func(s feeds.Statement) bool { return s.Kind == feeds.KindForbidden })
}

// licenseURL makes the address of a license absolute where there is a base. What is no
// reference, such as "CC-BY-4.0" or a sentence, stays.
func (f *found) licenseURL(value string) string {
	if !strings.ContainsAny(value, "/#") || strings.ContainsAny(value, " \t\n") {
		return value
	}
	return resolve(f.base, value)
}

// license returns the first license that was named; empty if none was.
func (f *found) license() string {
	for _, s := range f.rights {
		if s.Kind == feeds.KindLicense {
			return s.Value
		}
	}
	return ""
}

func words(_ xml.StartElement, text string) string { return text }

func wordsOrAddress(e xml.StartElement, text string) string {
	if text != "" {
		return text
	}
	return address(e, "")
}

func addressOrWords(e xml.StartElement, text string) string {
	if a := address(e, ""); a != "" {
		return a
	}
	return text
}

// address returns the address that an element has as an attribute. rdf:resource comes
// first: it is what the standards mean.
func address(e xml.StartElement, _ string) string {
	if a := attributeIn(e, nsRDF, "resource"); a != "" {
		return a
	}
	for _, name := range []string{"resource", "href", "url"} {
		if a := attribute(e, name); a != "" {
			return a
		}
	}
	return ""
}

func yes(_ xml.StartElement, text string) string {
	if strings.EqualFold(text, "yes") || strings.EqualFold(text, "true") {
		return text
	}
	return ""
}

// yesToAll reads podcast:block. With an id it speaks to one service, which is not us.
func yesToAll(e xml.StartElement, text string) string {
	if attribute(e, "id") != "" {
		return ""
	}
	return yes(e, text)
}

// denied reads access:restriction.
func denied(e xml.StartElement, _ string) string {
	if relationship := attribute(e, "relationship"); strings.EqualFold(relationship, "deny") {
		return relationship
	}
	return ""
}

// nobodyMay reads media:restriction: only one that denies everybody forbids. Others
// restrict the files, not the item.
func nobodyMay(e xml.StartElement, text string) string {
	relationship := strings.ToLower(attribute(e, "relationship"))
	text = strings.ToLower(text)
	switch {
	case attribute(e, "type") != "":
		return ""
	case relationship == "deny" && (text == "all" || text == ""), relationship == "allow" && text == "none":
		return relationship + " " + text
	}
	return ""
}

func noindex(e xml.StartElement, _ string) string {
	content := attribute(e, "content")
	if strings.EqualFold(attribute(e, "name"), "robots") && strings.Contains(strings.ToLower(content), "noindex") {
		return content
	}
	return ""
}
