package config

import "reprint/syndicate"

// The comments here are the manual: docs/config.md is made from them, without the name that each begins with.

// File is the configuration file, key by key.
type File struct {
	// Site is the house itself.
	Site Site `yaml:"site" need:"true"`
	// Listen is the address of the public listener; default 127.0.0.1:8080.
	Listen string `yaml:"listen"`
	// AdminListen is the address of the operator's listener: console and metrics. It must
	// never be public; default 127.0.0.1:8081.
	AdminListen string `yaml:"admin_listen"`
	// AdminHosts are names with a dot by which the operator's listener is reached, such as desk.example.com. It answers by
	// addresses and by names without a dot in any case, and by no others: a page elsewhere could give its own name the
	// listener's address.
	AdminHosts []string `yaml:"admin_hosts"`
	// Store is where items are kept: sqlite:PATH, or redis://HOST:PORT/DB for many
	// servers (rediss:// with TLS, redis+sentinel://HOST:PORT,HOST:PORT/MASTER/DB,
	// redis+cluster://HOST:PORT,HOST:PORT; ?prefix=NAME sets the prefix of all keys). The
	// password stands in the environment variable REPRINT_STORE_PASSWORD; default
	// sqlite:data/reprint.db.
	Store string `yaml:"store"`
	// Data is the directory of this server's local state; default data.
	Data string `yaml:"data"`
	// Lease is for how long a server may answer with items after it has heard from the store, 1s
	// to 1m. The withdrawal of an item waits so long for a server that has died. Default 2s,
	// and 10s for SQLite, whose writers wait for each other.
	Lease Duration `yaml:"lease"`
	// Drain is how long a server that is told to end answers on, while /readyz says that it is not
	// ready, so that a load balancer in front sends the requests elsewhere; at most 5m, default 0s.
	Drain Duration `yaml:"drain"`
	// Purge is the hook of a CDN in front that keeps what it was told not to keep.
	Purge Purge `yaml:"purge"`
	// Fetch bounds what is fetched.
	Fetch Fetch `yaml:"fetch"`
	// Licenses are the terms that the house publishes under; at least one.
	Licenses []License `yaml:"licenses" need:"true"`
	// Origins are outlets that items may name as their source, though no feed of theirs
	// is polled.
	Origins []Origin `yaml:"origins"`
	// Sources are the feeds that are polled.
	Sources []Source `yaml:"sources"`
	// Channels are the feeds that are published.
	Channels []Channel `yaml:"channels"`
	// Partners are the sites that republish under agreements.
	Partners []Partner `yaml:"partners"`
}

// Purge is how a CDN in front is told what to throw away. Where it is set, public documents carry the
// tags of what they hold in Cache-Tag and Surrogate-Key.
type Purge struct {
	// URL is the address that is posted to once a withdrawal is everywhere, with {"tags": [...]} as the
	// body and the same tags in Surrogate-Key; it is tried for a day, and its outcome is in the acknowledgment.
	URL string `yaml:"url" need:"true"`
	// Header carries the secret, which stands in the environment variable REPRINT_PURGE_TOKEN;
	// default Authorization, as a Bearer token.
	Header string `yaml:"header"`
}

