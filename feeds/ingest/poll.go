package ingest

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"time"

	"reprint/cache"
	"reprint/feeds"
	"reprint/feeds/fetch"
	"reprint/feeds/websub"
)

// Result is what came of a poll, in a word.
type Result string

// The results of a poll.
const (
	ResultNew         Result = "new"          // something was stored
	ResultUnchanged   Result = "unchanged"    // an answer that holds nothing new
	ResultNotModified Result = "not-modified" // the publisher said that there is nothing new
	ResultFailed      Result = "failed"       // nothing came of it
)

// Outcome is what came of one poll.
type Outcome struct {
	Source   string
	Result   Result
	Status   int // HTTP status, 0 if there was no answer
	Items    int // in the documents
	Accepted cache.Accepted
	Losses   []string // what could not be taken in, and why
	Problem  string   // what is wrong and what can be done, for the operator
	Err      error    // what failed, for programs
	Took     time.Duration
	Next     time.Time // when the source is due again; zero for one that is gone
	Gone     bool      // the publisher took the feed away for good
	Pushed   bool      // a hub brought it; nobody was asked

	RetryAfter time.Duration    // the publisher's wish; 0 where it has none
	Effective  string           // where the answer came from, after redirects
	Server     string           // the network address that answered
	Pace       *cache.Pace      // what a new document asks for; nil where none was read
	Hub        string           // where the source can be subscribed to; empty where it cannot
	TakenBack  []feeds.Deletion // what the source took back, and is withdrawn by that
	PutBack    []string         // ids of items that it published again, and that are back
	MovedTo    string           // the address that the source is asked at from now on; empty where it did not change
	MovedFrom  string           // its address in the configuration, where MovedTo is not empty
}

// Once polls a source now, whatever the schedule says.
func (g *Ingester) Once(ctx context.Context, s Source) Outcome { return g.once(ctx, s, claim{}) }

// once polls a source under a claim.
func (g *Ingester) once(ctx context.Context, s Source, c claim) Outcome {
	began := g.o.Now()
	o := Outcome{Source: s.ID}
	poll, before := cache.Poll{}, cache.Poll{} // before is what a failure leaves as it was
	unlock, err := g.lock(ctx, s.ID)
	if err == nil {
		defer unlock()
		poll, err = g.begin(ctx, s, c, began)
		before = poll
	}
	if err == nil {
		err = g.poll(ctx, s, c, &poll, &o)
		before.Robots = poll.Robots
	}
	o.Took = g.o.Now().Sub(began)
	if err != nil {
		g.failed(ctx, s, before, &o, err)
	}
	g.report(ctx, o)
	return o
}

// begin notes that a source is being asked before it is, so that a crash, or a loop of
// them, asks nobody again before the time.
//
// Where sources are shared out it also tells whether the source is still this server's, and
// keeps the one that takes over from asking at the same time.
func (g *Ingester) begin(ctx context.Context, s Source, c claim, now time.Time) (cache.Poll, error) {
	poll, err := g.o.Store.Poll(ctx, s.ID)
	if err != nil {
		return poll, err
	}
	if poll.URL != s.Feed {
		poll = cache.Poll{URL: s.Feed, Fence: poll.Fence, Retracted: poll.Retracted}
	}
	if poll.Fence, err = c.over(poll.Fence); err != nil {
		return poll, err
	}
	poll.Last = now
	if s.local() {
		return poll, nil
	}
	return poll, g.note(ctx, s, poll, now)
}

// note saves the state of a poll that has begun.
func (g *Ingester) note(ctx context.Context, s Source, poll cache.Poll, now time.Time) error {
	poll.Next = Next(now, s, Answer{Pace: poll.Pace})
	return g.o.Store.SavePoll(ctx, s.ID, poll)
}

// poll asks, and takes in what is new. Whatever it returns without error is saved.
func (g *Ingester) poll(ctx context.Context, s Source, c claim, poll *cache.Poll, o *Outcome) error {
	asked := address(s, *poll)
	if err := g.permitted(ctx, s, poll, asked); err != nil {
		return err
	}
	if poll.Reader != reader(s) {
		poll.Reader, poll.ETag, poll.LastModified, poll.BodyDigest = reader(s), "", "", ""
	}
	if err := c.check(); err != nil {
		return err
	}
	response, err := g.o.Fetch.Get(ctx, fetch.Request{URL: asked, ETag: poll.ETag, LastModified: poll.LastModified, Of: poll.Effective})
	if err != nil {
		return err
	}
	o.Status, o.RetryAfter, o.Effective, o.Server = response.Status, response.RetryAfter, response.URL, serverOf(response)
	digest := poll.BodyDigest
	if !response.NotModified {
		digest = digestOf(response.Documents)
	}
	now := g.o.Now()
	var items []feeds.Item
	var read feedLevel
	switch {
	case response.NotModified:
		o.Result, o.Items = ResultNotModified, poll.Items
		missedAgain(poll)
	case digest == poll.BodyDigest:
		o.Result, o.Items = ResultUnchanged, poll.Items
		missedAgain(poll)
	default:
		if items, read, err = g.readAll(s, response, o); err != nil {
			return err
		}
		poll.Losses, poll.Items, poll.Pace = o.Losses[:min(len(o.Losses), maxLosses)], o.Items, paceOf(read.hints)
		if poll.Finished = read.finished; read.finished {
			poll.Pace.Least = maxHinted
		}
		o.Pace = &poll.Pace
		watch(s, poll, read, items, now)
		poll.Hub, poll.Topic = websub.Discover(websub.Found{URL: response.URL, Header: response.Header, Hubs: read.hubs, Self: read.self})
	}
	subscription, err := g.pushed(ctx, s, *poll)
	if err != nil {
		return err
	}
	o.Hub = poll.Hub
	before := validatorsOf(*poll)
	remember(poll, response, digest)
	known := poll.Moved.Adopted
	poll.Moved = follow(poll.Moved, asked, response, now)
	if poll.Moved.Adopted && !known {
		o.MovedFrom, o.MovedTo = s.Feed, poll.Moved.To
	}
	poll.Problem = cmp.Or(moveAdvice(poll.Moved, now), removalAdvice(s, *poll), finishedAdvice(*poll))
	poll.Hold = holdUntil(now, response.RetryAfter)
	poll.Next = Next(now, s, Answer{
		Header: response.Header, Status: response.Status, RetryAfter: response.RetryAfter, Pace: poll.Pace, Pushed: subscription.Proven(now),
	})
	o.Next, o.Problem = poll.Next, poll.Problem
	if err := g.takeIn(ctx, s, poll, before, items, read, now, o); err != nil {
		return err
	}
	return g.missed(ctx, s, subscription, *o, now)
}

