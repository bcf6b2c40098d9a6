package config

import (
	"fmt"
	"slices"
	"strings"

	"reprint/syndicate/access"
)

// tokens reads the partners' credentials.
func (b *builder) tokens() *access.Book {
	var all []access.Token
	places := make(map[[32]byte]bool)
	for i, p := range b.file.Partners {
		seen := make(map[string]bool)
		for _, a := range p.Agreements {
			seen[a.ReaderLink] = a.ReaderLink != "" // revoked like tokens, so not to be taken for one
		}
		for j, t := range p.Tokens {
			path := fmt.Sprintf("$.partners[%d].tokens[%d]", i, j)
			if seen[t.ID] {
				b.report(path+".id", fmt.Sprintf("%q is used twice", t.ID), "give each token of a partner its own id, which is no reader_link either")
			}
			seen[t.ID] = true
			token := b.token(path, p.ID, t)
			if token.Hash != [32]byte{} && places[token.Hash] {
				b.report(path+".sha256", "is the hash of another token too", "make a new one with reprint token new")
			}
			places[token.Hash] = true
			all = append(all, token)
		}
	}
	book, err := access.NewBook(all)
	if err != nil {
		return nil // it was reported
	}
	return book
}

// token reads one credential.
func (b *builder) token(path, partner string, t Token) access.Token {
	token := access.Token{Partner: partner, ID: t.ID, From: t.From.begin(b.zone), Until: t.Until.end(b.zone), Channels: t.Channels}
	var err error
	if token.Hash, err = access.ParseHash(t.SHA256); err != nil {
		b.report(path+".sha256", "is no SHA-256 hash", "write the 64 hexadecimal digits that reprint token new prints; never the token itself")
	}
	if t.ID != "" && strings.ContainsAny(t.ID, "/ \t\n") {
		b.report(path+".id", fmt.Sprintf("%q cannot be an id", t.ID), "use letters, digits and hyphens")
	}
	if !token.From.IsZero() && !token.Until.IsZero() && !token.From.Before(token.Until) {
		b.report(path+".until", "is not after from", "put the dates the right way round")
	}
	for k, id := range t.Channels {
		if !slices.ContainsFunc(b.file.Channels, func(c Channel) bool { return c.ID == id }) {
			b.report(fmt.Sprintf("%s.channels[%d]", path, k), fmt.Sprintf("%q is not one of the channels", id), "name a channel of this file")
		}
	}
	for k, f := range t.Formats {
		token.Formats = append(token.Formats, access.Format(f))
		if !slices.Contains(access.Formats, access.Format(f)) {
			b.report(fmt.Sprintf("%s.formats[%d]", path, k), fmt.Sprintf("%q is none", f), "write rss, atom, json, page or api")
		}
	}
	return token
}

// rates reads how many requests a minute each partner may make.
func (b *builder) rates() map[string]int {
	rates := make(map[string]int)
	for i, p := range b.file.Partners {
		rates[p.ID] = p.Rate
		switch {
		case p.Rate == 0:
			rates[p.ID] = defaultRate
		case p.Rate < 0 || p.Rate > 100_000:
			b.report(fmt.Sprintf("$.partners[%d].rate", i), "is not between 1 and 100000", "write requests a minute, or leave it out for 600")
		}
	}
	return rates
}