// Site is the house itself.
type Site struct {
	// Name is what the house calls itself in titles and notices.
	Name string `yaml:"name" need:"true"`
	// URL is the public base URL, without a slash at its end.
	URL string `yaml:"url" need:"true"`
	// Language is the BCP 47 tag of the pages, and of notices on items that state none;
	// default en.
	Language string `yaml:"language"`
	// Timezone is the IANA zone in which days of agreements, claims and notices begin and end; default UTC.
	Timezone string `yaml:"timezone"`
	// House are the source lines that mean the house itself (rule T1).
	House []string `yaml:"house"`
	// HouseChannels are departments that may follow a house name after a hyphen and still
	// mean the house (rule R5).
	HouseChannels []string `yaml:"house_channels"`
	// StaffCredits are the credit lines of staff photographers, with {house} for any
	// house name and {name} for a person's (rule T2).
	StaffCredits []string `yaml:"staff_credits"`
	// DenyCredits are agencies whose pictures never leave (rule R26).
	DenyCredits []string `yaml:"deny_credits"`
	// Contact is where complaints go (rule T4); an email, a phone, or both.
	Contact Contact `yaml:"contact" need:"true"`
	// ClaimDays is the number of days in which the house asks to hear of complaints, and takes to decide them;
	// default 30.
	ClaimDays *int `yaml:"claim_days"`
	// AnswerDays is how many days after an answer to a claim the house wants to decide; default 14.
	AnswerDays *int `yaml:"answer_days"`
	// NoticeDays is for how many days a notice takes the place of a withdrawn item in feeds, so that readers overwrite their
	// copy; from then on there is only the bare word that it is gone. Default 14; 0 is at once.
	NoticeDays *int `yaml:"notice_days"`
	// Withhold says which claims have what they name withdrawn until they are decided: none, or signed, which are those that meet the
	// rules of the United States, China and the European Union at once. Default none.
	Withhold string `yaml:"withhold"`
	// UnknownOrigin is the license of items whose named source is not listed (rule R7).
	UnknownOrigin string `yaml:"unknown_origin" need:"true"`
	// Tag is the authority of permanent ids that are minted for items without one: a host
	// name or e-mail address of the house, a comma, and a date on which it was the
	// house's. Never change it; default the host of url and the year 2026.
	Tag string `yaml:"tag"`
	// Notices are sentences that take the place of built-in ones, by language.
	Notices map[string]Words `yaml:"notices"`
}

// Contact is how to reach the house.
type Contact struct {
	// Email is an address for complaints.
	Email string `yaml:"email"`
	// Phone is a telephone number for complaints.
	Phone string `yaml:"phone"`
}

// Words are the sentences of notices in one language. Values stand in braces; a stretch
// in square brackets is left out where one of its values is empty.
type Words struct {
	// Source begins the attribution line; it must hold {source}.
	Source string `yaml:"source"`
	// Author goes on with {author}.
	Author string `yaml:"author"`
	// Editor ends it with {editor}.
	Editor string `yaml:"editor"`
	// License names the {license}.
	License string `yaml:"license"`
	// Excerpt says that only the beginning is shown, with a {link} to the whole.
	Excerpt string `yaml:"excerpt"`
	// LinkOnly says that the text is not shown, with a {link} to it.
	LinkOnly string `yaml:"link_only"`
	// Pictures says that pictures were left out.
	Pictures string `yaml:"pictures"`
	// Disclaimer is the pass-along disclaimer, with {house} and {source} (rule T3).
	Disclaimer string `yaml:"disclaimer"`
	// Contact is where complaints go, with {days}, {phone} and {email}; it must hold {house}, which leads to the form for
	// them (rule T4).
	Contact string `yaml:"contact"`
	// Withdrawn takes the place of a withdrawn item, with {house}, {date}, {authority} and {replacement}.
	Withdrawn string `yaml:"withdrawn"`
	// ReadOn is the text of {link}.
	ReadOn string `yaml:"read_on"`
	// Between joins several names.
	Between string `yaml:"between"`
}

// Fetch bounds what is fetched.
type Fetch struct {
	// Allow are address ranges (CIDR) that may be fetched from though they are not
	// public, such as 127.0.0.0/8; default none.
	Allow []string `yaml:"allow"`
}

// License is a set of terms.
type License struct {
	// ID names the license in this file and in URLs.
	ID string `yaml:"id" need:"true"`
	// Name is the license's name for people, by language.
	Name map[string]string `yaml:"name" need:"true"`
	// URL is where the terms stand in words; default the page that Reprint serves.
	URL string `yaml:"url"`
	// SPDX is the license's id for machines, such as CC-BY-4.0.
	SPDX string `yaml:"spdx"`
	// Public is what everybody gets.
	Public Grant `yaml:"public" need:"true"`
	// Reprint says who may republish: by-agreement, free or never; default never.
	Reprint syndicate.Reprint `yaml:"reprint"`
	// Disclaimer asks for the pass-along disclaimer on every item under the license.
	Disclaimer bool `yaml:"disclaimer"`
}

