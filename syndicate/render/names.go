package render

// The namespaces that our documents declare. A prefix is a habit of readers: some look at
// it instead of at the URI, so each is the usual one.
const (
	nsAtom       = "http://www.w3.org/2005/Atom"
	nsContent    = "http://purl.org/rss/1.0/modules/content/"
	nsDC         = "http://purl.org/dc/elements/1.1/"
	nsDCTerms    = "http://purl.org/dc/terms/"
	nsMedia      = "http://search.yahoo.com/mrss/"
	nsCommons    = "http://backend.userland.com/creativeCommonsRssModule"
	nsTombstones = "http://purl.org/atompub/tombstones/1.0"
	nsHistory    = "http://purl.org/syndication/history/1.0"
	nsReprint    = "https://reprint-feeds.org/ns/rights/1.0"
	unstated     = "http://purl.org/atompub/license#unspecified" // RFC 4946 section 2.3
	generator    = "Reprint"
	rssDocs      = "https://www.rssboard.org/rss-specification"
	rssMinutes   = 30 // ttl: how long a reader may rest; withdrawals wait as long
)

// About is where the extension of our JSON feeds is described.
const About = nsReprint
