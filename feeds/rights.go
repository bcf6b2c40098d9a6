package feeds

// Statement is one thing that was said about rights, kept as found. A statement grants
// nothing by itself; package syndicate weighs it.
type Statement struct {
	Kind Kind
	// Scope is what the statement speaks about. Nearer scopes win over wider ones.
	Scope Scope
	// Value is the text or the URL, whole.
	Value string
	// SPDX is the canonical license id where Value names a license that we know by name
	// or by URL, such as "CC-BY-4.0"; else empty. See [SPDX].
	SPDX string
	// Where names the element or line that said it, for people: "dcterms:license",
	// "link rel=license", "podcast:locked", "foot".
	Where string
}

// Kind is what a statement means.
type Kind string

// The kinds of statements.
const (
	// KindNotice is a sentence for people, such as dc:rights or a copyright line.
	KindNotice Kind = "notice"
	// KindLicense names a license by URL or id: link rel=license (RFC 4946),
	// dcterms:license, creativeCommons:license, cc:license.
	KindLicense Kind = "license"
	// KindUnspecified is http://purl.org/atompub/license#unspecified: no license is
	// stated, and none is inherited (RFC 4946 section 2.3).
	KindUnspecified Kind = "unspecified"
	// KindExclusive claims exclusivity or forbids reprinting in words ("独家稿件",
	// "未经授权禁止转载").
	KindExclusive Kind = "exclusive"
	// KindForbidden is a machine-readable no to republication: podcast:locked,
	// podcast:block, access:restriction relationship="deny".
	KindForbidden Kind = "forbidden"
	// KindHolder names the rights holder.
	KindHolder Kind = "holder"
)

// Scope is what a statement speaks about, nearest last.
type Scope uint8

// The scopes, from the widest to the nearest.
const (
	ScopeFeed   Scope = iota + 1 // the whole feed
	ScopeSource                  // the feed that an entry was copied from
	ScopeItem                    // this item
)

// String names the scope for people.
func (s Scope) String() string {
	switch s {
	case ScopeFeed:
		return "feed"
	case ScopeSource:
		return "source"
	case ScopeItem:
		return "item"
	}
	return "unknown"
}
