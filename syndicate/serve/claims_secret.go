package serve

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"strconv"
	"strings"

	"reprint/syndicate/claim"
)

// ClaimSecret is the name of the secret that the keys and the addresses of claims are made with.
const ClaimSecret = "claims"

// The parts that somebody may have in a claim, which make the secret addresses differ.
const (
	asClaimant = "status"
	asAnswerer = "answer"
)

// keyOf makes the key of a claim of what its claimant calls it and of all that it says: who calls another one the same
// does not get to see it, and who has changed his words files anew.
func (d ClaimDesk) keyOf(ctx context.Context, key string, f claim.Filing) (string, error) {
	secret, err := d.Secret(ctx)
	if err != nil {
		return "", err
	}
	said, err := json.Marshal(f)
	return seal(secret, "key "+strconv.Itoa(len(key))+" "+key+string(said)), err
}

// token is the secret part of the address of a claim. It follows from the claim and not from its number: a store that fell
// back may give that to another.
func token(secret []byte, part string, c claim.Claim) string { return seal(secret, part+" "+c.Key) }

func seal(secret []byte, text string) string {
	mac := hmac.New(sha256.New, secret)
	_, _ = mac.Write([]byte(text))
	return strings.ToLower(base32.StdEncoding.EncodeToString(mac.Sum(nil)[:20]))
}

// House is who writes the letters of a claim, with its secret addresses.
func (d ClaimDesk) House(ctx context.Context, c claim.Claim) (claim.House, error) {
	secret, err := d.Secret(ctx)
	at := func(part string) string {
		return d.Site.URL + "/claims/" + strconv.FormatInt(c.Number, 10) + "/" + token(secret, part, c)
	}
	return claim.House{
		Name: d.Site.Name, Email: d.Site.Contact.Email, Phone: d.Site.Contact.Phone, URL: d.Site.URL, Zone: d.Site.Zone,
		Status: at(asClaimant), Answer: at(asAnswerer),
	}, err
}