// Grant is an amount of text and pictures.
type Grant struct {
	// Text is how much of the text is granted: withheld, link, excerpt or full; default withheld.
	Text syndicate.Form `yaml:"text"`
	// ExcerptChars is the length of an excerpt in characters, 20 to 2000.
	ExcerptChars int `yaml:"excerpt_chars"`
	// Pictures says which pictures are granted: none, staff, credited or all; default none.
	Pictures syndicate.PictureTerms `yaml:"pictures"`
}

// Origin is an outlet that items may name as their source.
type Origin struct {
	// Name is the outlet as source lines print it.
	Name string `yaml:"name" need:"true"`
	// URL is the outlet's site.
	URL string `yaml:"url"`
	// License is the id of the license that its items are under.
	License string `yaml:"license" need:"true"`
}

// Source is a feed that is polled.
type Source struct {
	// ID names the source in this file and in item ids. Renaming it makes its items new.
	ID string `yaml:"id" need:"true"`
	// Name is the outlet that the feed belongs to.
	Name string `yaml:"name" need:"true"`
	// Home is the outlet's site.
	Home string `yaml:"home" need:"true"`
	// Feed is an http or https URL, or the path of a file or a directory of feeds.
	Feed string `yaml:"feed" need:"true"`
	// License is the id of the license that its own items are under.
	License string `yaml:"license" need:"true"`
	// Every is the least time between two polls; default 1h. The publisher's wishes
	// lengthen it.
	Every Duration `yaml:"every"`
	// Hints says what the publisher's wishes in documents and headers (ttl, max-age,
	// skipHours and the like) count: obey, or ignore where a contract allows to ask as
	// often as every says. A Retry-After holds always. Default obey.
	Hints string `yaml:"hints"`
	// Push says whether the source is subscribed to where it names a hub (WebSub): hub, or
	// never. Hubs must reach site.url. The source is polled all the same, less often once the
	// hub has proved that it delivers. Default hub.
	Push string `yaml:"push"`
	// FullText says where the text of items comes from: feed, or page, which reads the page of
	// each new item on the source's own site besides (its robots.txt allowing). The feed's own
	// text is used where the page gives none. Default feed.
	FullText string `yaml:"fulltext"`
	// Robots says what the robots.txt of the source's site counts: obey, or ignore where a
	// contract allows it. A feed is kept back only if Reprint is forbidden it by name; a page
	// also if all robots are. Default obey.
	Robots string `yaml:"robots"`
	// Removal says what it means that an item is gone from the source's documents: ignore, or
	// follow, which withdraws it once it is sure that it was taken out (docs/sources.md says
	// when that is). What a source takes back in words is withdrawn in any case. Default ignore.
	Removal string `yaml:"removal"`
	// Timezone is the IANA zone of dates that state none; default the site's.
	Timezone string `yaml:"timezone"`
	// Language is the BCP 47 tag of items that state none.
	Language string `yaml:"language"`
	// TrustItemLicense lets a license that an item names itself grant more than the
	// source's license (rule R11).
	TrustItemLicense bool `yaml:"trust_item_license"`
}

// Channel is a feed that is published. An item is in it if it matches every list given.
type Channel struct {
	// ID names the channel in URLs.
	ID string `yaml:"id" need:"true"`
	// Title is the feed's title.
	Title string `yaml:"title" need:"true"`
	// Description says in a sentence what the feed holds.
	Description string `yaml:"description"`
	// Language is the BCP 47 tag of the feed; default the site's.
	Language string `yaml:"language"`
	// Sources are ids of sources; default all.
	Sources []string `yaml:"sources"`
	// Tags are categories, one of which an item must have.
	Tags []string `yaml:"tags"`
	// Languages are BCP 47 tags, one of which an item must be in.
	Languages []string `yaml:"languages"`
	// Licenses are ids of licenses, one of which an item must be under.
	Licenses []string `yaml:"licenses"`
	// Limit is the greatest number of items in the feed, 1 to 500; default 30.
	Limit int `yaml:"limit"`
}

