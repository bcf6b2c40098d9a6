package websub

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"hash"
	"strings"
)

// The ways in which a delivery is not to be taken in (section 8.1).
var (
	// ErrUnsigned is a delivery without signature. It may come from anybody who learned
	// the address; at most it says that there may be something new.
	ErrUnsigned = errors.New("the delivery is not signed")
	// ErrSignature is a delivery with a signature that does not fit.
	ErrSignature = errors.New("the signature of the delivery is wrong")
)

// methods are the hashes that hubs sign with. SHA-1 is broken for documents, not for HMAC,
// and it is what the oldest hubs use.
var methods = map[string]func() hash.Hash{"sha1": sha1.New, "sha256": sha256.New, "sha384": sha512.New384, "sha512": sha512.New}

// Check tells whether a delivery comes from whoever knows the secret: signature is the value
// of X-Hub-Signature, body what came, byte for byte. Where there is no secret nothing can be
// told, so the delivery is [ErrUnsigned].
func Check(secret, signature string, body []byte) error {
	if secret == "" || signature == "" {
		return ErrUnsigned
	}
	method, sum, _ := strings.Cut(signature, "=")
	made, known := methods[strings.ToLower(strings.TrimSpace(method))]
	got, err := hex.DecodeString(strings.TrimSpace(sum))
	if !known || err != nil {
		return ErrSignature
	}
	mac := hmac.New(made, []byte(secret))
	mac.Write(body)
	if !hmac.Equal(got, mac.Sum(nil)) {
		return ErrSignature
	}
	return nil
}
