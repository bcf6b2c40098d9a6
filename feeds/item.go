package feeds

import "time"

// Item is one story as one source published it, cleaned and ready to be decided on.
//
// Every string is valid UTF-8 made only of characters that XML 1.0 allows (see [Scrub]).
// Every URL is absolute, with scheme http or https.
type Item struct {
	// ID is our own short name for the item, safe in a URL path. See [NewID].
	ID string
	// URI is the permanent id that leaves with the item in every format and to every
	// audience: the atom:id, guid or JSON id where that is an absolute IRI, kept byte
	// for byte (RFC 4287 section 4.2.6), else one that [MintURI] made at first sight.
	URI string
	// Source is the id of the configured source that the item came through.
	Source string
	// GUID is the source's own identifier exactly as found, or what stood in for it.
	GUID string
	// Revision is a digest of all that the source said in this version of the item. Two
	// items with equal Revision are the same version. FirstSeen and Feed.Updated do not
	// count. See [Item.Digest] and, where the page was read besides, [PageRevision].
	Revision string

	// Link is the page of the item at its source; empty if the source gave none.
	Link string
	// Title is plain text, never HTML. It may be empty.
	Title string
	// Language is a BCP 47 tag, or empty where nobody said.
	Language string
	// Tags are the source's categories, in its order, without repeats.
	Tags []string

	// Published and Updated are the source's own dates; zero where it gave none or one
	// that could not be read. They are never invented from one another or from a clock.
	Published time.Time
	Updated   time.Time
	// FirstSeen is when this service first stored the item. It never changes.
	FirstSeen time.Time

	// Attribution is who made the item and who it says it comes from.
	Attribution Attribution
	// Rights are all statements about rights that came with the item, as evidence.
	Rights []Statement
	// Feed describes the feed that the item was read from.
	Feed FeedRef

	// Body is the whole page text in reading order, cut at its pictures.
	Body []Part
	// Media are pictures, sound and video that stand outside the body: enclosures,
	// media:content and their like. A medium that the body shows too is only in Body.
	Media []Picture
	// Text is the beginning of the body as plain text, at most [MaxText] characters,
	// with credit lines and notices left out. Excerpts are cut from it.
	Text string
}

// Rank is the moment that puts items of many sources in one order, newest first: the
// day of publication, but never later than the day we first saw the item, so that a date
// in the future cannot keep an item on top.
func (i Item) Rank() time.Time {
	if i.Published.IsZero() || i.Published.After(i.FirstSeen) {
		return i.FirstSeen
	}
	return i.Published
}

// Dated is the date of this version of the item by its source's word: when it was updated, else
// when it was published; zero where the source gives neither.
func (i Item) Dated() time.Time {
	if i.Updated.IsZero() {
		return i.Published
	}
	return i.Updated
}

// Pictures returns every picture and other medium of the item, those in the body first,
// each in the order in which the source gave them.
func (i Item) Pictures() []Picture {
	var all []Picture
	for _, p := range i.Body {
		if p.Picture != nil {
			all = append(all, *p.Picture)
		}
	}
	return append(all, i.Media...)
}

// FeedRef names a feed: the one that an item was read from, or the one that an
// atom:source (RFC 4287 section 4.2.11) says it was copied from. Empty fields are unknown.
type FeedRef struct {
	ID      string    // the feed's permanent id, an IRI
	Title   string    // plain text
	URL     string    // where the feed itself is
	Home    string    // the site it belongs to
	Rights  string    // its copyright line, plain text
	License string    // its license link, a URL
	Updated time.Time // when it last changed, by its own word
}
