package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"reprint/cache"
	"reprint/cmd/reprint/config"
	"reprint/syndicate"
	"reprint/syndicate/access"
	"reprint/syndicate/serve"
)

type tokenCmd struct {
	New    tokenNewCmd    `cmd:"" help:"Make a token for a partner and print it, once."`
	List   tokenListCmd   `cmd:"" help:"List the partners' tokens and whether they are valid."`
	Revoke tokenRevokeCmd `cmd:"" help:"Revoke a token or a reader link, on every server and for ever."`
	Link   tokenLinkCmd   `cmd:"" help:"Print the address of a feed for a reader that can send no credentials."`
}

// Help is the long help.
func (tokenCmd) Help() string {
	return "Examples:\n  reprint token new zj-online --id k2\n  reprint token list\n  reprint token revoke zj-online k1\n  reprint token link zj-online top rss\n\n" +
		"To replace a token: make a new one, write its line into the configuration beside the old one, reload,\ngive the token to the partner, and revoke the old one when the partner uses the new.\n\n" + exitHelp()
}

type tokenNewCmd struct {
	configFlag
	Partner string `arg:"" help:"The partner's id."`
	ID      string `placeholder:"ID" help:"What to call the token; the day by default, such as k20260310."`
	JSON    bool   `help:"Print for machines."`
}

// newToken is a new token for machines.
type newToken struct {
	Partner string `json:"partner"`
	ID      string `json:"id"`
	Token   string `json:"token"`
	SHA256  string `json:"sha256"`
}

// Run makes a token. Nothing is stored: the hash belongs into the configuration.
func (c *tokenNewCmd) Run(p *process) error {
	conf, err := c.load()
	if err != nil {
		return err
	}
	if err := knownPartner(conf, c.Partner); err != nil {
		return err
	}
	if c.ID == "" {
		c.ID = "k" + p.now().UTC().Format("20060102")
	}
	if slices.ContainsFunc(conf.Tokens.Tokens(), func(t access.Token) bool { return t.Partner == c.Partner && t.ID == c.ID }) {
		return usage("partner %s has a token %s already; name the new one with --id", c.Partner, c.ID)
	}
	secret, err := access.NewSecret(rand.Reader)
	if err != nil {
		return err
	}
	hash := access.HashOf(secret)
	token := newToken{c.Partner, c.ID, secret, hex.EncodeToString(hash[:])}
	if c.JSON {
		return printJSON(p.stdout, token)
	}
	fmt.Fprintf(p.stdout, "token   %s\n\nGive it to the partner over a safe way; it is shown this once and kept nowhere. Then write under the\npartner's tokens in %s, and reload:\n\n      - {id: %s, sha256: %s}\n",
		token.Token, c.Config, token.ID, token.SHA256)
	return nil
}

func knownPartner(conf *config.Config, id string) error {
	var ids []string
	for _, p := range conf.House.Partners {
		ids = append(ids, p.ID)
	}
	if !slices.Contains(ids, id) {
		return usage("there is no partner %q; there are: %s", id, strings.Join(ids, ", "))
	}
	return nil
}

type tokenListCmd struct {
	configFlag
	JSON bool `help:"Print for machines."`
}

// listedToken is a token for machines.
type listedToken struct {
	Partner  string    `json:"partner"`
	ID       string    `json:"id"`
	State    string    `json:"state"` // valid, revoked, expired, not-yet
	From     time.Time `json:"from,omitzero"`
	Until    time.Time `json:"until,omitzero"`
	Revoked  time.Time `json:"revoked,omitzero"`
	Channels []string  `json:"channels,omitempty"`
	Formats  []string  `json:"formats,omitempty"`
	// Configured is false for a token that was revoked and stands in the configuration no more.
	Configured bool `json:"configured"`
}

// Run lists the tokens of the configuration and the revocations of the store.
func (c *tokenListCmd) Run(ctx context.Context, p *process) error {
	conf, err := c.load()
	if err != nil {
		return err
	}
	store, err := openStore(ctx, conf.Store)
	if err != nil {
		return err
	}
	defer store.Close()
	revocations, err := store.Revocations(ctx)
	if err != nil {
		return err
	}
	list := listTokens(conf.Tokens.Tokens(), revocations, p.now())
	if c.JSON {
		return printJSON(p.stdout, list)
	}
	for _, t := range list {
		fmt.Fprintf(p.stdout, "%-20s %-12s %-8s %s\n", t.Partner, t.ID, t.State, t.remarks())
	}
	return nil
}