// pushed returns the subscription to what a source is now, the zero one where there is none.
func (g *Ingester) pushed(ctx context.Context, s Source, poll cache.Poll) (cache.Subscription, error) {
	if poll.Hub == "" || !g.subscribable(s) {
		return cache.Subscription{}, nil
	}
	subscription, err := g.o.Store.Subscription(ctx, s.ID)
	if subscription.Hub != poll.Hub || subscription.Topic != poll.Topic {
		return cache.Subscription{}, err
	}
	return subscription, err
}

// missed notes that a poll found what the hub should have brought. Until it brings something
// again the source is polled as if there were no hub.
func (g *Ingester) missed(ctx context.Context, s Source, subscription cache.Subscription, o Outcome, now time.Time) error {
	if o.Accepted.New == 0 || !subscription.Holds(now) {
		return nil
	}
	return g.amend(ctx, s.ID, subscription.Token, func(current *cache.Subscription) { current.Missed = now })
}

// remember puts into the poll's state what the next request needs. Validators are taken from
// every answer, also from one with the same body. A 304 may carry new ones; one that carries
// none keeps those that it confirmed.
func remember(poll *cache.Poll, r fetch.Response, digest string) {
	poll.BodyDigest, poll.Failures, poll.FailingSince, poll.Gone = digest, 0, time.Time{}, false
	poll.Effective, poll.Server = r.URL, serverOf(r)
	if !r.NotModified || r.ETag != "" {
		poll.ETag = r.ETag
	}
	if !r.NotModified || r.LastModified != "" {
		poll.LastModified = r.LastModified
	}
}

// holdUntil is the end of a Retry-After; zero where there was none.
func holdUntil(now time.Time, retryAfter time.Duration) time.Time {
	if retryAfter <= 0 {
		return time.Time{}
	}
	return now.Add(min(retryAfter, maxRetry))
}

func serverOf(r fetch.Response) string {
	if !r.Server.IsValid() {
		return ""
	}
	return r.Server.String()
}

// failed remembers a poll that came to nothing. The validators of the last good answer are
// kept, so that a publisher is not asked for everything because of a bad hour; what
// was never taken in has none.
func (g *Ingester) failed(ctx context.Context, s Source, poll cache.Poll, o *Outcome, err error) {
	o.Result, o.Err, o.Problem = ResultFailed, err, err.Error()
	if errors.Is(err, context.Canceled) || errors.Is(err, cache.ErrUnavailable) || errors.Is(err, cache.ErrFenced) {
		return // the publisher is not to blame, and nothing can be saved
	}
	now := g.o.Now()
	poll.Failures++
	if poll.FailingSince.IsZero() {
		poll.FailingSince = now
	}
	answer := Answer{Pace: poll.Pace, Failures: poll.Failures, Failing: now.Sub(poll.FailingSince)}
	var refused *fetch.Error
	if errors.As(err, &refused) {
		answer.Header, answer.Status, answer.RetryAfter = refused.Header, refused.Status, refused.RetryAfter
		o.Status, o.RetryAfter = refused.Status, refused.RetryAfter
		if refused.Server.IsValid() {
			o.Server = refused.Server.String()
		}
	}
	if o.Status == http.StatusNotFound || poll.Failures >= moveFailures {
		poll.Moved = cache.Move{} // back to the address that the operator knows
	}
	poll.Hold = holdUntil(now, answer.RetryAfter)
	poll.Gone = o.Status == http.StatusGone
	poll.Next = time.Time{}
	if !poll.Gone {
		poll.Next = Next(now, s, answer)
	}
	poll.Outcome, poll.Problem = string(ResultFailed), o.Problem
	o.Next, o.Gone = poll.Next, poll.Gone
	if err := g.o.Store.SavePoll(ctx, s.ID, poll); err != nil {
		o.Problem += "; and the state of the poll could not be saved: " + err.Error()
	}
}

// report tells the log and the observer.
func (g *Ingester) report(ctx context.Context, o Outcome) {
	g.o.Observe(o)
	switch o.Result {
	case ResultFailed:
		g.o.Log.WarnContext(ctx, "poll failed", "source", o.Source, "problem", o.Problem, "next", o.Next)
	case ResultNew:
		g.o.Log.InfoContext(ctx, "polled", "source", o.Source, "pushed", o.Pushed, "items", o.Items,
			"new", o.Accepted.New, "revised", o.Accepted.Revised, "losses", len(o.Losses), "took", o.Took)
	}
	for _, d := range o.TakenBack {
		g.o.Log.InfoContext(ctx, "taken back by its source", "item", d.Item, "picture", d.Picture, "where", d.Where, "reason", d.Reason)
	}
	for _, id := range o.PutBack {
		g.o.Log.InfoContext(ctx, "published again by its source", "item", id)
	}
}
