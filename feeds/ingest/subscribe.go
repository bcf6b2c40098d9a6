package ingest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"time"

	"reprint/cache"
	"reprint/feeds/fetch"
	"reprint/feeds/websub"
)

// Hub asks hubs to subscribe us.
type Hub interface {
	// Post sends a form. Its error says in a sentence what is wrong; it may be a *[fetch.Error].
	Post(ctx context.Context, address string, form url.Values) error
}

// subscribable tells whether the source may be subscribed to, should it name a hub.
func (g *Ingester) subscribable(s Source) bool {
	return g.o.Hub != nil && g.o.Callback != "" && !s.NoPush && !s.local()
}

// subscribe does what is due for the subscription to a source, and returns when it is to be
// called again; a zero time where there is nothing to subscribe to. What came of asking is
// told in o, for the hub's own back-off.
func (g *Ingester) subscribe(ctx context.Context, s Source, o *Outcome) time.Time {
	now := g.o.Now()
	poll, err := g.o.Store.Poll(ctx, s.ID)
	if err != nil {
		return now.Add(retryStore)
	}
	subscription, err := g.o.Store.Subscription(ctx, s.ID)
	if err != nil {
		return now.Add(retryStore)
	}
	if !g.subscribable(s) || poll.URL != s.Feed || poll.Hub == "" {
		return g.unsubscribe(ctx, s, subscription)
	}
	if subscription.Hub != poll.Hub || subscription.Topic != poll.Topic {
		subscription = websub.New(poll.Hub, poll.Topic, rand.Text(), rand.Text())
	}
	if at := websub.NextAsk(subscription, now); at.After(now) {
		return at
	}
	// It is noted before the hub is asked, because the hub may answer before we are back.
	subscription.Asked, subscription.Tries = now, subscription.Tries+1
	if err := g.o.Store.SaveSubscription(ctx, s.ID, subscription); err != nil {
		return now.Add(retryStore)
	}
	if err := g.o.Hub.Post(ctx, poll.Hub, websub.Form(subscription, g.callback(s, subscription))); err != nil {
		g.notSubscribed(ctx, s, subscription, o, err)
	}
	return websub.NextAsk(subscription, now)
}

// callback is the address that the hub is given.
func (g *Ingester) callback(s Source, subscription cache.Subscription) string {
	return g.o.Callback + s.ID + "/" + subscription.Token
}

// unsubscribe forgets a subscription. The hub is told with its next delivery, by 410.
func (g *Ingester) unsubscribe(ctx context.Context, s Source, subscription cache.Subscription) time.Time {
	if subscription == (cache.Subscription{}) {
		return time.Time{}
	}
	if err := g.o.Store.SaveSubscription(ctx, s.ID, cache.Subscription{}); err != nil {
		return g.o.Now().Add(retryStore)
	}
	return time.Time{}
}

// notSubscribed notes why the hub did not take the request. The source is polled as before.
func (g *Ingester) notSubscribed(ctx context.Context, s Source, asked cache.Subscription, o *Outcome, err error) {
	problem := fmt.Sprintf("the hub could not be asked: %v", err)
	var refused *fetch.Error
	if errors.As(err, &refused) {
		o.Status, o.RetryAfter, o.Err = refused.Status, refused.RetryAfter, err
		if refused.Kind == fetch.BadStatus {
			problem = fmt.Sprintf("the hub answers %d", refused.Status)
			if refused.Err != nil {
				problem += ": " + refused.Err.Error()
			}
		}
	}
	g.o.Log.WarnContext(ctx, "not subscribed", "source", s.ID, "problem", problem)
	_ = g.amend(ctx, s.ID, asked.Token, func(current *cache.Subscription) { current.Problem = problem })
}

// amend changes what is remembered of a subscription that is still the same.
func (g *Ingester) amend(ctx context.Context, source, token string, change func(*cache.Subscription)) error {
	current, err := g.o.Store.Subscription(ctx, source)
	if err != nil || current.Token != token {
		return err
	}
	change(&current)
	return g.o.Store.SaveSubscription(ctx, source, current)
}
