package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"reprint/cmd/reprint/config"
	"reprint/feeds/fetch"
	"reprint/syndicate"
	"reprint/syndicate/serve"
)

// purgeSecret is the environment variable with the secret of the purge hook, which must not stand in
// the configuration.
const purgeSecret = "REPRINT_PURGE_TOKEN"

// purgeBatch is how many tags one request names: CDNs take no more than some dozens.
const purgeBatch = 30

// purger tells a CDN which tags to throw away: as JSON in the body, and in Surrogate-Key.
type purger struct {
	client *fetch.Client
	url    string
	header http.Header
}

// newPurger returns the hook that a configuration names; nil where it names none.
func newPurger(p *process, conf *config.Config) (serve.Purger, error) {
	if conf.Purge.URL == "" {
		return nil, nil
	}
	client, err := fetch.New(fetch.Options{UserAgent: "Reprint/1 (+" + conf.House.Site.URL + ")", Allow: conf.FetchAllow, Now: p.now})
	if err != nil {
		return nil, err
	}
	header := http.Header{"Content-Type": {"application/json"}}
	if secret := os.Getenv(purgeSecret); secret != "" && conf.Purge.Header == "Authorization" {
		header.Set("Authorization", "Bearer "+secret)
	} else if secret != "" {
		header.Set(conf.Purge.Header, secret)
	}
	return &purger{client, conf.Purge.URL, header}, nil
}

// Purge implements serve.Purger.
func (p *purger) Purge(ctx context.Context, tags []string) error {
	for some := range slices.Chunk(tags, purgeBatch) {
		body, err := json.Marshal(map[string][]string{"tags": some})
		if err != nil {
			return err
		}
		header := p.header.Clone()
		header.Set("Surrogate-Key", strings.Join(some, " "))
		if err := p.client.Send(ctx, p.url, fetch.Message{Header: header, Body: body}); err != nil {
			return hookError(err)
		}
	}
	return nil
}

// hookError says what the hook answers; the words for what became of a feed do not fit it.
func hookError(err error) error {
	var refused *fetch.Error
	switch {
	case !errors.As(err, &refused) || refused.Kind != fetch.BadStatus:
		return err
	case refused.Err != nil:
		return fmt.Errorf("the hook answers %d: %w", refused.Status, refused.Err)
	}
	return fmt.Errorf("the hook answers %d", refused.Status)
}

// purgeTries is how often a command asks the hook; a server asks for a day.
const purgeTries = 3

// purgeFor tells the caches in front of entries that are everywhere, and how that went; nil where
// there is no hook.
func purgeFor(ctx context.Context, p *process, conf *config.Config, entries []syndicate.Withdrawal) (*serve.Purging, error) {
	hook, err := newPurger(p, conf)
	if hook == nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	done := &serve.Purging{State: serve.PurgeFailed}
	for done.Tries < purgeTries {
		done.Tries++
		err := hook.Purge(ctx, serve.Tags(entries))
		if err == nil {
			return &serve.Purging{State: serve.PurgeDone, Tries: done.Tries}, nil
		}
		done.Problem = err.Error()
		select {
		case <-ctx.Done():
			return done, nil
		case <-time.After(time.Duration(done.Tries) * time.Second):
		}
	}
	return done, nil
}
