package ledger

import (
	"time"

	"reprint/syndicate"
)

// Entry is one record. Exactly one of the pointers is set, the one that Kind names.
type Entry struct {
	N    int64     `json:"n"`  // position in the ledger, from 0; set by [Ledger.Append]
	At   time.Time `json:"at"` // when it happened, by the clock of this server
	Kind Kind      `json:"kind"`

	Pulled  *Pull          `json:"pulled,omitempty"`
	Edition *Edition       `json:"edition,omitempty"`
	Config  *ConfigApplied `json:"config,omitempty"`
	Moved   *SourceMoved   `json:"moved,omitempty"`
	Revoked *TokenRevoked  `json:"revoked,omitempty"`

	Withdrawn *syndicate.Withdrawal `json:"withdrawn,omitempty"`
	Store     *StoreAgreed          `json:"store,omitempty"`

	Ordered  *syndicate.Order      `json:"ordered,omitempty"`
	Settled  *syndicate.Settlement `json:"settled,omitempty"`
	Searched *Searched             `json:"searched,omitempty"`
	Purged   *syndicate.Purge      `json:"purged,omitempty"`

	Claim *ClaimStep `json:"claim,omitempty"`
}

// Kind says what an entry records.
type Kind string

// The kinds of entries.
const (
	KindPulled  Kind = "pulled"  // a partner was sent content
	KindEdition Kind = "edition" // what such content held; recorded once, before its first pull
	KindConfig  Kind = "config"  // a configuration came into force on this server
	KindMoved   Kind = "moved"   // a source is fetched from another address
	KindRevoked Kind = "revoked" // a token was revoked, as this server heard it

	KindWithdrawn Kind = "withdrawn" // something was withdrawn or put back, as this server applied it
	KindStore     Kind = "store"     // the store that the withdrawals are agreed with

	KindOrdered  Kind = "ordered"  // a withdrawal, or a putting back, was asked of this server
	KindSettled  Kind = "settled"  // what became of that: the store has it, or it came to nothing
	KindSearched Kind = "searched" // the copies of its items were looked for
	KindPurged   Kind = "purged"   // the caches in front were told of it, or that was given up

	KindClaim Kind = "claim" // a claim was filed, or something became of it
)

// Pull is one answer with licensed content.
type Pull struct {
	Partner string `json:"partner"`
	Token   string `json:"token"` // id of the credential that was shown
	Path    string `json:"path"`  // what was asked for, without credentials
	// Agreements are the partner's agreements that were used, as id@revision, in the order
	// that the edition's items number them, from 1.
	Agreements []string `json:"agreements"`
	// Edition is the digest of the edition that was sent, and Body the SHA-256 of the
	// bytes before compression.
	Edition string `json:"edition"`
	Body    string `json:"body"`
	// Items is how many items the edition holds, and Licensed how many of them by agreement.
	Items    int `json:"items"`
	Licensed int `json:"licensed"`
}

// Edition is what a document holds, and on what terms. Partners with equal terms are sent
// the same edition.
type Edition struct {
	Digest string        `json:"digest"` // SHA-256 of the items below
	Items  []EditionItem `json:"items"`
}

// EditionItem is one item of an edition.
type EditionItem struct {
	ID       string `json:"id"`
	Source   string `json:"source"`
	Revision string `json:"revision"`
	Form     string `json:"form"`
	Reason   string `json:"reason"`
	License  string `json:"license"`
	// Agreement is the number of the agreement in the pull's list that granted the form;
	// 0 is the license's own grant to everybody.
	Agreement int `json:"agreement,omitempty"`
	// Pictures are the addresses of the pictures that went out. Where an edition has so many that no entry could hold
	// them, those of some items are in Unlisted instead.
	Pictures []string          `json:"pictures,omitempty"`
	Unlisted *UnlistedPictures `json:"unlisted,omitempty"`
	// Notice is the SHA-256 of the notices that went out with it.
	Notice string `json:"notice"`
}

// UnlistedPictures stand for the addresses of all pictures of an item.
type UnlistedPictures struct {
	Count  int    `json:"count"`
	Digest string `json:"digest"` // SHA-256 of the addresses, each with a line feed after it
}

// PictureCount is how many pictures went out with an item.
func (i EditionItem) PictureCount() int {
	if i.Unlisted != nil {
		return i.Unlisted.Count
	}
	return len(i.Pictures)
}

// ConfigApplied is a configuration that came into force.
type ConfigApplied struct {
	Digest string `json:"digest"` // SHA-256 of the file
}

// SourceMoved is a source whose feed is fetched from another address.
type SourceMoved struct {
	Source string `json:"source"`
	From   string `json:"from"`
	To     string `json:"to"`
}

// TokenRevoked is a token that is not valid any more.
type TokenRevoked struct {
	Partner string `json:"partner"`
	Token   string `json:"token"`
}

// StoreAgreed is a store that knows all withdrawals that this server knows.
type StoreAgreed struct {
	ID string `json:"id"`
}

// Searched tells that the store was looked through for copies of what an order withdraws.
type Searched struct {
	Order string `json:"order"` // its key
}

// ClaimStep is a step in the life of a claim. Who filed it and what was written is not in the ledger, which is shown to
// others and forgets nothing; the digest proves what it was.
type ClaimStep struct {
	Number int64 `json:"number"`
	// State is what the claim is since, as package claim names it; By who brought that about.
	State string   `json:"state"`
	By    string   `json:"by"`
	Items []string `json:"items,omitempty"`
	Order string   `json:"order,omitempty"` // by which items were withdrawn or put back
	// Digest is the SHA-256 of the claim as JSON.
	Digest string `json:"digest"`
}
