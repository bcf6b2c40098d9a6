package access

import (
	"encoding/base64"
	"strings"
	"unicode/utf8"
)

// maxCredential is the length from which on a credential is not looked at.
const maxCredential = 1024

// Credential is what a request shows: a secret, and with Basic the name of a partner.
type Credential struct {
	Partner string // empty with Bearer
	Secret  string
}

// ParseHeader reads an Authorization header: Basic (RFC 7617), with the partner's id as the
// name and the token as the password, or Bearer (RFC 6750).
func ParseHeader(value string) (Credential, error) {
	scheme, rest, _ := strings.Cut(value, " ")
	rest = strings.Trim(rest, " ")
	if len(value) > maxCredential || rest == "" {
		return Credential{}, ErrMalformed
	}
	switch strings.ToLower(scheme) {
	case "bearer":
		if strings.ContainsAny(rest, " \t,") {
			return Credential{}, ErrMalformed
		}
		return Credential{Secret: rest}, nil
	case "basic":
		return parseBasic(rest)
	}
	return Credential{}, ErrMalformed
}

func parseBasic(encoded string) (Credential, error) {
	text, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || !utf8.Valid(text) {
		return Credential{}, ErrMalformed
	}
	partner, secret, ok := strings.Cut(string(text), ":")
	if !ok || partner == "" || secret == "" {
		return Credential{}, ErrMalformed
	}
	return Credential{partner, secret}, nil
}