func listTokens(tokens []access.Token, revocations []cache.Revocation, now time.Time) []listedToken {
	revoked := make(map[access.Key]time.Time)
	for _, r := range revocations {
		revoked[access.Key{Partner: r.Partner, Token: r.Token}] = r.At
	}
	list := []listedToken{}
	for _, t := range tokens {
		l := listedToken{Partner: t.Partner, ID: t.ID, State: "valid", From: t.From, Until: t.Until, Channels: t.Channels, Configured: true}
		for _, f := range t.Formats {
			l.Formats = append(l.Formats, string(f))
		}
		key := access.Key{Partner: t.Partner, Token: t.ID}
		at, gone := revoked[key]
		delete(revoked, key)
		switch {
		case gone:
			l.State, l.Revoked = "revoked", at
		case now.Before(t.From):
			l.State = "not-yet"
		case !t.Until.IsZero() && !now.Before(t.Until):
			l.State = "expired"
		}
		list = append(list, l)
	}
	for _, r := range revocations {
		if at, ok := revoked[access.Key{Partner: r.Partner, Token: r.Token}]; ok {
			list = append(list, listedToken{Partner: r.Partner, ID: r.Token, State: "revoked", Revoked: at})
		}
	}
	return list
}

// remarks says what else there is to say of a token.
func (t listedToken) remarks() string {
	var all []string
	for _, date := range []struct {
		word string
		at   time.Time
	}{{"from", t.From}, {"until", t.Until}, {"revoked", t.Revoked}} {
		if !date.at.IsZero() {
			all = append(all, date.word+" "+date.at.UTC().Format(time.RFC3339))
		}
	}
	if len(t.Channels) > 0 {
		all = append(all, "channels "+strings.Join(t.Channels, " "))
	}
	if len(t.Formats) > 0 {
		all = append(all, "formats "+strings.Join(t.Formats, " "))
	}
	if !t.Configured {
		all = append(all, "not in the configuration")
	}
	return strings.Join(all, ", ")
}

type tokenRevokeCmd struct {
	configFlag
	Partner string `arg:"" help:"The partner's id."`
	ID      string `arg:"" help:"The token's id, or the reader_link of an agreement."`
}

// Run revokes a token. It need not stand in the configuration any more: other servers may still have it in theirs.
func (c *tokenRevokeCmd) Run(ctx context.Context, p *process) error {
	conf, err := c.load()
	if err != nil {
		return err
	}
	store, err := openStore(ctx, conf.Store)
	if err != nil {
		return err
	}
	defer store.Close()
	if err := store.Revoke(ctx, cache.Revocation{Partner: c.Partner, Token: c.ID, At: p.now()}); err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "revoked: within 2 seconds no server accepts %s of %s, whatever its configuration says\n", c.ID, c.Partner)
	if !c.isKnown(conf) {
		fmt.Fprintf(p.stdout, "this configuration has no such token or reader link: look whether both ids are right; reprint token list shows them\n")
		return &exitError{code: exitFindings}
	}
	return nil
}

// isKnown tells whether the configuration has it. A slip of the pen would revoke nothing.
func (c *tokenRevokeCmd) isKnown(conf *config.Config) bool {
	partner, _ := conf.Rules.Partner(c.Partner)
	return slices.ContainsFunc(conf.Tokens.Tokens(), func(t access.Token) bool { return t.Partner == c.Partner && t.ID == c.ID }) ||
		slices.ContainsFunc(partner.Agreements, func(a syndicate.Agreement) bool { return a.ReaderLink == c.ID && c.ID != "" })
}

type tokenLinkCmd struct {
	configFlag
	Partner string `arg:"" help:"The partner's id."`
	Channel string `arg:"" help:"The channel's id."`
	Format  string `arg:"" enum:"rss,atom,json" help:"rss, atom or json."`
}

// Run prints one address for each agreement that allows them.
func (c *tokenLinkCmd) Run(ctx context.Context, p *process) error {
	conf, err := c.load()
	if err != nil {
		return err
	}
	if err := knownPartner(conf, c.Partner); err != nil {
		return err
	}
	if _, ok := conf.Rules.Channel(c.Channel); !ok {
		return usage("there is no channel %q", c.Channel)
	}
	partner, _ := conf.Rules.Partner(c.Partner)
	if !slices.ContainsFunc(partner.Agreements, func(a syndicate.Agreement) bool { return a.ReaderLink != "" }) {
		return usage("no agreement of %s allows reader links; give one a reader_link in the configuration", c.Partner)
	}
	store, err := openStore(ctx, conf.Store)
	if err != nil {
		return err
	}
	defer store.Close()
	candidate := make([]byte, access.LinkSecretBytes)
	_, _ = rand.Read(candidate) // never fails
	secret, err := store.Secret(ctx, serve.LinkSecret, candidate)
	if err != nil {
		return err
	}
	for _, a := range partner.Agreements {
		if a.ReaderLink == "" {
			continue
		}
		link := access.Link{Partner: c.Partner, Name: a.ReaderLink, Channel: c.Channel, Format: access.Format(c.Format)}
		fmt.Fprintf(p.stdout, "%s/p/%s/%s/%s.%s\n", conf.House.Site.URL, c.Partner, access.NewLinks(secret).Sign(link), c.Channel, c.Format)
	}
	return nil
}
