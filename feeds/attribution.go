package feeds

// Attribution is who made an item and who it says it comes from. Package normalize finds
// it; precision comes before recall: what could not be read for certain is left out or
// marked Unclear, never guessed.
type Attribution struct {
	// Origins are the outlets that the item names as its source, in the order found.
	// Empty means that it names none.
	Origins []Origin
	// Authors are the people who wrote it.
	Authors []Person
	// AuthorNote is a line such as "作者系…" that says who the author is; plain text,
	// without its brackets.
	AuthorNote string
	// Editors are the responsible editors (责编), by name.
	Editors []string
	// Carried is the atom:source that the item already had when we read it. It names the
	// first feed in the chain, and is kept (RFC 4287 section 4.2.11). Nil if there was none.
	Carried *FeedRef
}

// Person is somebody named as an author. URL may be empty; there are no e-mail addresses.
type Person struct {
	Name string
	URL  string
}

// Origin is one statement of where an item comes from, with its evidence.
type Origin struct {
	// Name is the outlet as printed, without the label before it ("来源:", "Source:").
	Name string
	// URL is the outlet's site or feed where the statement linked one; may be empty.
	URL string
	// Place is where the statement stood.
	Place Place
	// Raw is the whole statement as printed, for people who want to check.
	Raw string
	// Unclear is set where the line was recognized but could not be read for certain.
	Unclear bool
}

// Place is where a statement of origin stood. Prose is no place: a sentence in the
// running text that mentions a source states nothing.
type Place string

// The places where an origin counts.
const (
	PlaceHead       Place = "head"        // a line at the head of the body
	PlaceFoot       Place = "foot"        // a line at the foot of the body
	PlaceRSSSource  Place = "source"      // <source> of RSS 2.0
	PlaceAtomSource Place = "atom:source" // RFC 4287 section 4.2.11
	PlaceDCSource   Place = "dc:source"   // dc:source, dcterms:source with a name
	PlacePage       Place = "page"        // an element of the item's page
)