// Partner is a site that republishes under agreements.
type Partner struct {
	// ID names the partner in credentials and in the ledger.
	ID string `yaml:"id" need:"true"`
	// Name is the partner's name for people.
	Name string `yaml:"name" need:"true"`
	// Contact is whom to write to.
	Contact string `yaml:"contact"`
	// Rate is how many requests a minute the partner may make, 1 to 100000; default 600.
	Rate int `yaml:"rate"`
	// Tokens are the partner's credentials, each by its hash.
	Tokens []Token `yaml:"tokens"`
	// Agreements are what the partner was promised.
	Agreements []Agreement `yaml:"agreements"`
}

// Token is a credential, by its hash.
type Token struct {
	// ID tells the partner's tokens apart.
	ID string `yaml:"id" need:"true"`
	// SHA256 is the hash of the token, 64 hexadecimal digits. The token itself must not
	// stand here.
	SHA256 string `yaml:"sha256" need:"true"`
	// From is the first day on which the token is valid; default no beginning.
	From Date `yaml:"from"`
	// Until is the last day on which the token is valid; default no end.
	Until Date `yaml:"until"`
	// Channels are ids of channels that the token is good for; default all. A token that is
	// bound to channels does not open the partner API.
	Channels []string `yaml:"channels"`
	// Formats are what the token is good for: rss, atom, json, page (pages of channels and
	// items) and api (the partner API); default all.
	Formats []string `yaml:"formats"`
}

// Agreement is what a partner was promised.
type Agreement struct {
	// ID names the agreement in decisions and in the ledger.
	ID string `yaml:"id" need:"true"`
	// Covers selects the items; every list given must match, and one must be given.
	Covers Coverage `yaml:"covers" need:"true"`
	// Text is the most text that is granted: link, excerpt or full.
	Text syndicate.Form `yaml:"text" need:"true"`
	// Pictures are the most pictures that are granted; default none.
	Pictures syndicate.PictureTerms `yaml:"pictures"`
	// From is the first day on which it is in force; default no beginning.
	From Date `yaml:"from"`
	// Until is the last day on which it is in force; default no end.
	Until Date `yaml:"until"`
	// Embargo withholds an item until this long after its publication (rule R21).
	Embargo Duration `yaml:"embargo"`
	// Window withholds it from this long after its publication on (rule R22).
	Window Duration `yaml:"window"`
	// DailyCap is the greatest number of items a day, which begins at 0:00 UTC (rule R41);
	// default no cap.
	DailyCap int `yaml:"daily_cap"`
	// Attribution is the wording that the agreement asks for, with {source}, {author} and
	// {editor}; default the house's.
	Attribution string `yaml:"attribution"`
	// Terms is the address of the agreement in words: what it grants links there; default
	// the license's address.
	Terms string `yaml:"terms"`
	// Territory are countries (two letters each) for which it grants. It is stated, not
	// enforced.
	Territory []string `yaml:"territory"`
	// Purpose says what it grants for. It is stated, not enforced.
	Purpose string `yaml:"purpose"`
	// ReaderLink allows addresses that let feed readers in without credentials, and is your
	// name for them. Another name makes other addresses; reprint token revoke PARTNER NAME
	// ends them for ever. Default none.
	ReaderLink string `yaml:"reader_link"`
}

// Coverage selects items.
type Coverage struct {
	// Licenses are ids of licenses.
	Licenses []string `yaml:"licenses"`
	// Sources are ids of sources.
	Sources []string `yaml:"sources"`
	// Channels are ids of channels.
	Channels []string `yaml:"channels"`
	// Tags are categories.
	Tags []string `yaml:"tags"`
	// Origins are names of outlets.
	Origins []string `yaml:"origins"`
	// Languages are BCP 47 tags.
	Languages []string `yaml:"languages"`
}
