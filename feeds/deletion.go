package feeds

import "time"

// Deletion is a source's word that it takes back an item that it published, or a picture of
// one. A source has no word about items of another: the item is named by an id that holds the
// source.
type Deletion struct {
	Item string // id, as [NewID] makes it of the source and the identifier
	GUID string // the source's own identifier
	// Picture is the address of the one picture that is taken back; empty for the whole item.
	Picture string
	// When is from when on, by the source's word; zero where it does not say.
	When time.Time
	// By and Reason are what the source says of it, as plain text; often empty.
	By     string
	Reason string
	// Where names the statement: "at:deleted-entry", "media:status".
	Where string
}
