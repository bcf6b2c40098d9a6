package access

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
	"strings"
	"time"
)

// Token is a credential of a partner, without its secret.
type Token struct {
	Partner string
	ID      string // tells the partner's tokens apart
	// Hash is the SHA-256 of the secret as text.
	Hash [sha256.Size]byte
	// From and Until bound the time in which it is valid: From is the first moment, Until
	// the first moment after it. A zero time is no bound.
	From, Until time.Time
	// Channels and Formats are what it is good for; empty lists are no bound.
	Channels []string
	Formats  []Format
}

// Format is what a token can be bound to: a form of a channel's feed, or the partner API.
type Format string

// The formats.
const (
	RSS  Format = "rss"
	Atom Format = "atom"
	JSON Format = "json"
	Page Format = "page" // pages of channels and items
	API  Format = "api"  // everything under /partner
)

// Formats are all formats.
var Formats = []Format{RSS, Atom, JSON, Page, API}

// Allows tells whether the token is good for a format of a channel. An empty channel is what
// is of no channel or of all; a token that is bound to channels is not good for it.
func (t Token) Allows(channel string, f Format) bool {
	return (len(t.Channels) == 0 || slices.Contains(t.Channels, channel)) && (len(t.Formats) == 0 || slices.Contains(t.Formats, f))
}

// A secret is the prefix, 256 random bits and a checksum, in letters that no client has to
// escape and no eye mistakes. The prefix lets scanners of repositories find a leak.
const (
	prefix       = "rp_"
	secretBytes  = 32
	secretLength = len(prefix) + 52 + 7
)

var letters = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// NewSecret makes the secret of a new token from 32 random bytes.
func NewSecret(random io.Reader) (string, error) {
	b := make([]byte, secretBytes)
	if _, err := io.ReadFull(random, b); err != nil {
		return "", err
	}
	body := letters.EncodeToString(b)
	return prefix + body + checksum(body), nil
}

func checksum(body string) string {
	return letters.EncodeToString(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte(body))))
}

// IsSecret tells whether a text has the form of a secret and its checksum: whether it was
// copied right.
func IsSecret(s string) bool {
	if len(s) != secretLength || !strings.HasPrefix(s, prefix) {
		return false
	}
	body := s[len(prefix) : len(s)-7]
	return checksum(body) == s[len(s)-7:]
}

// HashOf returns what is kept of a secret.
func HashOf(secret string) [sha256.Size]byte { return sha256.Sum256([]byte(secret)) }

// ParseHash reads a hash of 64 hexadecimal digits in lower case.
func ParseHash(s string) ([sha256.Size]byte, error) {
	var h [sha256.Size]byte
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != len(h) || s != strings.ToLower(s) {
		return h, fmt.Errorf("%d characters are no SHA-256 hash", len(s))
	}
	copy(h[:], b)
	return h, nil
}
