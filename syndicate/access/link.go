package access

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
)

// Links makes and checks the secret part of addresses for readers that can send no
// credentials. It holds the secret that all servers of one store share.
type Links struct{ secret []byte }

// LinkSecretBytes is how long the secret of Links is.
const LinkSecretBytes = 32

// NewLinks makes Links of the secret.
func NewLinks(secret []byte) Links { return Links{secret} }

// Link says what an address of a reader is good for: one format of one channel, for one
// partner. Name is the operator's name for it; another name makes another address.
type Link struct {
	Partner, Name, Channel string
	Format                 Format
}

// Sign returns the secret part of the address, 32 letters and digits.
func (l Links) Sign(k Link) string {
	mac := hmac.New(sha256.New, l.secret)
	for _, part := range []string{"reader link", k.Partner, k.Name, k.Channel, string(k.Format)} {
		_, _ = mac.Write(append([]byte(part), 0)) // ids hold no zero byte; a hash takes everything
	}
	return letters.EncodeToString(mac.Sum(nil)[:20])
}

// Check tells whether a text is the secret part for that link.
func (l Links) Check(k Link, sign string) bool {
	return subtle.ConstantTimeCompare([]byte(l.Sign(k)), []byte(sign)) == 1
}
