package ingest

import (
	"context"
	"crypto/subtle"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"

	"reprint/cache"
	"reprint/feeds"
	"reprint/feeds/fetch"
	"reprint/feeds/websub"
)

const (
	maxDelivery = 8 << 20 // bytes, as of every document
	waiting     = 8       // deliveries that may wait to be read
	readers     = 2       // deliveries that are read at once
)

// delivery is what a hub brought, proved to be from it.
type delivery struct {
	source      Source
	token       string
	contentType string
	language    string
	body        []byte
}

// Confirm answers a hub that asks whether we want a subscription. It returns what to answer.
// The error is [websub.ErrNoSubscription], or wraps [websub.ErrUnwanted] or [cache.ErrUnavailable],
// or says what is wrong with the question.
func (g *Ingester) Confirm(ctx context.Context, source, token string, query url.Values) (string, error) {
	_, subscription, err := g.subscription(ctx, source, token)
	if err != nil {
		return "", err
	}
	now := g.o.Now()
	agreed, challenge, err := websub.Answer(subscription, query, now)
	if err != nil {
		return "", err
	}
	if err := g.o.Store.SaveSubscription(ctx, source, agreed); err != nil {
		return "", err
	}
	g.o.Log.InfoContext(ctx, "subscription", "source", source, "until", agreed.Until, "problem", agreed.Problem)
	return challenge, nil
}

// Deliver takes what a hub brings. It returns once the body was read and its signature
// checked; what is in it is taken in later, so that the hub need not wait. A delivery that is
// not signed, or wrongly, is no error for the hub: one that is not signed only makes the
// source due.
func (g *Ingester) Deliver(ctx context.Context, source, token string, header http.Header, body io.Reader) error {
	s, subscription, err := g.subscription(ctx, source, token)
	if err != nil {
		return err
	}
	bytes, err := io.ReadAll(io.LimitReader(body, maxDelivery+1))
	if err != nil {
		return err
	}
	if len(bytes) > maxDelivery {
		return websub.ErrTooLarge
	}
	switch err := websub.Check(subscription.Secret, header.Get("X-Hub-Signature"), bytes); {
	case subscription.Secret == "":
		g.hint(source)
		return nil
	case err != nil:
		g.o.Log.WarnContext(ctx, "delivery ignored", "source", source, "problem", err)
		return g.amend(ctx, source, token, func(current *cache.Subscription) {
			current.Problem = fmt.Sprintf("a delivery was ignored: %v", err)
		})
	}
	select {
	case g.delivered <- delivery{s, token, header.Get("Content-Type"), header.Get("Content-Language"), bytes}:
		return nil
	default:
		return websub.ErrBusy
	}
}

// subscription finds the subscription of an address. Whoever does not know the token learns
// nothing, not even whether the source exists.
func (g *Ingester) subscription(ctx context.Context, source, token string) (Source, cache.Subscription, error) {
	s, known := g.source(source)
	if !known || !g.subscribable(s) {
		return s, cache.Subscription{}, websub.ErrNoSubscription
	}
	subscription, err := g.o.Store.Subscription(ctx, source)
	if err != nil {
		return s, subscription, err
	}
	if subscription.Token == "" || subtle.ConstantTimeCompare([]byte(subscription.Token), []byte(token)) == 0 {
		return s, subscription, websub.ErrNoSubscription
	}
	return s, subscription, nil
}

// receive takes in what hubs bring until ctx ends.
func (g *Ingester) receive(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case d := <-g.delivered:
			bounded, cancel := context.WithTimeout(ctx, perPoll)
			g.report(ctx, g.take(bounded, d))
			cancel()
		}
	}
}

// take reads a delivery like an answer to a poll, by the same rules. The validators of polls
// stay as they are, because a delivery may leave out what was delivered before.
func (g *Ingester) take(ctx context.Context, d delivery) Outcome {
	began := g.o.Now()
	o := Outcome{Source: d.source.ID, Result: ResultUnchanged, Pushed: true}
	if err := g.takeDelivery(ctx, d, &o); err != nil {
		o.Result, o.Err, o.Problem = ResultFailed, err, "a delivery of the hub could not be taken in: "+err.Error()
	}
	o.Took = g.o.Now().Sub(began)
	return o
}

func (g *Ingester) takeDelivery(ctx context.Context, d delivery, o *Outcome) error {
	unlock, err := g.lock(ctx, d.source.ID)
	if err != nil {
		return err
	}
	defer unlock()
	ctx, _, leave, held := g.claims.enter(ctx, d.source.ID)
	if held {
		defer leave()
	}
	poll, err := g.o.Store.Poll(ctx, d.source.ID)
	if err != nil {
		return err
	}
	at := poll.Effective
	if at == "" {
		at = d.source.Feed
	}
	items, read, err := g.readAll(d.source, fetch.Response{
		URL: at, Header: http.Header{"Content-Language": {d.language}},
		Documents: []fetch.Document{{Name: poll.Topic, ContentType: d.contentType, Body: d.body}},
	}, o)
	if err != nil {
		return err
	}
	now := g.o.Now()
	found, err := g.changed(ctx, d.source, items, now)
	if err != nil {
		return err
	}
	changed := itemsOf(found)
	g.leavePages(d.source, &poll, changed)
	o.Accepted.Unchanged = len(items) - len(changed)
	if len(changed) > 0 {
		poll.Changed = now
		batch := cache.Batch{Source: d.source.ID, Items: changed, At: now}
		if held { // another server may be polling it at this moment
			batch.Poll = &poll
		}
		accepted, err := g.o.Store.Put(ctx, batch)
		if err != nil {
			return err
		}
		accepted.Unchanged += o.Accepted.Unchanged
		o.Result, o.Accepted = ResultNew, accepted
	}
	if err := g.heedDelivery(ctx, d.source, &poll, held, items, read.deletions, o); err != nil {
		return err
	}
	return g.amend(ctx, d.source.ID, d.token, func(current *cache.Subscription) {
		current.Delivered, current.Problem = now, ""
	})
}

// heedDelivery heeds what a delivery takes back, or brings again. It may leave out what was
// delivered before: that something is missing tells nothing, that something is there does. Where
// another server polls the source, what it remembers stays as it is.
func (g *Ingester) heedDelivery(ctx context.Context, s Source, poll *cache.Poll, held bool, items []feeds.Item, deletions []feeds.Deletion, o *Outcome) error {
	appeared(poll, items, deletions)
	said := g.said(*poll, items, deletions)
	if said.isNothing() {
		return nil
	}
	if err := g.heed(ctx, s, poll, said, g.o.Now(), o); err != nil || !held {
		return err
	}
	return g.o.Store.SavePoll(ctx, s.ID, *poll)
}

// leavePages leaves the pages of new items to the next poll, which is made due. What the hub
// brought goes out at once.
func (g *Ingester) leavePages(s Source, poll *cache.Poll, changed []feeds.Item) {
	if !s.FullText || len(changed) == 0 {
		return
	}
	for _, i := range changed {
		if len(poll.Pending) < maxPending && !slices.Contains(poll.Pending, i.ID) {
			poll.Pending = append(poll.Pending, i.ID)
		}
	}
	g.hint(s.ID)
}
