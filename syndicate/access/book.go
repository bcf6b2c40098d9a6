package access

import (
	"cmp"
	"crypto/subtle"
	"errors"
	"maps"
	"slices"
	"time"
)

// What can be wrong with a credential. Only who holds the secret is told more than ErrWrong.
var (
	ErrMalformed = errors.New("the Authorization header is neither Basic with partner id and token nor Bearer with a token")
	ErrWrong     = errors.New("the credentials are not those of a partner")
	ErrMistyped  = errors.New("the token was not copied whole: its checksum is wrong")
	ErrNotYet    = errors.New("the token is not valid yet")
	ErrExpired   = errors.New("the token is not valid any more: ask for a new one")
	ErrRevoked   = errors.New("the token was revoked")
	// ErrScope tells that a token is valid, but not for this.
	ErrScope = errors.New("the token is not for this channel or format")
)

// Key names a token.
type Key struct{ Partner, Token string }

// Revoked are the tokens that were revoked, whatever the configuration says.
type Revoked map[Key]time.Time

// Book are the tokens of all partners. It does not change and is safe for concurrent use.
type Book struct {
	tokens map[[32]byte]Token
}

// NewBook makes a Book. Two tokens with one hash are an error: whose it is could not be said.
func NewBook(tokens []Token) (*Book, error) {
	b := &Book{tokens: make(map[[32]byte]Token, len(tokens))}
	for _, t := range tokens {
		if other, ok := b.tokens[t.Hash]; ok {
			return nil, errors.New("tokens " + other.Partner + "/" + other.ID + " and " + t.Partner + "/" + t.ID + " have the same hash")
		}
		b.tokens[t.Hash] = t
	}
	return b, nil
}

// Find returns the token that a credential shows, if it is valid now. How long that takes
// tells nothing of the secrets: they are looked up by their hashes.
func (b *Book) Find(c Credential, revoked Revoked, now time.Time) (Token, error) {
	hash := HashOf(c.Secret)
	t, ok := b.tokens[hash]
	if !ok || subtle.ConstantTimeCompare(t.Hash[:], hash[:]) != 1 || c.Partner != "" && c.Partner != t.Partner {
		if len(c.Secret) > len(prefix) && c.Secret[:len(prefix)] == prefix && !IsSecret(c.Secret) {
			return Token{}, ErrMistyped
		}
		return Token{}, ErrWrong
	}
	if _, gone := revoked[Key{t.Partner, t.ID}]; gone {
		return Token{}, ErrRevoked
	}
	switch {
	case now.Before(t.From):
		return Token{}, ErrNotYet
	case !t.Until.IsZero() && !now.Before(t.Until):
		return Token{}, ErrExpired
	}
	return t, nil
}

// Tokens returns all tokens, by partner and id.
func (b *Book) Tokens() []Token {
	all := slices.Collect(maps.Values(b.tokens))
	slices.SortFunc(all, func(x, y Token) int { return cmp.Or(cmp.Compare(x.Partner, y.Partner), cmp.Compare(x.ID, y.ID)) })
	return all
}
