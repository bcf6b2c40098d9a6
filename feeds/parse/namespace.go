package parse

import (
	"encoding/xml"
	"strings"
)

// namespace is a vocabulary that the walk knows. Elements are recognized by the URI of
// their namespace alone: a prefix is only a name that the publisher chose.
type namespace uint8

const (
	nsForeign         namespace = iota
	nsCore                      // RSS: no namespace, RSS 1.0, RSS 0.90
	nsAtom                      // Atom 1.0 and 0.3
	nsDC                        // Dublin Core elements
	nsTerms                     // Dublin Core terms
	nsCC                        // Creative Commons, RDF style
	nsCreativeCommons           // the RSS module of Creative Commons
	nsMedia                     // Media RSS
	nsPodcast
	nsITunes
	nsRSL
	nsAccess // Feed Access Control
	nsPRISM  // all versions, usage rights included
	nsContent
	nsSyndication
	nsRDF
	nsXHTML
	nsTombstones // RFC 6721
	nsHistory    // RFC 5005
	nsIPTC       // NewsML-G2
	nsReprint    // what another Reprint says of an item
	nsXML
)

// namespaces are the URIs of each vocabulary, with the alternates that are in use.
var namespaces = map[string]namespace{
	"":                                       nsCore,
	"http://purl.org/rss/1.0/":               nsCore,
	"http://my.netscape.com/rdf/simple/0.9/": nsCore,
	"http://channel.netscape.com/rdf/simple/0.9/": nsCore,

	"http://www.w3.org/2005/Atom": nsAtom,
	"http://purl.org/atom/ns#":    nsAtom,

	"http://purl.org/dc/elements/1.1/": nsDC,
	"http://purl.org/dc/elements/1.0/": nsDC,
	"http://purl.org/dc/terms/":        nsTerms,

	"http://creativecommons.org/ns#":        nsCC,
	"http://creativecommons.org/ns#license": nsCC,
	"http://web.resource.org/cc/":           nsCC,

	"http://backend.userland.com/creativecommonsrssmodule":           nsCreativeCommons,
	"http://cyber.law.harvard.edu/rss/creativecommonsrssmodule.html": nsCreativeCommons,

	"http://search.yahoo.com/mrss/":                                               nsMedia,
	"http://search.yahoo.com/mrss":                                                nsMedia,
	"http://video.search.yahoo.com/mrss/":                                         nsMedia,
	"http://video.search.yahoo.com/mrss":                                          nsMedia,
	"http://www.rssboard.org/media-rss/":                                          nsMedia,
	"http://www.rssboard.org/media-rss":                                           nsMedia,
	"https://podcastindex.org/namespace/1.0":                                      nsPodcast,
	"https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md": nsPodcast,
	"http://www.itunes.com/dtds/podcast-1.0.dtd":                                  nsITunes,
	"https://rslstandard.org/rsl":                                                 nsRSL,
	"http://www.bloglines.com/about/specs/fac-1.0":                                nsAccess,
	"http://purl.org/rss/1.0/modules/content/":                                    nsContent,
	"http://purl.org/rss/1.0/modules/syndication/":                                nsSyndication,
	"http://www.w3.org/1999/02/22-rdf-syntax-ns#":                                 nsRDF,
	"http://purl.org/atompub/tombstones/1.0":                                      nsTombstones,
	"http://purl.org/syndication/history/1.0":                                     nsHistory,
	"http://iptc.org/std/nar/2006-10-01/":                                         nsIPTC,
	"https://reprint-feeds.org/ns/rights/1.0":                                     nsReprint,
	"http://www.w3.org/1999/xhtml":                                                nsXHTML,
	"http://www.w3.org/XML/1998/namespace":                                        nsXML,
}

// prismURI is how every version of PRISM begins.
const prismURI = "http://prismstandard.org/namespaces/"

// namespaceOf returns the vocabulary of a URI. Space around it does not count; nor does
// the case for those that are written in several.
func namespaceOf(uri string) namespace {
	uri = strings.TrimSpace(uri)
	if ns, ok := namespaces[uri]; ok {
		return ns
	}
	switch ns := namespaces[strings.ToLower(uri)]; {
	case ns == nsCreativeCommons, ns == nsITunes:
		return ns
	case strings.HasPrefix(uri, prismURI):
		return nsPRISM
	}
	return nsForeign
}

// term is the name of an element in a vocabulary; the local name in lower case.
type term struct {
	ns    namespace
	local string
}

// attribute returns the value of an attribute without a namespace, whatever the case of
// its name.
func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Space == "" && strings.EqualFold(a.Name.Local, name) {
			return strings.TrimSpace(a.Value)
		}
	}
	return ""
}

// attributeIn returns the value of an attribute in a namespace.
func attributeIn(e xml.StartElement, ns namespace, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name && a.Name.Space != "" && namespaceOf(a.Name.Space) == ns {
			return strings.TrimSpace(a.Value)
		}
	}
	return ""
}
